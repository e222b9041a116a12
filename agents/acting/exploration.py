"""Acting while learning: the best actions, with random ones among them that may be held for several frames."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import greedy, random_actions
from games.game import Array
from games.saved import array_like


class Explorer:
    """Acts greedily or at random in B games, and remembers which random actions are being held.

    Where only many equal actions in a row lead anywhere, single random ones cancel out: MountainCar's never reach the
    top. Held ones do (temporally extended epsilon-greedy, Dabney et al. 2021; the time of holding is uniform here).

    Args:
        copies: Number of games.
        hold: Most frames for which a random action is held; 1 is plain epsilon-greedy.
    """

    def __init__(self, copies: int, hold: int) -> None:
        self._hold = hold
        self._action = np.zeros(copies, np.int64)  # [B] the random action begun last
        self._left = np.zeros(copies, np.int64)  # [B] frames for which it is still to be held

    def act(
        self,
        q_values: Array,
        legal: NDArray[np.bool_],
        epsilon: float | NDArray[np.float64],
        rng: np.random.Generator,
        weights: tuple[float, ...] | None = None,
    ) -> NDArray[np.int64]:
        """[B] the actions of one frame: the best one, or a random one that is begun or held.

        Args:
            q_values: [B, A] values of the actions.
            legal: [B, A] actions that may be chosen.
            epsilon: Part of random actions, of all games or [B] of each.
            rng: Source of all chance.
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
        """[B] which games move at random in this frame, and [B] how those do, for callers whose best moves cost time.

        In the long run a part epsilon of the frames is random, however long moves are held. Holding ends where its
        action may not be chosen.
        """
        held = (self._left > 0) & legal[np.arange(len(legal)), self._action]
        begins = ~held & (rng.random(len(legal)) < self._part_begun(epsilon))
        rows = begins.nonzero()[0]
        if len(rows):
            self._action[rows] = random_actions(legal[rows], rng, weights)
            self._left[rows] = rng.integers(1, self._hold + 1, len(rows)) if self._hold > 1 else 1
        random = held | begins
        self._left = np.where(random, self._left - 1, 0)
        return random, self._action.copy()

    def forget(self, finished: NDArray[np.bool_]) -> None:
        """Hold nothing any longer in games [B] that are over."""
        self._left[finished] = 0

    def get_state(self) -> dict[str, Any]:
        """Copies of what is being held."""
        return {"action": self._action.copy(), "left": self._left.copy()}

    def set_state(self, state: Mapping[str, Any], actions: int) -> None:
        """Go on holding what another explorer of as many games held.

        Args:
            state: Of `get_state`.
            actions: How many actions the game has.

        Raises:
            ValueError: It had another number of games, or held what nobody could.
        """
        self._action = array_like(state["action"], self._action, low=0, high=actions - 1)
        self._left = array_like(state["left"], self._left, low=0, high=self._hold)

    def _part_begun(self, epsilon: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """With what chance a game in which nothing is held begins a random action."""
        mean = (1 + self._hold) / 2
        return epsilon / (epsilon + (1 - epsilon) * mean)
