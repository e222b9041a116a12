"""Playing, watching and racing: one scene; a seat for whoever has the controls brings their keys and their panel.

A race is two rounds with the same seed on one clock; taking over is a controller that mixes a person and an agent.
Neither changes how this scene lets time pass.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import pygame

from agents.errors import ProfileError
from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Keys, Press
from arcade.rounds.match import Match
from arcade.rounds.round import Phase, Round, Tick
from arcade.rounds.trouble import Trouble
from arcade.scenes.play.agent_seat import AgentSeat
from arcade.scenes.play.person_seat import PersonSeat
from arcade.scenes.play.race_seat import RaceSeat
from arcade.scenes.play.recorder import FilmRecorder
from arcade.scenes.screen import Screen
from arcade.sound.cues import cue
from arcade.ui import style
from arcade.ui.column import stack_from
from arcade.ui.focus import Focus
from arcade.ui.meters import Badge
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.game import Game

_FASTEST_HEARD = 2.0  # times the game's pace; beyond that sounds run together


class Seat(Protocol):
    """What differs between playing, watching and racing."""

    def start(self, game: Game) -> None:
        """Set up a game from its beginning: the widgets, and fresh rounds in the match."""

    @property
    def keys(self) -> Keys:
        """How keys are to be read now."""

    def widgets(self) -> list[Control]:
        """What may have the focus now."""

    def handle(self, event: Input) -> Change | None:
        """React to an input."""

    def finish(self, score: float, good: bool) -> None:
        """The round is over; `good` tells whether its last episode ended well."""

    def update(self) -> None:
        """Time has passed."""

    def layout(self, area: pygame.Rect) -> None:
        """Place the pictures and the widgets beside and over them."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the panel and what lies over the picture."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""


class PlayScene(Screen):
    """A game on screen. One that fails ends here, and the reason is told.

    Args:
        context: What all scenes share.
        game: The rules, with the level's settings.
        agent: Who plays; None lets the person play.
        seed: Seeds the game; None takes a fresh one.
        rival: An agent that races against who plays, an earlier state of the same agent included; None for no race.

    Raises:
        ValueError: An agent has no weights, or sees something that the game does not show.
    """

    moves = True

    def __init__(
        self,
        context: Context,
        game: Game,
        agent: Profile | None = None,
        seed: int | None = None,
        rival: Profile | None = None,
    ) -> None:
        super().__init__(context)
        self.game_played = game.info.id
        self.recorder = FilmRecorder(context)
        self.match = Match(
            self.theme,
            game,
            random.getrandbits(32) if seed is None else seed,
            on_start=self.recorder.end,
            on_change=self.refresh,
            on_tick=self._react,
        )
        self._recording = Badge(colour=style.BAD, icon="dot")
        self._again = PushButton("Try again", self._start, icon="play", accent=game.info.accent, main=True)
        self._quit = PushButton("Leave", Pop, accent=game.info.accent)
        self.seat = _make_seat(self.match, context, self.focus, agent, rival)
        self._start()

    def _start(self) -> None:
        """Set up the game from its beginning, also after it has failed."""
        self.trouble = Trouble()
        with self._ending():
            self.seat.start(self.match.game)

    @property
    def keys(self) -> Keys:
        """While a person plays, letters are arrows; otherwise they are commands."""
        return Keys.MENU if self.trouble else self.seat.keys

    def refresh(self) -> None:
        """Take over the widgets of the present state."""
        self.focus.set([self._again, self._quit] if self.trouble else self.seat.widgets())
        self.relayout()

    def handle(self, event: Input) -> Change | None:
        """One key records; all other input goes to the seat."""
        if self.trouble:
            return super().handle(event)
        with self._ending():
            return self._handle(event)
        return None

    def _handle(self, event: Input) -> Change | None:
        if event == Press(Button.RECORD):
            self.recorder.toggle(self.match.lockstep.rounds)
            return None
        return self._unless_an_agent_fails(lambda: self.seat.handle(event))

    def update(self, seconds: float) -> Change | None:
        """Let the rounds go on."""
        if self.trouble:
            return None
        with self._ending():
            return self._unless_an_agent_fails(lambda: self._let_pass(seconds))
        return None

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """If the game fails within, it has ended."""
        with self.trouble.caught():
            yield
        if self.trouble:
            self.recorder.end()
            self.refresh()

    def _unless_an_agent_fails(self, play: Callable[[], Change | None]) -> Change | None:
        """Play, or leave and tell why an agent cannot go on."""
        try:
            return play()
        except ProfileError as error:
            self.context.notice(str(error))
            return Pop()

    def _let_pass(self, seconds: float) -> Change | None:
        self.match.update(seconds)
        if not self.match.paused:
            self.recorder.update(seconds, self.match.lockstep.rounds)
        self.seat.update()
        if self.seat.widgets() != self.focus.widgets:
            self.refresh()
        return None

    def _react(self, played: Round, tick: Tick) -> None:
        """Let a tick be heard, and tell the seat of the end of a round."""
        if self._is_heard(played):
            self.context.sounds.play(cue(tick, self.match.game.info))
        if tick.ended and played.phase is Phase.OVER:
            self.seat.finish(played.score, tick.good)

    def _is_heard(self, played: Round) -> bool:
        """A person's game is; an agent's only where that is wished for, and not in fast motion."""
        if played.controller.person_plays:
            return True
        wished = self.context.settings.value.watch_sounds and played is self.match.round
        return wished and played.speed <= _FASTEST_HEARD

    def layout(self, area: pygame.Rect) -> None:
        """The seat knows what is to be seen; where the game has failed, there is little."""
        if not self.trouble:
            return self.seat.layout(area)
        self._failure = area.inflate(-area.width // 4, -area.height // 3)
        stack_from(self.theme, [self._again, self._quit], self._failure.center)

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the games, then what the seat has to say."""
        if self.trouble:
            return self._paint_failure(surface)
        with self._ending():
            self._paint_games(surface)

    def _paint_failure(self, surface: pygame.Surface) -> None:
        theme, rect = self.theme, self._failure
        theme.text(surface, f"{self.match.game.info.title} has failed", rect.topleft, Size.TITLE, max_width=rect.width)
        room = pygame.Rect(rect.left, rect.top + theme.line(Size.TITLE), rect.width, 0)
        room.height = self._again.rect.top - room.top - theme.space()
        self.trouble.draw(surface, theme, room)

    def _paint_games(self, surface: pygame.Surface) -> None:
        self.match.draw(surface)
        self.seat.paint(surface)
        if self.recorder.film is not None:
            self._paint_recording(surface, self.recorder.film.seconds)

    def _paint_recording(self, surface: pygame.Surface, seconds: float) -> None:
        space, picture = self.theme.space(), self.match.picture(-1)
        self._recording.text = f"Recording {seconds:.0f} s"
        self._recording.place(self.theme, bottomright=(picture.right - space, picture.bottom - space))
        self._recording.draw(surface, self.theme)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        if self.trouble:
            return (Hint(Button.CONFIRM, "Choose"), Hint(Button.BACK, "Leave"))
        recording = self.recorder.film is not None
        return (*self.seat.hints(), Hint(Button.RECORD, "End recording" if recording else "Record"))

    def leave(self) -> None:
        """A recording ends with the scene."""
        self.recorder.end()


def _make_seat(match: Match, context: Context, focus: Focus, agent: Profile | None, rival: Profile | None) -> Seat:
    if rival is not None:
        return RaceSeat(match, context, focus, agent, rival)
    if agent is not None:
        return AgentSeat(match, context, focus, agent)
    return PersonSeat(match, context, focus)
