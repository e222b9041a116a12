"""A match: what is being played now. The play scene shows it, and one of its modes controls it."""

from collections.abc import Callable, Sequence

import pygame

from arcade.rounds.lockstep import Lockstep
from arcade.rounds.round import Phase, Round, Tick
from arcade.rounds.stage import Stage
from arcade.ui.style import Theme
from games.game import Game

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Factors on the pace at which agents can be watched."""


def next_speed(speed: float, by: int) -> float:
    """The speed that lies so many places further in `SPEEDS`, or the last one there is."""
    return SPEEDS[min(max(SPEEDS.index(speed) + by, 0), len(SPEEDS) - 1)]


class Match:
    """The game that is being played: its rounds on one clock, and whether it is paused.

    Args:
        theme: Fonts and spaces of the pictures.
        game: The rules; `start` sets the game up.
        seed: Seeds the game; may be changed for the next start.
        on_start: Called when a game is about to be set up.
        on_change: Called when the match has been started, paused, resumed or restarted.
        on_tick: Called with each tick and the round that it belongs to.

    Attributes:
        lockstep: The rounds on their clock.
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
        """Set up a game from its beginning.

        Args:
            game: The rules.
            make_rounds: Makes fresh rounds of this game, the one that sets the pace first.
        """
        self._on_start()
        self.game, self.paused = game, False
        self.lockstep = Lockstep(make_rounds())
        self.stages = [Stage(self._theme, game.info.accent) for _ in self.lockstep.rounds]
        self._on_change()

    @property
    def round(self) -> Round:
        """The first round; where a person plays, it is the person's."""
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
        """The rectangle that the picture of a round fills."""
        return self.stages[index].picture(self.lockstep.rounds[index])

    def pause(self) -> None:
        """Stop the rounds where they are."""
        self.paused = True
        self.round.hold()
        self._on_change()

    def resume(self) -> None:
        """Let the rounds go on; a person's next press starts them."""
        self.paused = False
        self._on_change()

    def restart(self) -> None:
        """Begin a fresh round of the same game at once."""
        self.round.begin()
        self.resume()

    def step(self) -> None:
        """Play a single tick, or begin a fresh round if the last one is over. A paused match stays paused."""
        if self.is_over:
            self.round.begin()
            return
        for played, tick in self.lockstep.step():
            self._report(played, tick)

    def update(self, seconds: float) -> None:
        """Let time pass: the pictures go on moving, and the rounds go on unless the match is paused."""
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
