"""Snake, after qlearning4k, for a batch.

A cell is body while its expiry is greater than the clock of the snake, so a step changes only one cell. The clock stops
for a tick when the snake eats: then every cell stays one tick longer, and the snake is one cell longer.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.game import Array, GameInfo, Outcome, check_actions, unknown_observation
from games.settings import check_settings, setting
from games.snake import ahead, sight
from games.snake.info import snake_info
from games.snake.state import STEPS, SnakeState

START_LENGTH = 3
_LEGAL = ~np.eye(4, dtype=np.bool_)[[1, 0, 3, 2]]  # [direction, action] all but turning back


@dataclass(frozen=True)
class Snake:
    """The rules of Snake."""

    grid: int = setting(10, low=6, high=30, help="Rows and columns of the board, without walls.")
    starve_after: int = setting(
        0, low=0, high=100_000, help="Ticks without fruit after which the game ends; 0 is twice the number of cells."
    )

    view: ClassVar[str] = "games.snake.view:draw"

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return snake_info(self.grid)

    def reset(self, count: int, rng: np.random.Generator) -> SnakeState:
        """Place a snake of three cells in the middle, moving left or right at random, and a fruit on a free cell."""
        starts = _starts(self.grid)
        chosen = rng.integers(0, len(starts.fruit), count)
        nothing = np.zeros((2, count), np.int64)
        return SnakeState(
            starts.expiry[chosen],
            np.zeros(count, np.int32),
            np.full(count, _middle(self.grid)),
            starts.direction[chosen],
            starts.fruit[chosen],
            np.full(count, START_LENGTH),
            nothing[0],
            nothing[1],
            np.ones(count, np.bool_),
        )

    def step(self, state: SnakeState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Move the tail, then the head. The reward is 1 for a fruit, −1 for death, another 1 for filling the board."""
        check_actions(actions, len(state.head), 4)
        reversing = actions == state.direction ^ 1
        np.copyto(state.direction, actions, where=~reversing, casting="unsafe")
        cell = _neighbours(self.grid)[state.head, state.direction]
        rows = np.arange(len(cell))
        # The tail moves before the head, unless the snake eats; a fruit is never on the body.
        alive = (state.expiry[rows, cell] <= state.clock + 1) & (cell != state.head)
        eating = cell == state.fruit
        state.alive[:] = alive
        state.length += eating
        state.eaten += eating
        state.clock += alive & ~eating
        np.copyto(state.head, cell, where=alive)
        state.expiry[rows, state.head] = state.clock + state.length  # unchanged where the snake died
        state.hunger += 1
        state.hunger[eating] = 0
        full = self._feed(state, np.flatnonzero(eating), rng)
        terminated = full | ~alive
        starved = (state.hunger >= (self.starve_after or 2 * self.grid**2)) & ~terminated
        reward = np.float32(1) * eating + full - ~alive
        return Outcome(reward, terminated, starved)

    def observe(self, state: SnakeState, kind: str) -> Array:
        """Return an observation; see `games.snake.sight` and `games.snake.ahead`."""
        if kind == "ahead":
            return ahead.observe(state, self.grid)
        if kind == "centred":
            return sight.centred(state, self.grid)
        if kind == "grid":
            return sight.grid(state, self.grid)
        if kind == "features":
            return sight.features(state, self.grid)
        raise unknown_observation(self.info, kind)

    def orientation(self, state: SnakeState, kind: str) -> NDArray[np.int64]:
        """[B, 4] the action of each output: `ahead` is oriented, the other kinds are not."""
        if kind == "ahead":
            return ahead.orientation(state, self.grid)
        return np.tile(np.arange(4), (len(state.head), 1))

    def score(self, state: SnakeState) -> NDArray[np.int64]:
        """Return the fruits eaten."""
        return state.eaten.copy()

    def legal_actions(self, state: SnakeState) -> NDArray[np.bool_]:
        """Return all actions but turning back."""
        return _LEGAL.take(state.direction, axis=0)

    def _feed(self, state: SnakeState, rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Place new fruits for the rows that ate; returns [B] whether the board is full."""
        full: NDArray[np.bool_] = state.length == self.grid**2
        if len(rows):
            state.fruit[rows] = -1
            rows = rows[~full[rows]]
            state.fruit[rows] = _place_fruit(state.expiry[rows], state.clock[rows], rng)
        return full


class _Starts(NamedTuple):
    """All S initial states: both directions, with a fruit on each free cell."""

    expiry: NDArray[np.int32]  # [S, n·n]
    direction: NDArray[np.int64]  # [S]
    fruit: NDArray[np.int64]  # [S]


def _middle(grid: int) -> int:
    return (grid // 2) * grid + grid // 2


@cache
def _starts(grid: int) -> _Starts:
    boards = np.zeros((2, grid**2), np.int32)
    for board, behind in zip(boards, (1, -1), strict=True):
        board[_middle(grid) + behind * np.arange(START_LENGTH)] = START_LENGTH - np.arange(START_LENGTH)
    direction, fruit = np.nonzero(boards == 0)
    return _Starts(boards[direction], direction, fruit)


@cache
def _neighbours(grid: int) -> NDArray[np.int64]:
    """[n·n, 4] the neighbour of each cell in each direction; at a wall, the cell itself."""
    cell = np.arange(grid**2)[:, None]
    row, column = np.divmod(cell, grid)
    row, column = row + STEPS[:, 0], column + STEPS[:, 1]
    inside = (row >= 0) & (row < grid) & (column >= 0) & (column < grid)
    return np.where(inside, row * grid + column, cell)


def _place_fruit(expiry: NDArray[np.int32], clock: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int64]:
    """[B] a random free cell of each board."""
    free_so_far = (expiry <= clock[:, None]).cumsum(axis=1)  # [B, n·n]
    chosen = rng.integers(0, free_so_far[:, -1])
    cells: NDArray[np.int64] = (free_so_far > chosen[:, None]).argmax(axis=1)
    return cells
