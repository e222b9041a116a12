from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from games import registry
from games.built_in import BUILT_IN
from games.catch.rules import Catch
from games.game import GameInfo


class Tray(Catch):
    """A third-party game: Catch under another name."""

    @property
    def info(self) -> GameInfo:
        return replace(super().info, id="tray", title="Tray")


class _Point:
    def __init__(self, name: str, loaded: Any) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> Any:
        if isinstance(self._loaded, BaseException):
            raise self._loaded
        return self._loaded


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[_Point]]:
    installed: list[_Point] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: installed if group == "dqn_arcade.games" else [])
    registry._discover.cache_clear()
    yield installed
    registry._discover.cache_clear()


def test_our_games_come_first(points: list[_Point]) -> None:
    points.append(_Point("tray", Tray))
    assert registry.game_ids() == ("catch", "snake", "cartpole", "flappybird", "nchain", "tray")


def test_a_third_party_game_is_made_with_its_settings(points: list[_Point]) -> None:
    points.append(_Point("tray", Tray))
    game = registry.make("tray", grid=12)
    assert isinstance(game, Tray)
    assert game.grid == 12


@pytest.mark.parametrize(
    ("name", "loaded", "reason"),
    [
        ("broken", ImportError("no module named x"), "ImportError: no module named x"),
        ("chatty", RuntimeError("first line\nsecond line"), "RuntimeError: first line second line"),
        ("quitting", SystemExit("not today"), "SystemExit: not today"),
        ("other", Tray, "its id 'tray' must be its entry point's name"),
        ("catch", Catch, "taken by no other game"),
        ("nothing", object, "AttributeError"),
    ],
)
def test_a_game_that_does_not_load_is_set_aside_with_a_reason(
    points: list[_Point], name: str, loaded: Any, reason: str
) -> None:
    points.append(_Point(name, loaded))
    assert registry.game_ids() == tuple(BUILT_IN)
    assert reason in registry.broken_games()[name]


def test_a_broken_game_is_refused_with_its_reason(points: list[_Point]) -> None:
    points.append(_Point("broken", ImportError("no module named x")))
    with pytest.raises(ValueError, match=r"game = 'broken': .* \(it did not load: ImportError: no module named x\)"):
        registry.make("broken")


def test_an_unknown_game_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="game = 'pong': must be one of catch, snake, cartpole, flappybird, nchain"):
        registry.make("pong")


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match="unknown setting 'size': catch has grid"):
        registry.make("catch", size=3)


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ValueError, match="grid = 3: must be a whole number from 5 to 30"):
        registry.make("catch", grid=3)


def test_level_names() -> None:
    assert registry.level_name(registry.make("flappybird", gap=200)) == "Easy"
    assert registry.level_name(registry.make("catch", grid=12)) == "Custom"
