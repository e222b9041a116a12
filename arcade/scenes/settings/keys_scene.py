"""The screen that shows and changes the keys of each game, and reports conflicts."""

from typing import Any

import pygame

from arcade.context import Context
from arcade.input.bindings import Bindings, conflict, game_table, key_name, key_sign, keys_of, may_be_chosen, play_words
from arcade.input.controls import Button, Hint, Input, KeyDown, Keys, Pointer, Press
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.fields import Stepper
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change
from arcade.ui.style import Size, Theme
from arcade.ui.widgets import CHOOSE, Control, PushButton
from games.registry import game_ids, info_of


class KeyRow(Control):
    """A row with one of a game's buttons and its keys; choosing the row asks for a new key.

    Args:
        label: The action of the button, in words.
        button: The button.
        accent: Colour of its focus ring.
    """

    def __init__(self, label: str, button: Button, accent: tuple[int, int, int]) -> None:
        super().__init__()
        self.label, self.button, self.accent = label, button, accent
        self.signs: tuple[str, ...] = ()
        self.changed = False  # whether its key differs from the default
        self.problem = False  # whether another button has the same key
        self.waiting = False  # whether it takes the next key that is pressed

    def handle(self, event: Input) -> None:
        """Asks for a key after Enter, Space or a click."""
        if event in CHOOSE or (isinstance(event, Pointer) and event.pressed == 1):
            self.waiting = True

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draws the label at the left and the keys as caps at the right."""
        theme.panel(surface, self.rect, style.RAISED if focused else style.PANEL)
        left, size = self.rect.left + theme.space(2), theme.line() // 2
        if self.changed:
            draw_icon(surface, "dot", (left, self.rect.centery), size, style.readable(self.accent))
        left += size
        right = self.rect.right - theme.space(2)
        if self.waiting:
            words = theme.text(surface, "Press a key…", (right, self.rect.centery), align="midright", colour=style.TEXT)
            right = words.left
        for sign in () if self.waiting else reversed(self.signs):
            width = max(theme.line(), theme.width(sign) + theme.space(2))
            cap = pygame.Rect(right - width, 0, width, theme.line() + theme.space(0.5))
            cap.centery = self.rect.centery
            theme.panel(surface, cap, style.BAR, style.LINE)
            theme.text(surface, sign, cap.center, align="center", max_width=width)
            right = cap.left - theme.space(1)
        if self.problem and not self.waiting:
            draw_icon(surface, "warning", (right - theme.line() // 2, self.rect.centery), theme.line(), style.WARNING)
            right -= theme.line() + theme.space()
        room = right - left - theme.space()
        theme.text(surface, self.label, (left, self.rect.centery), align="midleft", max_width=room)
        if focused:
            theme.ring(surface, self.rect, style.readable(self.accent, style.GROUND))


class KeysScene(Screen):
    """The screen that chooses keys, one game at a time.

    Args:
        context: Shared by all scenes.
        game_id: The game shown first; None shows the first of the list.
    """

    def __init__(self, context: Context, game_id: str | None = None) -> None:
        super().__init__(context)
        self.infos = {each: info_of(each) for each in game_ids()}
        self.told = ""  # reason why the last key was refused
        self.game = Stepper(
            "Game",
            list(self.infos),
            game_id or next(iter(self.infos)),
            text=lambda each: self.infos[each].title,
            on_change=lambda _: self._build(),
        )
        self.reset = PushButton("Reset to the default keys", self._reset)
        self._build()

    def _build(self) -> None:
        info = self.infos[self.game.value]
        self.game.accent = self.reset.accent = info.accent
        self.rows = [KeyRow(words, button, info.accent) for button, words in play_words(info).items()]
        self.focus.set([self.game, *self.rows, self.reset])
        self._show()
        self.relayout()

    @property
    def bindings(self) -> Bindings:
        """The keys chosen for the game shown."""
        return self.context.settings.value.keys.get(self.game.value, {})

    def _show(self) -> None:
        table, buttons = game_table(self.bindings), tuple(row.button for row in self.rows)
        for row in self.rows:
            row.signs = tuple(key_sign(key) for key in keys_of(table, row.button)[:2])
            row.changed = row.button.value in self.bindings
            row.problem = conflict(self.bindings, buttons, row.button) is not None
        self.reset.enabled = bool(self.bindings)

    @property
    def waiting(self) -> KeyRow | None:
        """The row that takes the next key."""
        return next((row for row in self.rows if row.waiting), None)

    @property
    def keys(self) -> Keys:
        """Raw keys while a row waits for one, else menu keys."""
        return Keys.CAPTURE if self.waiting else Keys.MENU

    def handle(self, event: Input) -> Change | None:
        """Gives a key to the waiting row; otherwise handles input as usual."""
        row = self.waiting
        if row is None:
            self.told = ""
            if event == Press(Button.DELETE):
                self._forget()
                return None
            return super().handle(event)
        if isinstance(event, KeyDown):
            row.waiting = False
            self._take(row, event.key)
        elif event == Press(Button.BACK) or (isinstance(event, Pointer) and event.pressed):
            row.waiting = False
        return None

    def _take(self, row: KeyRow, key: int) -> None:
        if key == pygame.K_ESCAPE:
            return
        if not may_be_chosen(key) or not key_name(key):
            self.told = f"{key_sign(key)} is reserved: choose another key"
            return
        self._change({**self.bindings, row.button.value: key_name(key)})

    def _forget(self) -> None:
        """Resets the focused row to its default keys."""
        row = self.focus.current
        if isinstance(row, KeyRow):
            self._change({name: key for name, key in self.bindings.items() if name != row.button.value})

    def _reset(self) -> None:
        self._change({})
        self.focus.set(self.focus.widgets, self.game)

    def _change(self, bindings: dict[str, Any]) -> None:
        others = {game: keys for game, keys in self.context.settings.value.keys.items() if game != self.game.value}
        self.context.change_settings(keys={**others, self.game.value: bindings} if bindings else others)
        self._show()

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places a column of rows in the middle."""
        theme = self.theme
        width = min(area.width - theme.space(6), theme.space(80))
        left, top = (area.width - width) // 2, theme.line(Size.TITLE) + theme.space(4)
        count = len(self.rows) + 2
        room = area.height - top - 2 * theme.line(Size.SMALL) - theme.space(3)
        step = min(theme.line() + theme.space(3), room // count)
        for index, widget in enumerate(self.focus.widgets):
            widget.rect = pygame.Rect(left, top + index * step, width, step - theme.space(1))
        self._message = pygame.Rect(left, top + count * step, width, area.bottom - top - count * step)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the title, and a conflict or problem."""
        theme = self.theme
        left = self.game.rect.left
        theme.text(surface, "Keys", (left, theme.space(2)), Size.TITLE)
        words = self.told or self._conflicts() or "Choose a line, then press its new key."
        colour = style.WARNING if self.told or self._conflicts() else style.MUTED
        theme.paragraph(surface, words, self._message, Size.SMALL, style.readable(colour, style.GROUND))

    def _conflicts(self) -> str:
        """Returns the first conflict in words, "" if there is none."""
        buttons = {row.button: row.label for row in self.rows}
        table = game_table(self.bindings)
        for name, key in self.bindings.items():
            other = conflict(self.bindings, tuple(buttons), Button(name))
            if other is not None:
                number = next(code for code, meaning in table.items() if key_name(code) == key)
                holder = buttons.get(table[number], table[number].value)
                pair = f"{buttons[Button(name)]} and {buttons[other]}"
                return f"{key_sign(number)} is set for {pair}: only {holder} gets it. Change the other one."
        return ""

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        if self.waiting:
            return (Hint(Button.BACK, "Keep the old key"),)
        first: tuple[Hint, ...] = (Hint(Button.CONFIRM, "Choose"),)
        if isinstance(self.focus.current, KeyRow):
            first = (Hint(Button.CONFIRM, "New key"), Hint(Button.DELETE, "Default key"))
        elif self.focus.current is self.game:
            first = (Hint(Button.RIGHT, "Change"),)
        return (*first, Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Back"))
