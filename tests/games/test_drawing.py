"""What the views share: pictures that are kept within a number of bytes."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pygame
import pytest

from games import drawing
from games.drawing import Album, Sprite, kept

KILO = 1024


def picture(kilobytes: int) -> pygame.Surface:
    return pygame.Surface((16, 16 * kilobytes), 0, 32)


@pytest.fixture
def album(monkeypatch: pytest.MonkeyPatch) -> Album:
    """An empty one of 100 kB, in place of the views' own."""
    made = Album(100 * KILO)
    monkeypatch.setattr(drawing, "_album", made)
    return made


def counted(kilobytes: int = 4) -> tuple[list[int], Callable[[int], pygame.Surface]]:
    drawn = []

    @kept
    def draw(number: int) -> pygame.Surface:
        drawn.append(number)
        return picture(kilobytes)

    return drawn, draw


def test_a_picture_is_drawn_once(album: Album) -> None:
    drawn, draw = counted()
    assert draw(1) is draw(1)
    assert draw(2) is not draw(1)
    assert drawn == [1, 2]


def test_two_makers_with_the_same_arguments_have_their_own_pictures(album: Album) -> None:
    _, first = counted()
    _, second = counted()
    assert first(1) is not second(1)


def test_kept_pictures_stay_within_their_bytes(album: Album) -> None:
    _, draw = counted(kilobytes=9)
    for number in range(50):
        draw(number)
        assert album.taken <= 100 * KILO
    assert len(album) == 10
    assert album.taken >= 10 * 9 * KILO


def test_a_sprite_counts_by_its_surface(album: Album) -> None:
    album.add("plain", picture(8))
    plain = album.taken
    album.add("sprite", Sprite(picture(8), -1, -1))
    assert album.taken == 2 * plain


def test_the_picture_unused_the_longest_makes_room(album: Album) -> None:
    drawn, draw = counted(kilobytes=30)
    for number in (1, 2, 3, 1, 4):  # 1 was asked for again, so 2 goes
        draw(number)
    drawn.clear()
    for number in (1, 3, 4):
        draw(number)
    assert drawn == []
    draw(2)
    assert drawn == [2]


def test_a_ground_larger_than_all_may_be_stays_beside_what_is_drawn_on_it(album: Album) -> None:
    drawn, ground = counted(kilobytes=200)
    sprites, small = counted()
    for _ in range(3):  # frames
        ground(1)
        for number in range(10):
            small(number)
    assert drawn == [1]
    assert sprites == list(range(10))


def test_of_pictures_larger_than_all_may_be_few_are_kept(album: Album) -> None:
    _, ground = counted(kilobytes=200)
    for number in range(10):
        ground(number)
    assert len(album) == 3


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_that_draw_at_once_lose_no_picture_and_no_byte() -> None:
    album = Album(40 * KILO)

    def use(offset: int) -> None:
        for number in range(3_000):
            key = (number * 7 + offset) % 20
            if album.find(key) is None:
                album.add(key, picture(3))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))
    assert album.taken == len(album) * 4 * KILO
    assert len(album) == 10
