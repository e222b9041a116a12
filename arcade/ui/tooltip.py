"""Tooltips: text shown next to a number or chart while it has focus or the mouse is over it."""

from collections.abc import Callable

import pygame

from arcade.input.controls import Input, Pointer
from arcade.ui import style
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import CHOOSE, Control

_WIDEST = 58  # grid steps of the text


class Tooltip(Control):
    """A tooltip of a number or picture that is drawn elsewhere, within `rect`.

    Args:
        text: The explanation, one or two sentences.
        accent: Colour of the focus ring.
        command: Called on Enter, Space or a click, if given.
    """

    def __init__(self, text: str, accent: Colour = style.ACCENT, command: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.text, self.accent = text, accent
        self._command = command

    def handle(self, event: Input) -> None:
        """Call the command, if there is one, on Enter, Space or a click."""
        if self._command and (event in CHOOSE or (isinstance(event, Pointer) and event.pressed == 1)):
            self._command()

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the focus ring. The scene calls `draw_text` last, to draw over everything."""
        if focused:
            theme.ring(surface, self.rect, style.readable(self.accent, style.GROUND))

    def draw_text(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the text below `rect`, or above it if there is not enough space."""
        area, pad = surface.get_rect(), theme.space(1.5)
        inner = min(theme.space(_WIDEST) * round(theme.text_scale), area.width - 4 * pad)
        lines = theme.wrap(self.text, Size.SMALL, inner)
        width = max(theme.width(line, Size.SMALL) for line in lines) + 2 * pad
        panel = pygame.Rect(0, 0, width, len(lines) * theme.line(Size.SMALL) + 2 * pad)
        panel.midtop = self.rect.centerx, self.rect.bottom + pad
        if panel.bottom > area.bottom - pad:
            panel.bottom = self.rect.top - pad
        panel.clamp_ip(area.inflate(-pad, -pad))
        theme.panel(surface, panel, style.RAISED, style.MUTED)
        for index, line in enumerate(lines):
            position = panel.left + pad, panel.top + pad + index * theme.line(Size.SMALL)
            theme.text(surface, line, position, Size.SMALL)
