"""The play scene's mode for playing: keys and mouse, levels, slow assist, the pause menu, score and record."""

from collections.abc import Mapping

import pygame

from arcade.context import Context
from arcade.input.controls import Button, FocusLost, Hint, Input, Keys, Pointer, Press, Release
from arcade.rounds.controllers import Human
from arcade.rounds.end_times import PLAYED_SECONDS
from arcade.rounds.match import Match
from arcade.rounds.round import Phase, Round
from arcade.rounds.steering import game_hints, steer
from arcade.scenes.play.person_panel import draw_headline, draw_invitation, draw_score
from arcade.ui.column import Column, stack_at_bottom, stack_from
from arcade.ui.focus import Focus
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Theme
from arcade.ui.widgets import Control, PushButton
from games.game import Game
from games.registry import level_name, make


class PlayMode:
    """The mode in which a person plays alone.

    Args:
        match: The match. The person begins it, pauses it and chooses its level.
        context: Shared by all scenes.
        focus: The scene's widgets, which are those of the open menu.
    """

    def __init__(self, match: Match, context: Context, focus: Focus) -> None:
        self.controller = Human(match.game.info.play)
        self.assisted = False  # whether slow assist is on
        self.was_assisted = False  # whether slow assist was on at any time in this round
        self.verdict = ""  # the finished round compared with the best score, in words
        self.record = False  # whether the finished round is a new best
        self._match, self._context, self._focus = match, context, focus

    def start(self, game: Game) -> None:
        """Sets up a game: looks up the best score, makes the widgets, begins the person's round."""
        self.info, self.level = game.info, level_name(game)
        self.best = self._context.scores.best(self.info.id, self.level)
        self._make_widgets()
        self._match.start(game, lambda: [Round(game, self.controller, self._match.seed)])
        self._set_assist(self.assisted)
        self._forget_result()

    def _make_widgets(self) -> None:
        match, accent = self._match, self.info.accent
        self.go_on = PushButton("Resume", match.resume, icon="play", accent=accent, main=True)
        self.again = PushButton("Play again", self._restart, icon="play", accent=accent, main=True)
        self.slower = PushButton("Play slower", self._play_slower, accent=accent)
        self.restart = PushButton("Start again", self._restart, accent=accent)
        self.quit = PushButton("Leave", Pop, accent=accent)
        self.pause = PushButton("Pause", match.pause, icon="pause", accent=accent)
        self.next_level = PushButton(f"Level: {self.level}", self._next_level, accent=accent)
        self.assist = PushButton("", self._toggle_assist, accent=accent)

    @property
    def shows_result(self) -> bool:
        """Whether the round is over and its result is shown."""
        return self._match.round.over_for(PLAYED_SECONDS)

    @property
    def keys(self) -> Keys:
        """Game keys during play, menu keys while a menu is open."""
        return Keys.MENU if self._match.paused or self.shows_result else Keys.GAME

    def menu(self) -> list[PushButton]:
        """Returns the buttons of the menu over the picture, none if no menu is open."""
        if self._match.paused:
            return [self.go_on, self.restart, self.quit]
        if not self.shows_result:
            return []
        offers_help = self.info.play.assist != 1.0 and not self.assisted
        return [self.again, self.slower, self.quit] if offers_help else [self.again, self.quit]

    def widgets(self) -> list[Control]:
        """Returns the widgets that can have the focus: those of the menu, none while a person plays."""
        return [*self.menu()]

    def _side_buttons(self) -> list[Control]:
        """Returns the buttons in the panel. They never have the focus, because arrows play; other keys press them."""
        buttons: list[Control] = []
        if len(self.info.levels) > 1 and self._match.round.is_fresh:
            buttons.append(self.next_level)
        if self.info.play.assist != 1.0:
            buttons.append(self.assist)
        return [] if self.widgets() else [*buttons, self.pause]

    # Input

    def handle(self, event: Input) -> Change | None:
        """Plays, or uses the open menu."""
        if isinstance(event, FocusLost):
            self._pause_if_running()
        elif isinstance(event, Release):
            self.controller.release(event.button)
        elif self.widgets():
            return self._handle_menu(event)
        elif isinstance(event, Pointer):
            return self._point(event)
        elif isinstance(event, Press) and not self.controller.press(event.button):
            return self._command(event.button)
        return None

    def _pause_if_running(self) -> None:
        if not self._match.paused and self._match.round.phase in (Phase.RUNNING, Phase.BETWEEN):
            self._match.pause()

    def _command(self, button: Button) -> Change | None:
        if button is Button.BACK and (self._match.round.is_fresh or self._match.round.phase is Phase.OVER):
            return Pop()
        if button in (Button.BACK, Button.PAUSE) and self._match.round.phase is not Phase.OVER:
            self._match.pause()
        elif button is Button.RESTART:
            self._restart()
        elif button is Button.NEXT and self.next_level in self._side_buttons():
            self._next_level()
        elif button is Button.EXTRA and self.assist in self._side_buttons():
            self._toggle_assist()
        return None

    def _handle_menu(self, event: Input) -> Change | None:
        if event == Press(Button.RESTART):
            self._restart()
        elif event == Press(Button.PAUSE) and self._match.paused:
            self._match.resume()
        elif event == Press(Button.BACK):
            return Pop()
        else:
            return self._focus.handle(event)
        return None

    def _point(self, event: Pointer) -> Change | None:
        """Passes a mouse event to the side button below it, else to the game."""
        for button in self._side_buttons():
            if button.rect.collidepoint(event.position):
                return button.handle(event)
        steer(self.controller, event, self._match.picture())
        return None

    # Levels and assist

    def _next_level(self) -> None:
        levels: Mapping[str, Mapping[str, object]] = self.info.levels
        names = list(levels)
        index = names.index(self.level) + 1 if self.level in names else 0
        self.start(make(self.info.id, **levels[names[index % len(names)]]))

    def _toggle_assist(self) -> None:
        self._set_assist(not self.assisted)
        self.was_assisted = self.assisted or (self.was_assisted and not self._match.round.is_fresh)

    def _play_slower(self) -> None:
        self._set_assist(True)
        self._restart()

    def _set_assist(self, on: bool) -> None:
        self.assisted = on
        self._match.round.speed = self.info.play.assist if on else 1.0
        self.assist.label = f"Slow assist: {'on' if on else 'off'}"

    # The round

    def _restart(self) -> None:
        self._forget_result()
        self._match.restart()

    def _forget_result(self) -> None:
        """Clears verdict and record for a new round."""
        self.was_assisted = self.assisted
        self.verdict, self.record = "", False

    def finish(self, score: float, good: bool) -> None:
        """Compares the score with the best and saves it. Scores are saved as whole numbers."""
        score, old = round(score), self.best
        self.record = score > (old or 0)
        if good and self.info.play.episodes == 1:
            self.verdict, self.record = "You made it to the very end!", True
        elif not self.record:
            self.verdict = f"Your best is {old:,}" if old else "Try again!"
        elif old is None:
            self.verdict = "Your first score!"
        else:
            self.verdict = f"New record! The old one was {old:,}"
        self.best = max(score, old or 0)
        if self.record:
            self._context.sounds.play("win" if good and self.info.play.episodes == 1 else "record")
        context, assisted, level = self._context, self.was_assisted, self.level
        player = context.settings.value.name
        context.background(lambda: context.scores.add(self.info.id, level, player, score, assisted=assisted))

    def update(self) -> None:
        """Does nothing: the mode has no timers."""

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places the buttons below the score, the menu in the middle of the picture."""
        theme, stage = self._context.theme, self._match.stage
        self.panel = stage.place_beside_panel(area, self.info.aspect, _panel_width(theme, area.width))
        stack_from(theme, self.menu(), stage.rect.center)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws score, buttons and overlays."""
        theme, played, buttons = self._context.theme, self._match.round, self._side_buttons()
        column = Column(surface, theme, stack_at_bottom(theme, buttons, self.panel))
        draw_score(column, played, self.best, self.was_assisted)
        for button in buttons:
            button.draw(surface, theme, False)
        picture = self._match.picture()
        if self.widgets():
            self._match.stage.dim(surface, picture)
            title = "Paused" if self._match.paused else self.info.scored(played.score)
            verdict = "" if self._match.paused else self.verdict
            draw_headline(surface, theme, picture, title, verdict, self.info.accent if self.record else None)
        elif played.phase is Phase.READY:
            draw_invitation(surface, theme, picture, played, self._context.signs)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        if self.widgets():
            return (Hint(Button.CONFIRM, "Choose"), Hint(Button.RESTART, "Start again"), Hint(Button.BACK, "Leave"))
        side, hints = self._side_buttons(), game_hints(self.info)
        if self.next_level in side:
            hints.append(Hint(Button.NEXT, "Level"))
        if self.assist in side:
            hints.append(Hint(Button.EXTRA, "Slow assist"))
        leaving = Hint(Button.BACK, "Leave" if self._match.round.is_fresh else "Pause")
        return (*hints, Hint(Button.PAUSE, "Pause"), Hint(Button.RESTART, "Start again"), leaving)


def _panel_width(theme: Theme, width: int) -> int:
    """A quarter of the window, or more where the text is large."""
    return max(round(width * 0.24), theme.space(26), theme.width("Slow assist: off") + theme.space(4))
