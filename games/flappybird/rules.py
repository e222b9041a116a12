"""Flappy Bird with the screen, speeds and pipes of Keras-FlappyBird, for a batch.

Lengths are screen pixels, counted from the top left of a 288×512 screen; speeds are in pixels per tick.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from games.flappybird.shape import BIRD_HEIGHT, BIRD_WIDTH, bird_mask
from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation
from games.settings import check_settings, setting

SCREEN_WIDTH, SCREEN_HEIGHT = 288, 512
GROUND = 404.48  # y of the ground line, 0.79 of the screen
BIRD_X, BIRD_START_Y = 57, 244
GRAVITY = 1  # added to the speed in each tick, in pixels per tick
FLAP_SPEED, FALL_SPEED = -9, 10  # speed after a flap, and largest falling speed
PIPE_WIDTH, PIPE_SPEED = 52, 4
PIPE_STARTS, PIPE_ENTRY = (288, 432), 298
SCORE_X = 48  # a pipe scores in the tick that starts with its x at most 4 pixels below this
NO_PIPE = 10_000
"""The x of a missing pipe."""

INFO = GameInfo(
    id="flappybird",
    title="Flappy Bird",
    rules=(
        "Flap to rise; the bird falls by itself.",
        "Fly through the gaps: each pair of pipes you pass is a point.",
        "Touching a pipe or the ground ends the game.",
    ),
    actions=("glide", "flap"),
    observations=(
        ObservationSpec(
            "features", (5,), low=-4.0, high=4.0, names=("height", "speed", "pipe ahead", "its gap", "gap after")
        ),
    ),
    ticks_per_second=30,
    score_name="pipes",
    solved=Solved(200),
    play=Play({"primary": 1, "up": 1}, idle=0, hold=False, speed_up=0.01, level="Easy"),
    evaluation_limit=10_000,
    exploration=(0.92, 0.08),
    aspect=(SCREEN_WIDTH, SCREEN_HEIGHT),
    accent=(240, 228, 66),
    sounds={"act": "flap", "point": "pass", "end": "bump"},
    levels={"Hard": {"gap": 100}, "Medium": {"gap": 150}, "Easy": {"gap": 200}},
)


@dataclass
class FlappyState:
    """B birds, each with up to three pairs of pipes."""

    y: NDArray[np.float64]  # [B] top of the bird
    velocity: NDArray[np.int64]  # [B] downwards
    pipe_x: NDArray[np.int64]  # [B, 3] left edges from left to right; NO_PIPE for a missing pipe
    gap_top: NDArray[np.int64]  # [B, 3] tops of the gaps
    passed: NDArray[np.int64]  # [B] pipes passed
    crashed: NDArray[np.bool_]  # [B]


@dataclass(frozen=True)
class FlappyBird:
    """The rules of Flappy Bird.

    Attributes:
        gap: Height of the gap between two pipes.
    """

    gap: int = setting(100, low=60, high=250, help="Height of the gaps in pixels; the bird is 24 high.")

    view: ClassVar[str] = "games.flappybird.view:draw"

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return INFO

    def reset(self, count: int, rng: np.random.Generator) -> FlappyState:
        """Place the bird without speed, and two pipes, the first at the edge of the screen."""
        pipe_x = np.empty((count, 3), np.int64)
        pipe_x[:] = (*PIPE_STARTS, NO_PIPE)
        gap_top = np.zeros((count, 3), np.int64)
        gap_top[:, :2] = _random_gaps((count, 2), rng)
        zeros = np.zeros(count, np.int64)
        return FlappyState(
            np.full(count, float(BIRD_START_Y)), zeros, pipe_x, gap_top, zeros.copy(), np.zeros(count, np.bool_)
        )

    def step(self, state: FlappyState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Move the bird, then the pipes, then check for a crash. The reward is 0.1, 1 for a pipe, −1 for a crash."""
        check_actions(actions, len(state.y), 2)
        scored = ((state.pipe_x <= SCORE_X) & (state.pipe_x > SCORE_X - PIPE_SPEED)).any(axis=1)
        state.passed += scored
        _move_bird(state, actions == 1)
        _move_pipes(state, rng)
        crashed = _crashes(state, self.gap)
        state.crashed[:] = crashed
        reward = np.where(scored, np.float32(1), np.float32(0.1))
        reward[crashed] = -1
        return Outcome(reward, crashed, np.zeros(len(crashed), np.bool_))

    def observe(self, state: FlappyState, kind: str) -> Array:
        """Return height, velocity, distance to the next pipe, its gap and the gap after it.

        Pipe and gaps are relative to the bird, which is learnt about twice as fast as absolute positions.
        """
        if kind != "features":
            raise unknown_observation(INFO, kind)
        x, gap, gap_after = _next_pipe(state)
        features = np.empty((len(state.y), 5), np.float32)
        features[:, 0] = (state.y - 200) / 200
        features[:, 1] = state.velocity / 10
        features[:, 2] = (x - BIRD_X) / 100
        features[:, 3] = (gap - state.y) / 100
        features[:, 4] = (gap_after - state.y) / 100
        return features

    def score(self, state: FlappyState) -> NDArray[np.int64]:
        """Return the pipes passed."""
        return state.passed.copy()

    def legal_actions(self, state: FlappyState) -> NDArray[np.bool_]:
        """Return both actions."""
        return np.ones((len(state.y), 2), np.bool_)


