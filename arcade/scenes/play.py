"""Playing and watching: one scene; a seat for whoever has the controls brings their keys and their panel.

A race is two rounds with the same seed; taking over is a controller that mixes a person and an agent. Neither changes
how this scene lets time pass.
"""

import random
from typing import Protocol

import pygame

from agents.profile import Profile
from arcade.agent_seat import AgentSeat
from arcade.context import Context
from arcade.controllers import Controller
from arcade.controls import Hint, Input, Keys
from arcade.person_seat import PersonSeat
from arcade.round import Phase, Round, Tick
from arcade.scene import Change
from arcade.screen import Screen
from arcade.stage import Stage
from arcade.theme import Theme
from arcade.widgets import Control
from games.game import Game
from games.view import fit


class Seat(Protocol):
    """What differs between playing and watching."""

    @property
    def controller(self) -> Controller:
        """Who chooses the actions."""

    def panel_width(self, theme: Theme, width: int) -> int:
        """How much of the window's width the panel beside the picture takes."""

    @property
    def keys(self) -> Keys:
        """How keys are to be read now."""

    def widgets(self) -> list[Control]:
        """What may have the focus now."""

    def sit_down(self, scene: "PlayScene") -> None:
        """A game was set up; prepare what depends on it."""

    def handle(self, event: Input) -> Change | None:
        """React to an input."""

    def begin(self) -> None:
        """A fresh round begins."""

    def finish(self, score: int, good: bool) -> None:
        """The round is over; `good` tells whether its last episode ended well."""

    def update(self) -> None:
        """Time has passed."""

    def layout(self, panel: pygame.Rect) -> None:
        """Place the widgets within the panel, and over the picture."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the panel and what lies over the picture."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""


class PlayScene(Screen):
    """A game on screen.

    Args:
        context: What all scenes share.
        game: The rules, with the level's settings.
        agent: Who plays; None lets the person play.
        seed: Seeds the game; None takes a fresh one.

    Raises:
        ValueError: The agent has no weights, or sees something that the game does not show.
    """

    def __init__(self, context: Context, game: Game, agent: Profile | None = None, seed: int | None = None) -> None:
        super().__init__(context)
        self.seed = random.getrandbits(32) if seed is None else seed
        self.observation = agent.observation if agent else None
        self.seat: Seat = PersonSeat(game) if agent is None else AgentSeat(agent, self.seed)
        self.start(game)

    def start(self, game: Game) -> None:
        """Set up a game from its beginning."""
        self.game = game
        self.paused = False
        self.round = Round(game, self.seat.controller, self.seed, self.observation)
        self.stage = Stage(self.theme, game.info.accent)
        self.seat.sit_down(self)
        self.refresh()

    @property
    def keys(self) -> Keys:
        """While a person plays, letters are arrows; otherwise they are commands."""
        return self.seat.keys

    def pause(self) -> None:
        """Stop the round where it is."""
        self.paused = True
        self.round.hold()
        self.refresh()

    def resume(self) -> None:
        """Let the round go on; a person's next press starts it."""
        self.paused = False
        self.refresh()

    def restart(self) -> None:
        """Begin a fresh round at once."""
        self.round.begin()
        self.seat.begin()
        self.resume()

    def step(self) -> None:
        """Play a single tick."""
        if self.round.phase is Phase.OVER:
            self.round.begin()
            self.seat.begin()
        else:
            self._react(self.round.step())

    def refresh(self) -> None:
        """Take over the widgets of the present state."""
        self.focus.set(self.seat.widgets())
        self.relayout()

    def handle(self, event: Input) -> Change | None:
        """All input goes to the seat."""
        return self.seat.handle(event)

    def update(self, seconds: float) -> Change | None:
        """Let the round go on."""
        self.stage.update(seconds)
        if self.paused:
            return None
        for tick in self.round.advance(seconds):
            self._react(tick)
        self.seat.update()
        if self.seat.widgets() != self.focus.widgets:
            self.refresh()
        return None

    def _react(self, tick: Tick) -> None:
        """Feedback on a tick: the place for sounds as well."""
        self.stage.react(tick, self.round.score)
        if tick.ended and self.round.phase is Phase.OVER:
            self.seat.finish(self.round.score, tick.good)

    def layout(self, area: pygame.Rect) -> None:
        """The picture as large as it can be, the panel at its right, both together in the middle."""
        margin, gap = self.theme.space(2), self.theme.space(4)
        panel_width = self.seat.panel_width(self.theme, area.width)
        room = area.width - 2 * margin - gap - panel_width, area.height - 2 * margin
        _, _, width, height = fit(room, self.game.info.aspect)
        left = (area.width - width - gap - panel_width) // 2
        self.stage.rect = pygame.Rect(left, (area.height - height) // 2, width, height)
        self.seat.layout(pygame.Rect(left + width + gap, margin, panel_width, room[1]))

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the game, then what the seat has to say."""
        self.stage.draw(surface, self.round)
        self.seat.paint(surface)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return self.seat.hints()
