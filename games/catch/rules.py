"""Catch, after qlearning4k: move a basket three cells wide under a falling fruit. An episode is one fruit."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation
from games.settings import check_settings, setting


@dataclass
class CatchState:
    """B falling fruits and their baskets. Rows count from the top, columns from the left."""

    fruit_column: NDArray[np.int64]  # [B]
    fruit_row: NDArray[np.int64]  # [B] ticks since the start
    basket: NDArray[np.int64]  # [B] column of the basket's centre, in the bottom row
    caught: NDArray[np.int64]  # [B] 1 once the fruit has landed in the basket


@dataclass(frozen=True)
class Catch:
    """The rules of Catch.

    Attributes:
        grid: Rows and columns of the field.
    """

    grid: int = setting(10, low=5, high=30, help="Cells on each side; a larger grid takes longer to learn.")

    view: ClassVar[str] = "games.catch.view:draw"

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return _info(self.grid)

    def reset(self, count: int, rng: np.random.Generator) -> CatchState:
        """Place the fruit at random in the top row, the basket in the bottom row."""
        fruit = rng.integers(0, self.grid, count)
        basket = rng.integers(1, self.grid - 1, count)
        return CatchState(fruit, np.zeros(count, np.int64), basket, np.zeros(count, np.int64))

    def step(self, state: CatchState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Move the basket, and the fruit down one row. The reward is 1 or −1 when it lands, 0 before."""
        check_actions(actions, len(state.basket), 3)
        state.basket += actions.astype(np.int64) - 1
        np.maximum(state.basket, 1, out=state.basket)
        np.minimum(state.basket, self.grid - 2, out=state.basket)
        state.fruit_row += 1
        landed = state.fruit_row >= self.grid - 1
        state.caught[:] = landed & (np.abs(state.fruit_column - state.basket) <= 1)
        reward = (2 * state.caught - landed).astype(np.float32)
        return Outcome(reward, landed, np.zeros(len(reward), np.bool_))

    def observe(self, state: CatchState, kind: str) -> Array:
        """Return `grid`: 1 at fruit and basket, or `features`: fruit column and row, basket column, 0 … 1."""
        if kind == "grid":
            return self._grid(state)
        if kind == "features":
            places = np.stack([state.fruit_column, state.fruit_row, state.basket], axis=1)
            return (places / (self.grid - 1)).astype(np.float32)
        raise unknown_observation(self.info, kind)

    def score(self, state: CatchState) -> NDArray[np.int64]:
        """Return the fruits caught, 0 or 1."""
        return state.caught.copy()

    def legal_actions(self, state: CatchState) -> NDArray[np.bool_]:
        """Return all three actions."""
        return np.ones((len(state.basket), 3), np.bool_)

    def _grid(self, state: CatchState) -> NDArray[np.float32]:
        count = len(state.basket)
        cells = np.zeros((count, self.grid, self.grid), np.float32)
        rows = np.arange(count)
        cells[rows, state.fruit_row, state.fruit_column] = 1
        for offset in (-1, 0, 1):
            cells[rows, -1, state.basket + offset] = 1
        return cells


@cache
def _info(grid: int) -> GameInfo:
    return GameInfo(
        id="catch",
        title="Catch",
        rules=(
            "Move the basket left and right.",
            "Be under the fruit when it lands.",
            "A round is 20 fruits, and each falls faster than the last.",
        ),
        actions=("left", "stay", "right"),
        observations=(
            ObservationSpec("grid", (grid, grid)),
            ObservationSpec("features", (3,), names=("fruit column", "fruit row", "basket column")),
        ),
        ticks_per_second=6,
        evaluation_limit=1_000,  # every fruit lands long before that
        score_name="fruits",
        solved=Solved(1.0, 1000),
        play=Play({"left": 0, "right": 2}, idle=1, episodes=20, speed_up=0.06, carry=("basket",)),
        accent=(230, 159, 0),
        sounds={"point": "catch", "end": "miss"},
    )
