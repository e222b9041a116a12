"""The methods of the NChain tutorial that need no network: summed rewards, a Q table, and an ε-greedy Q table.

Source: A. Thomas, "Reinforcement learning tutorial using Python and Keras", adventuresinmachinelearning.com, 2018. The
update is the textbook's (Watkins 1989; Sutton and Barto 2018, section 6.5). The tutorial's code does not multiply the
reward by the learning rate, which makes its values too large by 1 / learning rate.

Arrays have one row for each learner. All learners take a step at once, so a hundred cost little more than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.nchain.rules import NChain
from games.settings import check_settings, setting

Tables = NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """A method that learns from rewards.

    Attributes:
        id: Its name on the command line.
        title: Its name in the window.
        short: A shorter name for narrow columns.
        sums: Whether it adds up rewards instead of estimating values.
        explores: Whether it takes random actions.
    """

    id: str
    title: str
    short: str
    sums: bool = False
    explores: bool = False


NAIVE = Method("naive", "Summed rewards", "Sums", sums=True)
TABLE = Method("table", "Q table", "Q table")
EGREEDY = Method("egreedy", "ε-greedy Q table", "ε-greedy", explores=True)
TABULAR = (NAIVE, TABLE, EGREEDY)


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters of the tables.

    Attributes:
        epsilon: First share of random actions, for methods that explore.
        epsilon_decay: Factor on epsilon after each episode.
        learning_rate: First share of its distance to the target by which a value moves.
        halving: Number of visits after which the learning rate is half; 0 keeps it constant.
        discount: Factor on a reward for each step it lies ahead.
        episode: Steps in an episode.
    """

    epsilon: float = setting(0.5, low=0.0, high=1.0, help="Share of random actions. At 0 nothing new is ever tried.")
    epsilon_decay: float = setting(0.999, low=0.5, high=1.0, help="Factor on ε after each episode. 1 explores forever.")
    learning_rate: float = setting(
        0.8, low=0.01, high=1.0, help="Share of the way to its target that a value moves. High learns and forgets fast."
    )
    halving: int = setting(
        20, low=0, high=10_000, help="Visits after which α is half, so that chance averages out. 0 keeps α constant."
    )
    discount: float = setting(
        0.95, low=0.0, high=0.99, help="Factor on a reward for each step it lies ahead. Low is short-sighted."
    )
    episode: int = setting(1_000, low=10, high=100_000, help="Steps until all learners start again at the first state.")

    def __post_init__(self) -> None:
        check_settings(self)


STEADY = Parameters(halving=0)
"""The tutorial's own settings: a constant learning rate."""


class Step(NamedTuple):
    """One step of R learners. All arrays are [R]."""

    state: NDArray[np.int64]
    action: NDArray[np.int64]
    guessed: NDArray[np.bool_]  # whether the action was random
    slipped: NDArray[np.bool_]  # whether the other action was carried out
    reward: NDArray[np.float64]
    next_state: NDArray[np.int64]


class TableLearners:
    """R learners, each with a table and a chain of its own.

    Args:
        game: The chain; may be replaced by a chain of the same length during learning.
        methods: The method of each learner.
        parameters: The hyper-parameters; may be replaced during learning, too.
        seed: Seeds all random choices.

    Attributes:
        state: The states of the R chains.
        tables: [R, S, A] the learnt values.
        visits: [R, S, A] number of times each action was taken.
        episode_rewards: For each finished episode, the reward per step [R].
    """

    def __init__(self, game: NChain, methods: Sequence[Method], parameters: Parameters, seed: int = 0) -> None:
        self.game, self.parameters = game, parameters
        count = len(methods)
        self.tables: Tables = np.zeros((count, game.states, 2))
        self.visits = np.zeros((count, game.states, 2), np.int64)
        self.steps = self.episodes = 0
        self.episode_rewards: list[NDArray[np.float64]] = []
        self._sums = np.array([method.sums for method in methods])
        self._explores = np.array([method.explores for method in methods])
        self._rows = np.arange(count)
        self._rng = np.random.default_rng((seed, 0))
        self._chance = np.random.default_rng((seed, 1))
        self.state = game.reset(count, self._chance)

    @property
    def epsilon(self) -> float:
        """The current share of random actions, for methods that explore."""
        return self.parameters.epsilon * self.parameters.epsilon_decay**self.episodes

    def step(self) -> Step:
        """Let every learner act by its method and learn from the result."""
        forward, back = self.tables[self._rows, self.state.position].T  # [R] each
        chance, side = self._rng.random((2, len(forward)))
        guessed = (forward + back == 0) | (self._explores & (chance < self.epsilon))  # 0: no value is known yet
        action = np.where(guessed, side < 0.5, back > forward).astype(np.int64)
        return self.act(action, guessed)

    def act(self, action: NDArray[np.int64], guessed: NDArray[np.bool_] | None = None) -> Step:
        """Let every learner take a given action and learn from the result.

        Args:
            action: [R] the actions.
            guessed: [R] whether each action is random, for the returned step; None means that none is.
        """
        before = self.state.position.copy()
        reward = self.game.step(self.state, action, self._chance).reward.astype(np.float64)
        guessed = np.zeros(len(action), np.bool_) if guessed is None else guessed
        step = Step(before, action, guessed, self.state.slipped.copy(), reward, self.state.position.copy())
        self._learn(step)
        self.steps += 1
        if self.steps % self.parameters.episode == 0:
            self._end_episode()
        return step

    def _learn(self, step: Step) -> None:
        where = self._rows, step.state, step.action
        self.visits[where] += 1
        rate = learning_rate(self.parameters, self.visits[where])
        best_next = np.maximum(*self.tables[self._rows, step.next_state].T)
        learnt = q_update(self.tables[where], step.reward, best_next, rate, self.parameters.discount)
        self.tables[where] = np.where(self._sums, self.tables[where] + step.reward, learnt)

    def _end_episode(self) -> None:
        self.episodes += 1
        self.episode_rewards.append(self.state.total / self.state.steps)
        self.state = self.game.reset(len(self._rows), self._chance)


def q_update(
    value: Tables, reward: Tables, best_next: Tables, learning_rate: Tables | float, discount: float
) -> Tables:
    """Return values after Watkins's update: each moves towards reward + discount · best next value."""
    return value + learning_rate * (reward + discount * best_next - value)


def learning_rate(parameters: Parameters, visits: NDArray[np.int64]) -> Tables:
    """Return the learning rate at the n-th visit, n = 1, 2, …: it falls as 1 / n, slowly at first.

    Its sum over all visits is infinite and the sum of its squares is finite, so Q-learning converges (Watkins and Dayan
    1992).
    """
    if not parameters.halving:
        return np.full(visits.shape, parameters.learning_rate)
    rates: Tables = parameters.learning_rate / (1 + (visits - 1) / parameters.halving)
    return rates


def relative_error(table: Tables, optimal: Tables) -> Tables:
    """Return the relative error [S, A] of each value."""
    errors: Tables = np.abs(table - optimal) / np.maximum(np.abs(optimal), 1e-9)
    return errors
