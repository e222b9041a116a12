"""Who plays: a person at the buttons, or a trained agent. Both choose the actions of a batch of one."""

from collections import deque
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.policy import QFunction, epsilon_greedy, greedy
from arcade.controls import Button
from games.batch import GameBatch
from games.game import Play

Actions = NDArray[np.int64]

WAITING_PRESSES = 2
"""Presses that wait for their tick: enough for a quick double turn, too few to feel like lag."""


class Controller(Protocol):
    """Chooses the actions of a game. Taking over in mid-game is a controller that mixes two others."""

    def act(self, batch: GameBatch) -> Actions:
        """[1] the action of the coming tick."""

    def reset(self) -> None:
        """A new game begins: forget the last one."""


class Human:
    """A person: presses wait for their tick, held buttons go on acting, the last one pressed wins.

    Args:
        play: Which button does what, and whether holding counts.
    """

    def __init__(self, play: Play) -> None:
        self.play = play
        self._held: list[int] = []  # actions of the held buttons, the last pressed at the end
        self._presses: deque[int] = deque()
        self._last: int | None = None

    def press(self, button: Button) -> bool:
        """A button went down. Returns whether it plays."""
        action = self.play.buttons.get(button.value)
        if action is None:
            return False
        if self.play.hold:
            self._let_go(action)
            self._held.append(action)
            self._presses = deque(waiting for waiting in self._presses if waiting == action)
        if len(self._presses) < WAITING_PRESSES:
            self._presses.append(action)
        return True

    def release(self, button: Button) -> None:
        """A button went up."""
        self._let_go(self.play.buttons.get(button.value))

    def release_all(self) -> None:
        """Every button went up."""
        self._held.clear()

    def pause(self) -> None:
        """Forget waiting presses and held buttons; the last action stays, so that a pause changes no game."""
        self._presses.clear()
        self.release_all()

    def reset(self) -> None:
        """A new game begins: forget presses and the last action."""
        self.pause()
        self._last = None

    @property
    def ready(self) -> bool:
        """Whether the person asks for an action now."""
        return bool(self._presses or self._held)

    def act(self, batch: GameBatch) -> Actions:
        """[1] a waiting press, else the held button, else the idle action, else the last one."""
        self._last = self._choose(batch)
        return np.array([self._last])

    def _choose(self, batch: GameBatch) -> int:
        if self._presses:
            return self._presses.popleft()
        if self._held:
            return self._held[-1]
        if self.play.idle is not None:
            return self.play.idle
        if self._last is not None:
            return self._last
        return int(batch.legal_actions()[0].argmax())

    def _let_go(self, action: int | None) -> None:
        if action in self._held:
            self._held.remove(action)


class TrainedAgent:
    """An agent acting on what it sees, with an optional handicap.

    Args:
        policy: Values the actions.
        rng: Source of the random moves.
        epsilon: Part of random moves.
    """

    def __init__(self, policy: QFunction, rng: np.random.Generator, epsilon: float = 0.0) -> None:
        self.policy = policy
        self.epsilon = epsilon
        self.q_values: NDArray[np.float32] | None = None  # [A] of the last choice
        self.legal: NDArray[np.bool_] | None = None  # [A] what could be chosen
        self.action: int | None = None
        self.random_move = False  # whether the last choice was not the best by its own values
        self._rng = rng

    def reset(self) -> None:
        """Nothing is carried from one game to the next."""

    def act(self, batch: GameBatch) -> Actions:
        """[1] the best action by the agent's values, or a random legal one with probability epsilon."""
        values = batch.in_game_order(self.policy.q_values(batch.observe()))
        legal = batch.legal_actions()
        actions = epsilon_greedy(values, legal, self.epsilon, self._rng)
        self.q_values, self.legal, self.action = values[0], legal[0].copy(), int(actions[0])
        self.random_move = self.action != int(greedy(values, legal)[0])
        return actions
