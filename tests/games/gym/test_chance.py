"""Environments that draw from the global generators repeat; those that repeat in no way are told of."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pygame
import pytest

from games import border
from games.batch import GameBatch
from games.border import take_note
from games.gym import chance
from games.states import copy_state
from games.view import draw
from tests.games.gym.test_living import Corridor, odd

__all__ = ["odd"]  # a fixture


def drawing(draw_one: Callable[[], float]) -> Callable[..., Any]:
    """A step that goes where chance leads."""

    def step(self: Any, action: Any) -> Any:
        return Corridor.step(self, draw_one() < 0.5)

    return step


def paths(game: Any, games: int = 8) -> list[tuple[float, float]]:
    """Where some games lead, and where the same ones lead when they are played again from their beginning."""
    found: list[tuple[float, float]] = []
    for seed in range(games):
        batch = GameBatch(game, 2, seed, observation="state", autoreset=False)
        old = copy_state(batch.state)
        for _ in range(4):
            batch.step(np.array([1, 1]))
        for _ in range(4):
            batch.game.step(old, np.array([1, 1]), batch.rng)
        found += zip(batch.state.observation[:, 0].tolist(), old.observation[:, 0].tolist(), strict=True)
    return found


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Any:
    chance._habits.clear()
    border._noted.clear()
    while take_note():
        pass
    yield
    while take_note():
        pass


@pytest.mark.parametrize("source", [np.random.random, random.random, lambda: float(np.random.randint(2))])
def test_chance_from_the_global_generators_repeats_and_leaves_them_alone(odd: Any, source: Any) -> None:
    game = odd(step=drawing(source))
    random.seed(5)
    np.random.seed(5)
    expected = random.Random(5).random(), np.random.RandomState(5).random()
    found = paths(game)
    assert len(set(found)) > 1, "it is chance"
    assert all(one == other for one, other in found)
    assert paths(game) == found, "the same words give the same numbers"
    assert (random.random(), np.random.random()) == expected
    assert take_note() == ""


def test_what_draws_from_its_own_generator_is_watched_for_a_while_only(odd: Any, monkeypatch: Any) -> None:
    game = odd()
    paths(game, 1)
    habit = chance._habits["Test/Odd-v0"]
    assert not habit.draws and habit.watched > 5
    monkeypatch.setattr(chance, "WATCHED_CALLS", habit.watched)
    monkeypatch.setattr(chance, "_get", lambda: pytest.fail("it is watched no longer"))
    paths(game, 2)


def test_a_game_that_does_not_repeat_is_told_of_once(odd: Any) -> None:
    wild = np.random.default_rng()
    game = odd(step=drawing(wild.random))
    paths(game)
    surface = pygame.Surface((60, 40), 0, 32)
    for seed in range(8):
        batch = GameBatch(game, 1, seed)
        for _ in range(3):
            batch.step(np.array([1]))
        draw(surface, game, batch.state)
    assert take_note().startswith("gym:Test/Odd-v0: the same seed and actions do not lead to the same game")
    assert take_note() == ""
