"""Films: what is kept, the colours, and files that are whole or not there."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from arcade.rounds.controllers import TrainedAgent
from arcade.rounds.film import FRAMES_PER_SECOND, Film, palette_of
from arcade.rounds.round import Round
from games.registry import game_ids, make
from tests.agents.storage.profiles import make_profile


def filmed(seconds: float, *game_ids_: str, most: int = 100) -> Film:
    """A film of agents at play, side by side."""
    games = [make(each) for each in game_ids_]
    agents = [make_profile(game_id=each, game_settings={}) for each in game_ids_]
    rounds = [
        Round(game, TrainedAgent(agent.policy(), np.random.default_rng(0)), 1, agent.observation)
        for game, agent in zip(games, agents, strict=True)
    ]
    film = Film(games, most)
    for _ in range(round(seconds * 60)):
        for each in rounds:
            each.advance(1 / 60)
        film.watch(1 / 60, rounds)
    return film


def frames_of(path: Path) -> list[Image.Image]:
    with Image.open(path) as image:
        return [frame.convert("RGB") for frame in ImageSequence.Iterator(image)]


def test_frames_come_at_their_own_rate_and_no_more_than_allowed() -> None:
    assert abs(len(filmed(1.0, "catch")) - FRAMES_PER_SECOND) <= 1
    film = filmed(1.0, "catch", most=5)
    assert len(film) == 5 and film.is_full


def test_what_was_filmed_does_not_change_with_the_game() -> None:
    film = filmed(0.5, "catch")
    pictures = list(film.frames())
    assert len(pictures) == len(film) and len({picture.tobytes() for picture in pictures}) > 5
    assert all((a == b).all() for a, b in zip(pictures, film.frames(), strict=True))


@pytest.mark.parametrize("game_id", game_ids())
def test_a_gif_loops_at_the_right_pace_and_shows_the_game(tmp_path: Path, game_id: str) -> None:
    film = filmed(0.5, game_id)
    path = tmp_path / "new" / "film.gif"
    film.write_gif(path)
    with Image.open(path) as image:
        assert image.format == "GIF" and image.info["loop"] == 0
        length = sum(frame.info["duration"] for frame in ImageSequence.Iterator(image))
    assert length == pytest.approx(len(film) * 1000 / FRAMES_PER_SECOND)
    shown, drawn = np.asarray(frames_of(path)[0]).astype(int), next(film.frames()).astype(int)
    assert shown.shape == drawn.shape
    assert np.abs(shown - drawn).max(axis=2).mean() < 3
    assert [each.name for each in path.parent.iterdir()] == ["film.gif"]


def test_two_games_stand_side_by_side() -> None:
    one, two = next(filmed(0.2, "catch").frames()), next(filmed(0.2, "catch", "catch").frames())
    assert two.shape[1] > two.shape[0] and two.shape[0] < one.shape[0]
    half = (two.shape[1] - 8) // 2
    assert (two[:, :half] == two[:, -half:]).all()


def test_frequent_colours_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (100, 100, 3)).astype(np.uint8)
    frame[:50] = (230, 159, 0)
    palette = palette_of([frame])
    assert palette.shape == (256, 3) and (palette == (230, 159, 0)).all(axis=1).any()


def test_few_colours_are_all_kept() -> None:
    frame = np.arange(200, dtype=np.uint8).repeat(3).reshape(10, 20, 3)
    assert {tuple(colour) for colour in palette_of([frame])} >= {(each,) * 3 for each in range(200)}


def test_pictures_are_numbered(tmp_path: Path) -> None:
    film = filmed(0.2, "snake")
    film.write_pictures(tmp_path / "pictures")
    files = sorted(tmp_path.glob("pictures/*"))
    assert [each.name for each in files] == [f"{number:05d}.png" for number in range(len(film))]
    assert (np.asarray(Image.open(files[0])) == next(film.frames())).all()


def test_a_place_that_cannot_be_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    film = filmed(0.1, "catch")
    with pytest.raises(ValueError, match="the film cannot be written"):
        film.write_gif(tmp_path / "file" / "film.gif")
    with pytest.raises(ValueError, match="the film cannot be written"):
        film.write_pictures(tmp_path / "file" / "pictures")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("out", ["film.gif", "pictures"])
def test_a_film_without_room_is_told_with_the_file_and_leaves_nothing(tmp_path: Path, out: str) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    film = filmed(0.1, "catch")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(ValueError, match=f"{out}(/00000.png)?: the film cannot be written: File too large"):
            film.write_gif(tmp_path / out) if out.endswith("gif") else film.write_pictures(tmp_path / out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_disk_that_fills_up_leaves_no_part_of_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(ValueError, match="the disk is full"):
        filmed(0.1, "catch").write_gif(tmp_path / "film.gif")
    assert not list(tmp_path.iterdir())
