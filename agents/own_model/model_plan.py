"""The plan for training a script's own Keras model: its games, their random moves, and the times of tests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.learning.schedules import linear
from agents.own_model.arguments import check, first_and_last, part, path_of, whole

PARTS = 20
"""Number of parts of a training, after each of which the model is tested and a line is printed."""


@dataclass(frozen=True)
class ModelPlan:
    """The plan of a training; its fields are the arguments of `Agent.train`."""

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
    double: bool
    target_interval: int

    @classmethod
    def of(
        cls, *, nb_epoch: Any, batch_size: Any, gamma: Any, epsilon: Any, epsilon_rate: Any, reset_memory: Any,
        observe: Any, checkpoint: Any, checkpoint_path: Any, hold: Any, test_games: Any, verbose: Any, double: Any,
        target_interval: Any,
    ) -> "ModelPlan":  # fmt: skip
        """Return the plan for a script's arguments.

        Raises:
            ValueError: A value is not allowed; one line says which.
        """
        plan = cls(
            nb_epoch=whole("nb_epoch", nb_epoch, 1),
            batch_size=whole("batch_size", batch_size, 1),
            gamma=part("gamma", gamma),
            epsilon=first_and_last("epsilon", epsilon),
            epsilon_rate=part("epsilon_rate", epsilon_rate),
            reset_memory=bool(reset_memory),
            observe=whole("observe", observe, 0),
            checkpoint=None if checkpoint is None else whole("checkpoint", checkpoint, 1),
            checkpoint_path=path_of("checkpoint_path", checkpoint_path),
            hold=whole("hold", hold, 1),
            test_games=whole("test_games", test_games, 0),
            verbose=bool(verbose),
            double=bool(double),
            target_interval=whole("target_interval", target_interval, 1),
        )
        check("epsilon_rate", epsilon_rate, plan.epsilon_rate > 0, "above 0 and at most 1")
        if plan.checkpoint:
            check("checkpoint_path", checkpoint_path, not plan.checkpoint_path.is_dir(), "the path of a file")
        return plan

    @property
    def count(self) -> int:
        """The number of all games."""
        return self.observe + self.nb_epoch

    def epsilon_in(self, game: int) -> float:
        """Return epsilon in a game; games with a number below 1 only observe."""
        return linear(*self.epsilon, (game - 1) / self.nb_epoch / self.epsilon_rate) if game >= 1 else 1.0

    def tests_after(self, game: int) -> bool:
        """Whether the model is tested after a game."""
        return game >= 1 and self.test_games > 0 and self.nb_epoch >= PARTS and ends_part(game, self.nb_epoch)

    def saves_after(self, game: int) -> bool:
        """Whether the weights are saved after a game that is not the last."""
        return self.checkpoint is not None and 1 <= game < self.nb_epoch and game % self.checkpoint == 0


def ends_part(done: int, count: int) -> bool:
    """Whether a part of a training ends after `done` of `count` games."""
    return done == count or done % -(-count // PARTS) == 0
