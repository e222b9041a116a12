"""The plan of a training of a Keras model of one's own: its games, their random moves, and when it is tested."""

from dataclasses import dataclass
from pathlib import Path

from agents.learning.schedules import linear

PARTS = 20
"""Parts of a training, after each of which it is tested and prints a line."""


@dataclass(frozen=True)
class ModelPlan:
    """How long and in which way a model is trained; the words are those of `Agent.train`."""

    nb_epoch: int
    batch_size: int
    gamma: float
    epsilon: tuple[float, float]
    epsilon_rate: float
    reset_memory: bool
    observe: int
    checkpoint: int | None
    checkpoint_path: Path
    hold: int
    test_games: int
    verbose: bool

    @property
    def count(self) -> int:
        """Games in all."""
        return self.observe + self.nb_epoch

    def epsilon_in(self, game: int) -> float:
        """Part of random moves in a game; those below 1 only observe."""
        return linear(*self.epsilon, (game - 1) / self.nb_epoch / self.epsilon_rate) if game >= 1 else 1.0

    def tests_after(self, game: int) -> bool:
        """Whether a game ends a part of a training that is worth tests."""
        return game >= 1 and self.test_games > 0 and self.nb_epoch >= PARTS and ends_part(game, self.nb_epoch)

    def saves_after(self, game: int) -> bool:
        """Whether the weights are saved after a game that is not the last."""
        return self.checkpoint is not None and 1 <= game < self.nb_epoch and game % self.checkpoint == 0


def ends_part(done: int, count: int) -> bool:
    """Whether a part of a training is over, or all of it."""
    return done == count or done % -(-count // PARTS) == 0
