"""Widgets that hold a value: text fields, checked at every key, and steppers over choices."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import pygame

from arcade.input.controls import SELECT_ALL, Button, Input, Pointer, Press, Typed
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import CHOOSE, Control

T = TypeVar("T")


class TextField(Control):
    """A labelled text field that is parsed at every key.

    Args:
        label: Text on the left; "" gives the whole width to the field.
        text: The initial text.
        parse: Converts text to a value; its `ValueError` says what is allowed.
        help: One sentence that the scene shows while the field is focused.
        standard: The default text; a dot marks a field that differs. None marks nothing.
        on_change: Called with the value whenever the text changes to an allowed one.
        longest: Largest number of characters.
        replace: Whether the first typed letter replaces the text instead of being appended.
    """

    def __init__(
        self,
        label: str,
        text: str,
        parse: Callable[[str], Any] = str,
        *,
        help: str = "",
        standard: str | None = None,
        accent: Colour = style.ACCENT,
        on_change: Callable[[Any], None] | None = None,
        longest: int = 64,
        replace: bool = True,
    ) -> None:
        super().__init__()
        self.label, self.help, self.standard = label, help, standard
        self.accent = accent
        self._longest, self._replace = longest, replace
        self._parse, self._on_change = parse, on_change
        self.value: Any = None  # the last allowed value
        self.error = ""  # the error in the text, "" for none
        self.text = ""
        self._fresh = True  # nothing typed since the text was set, so typing replaces it
        self._all = False  # the whole text is selected, so a deletion removes it
        self.set(text)

    def set(self, text: str) -> None:
        """Set the text."""
        self.text = text
        self._fresh = self._replace
        self._check()

    @property
    def wants_text(self) -> bool:
        """Whether the widget takes text input."""
        return True

    @property
    def message(self) -> str:
        """The error, or the help if there is no error."""
        return self.error or self.help

    @property
    def changed(self) -> bool:
        """Whether it differs from the default."""
        return self.standard is not None and self.text.strip() != self.standard

    def handle(self, event: Input) -> None:
        """Insert typed text. A deletion removes the last letter, or everything after Ctrl+A."""
        if not isinstance(event, Typed):
            return
        if event.text == SELECT_ALL:
            self._fresh = self._all = True
            return
        if event.text == "\b":
            self.text = "" if self._all else self.text[:-1]
        else:
            self.text = ("" if self._fresh else self.text) + "".join(c for c in event.text if c.isprintable())
            self.text = self.text[: self._longest]
        self._fresh = self._all = False
        if self._check() and self._on_change:
            self._on_change(self.value)

    def _check(self) -> bool:
        try:
            self.value = self._parse(self.text)
        except ValueError as error:
            self.error = str(error)
            return False
        self.error = ""
        return True

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw label, box, text and caret, and for an error an icon and a coloured frame."""
        box = _draw_label(surface, theme, self.rect, self.label, self.changed, self.accent, theme.space(14))
        theme.panel(surface, box, style.BAR if self.enabled else style.GROUND, style.BAD if self.error else style.LINE)
        inner = box.inflate(-theme.space(2), 0)
        if self.error:
            size = theme.line() * 2 // 3
            draw_icon(surface, "warning", (inner.right - size // 2, inner.centery), size, style.BAD)
            inner.width -= size + theme.space()
        if focused:
            self._draw_edited(surface, theme, inner)
            theme.ring(surface, box, style.readable(self.accent, style.GROUND))
        else:
            ink = style.TEXT if self.enabled else style.DIM
            theme.text(surface, self.text, inner.midleft, Size.BODY, ink, "midleft", inner.width)

    def _draw_edited(self, surface: pygame.Surface, theme: Theme, inner: pygame.Rect) -> None:
        """Draw the end of the text and the caret; text that typing would replace is highlighted."""
        tail = theme.fit(self.text[::-1], Size.BODY, inner.width - 3)[::-1]  # shortened at its start
        place = theme.render(tail, Size.BODY, style.TEXT).get_rect(midleft=inner.midleft)
        if self._fresh and self.text:
            surface.fill(style.LINE, place)
        theme.text(surface, tail, place.topleft)
        surface.fill(style.TEXT, (place.right + 1, inner.centery - theme.line() // 2, 2, theme.line()))


class Stepper(Control, Generic[T]):
    """A choice of one value, changed with left, right, Enter or a click on an arrow.

    Args:
        label: Text on the left; "" gives the whole width to the choice.
        choices: The values.
        value: The initial value.
        text: Converts a value to its text.
        help: One sentence that the scene shows while the stepper is focused.
        standard: The default value; a dot marks a stepper that differs. None marks nothing.
        on_change: Called with the new value.
    """

    def __init__(
        self,
        label: str,
        choices: Sequence[T],
        value: T,
        *,
        text: Callable[[T], str] = str,
        help: str = "",
        standard: T | None = None,
        accent: Colour = style.ACCENT,
        on_change: Callable[[T], None] | None = None,
    ) -> None:
        super().__init__()
        self.label, self.help, self.standard = label, help, standard
        self.choices = choices
        self.index = choices.index(value)
        self.accent = accent
        self.text, self._on_change = text, on_change
        self._box = pygame.Rect(0, 0, 0, 0)

    @property
    def value(self) -> T:
        """The present choice."""
        return self.choices[self.index]

    def set(self, value: T) -> None:
        """Set the choice without calling `on_change`."""
        self.index = self.choices.index(value)

    @property
    def message(self) -> str:
        """The help; a stepper has no errors."""
        return self.help

    @property
    def changed(self) -> bool:
        """Whether it differs from the default."""
        return self.standard is not None and self.value != self.standard

    def takes(self, button: Button) -> bool:
        """Whether the button is left or right, which change the choice."""
        return button in (Button.LEFT, Button.RIGHT)

    def handle(self, event: Input) -> None:
        """Change the choice; Enter takes the next one."""
        if event == Press(Button.LEFT):
            self._step(-1)
        elif event == Press(Button.RIGHT) or event in CHOOSE:
            self._step(1)
        elif isinstance(event, Pointer) and event.pressed == 1:
            self._step(-1 if event.position[0] < self._box.left + self._box.height else 1)

    def width(self, theme: Theme) -> int:
        """Return the width that fits every choice and the arrows, without the label."""
        arrows = 2 * (theme.line() + theme.space()) if len(self.choices) > 1 else theme.space()
        return max(theme.width(self.text(choice)) for choice in self.choices) + arrows

    def _step(self, by: int) -> None:
        self.index = (self.index + by) % len(self.choices)
        if self._on_change and len(self.choices) > 1:
            self._on_change(self.value)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the label, the choice and an arrow on each side."""
        box = _draw_label(surface, theme, self.rect, self.label, self.changed, self.accent, self.width(theme))
        self._box = box
        theme.panel(surface, box, style.RAISED)
        room = box.width
        if len(self.choices) > 1:
            size, place = theme.line() * 3 // 4, (theme.line() + theme.space()) // 2
            for name, x in (("left", box.left + place), ("right", box.right - place)):
                draw_icon(surface, name, (x, box.centery), size, style.TEXT if focused else style.MUTED)
            room -= 4 * place
        theme.text(surface, self.text(self.value), box.center, Size.BODY, style.TEXT, "center", room)
        if focused:
            theme.ring(surface, box, style.readable(self.accent, style.GROUND))


def _draw_label(
    surface: pygame.Surface, theme: Theme, rect: pygame.Rect, label: str, changed: bool, accent: Colour, needed: int
) -> pygame.Rect:
    """Draw a label on the left, with a dot if the value was changed; returns the box for the value.

    Label and box get half of the width each, unless one needs more; the box gets at least `needed`.
    """
    if not label:
        return rect
    size = theme.line() // 2
    half = max(rect.width // 2, theme.width(label) + size + theme.space(1.5))
    half = max(0, min(half, rect.width - needed))
    if changed:
        draw_icon(surface, "dot", (rect.left + size // 2, rect.centery), size, style.readable(accent, style.GROUND))
    left = rect.left + size + theme.space(0.5)
    room = half - size - theme.space()
    letters = Size.BODY if theme.width(label) <= room else Size.SMALL
    theme.text(surface, label, (left, rect.centery), letters, style.TEXT, "midleft", room)
    return pygame.Rect(rect.left + half, rect.top, rect.width - half, rect.height)
