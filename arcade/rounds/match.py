"""A match: the rounds being played on the play screen, controlled by one of its modes."""

from collections.abc import Callable, Sequence

import pygame

from arcade.rounds.lockstep import Lockstep
from arcade.rounds.round import Phase, Round, Tick
from arcade.rounds.stage import Stage
from arcade.ui.style import Theme
from games.game import Game

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Speeds at which agents can be watched, as factors of the normal pace."""


def next_speed(speed: float, by: int) -> float:
    """Return the speed `by` places further in `SPEEDS`, or the first or last one."""
    return SPEEDS[min(max(SPEEDS.index(speed) + by, 0), len(SPEEDS) - 1)]


class Match:
    """The rounds being played, their pictures, and whether they are paused.

    Args:
        theme: Fonts and spacing.
        game: The rules. `start` begins the game.
        seed: Random seed of the game; may be changed for the next start.
        on_start: Called before a game is started.
        on_change: Called after the match is started, paused, resumed or restarted.
        on_tick: Called with each tick and its round.

    Attributes:
        lockstep: The rounds on one clock.
        stages: The picture of each round.
    """

    def __init__(
        self,
        theme: Theme,
        game: Game,
        seed: int,
        on_start: Callable[[], None],
        on_change: Callable[[], None],
        on_tick: Callable[[Round, Tick], None],
    ) -> None:
        self.game, self.seed, self.paused = game, seed, False
        self.lockstep: Lockstep
        self.stages: list[Stage]
        self._theme = theme
        self._on_start, self._on_change, self._on_tick = on_start, on_change, on_tick

    def start(self, game: Game, make_rounds: Callable[[], Sequence[Round]]) -> None:
        """Start a game.

        Args:
            game: The rules.
            make_rounds: Makes new rounds of this game; the first one sets the pace.
        """
        self._on_start()
        self.game, self.paused = game, False
        self.lockstep = Lockstep(make_rounds())
        self.stages = [Stage(self._theme, game.info.accent) for _ in self.lockstep.rounds]
        self._on_change()

    @property
    def round(self) -> Round:
        """The first round, which is the person's if one plays."""
        return self.lockstep.rounds[0]

    @property
    def stage(self) -> Stage:
        """The picture of the first round."""
        return self.stages[0]

    @property
    def is_over(self) -> bool:
        """Whether all rounds are over."""
        return self.lockstep.leader.phase is Phase.OVER

    def picture(self, index: int = 0) -> pygame.Rect:
        """Return the rectangle of the picture of a round."""
        return self.stages[index].picture(self.lockstep.rounds[index])

    def pause(self) -> None:
        """Pause the rounds."""
        self.paused = True
        self.round.hold()
        self._on_change()

    def resume(self) -> None:
        """Resume the rounds; a person's round then waits for a press."""
        self.paused = False
        self._on_change()

    def restart(self) -> None:
        """Start a new round of the same game at once."""
        self.round.begin()
        self.resume()

    def step(self) -> None:
        """Play a single tick, or start a new round if all are over. A paused match stays paused."""
        if self.is_over:
            self.round.begin()
            return
        for played, tick in self.lockstep.step():
            self._report(played, tick)

    def update(self, seconds: float) -> None:
        """Let time pass for the pictures, and for the rounds unless the match is paused."""
        for stage in self.stages:
            stage.update(seconds)
        if not self.paused:
            for played, tick in self.lockstep.advance(seconds):
                self._report(played, tick)

    def _report(self, played: Round, tick: Tick) -> None:
        self.stages[self.lockstep.rounds.index(played)].react(tick)
        self._on_tick(played, tick)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the picture of every round."""
        for stage, played in zip(self.stages, self.lockstep.rounds, strict=True):
            stage.draw(surface, played)
