"""A round of a game in real time: its pace, its episodes and its events. Drawing is in `arcade.rounds.stage`.

Rules advance in ticks of a fixed time step, and pictures are interpolated at any frame rate, as in Glenn Fiedler's
article "Fix Your Timestep!".

Two rounds with the same seed on one clock make a race, see `arcade.rounds.lockstep`.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from arcade.rounds.controllers import Controller
from games.batch import GameBatch
from games.figures import plain
from games.game import Game, State
from games.states import copy_state

BETWEEN_SECONDS = 0.3
"""How long the end of an episode stays on screen before the next one of the round begins, at the normal pace."""

MOST_GROWTH = 2.5
"""Largest factor on the normal pace of a game; more would be unplayable."""

RUN_UP_SECONDS = 1.0
"""How long a person's game accelerates to its pace after the first press, so that there is time to react."""

LONGEST_CATCH_UP = 0.25
"""Most time in seconds that is caught up after a stall; the rest is dropped."""

WORK_SECONDS = 0.008
"""Longest time for the rules in one frame of the window: a slow agent skips ticks instead of slowing the window."""

_RUN_UP_PACE = 0.35  # fraction of the pace at the first press
_MILESTONE = 100  # points, in games whose score grows with time
_QUIET_SECONDS = 0.1  # points that come more often are no events


class Phase(Enum):
    """The state of a round."""

    READY = "ready"  # waits for the first press
    RUNNING = "running"
    BETWEEN = "between"  # one episode is over, the next is about to begin
    OVER = "over"


@dataclass(frozen=True)
class Tick:
    """The effects of one tick.

    Attributes:
        gained: Points gained.
        event: Whether the points are worth showing, unlike those of a score that grows at every tick.
        ended: Whether the episode ended.
        good: Whether it ended well: with an event, or at the step limit.
        acted: True if the player acted; in press-once games, if the action differs from the previous (or idle) one.
        milestone: The multiple of 100 points that a steadily growing score has just reached, 0 if none.
    """

    gained: float
    event: bool
    ended: bool
    good: bool
    acted: bool = False
    milestone: int = 0


