"""One round of a game as it is played in the window: its pace, its episodes and what happens in it. No drawing.

Rules advance in ticks of a fixed time step, and pictures at any rate in between, after Glenn Fiedler's article "Fix
Your Timestep!".

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
"""How long the end of an episode stands before the next one of the same round begins, at the plain pace."""

MOST_GROWTH = 2.5
"""A game never becomes faster than this many times its plain pace, or nobody could go on."""

RUN_UP_SECONDS = 1.0
"""How long a person's game takes to reach its pace after the first press: some would be over before one can react."""

LONGEST_CATCH_UP = 0.25
"""Seconds of lost time that are caught up at most; after a longer stall the game goes on where it stood."""

WORK_SECONDS = 0.008
"""Longest time spent on the rules in one frame of the window: a slow agent falls behind, the window does not."""

_RUN_UP_PACE = 0.35  # part of the pace with which it begins
_MILESTONE = 100  # points, where the score grows with time
_QUIET_SECONDS = 0.1  # points that come faster than this are a clock, not an event


class Phase(Enum):
    """The state that a round is in."""

    READY = "ready"  # waits for the first press
    RUNNING = "running"
    BETWEEN = "between"  # one episode is over, the next is about to begin
    OVER = "over"


@dataclass(frozen=True)
class Tick:
    """The effects of one tick.

    Attributes:
        gained: Points gained.
        event: Whether the points are worth showing; a score that grows each tick is not.
        ended: Whether the episode ended.
        good: Whether it ended well: with an event, or by reaching the game's limit.
        acted: Whether the player acted, in a game whose buttons act once: by another action than before, or than idle.
        milestone: The round number of points that a steadily growing score has reached, 0 if none.
    """

    gained: float
    event: bool
    ended: bool
    good: bool
    acted: bool = False
    milestone: int = 0


class Round:
    """A round in progress.

    Args:
        game: The rules.
        controller: Who plays.
        seed: Seeds the game.
        observation: What an agent sees; None takes the game's first kind.
        step_limit: Ticks after which an episode is cut; None takes the game's own limit.
        work_seconds: Longest time to be spent on the rules each time that time passes; further ticks are left out.
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
        self.speed = 1.0  # factor on the pace, of the assist or of the watcher
        self.begin()

    def begin(self) -> None:
        """Start a fresh round; a person is waited for."""
        if self.batch.steps[0]:
            self.batch.restart(np.array([0]))
        self.controller.reset()
        self.phase = Phase.READY if self.controller.waits_for_press else Phase.RUNNING
        self.previous: State | None = None
        self.finished_scores: list[float] = []  # of this round's episodes that are over
        self.phase_seconds = 0.0
        self._run_up = RUN_UP_SECONDS  # seconds since the first press, or since the game went on
        self._due = 1.0  # ticks; the first comes at once
        self._quiet_ticks = 1
        self._last_action: int | None = None

    @property
    def score(self) -> float:
        """Points of the whole round so far."""
        running = [] if len(self.finished_scores) > self.episode else [plain(self.batch.score()[0])]
        return sum(self.finished_scores) + sum(running)

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has been played yet."""
        return self.phase is Phase.READY and not self.finished_scores and self.batch.steps[0] == 0

    @property
    def episode(self) -> int:
        """Number of the running episode, from 0."""
        return len(self.finished_scores) - (self.phase in (Phase.BETWEEN, Phase.OVER))

    @property
    def growth(self) -> float:
        """Factor by which the round has become faster than plain. Agents are watched at the plain pace."""
        if not self.controller.speeds_up:
            return 1.0
        play = self.game.info.play
        return min(MOST_GROWTH, play.first_pace + play.speed_up * (self.episode if play.episodes > 1 else self.score))

    @property
    def rate(self) -> float:
        """Ticks a second at present."""
        part = _RUN_UP_PACE + (1.0 - _RUN_UP_PACE) * min(1.0, self._run_up / RUN_UP_SECONDS)
        return self.game.info.ticks_per_second * self.pace * part

    @property
    def blend(self) -> float:
        """Part of the way that the picture has gone from `previous` to the present state, 0 to 1."""
        return min(1.0, self._due) if self.phase in (Phase.READY, Phase.RUNNING) else 1.0

    @property
    def pace(self) -> float:
        """Factor by which everything is faster than plain at present."""
        return self.speed * self.growth

    def advance(self, seconds: float) -> list[Tick]:
        """Let time pass and report the ticks that it held."""
        return list(self.ticks(seconds))

    def ticks(self, seconds: float) -> Iterator[Tick]:
        """Let time pass; play and report the ticks that it held one by one."""
        self.rest(seconds, self.pace)
        if self.phase is Phase.READY and self.controller.ready:
            self._enter(Phase.RUNNING)
            self._run_up = 0.0
        if self.phase is Phase.RUNNING:
            self._due += min(seconds, LONGEST_CATCH_UP) * self.rate
            self._run_up += seconds
            yield from self._due_ticks()

    def rest(self, seconds: float, pace: float) -> None:
        """Let time pass without a tick: an episode that is over has stood long enough at some time."""
        self.phase_seconds += seconds
        if self.phase is Phase.BETWEEN and self.phase_seconds * pace >= BETWEEN_SECONDS:
            self._next_episode()

    def follow(self, leader: "Round") -> None:
        """Let the picture be as far on its way to the next tick as another round's on the same clock."""
        self._due = leader._due

    def over_for(self, seconds: float) -> bool:
        """Whether the round has been over for so long."""
        return self.phase is Phase.OVER and self.phase_seconds >= seconds

    def hold(self) -> None:
        """Stop a running game until a person's next press; the picture stays exactly as it is."""
        if self.phase is Phase.RUNNING and self.controller.waits_for_press:
            self.controller.pause()
            self._enter(Phase.READY)

    def step(self) -> Tick:
        """Play one tick now, whatever the time."""
        if self.phase is Phase.BETWEEN:
            self._next_episode()
        self._due = 1.0
        return self.tick()

    def stop(self) -> None:
        """End the round where it stands, because nothing depends on the rest any more."""
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
        """Whether the game waits for a person's next press."""
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
        # Presses made in the meantime still count.
        self.batch.restart(np.array([0]), carry=self.game.info.play.carry)
        self.previous = None
        self._due = 0.0
        self._quiet_ticks = 1
        self._enter(Phase.RUNNING)

    def _enter(self, phase: Phase) -> None:
        self.phase, self.phase_seconds = phase, 0.0
