"""A game of others that does as it should until it is told to fail, in the method and at the call that a test wants."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FunctionType
from typing import Any, ClassVar

import pytest

from games import registry
from games.catch import view
from games.catch.rules import Catch, CatchState
from games.game import Array, GameInfo, Outcome

METHODS = ("make", "info", "reset", "step", "observe", "score", "legal_actions", "draw")
REASON = "RuntimeError: the simulator has gone away"


class Failing(Catch):
    """Catch, sixty times a second, until it fails.

    Attributes:
        plan: The method that fails, "" for none, and how many calls of it go well before.
        calls: How often each method was called.
    """

    view: ClassVar[str] = "tests.games.failing:draw"
    plan: ClassVar[tuple[str, int]] = ("", 0)
    calls: ClassVar[Counter[str]] = Counter()

    def __post_init__(self) -> None:
        called("make")
        super().__post_init__()

    @property
    def info(self) -> GameInfo:
        called("info")
        return replace(super().info, id="failing", title="Failing", ticks_per_second=60)

    def reset(self, count: int, rng: Any) -> CatchState:
        called("reset")
        return super().reset(count, rng)

    def step(self, state: CatchState, actions: Array, rng: Any) -> Outcome:
        called("step")
        return super().step(state, actions, rng)

    def observe(self, state: CatchState, kind: str) -> Array:
        called("observe")
        return super().observe(state, kind)

    def score(self, state: CatchState) -> Any:
        called("score")
        return super().score(state)

    def legal_actions(self, state: CatchState) -> Any:
        called("legal_actions")
        return super().legal_actions(state)


def draw(*arguments: Any) -> None:
    called("draw")
    view.draw(*arguments)


def called(method: str) -> None:
    """Count a call, and fail if it is time to."""
    Failing.calls[method] += 1
    wanted, after = Failing.plan
    if method == wanted and Failing.calls[method] > after:
        raise RuntimeError("the simulator has\ngone away")


def fail(method: str, after: int = 0) -> None:
    """From now on this method fails, after so many more calls that go well."""
    Failing.plan = method, after
    Failing.calls.clear()


class Point:
    """An entry point of a package that is installed."""

    def __init__(self, name: str, loaded: Any) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> Any:
        return self._loaded() if isinstance(self._loaded, FunctionType) else self._loaded


@contextmanager
def installed(monkeypatch: pytest.MonkeyPatch, **games: Any) -> Iterator[None]:
    """While this lasts, these games are installed; a function is called when its game is loaded."""
    points = [Point(name, loaded) for name, loaded in games.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    registry._discover.cache_clear()
    try:
        yield
    finally:
        fail("")
        registry._discover.cache_clear()
