"""Controllers choose the actions of a game: a person at the buttons, a trained agent, or either in turns.

All act on a batch of one.
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
"""Presses that wait for their tick: enough for a quick double turn, too few to feel like lag."""


class Controller(Protocol):
    """Chooses the actions of a game.

    Controllers derive from it. Its defaults are those of a player that needs no time to choose and no waiting for.
    """

    def act(self, batch: GameBatch) -> Actions:
        """[1] the action of the coming tick."""

    def reset(self) -> None:
        """A new game begins: forget the last one."""

    @property
    def waits_for_press(self) -> bool:
        """Whether the round waits for a press when it begins and when it goes on after a pause."""
        return False

    @property
    def speeds_up(self) -> bool:
        """Whether the round goes at the growing pace that `Play` sets for people; otherwise its pace is plain."""
        return False

    @property
    def person_plays(self) -> bool:
        """Whether a person chooses the actions at present."""
        return False

    @property
    def ready(self) -> bool:
        """Whether there is an action for the coming tick. Games that wait for presses stand still until there is."""
        return True

    def pause(self) -> None:
        """The round pauses: forget input that waits. Called only where `waits_for_press`."""
        return


class Human(Controller):
    """A person: presses wait for their tick, held buttons go on acting, the last one pressed wins.

    Args:
        play: Which button does what, and whether holding counts.
    """

    waits_for_press = True
    speeds_up = True
    person_plays = True

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

    def reset(self, last: int | None = None) -> None:
        """A new game begins, or the person takes it over after the action `last`: forget all presses."""
        self.pause()
        self._last = last

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


class TrainedAgent(Controller):
    """An agent acting on what it sees, with optional handicaps.

    Args:
        policy: Values the actions.
        rng: Source of the random moves.
        epsilon: Part of random moves.
        delay: Ticks from seeing to acting.
    """

    def __init__(self, policy: QFunction, rng: np.random.Generator, epsilon: float = 0.0, delay: int = 0) -> None:
        self.policy = policy
        self.epsilon, self.delay = epsilon, delay
        self.observation: Array | None = None  # what it saw last, without batch axis
        self.output: int | None = None  # the network's output that was best in it
        self.q_values: NDArray[np.float32] | None = None  # [A] of the last choice
        self.legal: NDArray[np.bool_] | None = None  # [A] what could be chosen
        self.action: int | None = None
        self.random_move = False  # whether the last action was not the best by its own values when it was chosen
        self._rng = rng
        self._chosen: deque[tuple[int, bool]] = deque()  # actions that wait for their tick, and whether random

    def reset(self) -> None:
        """A new game begins: what was chosen in the last one is dropped."""
        self._chosen.clear()

    def act(self, batch: GameBatch) -> Actions:
        """[1] the best action by the agent's values, or a random legal one with probability epsilon.

        With a delay it is the one chosen so many ticks before; until there is one, the game's idle action.
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
        """The action for now, out of those chosen so far."""
        while len(self._chosen) > self.delay + 1:
            self._chosen.popleft()
        if len(self._chosen) == self.delay + 1:
            return self._chosen.popleft()
        return self._chosen[0] if idle is None else (idle, False)


class Handover(Controller):
    """An agent that plays until a person takes over, and again when the person lets go.

    The agent goes on watching and choosing meanwhile, so that it is up to date when it gets the game back.

    The game stays the agent's while a person plays: it waits for no press and keeps its plain pace. Taking over must
    not stop a running game or make it jump from one pace to another.

    Args:
        agent: Plays at first.
        human: Plays while `person_plays`.
    """

    person_plays = False

    def __init__(self, agent: TrainedAgent, human: Human) -> None:
        self.agent, self.human = agent, human
        self.action: int | None = None  # the last one, whoever chose it

    def take_over(self) -> None:
        """The person plays from now on; what was done last goes on until the first press, where the game has it so."""
        self.human.reset(self.action)
        self.person_plays = True

    def hand_back(self) -> None:
        """The agent plays from now on."""
        self.human.pause()
        self.person_plays = False

    def reset(self) -> None:
        """A new game begins; whoever plays goes on playing."""
        self.agent.reset()
        self.human.reset()
        self.action = None

    def act(self, batch: GameBatch) -> Actions:
        """[1] the action of whoever plays."""
        actions = self.agent.act(batch)
        if self.person_plays:
            actions = self.human.act(batch)
        self.action = int(actions[0])
        return actions