class Round:
    """A round of one or more episodes.

    Args:
        game: The rules.
        controller: Chooses the actions.
        seed: Random seed of the game.
        observation: Observation kind of an agent; None takes the first kind of the game.
        step_limit: Ticks after which an episode is truncated; None takes the limit of the game.
        work_seconds: Longest time for the rules in each call of `ticks`; further ticks are skipped.
    """

    def __init__(
        self,
        game: Game,
        controller: Controller,
        seed: int,
        observation: str | None = None,
        step_limit: int | None = None,
        work_seconds: float = WORK_SECONDS,
    ) -> None:
        self.game, self.controller = game, controller
        self.batch = GameBatch(game, 1, seed, observation=observation, autoreset=False, step_limit=step_limit)
        self._work_seconds = work_seconds
        self.speed = 1.0  # factor on the pace, set by the assist mode or the spectator
        self.begin()

    def begin(self) -> None:
        """Start a new round. A person's round waits for the first press."""
        if self.batch.steps[0]:
            self.batch.restart(np.array([0]))
        self.controller.reset()
        self.phase = Phase.READY if self.controller.waits_for_press else Phase.RUNNING
        self.previous: State | None = None
        self.finished_scores: list[float] = []  # of the finished episodes
        self.phase_seconds = 0.0
        self._run_up = RUN_UP_SECONDS  # seconds since the round started to run
        self._due = 1.0  # ticks that are due; the first one is at once
        self._quiet_ticks = 1
        self._last_action: int | None = None

    @property
    def score(self) -> float:
        """Points of the round so far."""
        running = [] if len(self.finished_scores) > self.episode else [plain(self.batch.score()[0])]
        return sum(self.finished_scores) + sum(running)

    @property
    def is_fresh(self) -> bool:
        """Whether no tick has been played yet."""
        return self.phase is Phase.READY and not self.finished_scores and self.batch.steps[0] == 0

    @property
    def episode(self) -> int:
        """Index of the current episode, from 0."""
        return len(self.finished_scores) - (self.phase in (Phase.BETWEEN, Phase.OVER))

    @property
    def growth(self) -> float:
        """Factor by which the round has become faster than normal; 1 for agents."""
        if not self.controller.speeds_up:
            return 1.0
        play = self.game.info.play
        return min(MOST_GROWTH, play.first_pace + play.speed_up * (self.episode if play.episodes > 1 else self.score))

    @property
    def rate(self) -> float:
        """Ticks per second at present."""
        part = _RUN_UP_PACE + (1.0 - _RUN_UP_PACE) * min(1.0, self._run_up / RUN_UP_SECONDS)
        return self.game.info.ticks_per_second * self.pace * part

    @property
    def blend(self) -> float:
        """Position of the picture between `previous` and the present state, 0 to 1."""
        return min(1.0, self._due) if self.phase in (Phase.READY, Phase.RUNNING) else 1.0

    @property
    def pace(self) -> float:
        """Factor on the normal pace at present."""
        return self.speed * self.growth

    def advance(self, seconds: float) -> list[Tick]:
        """Let time pass, and return the ticks that were due."""
        return list(self.ticks(seconds))

    def ticks(self, seconds: float) -> Iterator[Tick]:
        """Let time pass: play and yield the ticks that are due, one by one."""
        self.rest(seconds, self.pace)
        if self.phase is Phase.READY and self.controller.ready:
            self._enter(Phase.RUNNING)
            self._run_up = 0.0
        if self.phase is Phase.RUNNING:
            self._due += min(seconds, LONGEST_CATCH_UP) * self.rate
            self._run_up += seconds
            yield from self._due_ticks()

    def rest(self, seconds: float, pace: float) -> None:
        """Let time pass without a tick. After the end of an episode, this starts the next one in time."""
        self.phase_seconds += seconds
        if self.phase is Phase.BETWEEN and self.phase_seconds * pace >= BETWEEN_SECONDS:
            self._next_episode()

    def follow(self, leader: "Round") -> None:
        """Copy the position between ticks from the leader on the same clock."""
        self._due = leader._due

    def over_for(self, seconds: float) -> bool:
        """Whether the round has been over for this time."""
        return self.phase is Phase.OVER and self.phase_seconds >= seconds

    def hold(self) -> None:
        """Stop a person's running game until the next press, without moving the picture."""
        if self.phase is Phase.RUNNING and self.controller.waits_for_press:
            self.controller.pause()
            self._enter(Phase.READY)

    def step(self) -> Tick:
        """Play one tick now, whether or not it is due."""
        if self.phase is Phase.BETWEEN:
            self._next_episode()
        self._due = 1.0
        return self.tick()

    def stop(self) -> None:
        """End the round at once, when the rest no longer matters."""
        if self.phase in (Phase.READY, Phase.RUNNING):
            self.finished_scores.append(plain(self.batch.score()[0]))
        self._enter(Phase.OVER)

    def _due_ticks(self) -> Iterator[Tick]:
        deadline = time.perf_counter() + self._work_seconds
        while self._due >= 1.0 and self.phase is Phase.RUNNING:
            if time.perf_counter() > deadline:
                self._due %= 1.0
            elif self._stands_still():
                self._due = 1.0
                break
            else:
                self._due -= 1.0
                yield self.tick()

    def _stands_still(self) -> bool:
        """Whether the game stands still until the next press."""
        return self.game.info.play.waits and not self.controller.ready

    def tick(self) -> Tick:
        """Play one tick of a running episode."""
        self.previous = copy_state(self.batch.state)
        before = plain(self.batch.score()[0])
        actions = self.controller.act(self.batch)
        acted = self._has_acted(int(actions[0]))
        transitions = self.batch.step(actions)
        score, ended = plain(transitions.score[0]), bool(transitions.finished[0])
        event = self._is_event(score - before)
        milestone = 0 if event or score // _MILESTONE <= before // _MILESTONE else int(score // _MILESTONE) * _MILESTONE
        if ended:
            self._end_episode(score)
        good = ended and (event or bool(transitions.truncated[0]))
        return Tick(score - before, event, ended, good, acted, milestone)

    def _has_acted(self, action: int) -> bool:
        play, last = self.game.info.play, self._last_action
        self._last_action = action
        return not play.hold and action != (last if play.idle is None else play.idle)

    def _is_event(self, gained: float) -> bool:
        if gained == 0:
            self._quiet_ticks += 1
            return False
        quiet, self._quiet_ticks = self._quiet_ticks, 0
        return self.game.info.play.waits or quiet >= _QUIET_SECONDS * self.game.info.ticks_per_second

    def _end_episode(self, score: float) -> None:
        self.finished_scores.append(score)
        more = len(self.finished_scores) < self.game.info.play.episodes
        self._enter(Phase.BETWEEN if more else Phase.OVER)

    def _next_episode(self) -> None:
        # Presses made between the episodes still count, so the controller is not reset.
        self.batch.restart(np.array([0]), carry=self.game.info.play.carry)
        self.previous = None
        self._due = 0.0
        self._quiet_ticks = 1
        self._enter(Phase.RUNNING)

    def _enter(self, phase: Phase) -> None:
        self.phase, self.phase_seconds = phase, 0.0
