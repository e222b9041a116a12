"""The most pipes that any player can pass when some of its moves are random: `python docs/studies/flappy_limit.py`.

The pipes come at the same ticks in every game, and only two of them are ever ahead of the bird; so height, speed and
the two gaps are all there is to know at a tick. Backward induction over these states, from the last tick to the first,
gives the greatest mean that is possible. No rule is simplified and nothing is sampled; only the middle of the game,
where every cycle is like the last, is extrapolated. The means that the best player then reaches in real games,
measured like any agent, are the proof of the sum.
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
"""[speed, gap, gap after, MARGIN + height + FALL_SPEED] pipes still to come, 0 where the bird has crashed.

Above height 0 stands MARGIN times what height 0 holds, for the ceiling stops the bird; below the last height stand
zeros, for the ground kills it. So a move is a shift, without a special case.
"""

HEIGHTS = 380  # 0 to 379: at 380 the bird touches the ground
GAPS = np.arange(100, 180, 10)
SPEEDS = FALL_SPEED - FLAP_SPEED + 1
MARGIN = -FLAP_SPEED

TICKS = INFO.evaluation_limit or 10_000
CYCLE = 74
"""Ticks after which the pipes stand as before, once the two of the start are gone: two pipes, 296 pixels."""
SETTLED = 2 * CYCLE
"""A tick by which they are gone."""

SUMMED = 8
"""Cycles at the end of a game that are gone through tick by tick. By then the gain of one cycle more is almost a steady
part of the last one, so that the cycles before them are a geometric sum. Going through 20 raises the means by 0.01 to
0.03 pipes, going through 36 by hardly more."""

EPSILONS = (0.0, 0.001, 0.002, 0.005, 0.01)
FLAPPING = (0.5, INFO.exploration[1] if INFO.exploration else 0.5)
"""How often a random move is a flap: in evaluations, and in training."""


@dataclass(frozen=True)
class Tick:
    """The movement of the pipes in a tick.

    Attributes:
        x: Where the next pipe is as the tick begins.
        scores: Whether the tick brings a point.
        renews: Whether the pipe after it becomes the next one, and a new one comes into sight.
    """

    x: int
    scores: bool
    renews: bool


@dataclass(frozen=True)
class Noise:
    """The moves that are played in the place of a player's.

    Attributes:
        epsilon: Part of the moves that are random.
        flapping: Part of the random moves that are flaps.
    """

    epsilon: float
    flapping: float = 0.5


@cache
def schedule(ticks: int = TICKS) -> list[Tick]:
    """The ticks of a game, of any game, from the rules themselves: a crash does not stop the pipes."""
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
    """[gap, height] whether a bird lives while the next pipe is at x, as the rules tell when it hangs in the air."""
    gap, height = (grid.ravel() for grid in np.meshgrid(GAPS, np.arange(HEIGHTS), indexing="ij"))
    pipe_x, gap_top = np.full((len(gap), 3), NO_PIPE), np.zeros((len(gap), 3), np.int64)
    pipe_x[:, 0], gap_top[:, 0] = x + PIPE_SPEED, gap  # the step brings it to x
    hanging = np.full(len(gap), -1)  # one tick's fall makes it 0
    passed, crashed = np.zeros(len(gap), np.int64), np.zeros(len(gap), np.bool_)
    state = FlappyState(height.astype(np.float64), hanging, pipe_x, gap_top, passed, crashed)
    outcome = FlappyBird().step(state, np.zeros(len(gap), np.int64), np.random.default_rng(0))
    return ~outcome.terminated.reshape(len(GAPS), HEIGHTS)


def nothing() -> Values:
    """The values when no tick is left."""
    return np.zeros((SPEEDS, len(GAPS), len(GAPS), MARGIN + HEIGHTS + FALL_SPEED))


def step_back(after: Values, tick: Tick, noise: Noise, out: Values, flaps: NDArray[np.bool_] | None = None) -> None:
    """The values before a tick.

    Args:
        after: The values after it; a renewing tick spoils them.
        tick: What the pipes do.
        noise: What becomes of the moves.
        out: Where the values before it go.
        flaps: [speed, gap, gap after, height] where it goes whether a flap is better.
    """
    if tick.renews:  # the gap after is now the gap, and any gap may follow
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
    """[gap, gap after, height] what a bird of this height has in store that moves with this speed."""
    return after[speed - FLAP_SPEED, ..., MARGIN + speed + rows.start : MARGIN + speed + rows.stop]


@cache
def _span(x: int) -> slice:
    """The heights at which a bird may live: between pipes they are few, which halves the work."""
    heights = np.flatnonzero(alive(x).any(axis=0))
    return slice(int(heights[0]), int(heights[-1]) + 1)


class BestPlayer:
    """The player that nobody surpasses, measured as agents are: it sees what they see, and counts the ticks.

    From `SETTLED` on it flies each cycle as the first one: only in the last seconds of a game could it do better, by
    knowing that the end is near.

    Args:
        noise: What becomes of its moves.
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
        """The scores of so many games."""
        self._tick = 0
        settings = {"episodes": games, "seed": seed, "epsilon": self.noise.epsilon, "step_limit": self.ticks}
        return evaluate(self, FlappyBird(), "features", **settings)

    def _cycled(self) -> int:
        return self._tick if self._tick < SETTLED else SETTLED + (self._tick - SETTLED) % CYCLE


def best_mean(noise: Noise, ticks: int = TICKS, flaps: NDArray[np.bool_] | None = None) -> float:
    """The greatest mean of pipes that is possible in games of so many ticks.

    Args:
        noise: What becomes of the moves.
        ticks: Length of the games.
        flaps: [first ticks, speed, gap, gap after, height] where it goes when to flap.
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
    """The values before tick `first`, from those before tick `last`, which are kept."""
    values, spare = values.copy(), nothing()
    for number in reversed(range(first, last)):
        wanted = flaps[number] if flaps is not None and number < len(flaps) else None
        step_back(values, schedule()[number], noise, spare, wanted)
        values, spare = spare, values
    return values


def main(words: Sequence[str] | None = None) -> None:
    """Print the limits, and what the best player reaches with these random moves and without any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--epsilon", type=float, default=0.01, help="part of random moves in the games (0.01)")
    parser.add_argument("--games", type=int, default=200, help="games that the best player plays (200)")
    arguments = parser.parse_args(words)
    print(markdown(["Random moves", *(f"Best mean, {part:.0%} of them flaps" for part in FLAPPING)], limits()))
    for epsilon in (0.0, arguments.epsilon):
        player = BestPlayer(Noise(epsilon))
        card = player.play(arguments.games)
        told = f"{card.mean:.1f} ± {card.ci95:.1f} in {card.episodes} games"
        print(f"\nThe best player, {epsilon:.1%} random moves: {told}; expected {player.mean:.1f}.")


def limits() -> Iterator[list[str]]:
    """A line for each part of random moves."""
    for epsilon in EPSILONS:
        yield [f"{epsilon:.1%}", *(f"{best_mean(Noise(epsilon, flapping)):.2f}" for flapping in FLAPPING)]


if __name__ == "__main__":
    main()
