"""Columns of text, and layouts that stack widgets vertically."""

from collections.abc import Sequence

import pygame

from arcade.ui import style
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control, PushButton


class Column:
    """A column of text. It draws top-down and skips lines that do not fit.

    Args:
        surface: The surface to draw on.
        theme: Fonts and spacing.
        rect: Rectangle of the column.
    """

    def __init__(self, surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
        self.surface, self.theme = surface, theme
        self.rect = rect.copy()

    def text(self, string: str, size: Size = Size.BODY, colour: Colour = style.TEXT) -> None:
        """Draw one line, shortened to the width of the column."""
        height = self.theme.line(size)
        if height <= self.rect.height:
            self.theme.text(self.surface, string, self.rect.topleft, size, colour, max_width=self.rect.width)
        self.skip(height)

    def paragraph(
        self, string: str, size: Size = Size.SMALL, colour: Colour = style.MUTED, whole: bool = False
    ) -> None:
        """Draw wrapped text. If `whole`, text that does not fit completely is skipped."""
        lines = len(self.theme.wrap(string, size, self.rect.width)) if whole else 1
        if self.rect.height >= lines * self.theme.line(size):
            bottom = self.theme.paragraph(self.surface, string, self.rect, size, colour)
            self.skip(bottom - self.rect.top)

    def pair(self, label: str, value: str, colour: Colour = style.TEXT, size: Size = Size.BODY) -> None:
        """Draw a label on the left and its value on the right, or below the label if they do not fit on one line."""
        theme, height = self.theme, self.theme.line(size)
        if theme.width(label, size) + theme.space() + theme.width(value, size) > self.rect.width:
            if self.rect.height < 2 * height:
                return self.skip(2 * height)
            self.text(label, size, style.MUTED)
            label = ""
        if height <= self.rect.height:
            room = self.rect.width
            theme.text(self.surface, value, self.rect.topright, size, colour, "topright", room)
            theme.text(self.surface, label, self.rect.topleft, size, style.MUTED)
        self.skip(height)

    def skip(self, height: int) -> None:
        """Leave some space."""
        height = min(height, self.rect.height)
        self.rect.top += height
        self.rect.height -= height


def stack_at_bottom(theme: Theme, widgets: list[Control], panel: pygame.Rect) -> pygame.Rect:
    """Stack widgets at the bottom of a panel; returns the rectangle above them."""
    height, gap = theme.line() + theme.space(1.25), theme.space(0.75)
    bottom = panel.bottom
    for widget in reversed(widgets):
        widget.rect = pygame.Rect(panel.left, bottom - height, panel.width, height)
        bottom -= height + gap
    return pygame.Rect(panel.left, panel.top, panel.width, max(0, bottom - gap - panel.top))


def stack_from(theme: Theme, buttons: Sequence[PushButton], top: tuple[int, int]) -> None:
    """Stack the buttons of a menu, all as wide as the widest, below `top`, the middle of their upper edge."""
    height = theme.line() + theme.space(2)
    width = max([theme.space(26), *(button.width(theme) for button in buttons)])
    for index, button in enumerate(buttons):
        button.rect = pygame.Rect(0, 0, width, height)
        button.rect.midtop = top[0], top[1] + index * (height + theme.space(1.5))
