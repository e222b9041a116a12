"""The progress of training a script's own Keras model: results of games, printed lines, and the best weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np

from agents.learning.keras_model import Variables


@dataclass(frozen=True)
class Epoch:
    """The result of one game."""

    score: float
    won: bool  # whether the score is at least the mean that solves the game
    loss: float  # loss of the last updates; nan before the first
    epsilon: float


@dataclass
class BestWeights:
    """The weights of a training's best test; among equal tests of the latest, which has learnt from more games."""

    weights: Variables | None = None
    mean: float = -inf
    latest: float = nan

    def consider(self, mean: float, weights: Variables) -> None:
        """Keep the weights of a test with this mean if no test was better."""
        self.latest = mean
        if mean >= self.mean:
            self.mean, self.weights = mean, weights


def report(epochs: Sequence[Epoch], count: int, tested: float) -> None:
    """Print a line about the progress."""
    recent = epochs[-100:]
    test = "" if isnan(tested) else f", test {tested:,.2f}"
    print(
        f"Game {len(epochs):,} of {count:,}: loss {epochs[-1].loss:.4f}, epsilon {epochs[-1].epsilon:.2f}, "
        f"mean score {np.mean([epoch.score for epoch in recent]):,.2f} of the last {len(recent)}, "
        f"{sum(epoch.won for epoch in epochs):,} won{test}"
    )
