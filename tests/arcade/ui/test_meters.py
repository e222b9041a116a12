"""Hints, badges, bars, news and records."""

from pathlib import Path
from typing import Any

import pygame
import pytest

from agents.storage.library import Library
from arcade.input.controls import SIGNS, Button, Device, Hint, Keys
from arcade.store.records import Records, best_entry, records_of
from arcade.store.scores import ScoreStore
from arcade.ui import style
from arcade.ui.hint_bar import HintBar
from arcade.ui.icons import NAMES, icon
from arcade.ui.meters import Badge, Bars, ProgressBar, Toast
from arcade.ui.signs import signs_for
from arcade.ui.style import Theme
from games.registry import make
from tests.agents.storage.profiles import make_profile

NAN = float("nan")

HINTS = tuple(Hint(button, f"Does {button.value}") for button in list(Button)[:9])


@pytest.fixture
def theme() -> Theme:
    return Theme()


@pytest.fixture
def surface() -> pygame.Surface:
    return pygame.Surface((1280, 720))


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(640, 400), (800, 600), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("device", Device)
def test_hints_lie_apart_and_within_the_bar(theme: Theme, size: tuple[int, int], scale: float, device: Device) -> None:
    theme.resize(size, scale)
    bar = HintBar(theme)
    bar.badge.text = "Newcomer 43%"
    bar.layout(size, HINTS[:5], "Loading TensorFlow…", signs_for(device, Keys.MENU, {}))
    rects = [rect for rect, _ in bar._keys]
    shown = [hint for hint in HINTS[:5] if signs_for(device, Keys.MENU, {}).shows(hint.button)]
    assert len(rects) == len(shown) >= 4
    for index, rect in enumerate([*rects, bar.badge.rect]):
        assert bar.rect.contains(rect)
        assert rect.collidelist(rects[:index]) < 0
    bar.draw(pygame.Surface(size))


def test_a_click_on_a_hint_or_the_badge_is_its_button(theme: Theme) -> None:
    bar = HintBar(theme)
    bar.badge.text = "Newcomer"
    bar.layout((1280, 720), HINTS[:3], "", signs_for(Device.MOUSE, Keys.MENU, {}))
    assert [bar.button_at(rect.center) for rect, _ in bar._keys] == [hint.button for hint in HINTS[:3]]
    assert bar.button_at(bar.badge.rect.center) is Button.DASHBOARD
    assert bar.button_at((640, 100)) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1, 12, 60])
def test_every_sign_is_drawn_and_kept(name: str, size: int) -> None:
    image = icon(name, size, style.TEXT)
    assert image.get_size() == (size, size)
    assert image is icon(name, size, style.TEXT)
    if size > 10:
        assert pygame.mask.from_surface(image).count() > 0.1 * size * size


def test_hints_use_only_letters_that_the_font_has() -> None:
    assert all(sign.isascii() for sign in SIGNS.values())


@pytest.mark.parametrize("part", [-1.0, 0.0, 0.4, 1.0, 7.0])
def test_progress_fills_its_part_of_the_bar(theme: Theme, surface: pygame.Surface, part: float) -> None:
    bar = ProgressBar(style.WHITE)
    bar.rect = pygame.Rect(100, 100, 400, 40)
    bar.part = part
    bar.draw(surface, theme)
    filled = sum(tuple(surface.get_at((x, 120)))[:3] == style.WHITE for x in range(100, 500))
    assert filled == pytest.approx(400 * min(1, max(0, part)), abs=4)
    assert surface.get_clip() == surface.get_rect()


def test_bars_keep_their_scale_when_values_shrink(theme: Theme, surface: pygame.Surface) -> None:
    def length() -> int:
        surface.fill(style.GROUND)
        bars.draw(surface, theme)
        mask = pygame.mask.from_threshold(surface, style.ORANGE, (1, 1, 1))
        boxes: Any = mask.get_bounding_rects()
        return max((rect.width for rect in boxes), default=0)

    bars = Bars(("left", "right"), style.ORANGE)
    bars.rect = pygame.Rect(20, 20, 600, 200)
    bars.show([10.0, -10.0], chosen=0)
    full = length()
    bars.show([5.0, -5.0], chosen=0)
    assert length() == pytest.approx(full / 2, abs=15)