def _random_gaps(shape: Any, rng: np.random.Generator) -> NDArray[np.int64]:
    gaps: NDArray[np.int64] = rng.integers(10, 18, shape) * 10
    return gaps


def _move_bird(state: FlappyState, flap: NDArray[np.bool_]) -> None:
    state.velocity += GRAVITY
    np.minimum(state.velocity, FALL_SPEED, out=state.velocity)
    state.velocity[flap] = FLAP_SPEED
    state.y += np.minimum(state.velocity, GROUND - BIRD_HEIGHT - state.y)
    np.maximum(state.y, 0, out=state.y)


def _move_pipes(state: FlappyState, rng: np.random.Generator) -> None:
    pipe_x = state.pipe_x
    np.subtract(pipe_x, PIPE_SPEED, out=pipe_x, where=pipe_x != NO_PIPE)
    first = pipe_x[:, 0]
    entering = np.flatnonzero((first > 0) & (first < 5))
    if len(entering):
        pipe_x[entering, 2] = PIPE_ENTRY
        state.gap_top[entering, 2] = _random_gaps(len(entering), rng)
    gone = np.flatnonzero(first < -PIPE_WIDTH)
    if len(gone):
        pipe_x[gone, :2], pipe_x[gone, 2] = pipe_x[gone, 1:], NO_PIPE
        state.gap_top[gone, :2] = state.gap_top[gone, 1:]


def _next_pipe(state: FlappyState) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """[B] x and gap of the first pipe whose right edge the bird's tail has not passed, and the gap after it.

    No other pipe can touch the bird, and this one is still the next when it scores. There is always a pipe after it: a
    new one appears in the tick in which the tail passes the first.
    """
    ahead = state.pipe_x[:, 0] + PIPE_WIDTH > BIRD_X
    x = np.where(ahead, state.pipe_x[:, 0], state.pipe_x[:, 1])
    gap = np.where(ahead, state.gap_top[:, 0], state.gap_top[:, 1])
    return x, gap, np.where(ahead, state.gap_top[:, 1], state.gap_top[:, 2])


def _crashes(state: FlappyState, gap: int) -> NDArray[np.bool_]:
    """[B] whether the bird touches the ground, or the pixels of its shape overlap a pipe."""
    top, bottom = _bird_edges()
    x, gap_top, _ = _next_pipe(state)
    offset = np.minimum(x - BIRD_X, BIRD_WIDTH) + PIPE_WIDTH
    crashed: NDArray[np.bool_] = (state.y + top[offset] < gap_top) | (state.y + bottom[offset] >= gap_top + gap)
    crashed |= state.y + BIRD_HEIGHT >= GROUND - 1
    return crashed


@cache
def _bird_edges() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the top and bottom row of the bird over the columns of a pipe, for each pipe_x − 57 from −52 to 34.

    Where a pipe is not over or under the bird, the rows are so far away that they touch nothing.
    """
    mask = bird_mask()
    top = np.full(PIPE_WIDTH + BIRD_WIDTH + 1, NO_PIPE)
    bottom = -top
    for index in range(len(top)):
        offset = index - PIPE_WIDTH
        rows = np.flatnonzero(mask[:, max(0, offset) : max(0, offset + PIPE_WIDTH)].any(axis=1))
        if len(rows):
            top[index], bottom[index] = rows[0], rows[-1]
    return top, bottom
