"""The contest of NChain's methods: each method learns a table, then all tables play, and the largest reward wins."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.nchain.tables import Method, Parameters, TableLearners, Tables
from games.nchain.rules import NChain


class Contest:
    """A contest of several trials. In each, every method learns a new table and plays one greedy game with it.

    The largest reward wins the trial. Call `step` until `done`.

    Args:
        game: The chain.
        methods: The methods that take part.
        parameters: The hyper-parameters of the tables.
        trials: Number of trials.
        learning_steps: Steps of learning for each table.
        seed: Seeds all random choices.
    """

    def __init__(
        self,
        game: NChain,
        methods: Sequence[Method],
        parameters: Parameters,
        *,
        trials: int = 100,
        learning_steps: int = 50_000,
        seed: int = 0,
    ) -> None:
        self.methods, self.trials, self.learning_steps = tuple(methods), trials, learning_steps
        self.learners = TableLearners(game, [each for each in methods for _ in range(trials)], parameters, seed)
        self.played = 0  # steps of the deciding games
        self._rng = np.random.default_rng((seed, 2))
        self._game = game
        self._length = game.info.step_limit or parameters.episode
        self._state = game.reset(len(methods) * trials, self._rng)
        self._rows = np.arange(len(methods) * trials)

    @property
    def part(self) -> float:
        """The share of the contest that is done, 0 to 1."""
        return (self.learners.steps + self.played) / (self.learning_steps + self._length)

    @property
    def done(self) -> bool:
        """Whether all deciding games are over."""
        return self.played >= self._length

    def step(self) -> None:
        """Take one step of learning, or of the deciding games once learning is over."""
        if self.learners.steps < self.learning_steps:
            self.learners.step()
        elif not self.done:
            greedy = self.learners.tables[self._rows, self._state.position].argmax(axis=1)
            self._game.step(self._state, greedy, self._rng)
            self.played += 1

    @property
    def rewards(self) -> Tables:
        """The reward [M, T] so far of each method in the deciding game of each trial."""
        return self._state.total.reshape(len(self.methods), self.trials)

    @property
    def reward_per_step(self) -> Tables:
        """The reward per step [M] of each method, averaged over the trials."""
        means: Tables = self.rewards.mean(axis=1) / max(1, self.played)
        return means

    @property
    def wins(self) -> NDArray[np.int64]:
        """The number of trials [M] that each method wins so far; among equals the first method wins."""
        if not self.played:
            return np.zeros(len(self.methods), np.int64)
        return np.bincount(self.rewards.argmax(axis=0), minlength=len(self.methods))

    def tables(self, trial: int = 0) -> Tables:
        """Return the tables [M, S, A] that the methods learnt in one trial."""
        shape = len(self.methods), self.trials, *self.learners.tables.shape[1:]
        return self.learners.tables.reshape(shape)[:, trial]


def play(game: NChain, table: Tables, *, games: int = 100, seed: int = 0) -> float:
    """Return the reward per step of a table's best actions, averaged over whole games."""
    rng = np.random.default_rng((seed, 3))
    state = game.reset(games, rng)
    best = table.argmax(axis=1)
    length = game.info.step_limit or 1_000
    for _ in range(length):
        game.step(state, best[state.position], rng)
    return float(state.total.mean()) / length
