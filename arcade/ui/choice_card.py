"""A card for one of a few choices, with an explanation."""

from collections.abc import Callable, Sequence

import pygame

from arcade.input.controls import Input, Pointer
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import CHOOSE, Control


class ChoiceCard(Control):
    """A card for one choice. A tick and a frame mark the current choice.

    Args:
        title: The choice.
        lines: Its explanation; long lines are wrapped.
        command: Called when the card is chosen.
        chosen: Whether it is the current choice.
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        command: Callable[[], None],
        *,
        chosen: bool = False,
        accent: Colour = style.ACCENT,
    ) -> None:
        super().__init__()
        self.title, self.lines = title, lines
        self.command, self.chosen, self.accent = command, chosen, accent

    def handle(self, event: Input) -> None:
        """Call the command on Enter, Space or a click."""
        if event in CHOOSE or (isinstance(event, Pointer) and event.pressed == 1):
            self.command()

    def height(self, theme: Theme, width: int) -> int:
        """Return the height that fits all text at a given width."""
        inner = width - theme.space(4)
        lines = sum(len(theme.wrap(line, Size.SMALL, inner)) for line in self.lines)
        return theme.line() + lines * theme.line(Size.SMALL) + theme.space(3)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the card."""
        accent = style.readable(self.accent)
        theme.panel(surface, self.rect, style.RAISED if self.chosen else style.PANEL, accent if self.chosen else None)
        inner = self.rect.inflate(-theme.space(4), -theme.space(3))
        mark = theme.line() * 2 // 3
        if self.chosen:
            draw_icon(surface, "check", (inner.right - mark // 2, inner.top + theme.line() // 2), mark, accent)
        theme.text(surface, self.title, inner.topleft, max_width=inner.width - mark - theme.space(0.5))
        inner.top, inner.height = inner.top + theme.line(), inner.height - theme.line()
        theme.paragraph(surface, "\n".join(self.lines), inner, Size.SMALL, style.MUTED)
        if focused:
            theme.ring(surface, self.rect, style.readable(self.accent, style.GROUND))
