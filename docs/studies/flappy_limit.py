"""The best possible mean score in Flappy Bird if some moves are random: `python docs/studies/flappy_limit.py`.

The pipes come at the same ticks in every game, and at most two are ahead of the bird. So the state at a tick is height,
speed and the two gaps. Backward induction over these states, from the last tick to the first, gives the highest
possible mean. No rule is simplified and nothing is sampled; only the middle of the game, where the cycles are alike, is
extrapolated. The optimal player's mean in real games, measured like an agent's, confirms the result.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

from agents.acting.evaluation import Scorecard, evaluate
from docs.studies.tables import markdown
from games.flappybird.rules import (
    BIRD_X,
    FALL_SPEED,
    FLAP_SPEED,
    INFO,
    NO_PIPE,
    PIPE_SPEED,
    FlappyBird,
    FlappyState,
)
from games.game import Array

Values = NDArray[np.float64]
"""[speed, gap, gap after, MARGIN + height + FALL_SPEED] expected further pipes, 0 where the bird has crashed.

The MARGIN entries before height 0 repeat its value, since the ceiling stops the bird. The entries after the last height
are zero, since the ground kills it. So a move is a shift without special cases.
"""

HEIGHTS = 380  # 0 to 379: at 380 the bird touches the ground
GAPS = np.arange(100, 180, 10)
SPEEDS = FALL_SPEED - FLAP_SPEED + 1
MARGIN = -FLAP_SPEED

TICKS = INFO.evaluation_limit or 10_000
CYCLE = 74
"""Period of the pipe positions in ticks, after the first two pipes: two pipes, 296 pixels."""
SETTLED = 2 * CYCLE
"""A tick after which the first two pipes are gone."""

SUMMED = 8
"""Cycles at the end of a game that are computed tick by tick. Before them, the gain of one more cycle is an almost
constant fraction of the previous gain, so these cycles are a geometric sum. Computing 20 cycles raises the means by
0.01 to 0.03 pipes, 36 by hardly more."""

EPSILONS = (0.0, 0.001, 0.002, 0.005, 0.01)
FLAPPING = (0.5, INFO.exploration[1] if INFO.exploration else 0.5)
"""Probability that a random move is a flap, in evaluations and in training."""


@dataclass(frozen=True)
class Tick:
    """The movement of the pipes in a tick.

    Attributes:
        x: Position of the next pipe at the start of the tick.
        scores: Whether the tick gives a point.
        renews: Whether the pipe after it becomes the next one, and a new one appears.
    """

    x: int
    scores: bool
    renews: bool


@dataclass(frozen=True)
class Noise:
    """The random moves that replace the player's.

    Attributes:
        epsilon: Fraction of the moves that are random.
        flapping: Fraction of the random moves that are flaps.
    """

    epsilon: float
    flapping: float = 0.5


@cache
def schedule(ticks: int = TICKS) -> list[Tick]:
    """Return the ticks of a game, found by playing one. All games have the same; a crash does not stop pipes."""
    game, rng = FlappyBird(), np.random.default_rng(0)
    state = game.reset(1, rng)
    places, passed = [], []
    for _ in range(ticks + 1):
        places.append(round(float(game.observe(state, "features")[0, 2]) * 100) + BIRD_X)
        passed.append(int(state.passed[0]))
        game.step(state, np.zeros(1, np.int64), rng)
    return [Tick(places[t], passed[t + 1] > passed[t], places[t + 1] > places[t]) for t in range(ticks)]


@cache
def alive(x: int) -> NDArray[np.bool_]:
    """[gap, height] whether the bird survives with the next pipe at x, found with the rules for a bird that hovers."""
    gap, height = (grid.ravel() for grid in np.meshgrid(GAPS, np.arange(HEIGHTS), indexing="ij"))
    pipe_x, gap_top = np.full((len(gap), 3), NO_PIPE), np.zeros((len(gap), 3), np.int64)
    pipe_x[:, 0], gap_top[:, 0] = x + PIPE_SPEED, gap  # the step moves it to x
    hanging = np.full(len(gap), -1)  # gravity makes it 0 in the step
    passed, crashed = np.zeros(len(gap), np.int64), np.zeros(len(gap), np.bool_)
    state = FlappyState(height.astype(np.float64), hanging, pipe_x, gap_top, passed, crashed)
    outcome = FlappyBird().step(state, np.zeros(len(gap), np.int64), np.random.default_rng(0))
    return ~outcome.terminated.reshape(len(GAPS), HEIGHTS)


def nothing() -> Values:
    """Return the values after the last tick: zeros."""
    return np.zeros((SPEEDS, len(GAPS), len(GAPS), MARGIN + HEIGHTS + FALL_SPEED))


def step_back(after: Values, tick: Tick, noise: Noise, out: Values, flaps: NDArray[np.bool_] | None = None) -> None:
    """Compute the values before a tick from those after it.

    Args:
        after: The values after the tick; overwritten if the tick renews a pipe.
        tick: The movement of the pipes.
        noise: The random moves.
        out: Receives the values before the tick.
        flaps: [speed, gap, gap after, height] receives whether a flap is better.
    """
    if tick.renews:  # the second gap becomes the first, and any gap may follow
        after[:] = after.mean(axis=2)[:, None]
    rows, living = _span(tick.x), alive(tick.x)
    flap = _moved(after, FLAP_SPEED, rows)
    certain = noise.epsilon * noise.flapping * flap + tick.scores
    out[..., MARGIN:] = 0
    for index in range(SPEEDS):
        glide = _moved(after, min(index + FLAP_SPEED + 1, FALL_SPEED), rows)
        if flaps is not None:
            np.greater(flap, glide, out=flaps[index, ..., rows])
        value = np.maximum(glide, flap, out=out[index, ..., MARGIN:-FALL_SPEED][..., rows])
        value *= 1 - noise.epsilon
        value += noise.epsilon * (1 - noise.flapping) * glide
        value += certain
    if not living.all():
        out[..., MARGIN:-FALL_SPEED] *= living[:, None]
    out[..., :MARGIN] = out[..., MARGIN, None]


def _moved(after: Values, speed: int, rows: slice) -> Values:
    """[gap, gap after, height] the values after moving a bird at each height with this speed."""
    return after[speed - FLAP_SPEED, ..., MARGIN + speed + rows.start : MARGIN + speed + rows.stop]


@cache
def _span(x: int) -> slice:
    """Return the heights at which the bird may survive. Between pipes they are few, which halves the work."""
    heights = np.flatnonzero(alive(x).any(axis=0))
    return slice(int(heights[0]), int(heights[-1]) + 1)


class BestPlayer:
    """The optimal player. It has the observations of an agent and counts the ticks, so it can be evaluated like one.

    After `SETTLED`, it plays every cycle like the first one. It could do better only in the last seconds of a game,
    where the end is near.

    Args:
        noise: The random moves.
        ticks: Length of the games.
    """

    def __init__(self, noise: Noise, ticks: int = TICKS) -> None:
        self.noise, self.ticks = noise, ticks
        self._flaps = np.zeros((SETTLED + CYCLE, SPEEDS, len(GAPS), len(GAPS), HEIGHTS), np.bool_)
        self.mean = best_mean(noise, ticks, self._flaps)
        self._tick = 0

    def q_values(self, observations: Array) -> NDArray[np.float32]:
        """[B, 2] 1 for the better move and 0 for the other."""
        height, speed, _, gap, gap_after = (observations.astype(np.float64) * (200, 10, 100, 100, 100)).round().T
        height = height + 200
        seen = (speed - FLAP_SPEED, *((top + height - GAPS[0]) / 10 for top in (gap, gap_after)), height)
        flap = self._flaps[self._cycled(), *(values.astype(np.int64) for values in seen)]
        self._tick += 1
        return np.stack([~flap, flap], axis=1).astype(np.float32)

    def play(self, games: int, seed: int = 0) -> Scorecard:
        """Play this many games and return their scores."""
        self._tick = 0
        settings = {"episodes": games, "seed": seed, "epsilon": self.noise.epsilon, "step_limit": self.ticks}
        return evaluate(self, FlappyBird(), "features", **settings)

    def _cycled(self) -> int:
        return self._tick if self._tick < SETTLED else SETTLED + (self._tick - SETTLED) % CYCLE


def best_mean(noise: Noise, ticks: int = TICKS, flaps: NDArray[np.bool_] | None = None) -> float:
    """Return the highest possible mean score in games of this length.

    Args:
        noise: The random moves.
        ticks: Length of the games.
        flaps: [first ticks, speed, gap, gap after, height] receives whether to flap.
    """
    left, values, before, gains = ticks, nothing(), nothing(), nothing()
    for _ in range(min(SUMMED, (ticks - SETTLED) // CYCLE - 1)):
        earlier = _back(values, left, left - CYCLE, noise)
        left -= CYCLE
        values, before, gains = earlier, gains, earlier - values
    more = (left - SETTLED) // CYCLE - 1
    if more > 0:
        growth = float(gains.sum() / before.sum())
        values += gains * sum(growth**power for power in range(1, more + 1))
        left -= more * CYCLE
    values = _back(values, left, 0, noise, flaps)
    start = FlappyBird().reset(1, np.random.default_rng(0))
    return float(values[start.velocity[0] - FLAP_SPEED, ..., MARGIN + int(start.y[0])].mean())


def _back(values: Values, last: int, first: int, noise: Noise, flaps: NDArray[np.bool_] | None = None) -> Values:
    """Return the values before tick `first`, computed from those before tick `last`, which are not changed."""
    values, spare = values.copy(), nothing()
    for number in reversed(range(first, last)):
        wanted = flaps[number] if flaps is not None and number < len(flaps) else None
        step_back(values, schedule()[number], noise, spare, wanted)
        values, spare = spare, values
    return values


def main(words: Sequence[str] | None = None) -> None:
    """Print the limits, and the scores of the optimal player with and without random moves."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--epsilon", type=float, default=0.01, help="fraction of random moves in the games (default: 0.01)"
    )
    parser.add_argument("--games", type=int, default=200, help="games of the optimal player (default: 200)")
    arguments = parser.parse_args(words)
    print(markdown(["Random moves", *(f"Best mean, {part:.0%} of them flaps" for part in FLAPPING)], limits()))
    for epsilon in (0.0, arguments.epsilon):
        player = BestPlayer(Noise(epsilon))
        card = player.play(arguments.games)
        told = f"{card.mean:.1f} ± {card.ci95:.1f} in {card.episodes} games"
        print(f"\nThe best player, {epsilon:.1%} random moves: {told}; expected {player.mean:.1f}.")


def limits() -> Iterator[list[str]]:
    """Yield a row of the table for each epsilon."""
    for epsilon in EPSILONS:
        yield [f"{epsilon:.1%}", *(f"{best_mean(Noise(epsilon, flapping)):.2f}" for flapping in FLAPPING)]


if __name__ == "__main__":
    main()
