"""The scene for playing, watching and racing. Each is a mode with its own rounds, keys and panel.

A race is two rounds with the same seed on one clock. Taking over is a controller that mixes a person and an agent.
Neither needs special treatment of time in this scene.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import pygame

from agents.errors import StorageError
from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Keys, Press
from arcade.rounds.match import Match
from arcade.rounds.round import Phase, Round, Tick
from arcade.rounds.trouble import Trouble
from arcade.scenes.play.play_mode import PlayMode
from arcade.scenes.play.race_mode import RaceMode
from arcade.scenes.play.recorder import FilmRecorder
from arcade.scenes.play.watch_mode import WatchMode
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

_FASTEST_HEARD = 2.0  # times the normal speed; sounds would overlap at a higher speed


class Mode(Protocol):
    """The part of the scene that differs between playing, watching and racing."""

    def start(self, game: Game) -> None:
        """Sets up a new game: makes the widgets, and new rounds in the match."""

    @property
    def keys(self) -> Keys:
        """The current way to read keys."""

    def widgets(self) -> list[Control]:
        """Returns the widgets that can have the focus now."""

    def handle(self, event: Input) -> Change | None:
        """Reacts to an input."""

    def finish(self, score: float, good: bool) -> None:
        """Takes the score of a round that is over; `good` is whether its last episode ended well."""

    def update(self) -> None:
        """Called once per frame, after the rounds have moved."""

    def layout(self, area: pygame.Rect) -> None:
        """Places the pictures, and the widgets beside and over them."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the panel and the overlays of the picture."""

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""


class PlayScene(Screen):
    """The screen of a game that is played, watched or raced. It catches and shows failures of the game.

    Args:
        context: Shared by all scenes.
        game: The rules, with the level's settings.
        agent: The agent that plays; None lets the person play.
        seed: Seed of the game; None takes a random one.
        rival: An agent that races against the player, possibly a snapshot of the same agent; None for no race.

    Raises:
        ValueError: An agent has no weights, or the game lacks the agent's observation kind.
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
        self.mode = _make_mode(self.match, context, self.focus, agent, rival)
        self._start()

    def _start(self) -> None:
        """Sets up a new game, also after a failure."""
        self.trouble = Trouble()
        with self._failure_caught():
            self.mode.start(self.match.game)

    @property
    def keys(self) -> Keys:
        """The mode's keys; menu keys after a failure."""
        return Keys.MENU if self.trouble else self.mode.keys

    def refresh(self) -> None:
        """Shows the widgets of the current state."""
        self.focus.set([self._again, self._quit] if self.trouble else self.mode.widgets())
        self.relayout()

    def handle(self, event: Input) -> Change | None:
        """Handles the key for recording; passes other input to the mode."""
        if self.trouble:
            return super().handle(event)
        with self._failure_caught():
            return self._handle(event)
        return None

    def _handle(self, event: Input) -> Change | None:
        if event == Press(Button.RECORD):
            self.recorder.toggle(self.match.lockstep.rounds)
            return None
        return self._unless_an_agent_fails(lambda: self.mode.handle(event))

    def update(self, seconds: float) -> Change | None:
        """Advances the rounds."""
        if self.trouble:
            return None
        with self._failure_caught():
            return self._unless_an_agent_fails(lambda: self._advance(seconds))
        return None

    @contextmanager
    def _failure_caught(self) -> Iterator[None]:
        """Catches a failure of the game in the block, ends the recording and offers another try."""
        with self.trouble.caught():
            yield
        if self.trouble:
            self.recorder.end()
            self.refresh()

    def _unless_an_agent_fails(self, play: Callable[[], Change | None]) -> Change | None:
        """Calls `play`; if an agent fails, shows the reason and leaves."""
        try:
            return play()
        except StorageError as error:
            self.context.notice(str(error))
            return Pop()

    def _advance(self, seconds: float) -> Change | None:
        self.match.update(seconds)
        if not self.match.paused:
            self.recorder.update(seconds, self.match.lockstep.rounds)
        self.mode.update()
        if self.mode.widgets() != self.focus.widgets:
            self.refresh()
        return None

    def _react(self, played: Round, tick: Tick) -> None:
        """Plays the sound of a tick, and passes the score of a finished round to the mode."""
        if self._is_heard(played):
            self.context.sounds.play(cue(tick, self.match.game.info))
        if tick.ended and played.phase is Phase.OVER:
            self.mode.finish(played.score, tick.good)

    def _is_heard(self, played: Round) -> bool:
        """Whether to play sounds: always for a person; for an agent if the settings say so and it is not too fast."""
        if played.controller.person_plays:
            return True
        wished = self.context.settings.value.watch_sounds and played is self.match.round
        return wished and played.speed <= _FASTEST_HEARD

    def layout(self, area: pygame.Rect) -> None:
        """Lets the mode lay out; after a failure places two buttons instead."""
        if not self.trouble:
            return self.mode.layout(area)
        self._failure = area.inflate(-area.width // 4, -area.height // 3)
        stack_from(self.theme, [self._again, self._quit], self._failure.center)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the games, then the mode's panel and overlays."""
        if self.trouble:
            return self._paint_failure(surface)
        with self._failure_caught():
            self._paint_games(surface)

    def _paint_failure(self, surface: pygame.Surface) -> None:
        theme, rect = self.theme, self._failure
        theme.text(surface, f"{self.match.game.info.title} failed", rect.topleft, Size.TITLE, max_width=rect.width)
        room = pygame.Rect(rect.left, rect.top + theme.line(Size.TITLE), rect.width, 0)
        room.height = self._again.rect.top - room.top - theme.space()
        self.trouble.draw(surface, theme, room)

    def _paint_games(self, surface: pygame.Surface) -> None:
        self.match.draw(surface)
        self.mode.paint(surface)
        if self.recorder.film is not None:
            self._paint_recording(surface, self.recorder.film.seconds)

    def _paint_recording(self, surface: pygame.Surface, seconds: float) -> None:
        space, picture = self.theme.space(), self.match.picture(-1)
        self._recording.text = f"Recording {seconds:.0f} s"
        self._recording.place(self.theme, bottomright=(picture.right - space, picture.bottom - space))
        self._recording.draw(surface, self.theme)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        if self.trouble:
            return (Hint(Button.CONFIRM, "Choose"), Hint(Button.BACK, "Leave"))
        recording = self.recorder.film is not None
        return (*self.mode.hints(), Hint(Button.RECORD, "End recording" if recording else "Record"))

    def leave(self) -> None:
        """Ends the recording."""
        self.recorder.end()


def _make_mode(match: Match, context: Context, focus: Focus, agent: Profile | None, rival: Profile | None) -> Mode:
    if rival is not None:
        return RaceMode(match, context, focus, agent, rival)
    if agent is not None:
        return WatchMode(match, context, focus, agent)
    return PlayMode(match, context, focus)
