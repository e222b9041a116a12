"""Exploration: epsilon-greedy actions during training, whose random actions may be held for several frames."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import greedy, random_actions
from games.game import Array
from games.saved import array_like


class Explorer:
    """An epsilon-greedy explorer of B games, which remembers the random actions that are being held.

    In some games only many equal actions in a row have an effect, and single random actions cancel out: in MountainCar
    they never reach the top, but held actions do. This is temporally extended epsilon-greedy (Dabney et al. 2021) with
    a uniform duration.

    Args:
        copies: Number of games.
        hold: Most frames for which a random action is held; 1 is plain epsilon-greedy.
    """

    def __init__(self, copies: int, hold: int) -> None:
        self._hold = hold
        self._action = np.zeros(copies, np.int64)  # [B] the last random action
        self._left = np.zeros(copies, np.int64)  # [B] number of frames for which it is still held

    def act(
        self,
        q_values: Array,
        legal: NDArray[np.bool_],
        epsilon: float | NDArray[np.float64],
        rng: np.random.Generator,
        weights: tuple[float, ...] | None = None,
    ) -> NDArray[np.int64]:
        """Return the actions [B] of one frame: each the best one, or a random one, new or held.

        Args:
            q_values: [B, A] values of the actions.
            legal: [B, A] whether each action is legal.
            epsilon: Share of random actions, of all games or [B] of each.
            rng: Draws the random actions.
            weights: Weight of each action in a random move; None is uniform.
        """
        random, actions = self.random_moves(legal, epsilon, rng, weights)
        return np.where(random, actions, greedy(q_values, legal))

    def random_moves(
        self,
        legal: NDArray[np.bool_],
        epsilon: float | NDArray[np.float64],
        rng: np.random.Generator,
        weights: tuple[float, ...] | None = None,
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return whether each game moves at random in this frame [B], and the random actions [B].

        This is for callers that compute best actions only where they are needed. In the long run a share epsilon of the
        frames is random, however long actions are held. A held action ends as soon as it is illegal.
        """
        held = (self._left > 0) & legal[np.arange(len(legal)), self._action]
        begins = ~held & (rng.random(len(legal)) < self._probability_to_begin(epsilon))
        rows = begins.nonzero()[0]
        if len(rows):
            self._action[rows] = random_actions(legal[rows], rng, weights)
            self._left[rows] = rng.integers(1, self._hold + 1, len(rows)) if self._hold > 1 else 1
        random = held | begins
        self._left = np.where(random, self._left - 1, 0)
        return random, self._action.copy()

    def forget(self, finished: NDArray[np.bool_]) -> None:
        """Stop holding actions in games [B] that are over."""
        self._left[finished] = 0

    def get_state(self) -> dict[str, Any]:
        """Return copies of the held actions and their remaining frames."""
        return {"action": self._action.copy(), "left": self._left.copy()}

    def set_state(self, state: Mapping[str, Any], actions: int) -> None:
        """Restore the state of another explorer of as many games.

        Args:
            state: The result of `get_state`.
            actions: Number of actions of the game.

        Raises:
            ValueError: The state has another number of games, or an action or duration that does not exist.
        """
        self._action = array_like(state["action"], self._action, low=0, high=actions - 1)
        self._left = array_like(state["left"], self._left, low=0, high=self._hold)

    def _probability_to_begin(self, epsilon: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Return the probability with which a game without a held action begins a random one."""
        mean = (1 + self._hold) / 2
        return epsilon / (epsilon + (1 - epsilon) * mean)