def test_bars_without_values_are_empty(theme: Theme, surface: pygame.Surface) -> None:
    bars = Bars(("left", "right"))
    bars.rect = pygame.Rect(20, 20, 300, bars.height(theme))
    bars.draw(surface, theme)


def test_a_badge_is_as_wide_as_its_words(theme: Theme, surface: pygame.Surface) -> None:
    short, long = Badge("Go"), Badge("A longer badge", icon="agent")
    short.place(theme, topleft=(10, 10))
    long.place(theme, topright=(600, 10))
    assert short.rect.topleft == (10, 10)
    assert long.rect.right == 600
    assert long.rect.width > short.rect.width > theme.width("Go") / 2
    long.draw(surface, theme)


@pytest.mark.parametrize("motion", [True, False])
def test_news_come_stay_and_go(theme: Theme, surface: pygame.Surface, motion: bool) -> None:
    theme.motion = motion
    toast = Toast()
    toast.show("Something happened that takes rather many words to tell " * 4)
    toast.update(1.0)
    toast.draw(surface, theme)
    assert surface.get_rect().contains(toast.rect)
    toast.update(Toast.STAY_SECONDS)
    assert not toast.busy


def test_one_fruit_is_a_fruit() -> None:
    info = make("catch").info
    assert Records(own=1).own_words(info) == "Your best: 1 fruit"
    assert Records(own=2, mean=0.05).own_words(info) == "Your best: 2 fruits"
    assert Records(own=2, mean=0.05).agent_words(info) == "Best agent: 1 fruit"  # of the 20 of a round


def test_records_name_the_best_of_people_and_agents(tmp_path: Path) -> None:
    library, scores = Library(tmp_path), ScoreStore(None)
    card = make_profile().scorecard
    for name, mean in (("Weak", 3.0), ("Strong", 9.0), ("Other", 5.0)):
        library.save(make_profile(name, scorecard={**card, "mean": mean}))
    library.save(make_profile("Elsewhere", game_id="catch", scorecard={**card, "mean": 99.0}))
    library.save(make_profile("Untested", scorecard={}))
    scores.add("nchain", "Standard", "Pat", 7)
    entries = library.entries()
    assert records_of("nchain", scores, entries) == Records(7, "Strong", 9.0, 4)
    best = best_entry("nchain", entries)
    assert best is not None
    assert best.name == "Strong"
    assert best_entry("snake", entries) is None
    assert records_of("snake", scores, entries) == Records()


def test_an_agent_is_rated_by_as_many_episodes_as_a_round_of_a_person() -> None:
    info = make("catch").info
    assert Records(mean=0.5).agent_words(info) == "Best agent: 10 fruits"
    assert Records(own=1).own_words(info) == "Your best: 1 fruit"
    assert Records().own_words(info) == "Not played yet"
    assert Records().agent_words(info) == "No trained agent yet"
    assert Records(agents=2).agent_words(info) == "Its agents are not tested yet"


@pytest.mark.parametrize("value", [NAN, float("inf"), -float("inf"), 3.4e38, 1.7e308, -1.7e308, 5e-324])
def test_bars_of_any_values_can_be_drawn(value: float) -> None:
    theme, surface = Theme(), pygame.Surface((300, 100))
    bars = Bars(("left", "right"))
    bars.rect = pygame.Rect(0, 0, 300, 100)
    for values in ((1.0, 2.0), (value, 1.0), (value, -value)):
        bars.show(values)
        bars.draw(surface, theme)
        assert max(map(len, bars.texts)) < 12


def test_a_value_that_is_none_leaves_the_scale_as_it_is() -> None:
    bars = Bars(("left", "right"))
    bars.show((1.0, -2.0))
    bars.show((NAN, 0.5))
    assert (bars._low, bars._high) == (-2.0, 1.0)
