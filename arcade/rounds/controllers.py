"""Controllers choose the actions of a game: a person, a trained agent, or both in turn.

All act on a batch of one game.
"""

from collections import deque
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import QFunction, epsilon_greedy, greedy
from arcade.input.controls import Button
from games.batch import GameBatch
from games.game import Array, Play

Actions = NDArray[np.int64]

WAITING_PRESSES = 2
"""Presses that are queued, one per tick: enough for a quick double turn, too few to feel like lag."""


class Controller(Protocol):
    """The base of all controllers. Its defaults are for players that always have an action ready, such as agents."""

    def act(self, batch: GameBatch) -> Actions:
        """[1] the action of the next tick."""

    def reset(self) -> None:
        """Forget the last game: a new one begins."""

    @property
    def waits_for_press(self) -> bool:
        """Whether the round waits for a press at its start and after a pause."""
        return False

    @property
    def speeds_up(self) -> bool:
        """Whether the round becomes faster, as `Play` sets for people; otherwise its pace is constant."""
        return False

    @property
    def person_plays(self) -> bool:
        """Whether a person chooses the actions at present."""
        return False

    @property
    def ready(self) -> bool:
        """Whether there is an action for the next tick. Games with `Play.waits` stand still until there is."""
        return True

    def pause(self) -> None:
        """Forget queued input: the round pauses. Called only if `waits_for_press`."""
        return


class Human(Controller):
    """A person. Presses are queued, held buttons keep acting, and the last pressed button wins.

    Args:
        play: The buttons of the game, and whether holding them counts.
    """

    waits_for_press = True
    speeds_up = True
    person_plays = True

    def __init__(self, play: Play) -> None:
        self.play = play
        self._held: list[int] = []  # actions of the held buttons in the order of presses
        self._presses: deque[int] = deque()
        self._last: int | None = None

    def press(self, button: Button) -> bool:
        """Press a button; returns whether it is a button of the game."""
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
        """Release a button."""
        self._let_go(self.play.buttons.get(button.value))

    def release_all(self) -> None:
        """Release every button."""
        self._held.clear()

    def pause(self) -> None:
        """Forget queued presses and held buttons, but not the last action, so that a pause does not change the game."""
        self._presses.clear()
        self.release_all()

    def reset(self, last: int | None = None) -> None:
        """Forget all presses: a new game begins, or the person takes over after the action `last`."""
        self.pause()
        self._last = last

    @property
    def ready(self) -> bool:
        """Whether a press is queued or a button is held."""
        return bool(self._presses or self._held)

    def act(self, batch: GameBatch) -> Actions:
        """[1] the queued press, else the held button, else the idle action, else the last action."""
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


class TrainedAgent(Controller):
    """A trained agent, with optional handicaps.

    Args:
        policy: Returns the Q values of observations.
        rng: Random generator of the random moves.
        epsilon: Fraction of random moves.
        delay: Ticks from the observation to the action.
    """

    def __init__(self, policy: QFunction, rng: np.random.Generator, epsilon: float = 0.0, delay: int = 0) -> None:
        self.policy = policy
        self.epsilon, self.delay = epsilon, delay
        self.observation: Array | None = None  # the latest observation, without batch axis
        self.output: int | None = None  # index of the network output with the highest legal Q value
        self.q_values: NDArray[np.float32] | None = None  # [A] of the latest observation
        self.legal: NDArray[np.bool_] | None = None  # [A] whether each action was legal
        self.action: int | None = None
        self.random_move = False  # whether the last action was not greedy when it was chosen
        self._rng = rng
        self._chosen: deque[tuple[int, bool]] = deque()  # delayed actions, and whether each is random

    def reset(self) -> None:
        """Forget the delayed actions of the last game."""
        self._chosen.clear()

    def act(self, batch: GameBatch) -> Actions:
        """[1] the legal action with the highest Q value, or a random legal one with probability epsilon.

        With a delay, it is the action chosen `delay` ticks ago, or the idle action of the game during the first ticks.
        """
        observations, legal = batch.observe(), batch.legal_actions()
        values = batch.in_game_order(self.policy.q_values(observations))
        best = greedy(values, legal)
        choice = int(epsilon_greedy(values, legal, self.epsilon, self._rng)[0])
        self._chosen.append((choice, choice != int(best[0])))
        self.observation, self.output = observations[0], int(batch.output_of(best)[0])
        self.q_values, self.legal = values[0], legal[0].copy()
        self.action, self.random_move = self._due(batch.game.info.play.idle)
        if not legal[0, self.action]:
            self.action, self.random_move = int(best[0]), False
        return np.array([self.action])

    def _due(self, idle: int | None) -> tuple[int, bool]:
        """Return the action of this tick out of those chosen, and whether it is random."""
        while len(self._chosen) > self.delay + 1:
            self._chosen.popleft()
        if len(self._chosen) == self.delay + 1:
            return self._chosen.popleft()
        return self._chosen[0] if idle is None else (idle, False)


class Handover(Controller):
    """An agent that a person can replace for a while.

    The agent keeps observing and choosing while the person plays, so that it is up to date afterwards.

    The pace and the start of the round stay those of an agent: it never waits for a press, and its pace is constant.
    Taking over must not stop a running game or change its pace.

    Args:
        agent: Plays unless `person_plays`.
        human: Plays while `person_plays`.
    """

    person_plays = False

    def __init__(self, agent: TrainedAgent, human: Human) -> None:
        self.agent, self.human = agent, human
        self.action: int | None = None  # the last action in the game

    def take_over(self) -> None:
        """Let the person play. Without an idle action, the last action continues until the first press."""
        self.human.reset(self.action)
        self.person_plays = True

    def hand_back(self) -> None:
        """Let the agent play."""
        self.human.pause()
        self.person_plays = False

    def reset(self) -> None:
        """Forget the last game; the same player keeps playing."""
        self.agent.reset()
        self.human.reset()
        self.action = None

    def act(self, batch: GameBatch) -> Actions:
        """[1] the action of the person if `person_plays`, else of the agent."""
        actions = self.agent.act(batch)
        if self.person_plays:
            actions = self.human.act(batch)
        self.action = int(actions[0])
        return actions
