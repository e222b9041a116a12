"""An on-screen keyboard for typing with a gamepad or a mouse."""

from collections.abc import Callable

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press, Typed
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.fields import TextField
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm._/")
_COLUMNS = 10


class LettersScene(Screen):
    """The on-screen keyboard. It types into a text field of the scene below.

    Args:
        context: Shared by all scenes.
        field: The text field.
        type_into: Takes typed letters: the `handle` method of the scene below, as if they came from a real keyboard.
    """

    def __init__(self, context: Context, field: TextField, type_into: Callable[[Input], object]) -> None:
        super().__init__(context)
        self.field = field
        self.capital = False
        self._type_into = type_into
        self._letters = [self._key(letter) for row in _ROWS for letter in row]
        self._shift = PushButton("Capitals", self._toggle)
        self._more = [
            self._shift,
            PushButton("Space", lambda: self._type(" ")),
            PushButton("Delete", lambda: self._type("\b")),
            PushButton("Done", Pop, main=True),
        ]
        widgets: list[Control] = [*self._letters, *self._more]
        self.focus.set(widgets, self._letters[_COLUMNS])

    def _key(self, letter: str) -> PushButton:
        key = PushButton(letter, lambda: self._type(key.label))
        return key

    def _type(self, text: str) -> None:
        self._type_into(Typed(text))

    def _toggle(self) -> None:
        self.capital = not self.capital
        for key in self._letters:
            key.label = key.label.upper() if self.capital else key.label.lower()

    def handle(self, event: Input) -> Change | None:
        """Handles the buttons that delete, toggle capitals and finish; passes other input to the keys."""
        if event == Press(Button.EXTRA):
            self._type("\b")
        elif event == Press(Button.RESTART):
            self._toggle()
        elif event == Press(Button.PAUSE):
            return Pop()
        else:
            return super().handle(event)
        return None

    def layout(self, area: pygame.Rect) -> None:
        """Places the text above, the keys in a block below."""
        theme, gap = self.theme, self.theme.space(0.75)
        width = min(area.width - theme.space(6), theme.space(100))
        rows = len(_ROWS) + 1
        head = theme.line(Size.TITLE) + theme.line() + theme.line(Size.SMALL) + theme.space(5)
        tall = min(theme.line() + theme.space(2), (area.height - head - theme.space(4)) // rows - gap)
        left, top = (area.width - width) // 2, max(theme.space(2), (area.height - head - rows * (tall + gap)) // 2)
        self._head = pygame.Rect(left, top, width, head)
        top += head
        for index, key in enumerate(self._letters):
            row, column = divmod(index, _COLUMNS)
            key.rect = _cell(left, top + row * (tall + gap), width, tall, gap, column, _COLUMNS)
        for index, key in enumerate(self._more):
            key.rect = _cell(left, top + len(_ROWS) * (tall + gap), width, tall, gap, index, len(self._more))

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the text, and its problem."""
        theme, head = self.theme, self._head
        title = self.field.label or "Type"
        theme.text(surface, title, head.topleft, Size.TITLE, max_width=head.width)
        box = pygame.Rect(head.left, head.top + theme.line(Size.TITLE) + theme.space(), head.width, 0)
        box.height = theme.line() + theme.space(1.5)
        theme.panel(surface, box, style.BAR, style.BAD if self.field.error else style.LINE)
        inner = box.inflate(-theme.space(2), 0)
        theme.text(surface, f"{self.field.text}|", inner.midleft, Size.BODY, style.TEXT, "midleft", inner.width)
        if self.field.error:
            place = box.left, box.bottom + theme.space(0.5)
            theme.text(surface, self.field.error, place, Size.SMALL, style.BAD, max_width=head.width)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (
            Hint(Button.CONFIRM, "Type"),
            Hint(Button.EXTRA, "Delete"),
            Hint(Button.RESTART, "Capitals"),
            Hint(Button.PAUSE, "Done"),
        )


def _cell(left: int, top: int, width: int, height: int, gap: int, column: int, columns: int) -> pygame.Rect:
    """Returns one of several places of equal width in a row."""
    room = (width + gap) / columns
    return pygame.Rect(left + round(column * room), top, round(room) - gap, height)
