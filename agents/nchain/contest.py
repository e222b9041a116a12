"""The contest of NChain's methods: each learns a table, then all tables play and the largest reward wins."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.nchain.tables import Method, Parameters, TableLearners, Tables
from games.nchain.rules import NChain


class Contest:
    """Trials in each of which every method learns afresh and plays one greedy game; the largest reward wins.

    Take `step` until `done`.

    Args:
        game: The chain.
        methods: Who takes part.
        parameters: How they learn.
        trials: Number of trials.
        learning_steps: Steps that each learns.
        seed: Seeds all chance.
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
        self.played = 0  # steps of the games that decide
        self._rng = np.random.default_rng((seed, 2))
        self._game = game
        self._length = game.info.step_limit or parameters.episode
        self._state = game.reset(len(methods) * trials, self._rng)
        self._rows = np.arange(len(methods) * trials)

    @property
    def part(self) -> float:
        """The part of it that is done, 0 to 1."""
        return (self.learners.steps + self.played) / (self.learning_steps + self._length)

    @property
    def done(self) -> bool:
        """Whether all games are over."""
        return self.played >= self._length

    def step(self) -> None:
        """One step of learning or, when that is over, of the games that decide."""
        if self.learners.steps < self.learning_steps:
            self.learners.step()
        elif not self.done:
            greedy = self.learners.tables[self._rows, self._state.position].argmax(axis=1)
            self._game.step(self._state, greedy, self._rng)
            self.played += 1

    @property
    def rewards(self) -> Tables:
        """[M, T] reward so far of each method in the game of each trial."""
        return self._state.total.reshape(len(self.methods), self.trials)

    @property
    def reward_per_step(self) -> Tables:
        """[M] reward a step of each method, mean over the trials."""
        means: Tables = self.rewards.mean(axis=1) / max(1, self.played)
        return means

    @property
    def wins(self) -> NDArray[np.int64]:
        """[M] trials that each method wins as it stands; the first of equals."""
        if not self.played:
            return np.zeros(len(self.methods), np.int64)
        return np.bincount(self.rewards.argmax(axis=0), minlength=len(self.methods))

    def tables(self, trial: int = 0) -> Tables:
        """[M, S, A] what the methods learnt in one trial."""
        shape = len(self.methods), self.trials, *self.learners.tables.shape[1:]
        return self.learners.tables.reshape(shape)[:, trial]


def play(game: NChain, table: Tables, *, games: int = 100, seed: int = 0) -> float:
    """The reward a step of a table's best actions, mean over whole games."""
    rng = np.random.default_rng((seed, 3))
    state = game.reset(games, rng)
    best = table.argmax(axis=1)
    length = game.info.step_limit or 1_000
    for _ in range(length):
        game.step(state, best[state.position], rng)
    return float(state.total.mean()) / length
