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
from arcade.rounds.controllers import Handover, Human
from arcade.rounds.lockstep import Lockstep
from arcade.rounds.round import Phase, Round, Tick
from arcade.rounds.stage import Stage
from arcade.rounds.trouble import Trouble
from arcade.scenes.play.agent_seat import AgentSeat
from arcade.scenes.play.person_seat import PersonSeat
from arcade.scenes.play.race_seat import RaceSeat
from arcade.scenes.play.recorder import FilmRecorder
from arcade.scenes.screen import Screen
from arcade.sound.speaker import cue
from arcade.ui import style
from arcade.ui.column import stack_from
from arcade.ui.meters import Badge
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.game import Game
from games.view import fit

_FASTEST_HEARD = 2.0  # times the game's pace; beyond that sounds run together


class Seat(Protocol):
    """What differs between playing, watching and racing."""

    def rounds(self, game: Game, seed: int) -> list[Round]:
        """Fresh rounds of whoever plays here, the one that sets the pace first."""

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
        self.seed = random.getrandbits(32) if seed is None else seed
        self.recorder = FilmRecorder(context)
        self._recording = Badge(colour=style.BAD, icon="dot")
        self._again = PushButton("Try again", self._try_again, icon="play", accent=game.info.accent, main=True)
        self._quit = PushButton("Leave", Pop, accent=game.info.accent)
        self.seat = _make_seat(game, agent, rival, self.seed)
        self.start(game)

    def start(self, game: Game) -> None:
        """Set up a game from its beginning."""
        self.recorder.end()
        self.game, self.game_played = game, game.info.id
        self.paused, self.trouble = False, Trouble()
        with self.trouble.caught():
            self._set_up(game)
        self.refresh()

    def _set_up(self, game: Game) -> None:
        self.lockstep = Lockstep(self.seat.rounds(game, self.seed))
        self.stages = [Stage(self.theme, game.info.accent) for _ in self.lockstep.rounds]
        self.round, self.stage = self.lockstep.rounds[0], self.stages[0]
        self.seat.sit_down(self)

    def _try_again(self) -> None:
        """Begin the game that has failed from its beginning."""
        self.start(self.game)

    @property
    def keys(self) -> Keys:
        """While a person plays, letters are arrows; otherwise they are commands."""
        return Keys.MENU if self.trouble else self.seat.keys

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
        if self.lockstep.leader.phase is Phase.OVER:
            self.round.begin()
            self.seat.begin()
            return
        for played, tick in self.lockstep.step():
            self._react(played, tick)

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
            self.recorder.toggle(self.lockstep.rounds)
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
        for stage in self.stages:
            stage.update(seconds)
        if not self.paused:
            for played, tick in self.lockstep.advance(seconds):
                self._react(played, tick)
            self.recorder.update(seconds, self.lockstep.rounds)
        self.seat.update()
        if self.seat.widgets() != self.focus.widgets:
            self.refresh()
        return None

    def _react(self, played: Round, tick: Tick) -> None:
        """Feedback on a tick, for the eye and the ear."""
        self.stages[self.lockstep.rounds.index(played)].react(tick)
        if self._is_heard(played):
            self.context.sounds.play(cue(tick, self.game.info))
        if tick.ended and played.phase is Phase.OVER:
            self.seat.finish(played.score, tick.good)

    def _is_heard(self, played: Round) -> bool:
        """A person's game is; an agent's only where that is wished for, and not in fast motion."""
        player = played.controller
        if isinstance(player, Human) or (isinstance(player, Handover) and player.person_plays):
            return True
        wished = self.context.settings.value.watch_sounds and played is self.round
        return wished and played.speed <= _FASTEST_HEARD

    def layout(self, area: pygame.Rect) -> None:
        """The seat knows what is to be seen; where the game has failed, there is little."""
        if not self.trouble:
            return self.seat.layout(area)
        self._failure = area.inflate(-area.width // 4, -area.height // 3)
        stack_from(self.theme, [self._again, self._quit], self._failure.center)

    def place_picture(self, area: pygame.Rect, panel_width: int) -> pygame.Rect:
        """One picture as large as it can be and a panel at its right, together in the middle; returns the panel."""
        margin, gap = self.theme.space(2), self.theme.space(4)
        room = area.width - 2 * margin - gap - panel_width, area.height - 2 * margin
        _, _, width, height = fit(room, self.game.info.aspect)
        left = (area.width - width - gap - panel_width) // 2
        self.stage.rect = pygame.Rect(left, (area.height - height) // 2, width, height)
        return pygame.Rect(left + width + gap, margin, panel_width, room[1])

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the games, then what the seat has to say."""
        if self.trouble:
            return self._paint_failure(surface)
        with self._ending():
            self._paint_games(surface)

    def _paint_failure(self, surface: pygame.Surface) -> None:
        theme, rect = self.theme, self._failure
        theme.text(surface, f"{self.game.info.title} has failed", rect.topleft, Size.TITLE, max_width=rect.width)
        room = pygame.Rect(rect.left, rect.top + theme.line(Size.TITLE), rect.width, 0)
        room.height = self._again.rect.top - room.top - theme.space()
        self.trouble.draw(surface, theme, room)

    def _paint_games(self, surface: pygame.Surface) -> None:
        for stage, played in zip(self.stages, self.lockstep.rounds, strict=True):
            stage.draw(surface, played)
        self.seat.paint(surface)
        if self.recorder.film is not None:
            self._paint_recording(surface, self.recorder.film.seconds)

    def _paint_recording(self, surface: pygame.Surface, seconds: float) -> None:
        space, picture = self.theme.space(), self.stages[-1].picture(self.lockstep.rounds[-1])
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


def _make_seat(game: Game, agent: Profile | None, rival: Profile | None, seed: int) -> Seat:
    if rival is not None:
        return RaceSeat(game, agent, rival, seed)
    return PersonSeat(game) if agent is None else AgentSeat(agent, seed)
