"""Text about a training run: a finding with an icon, and the traceback of a failure."""

import pygame

from arcade.scenes.training.diagnosis import Finding, Mood
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.style import Colour, Size, Theme

_FEWEST_LINES, _MOST_LINES = 2, 4

_MOODS: dict[Mood, tuple[str, Colour]] = {
    Mood.GOOD: ("check", style.GOOD),
    Mood.CALM: ("dot", style.ACCENT),
    Mood.WARNING: ("warning", style.WARNING),
    Mood.BAD: ("warning", style.BAD),
}


class RunWords:
    """A text box, `rect`, for a finding, with an icon that shows its seriousness.

    Args:
        theme: Fonts and spaces.
    """

    def __init__(self, theme: Theme) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._theme = theme
        self._lines = _FEWEST_LINES  # never shrinks, so that the layout below does not jump

    @property
    def height(self) -> int:
        """Height of the text in pixels."""
        return self._lines * self._theme.line()

    def make_room(self, finding: Finding, width: int) -> bool:
        """Adds lines if a finding needs them at this width; returns whether the height has changed."""
        needed = len(self._theme.wrap(finding.text, Size.BODY, width - self._indent))
        if not self._lines < needed <= _MOST_LINES:
            return False
        self._lines = needed
        return True

    @property
    def _indent(self) -> int:
        return self._size + self._theme.space()

    @property
    def _size(self) -> int:
        """Size of the icon in pixels."""
        return self._theme.line() * 3 // 4

    def draw(self, surface: pygame.Surface, finding: Finding) -> None:
        """Draws the icon, and the text beside it."""
        sign, colour = _MOODS[finding.mood]
        centre = self.rect.left + self._size // 2, self.rect.top + self._theme.line() // 2
        draw_icon(surface, sign, centre, self._size, style.readable(colour, style.GROUND))
        left, top, width, height = self.rect
        room = pygame.Rect(left + self._indent, top, width - self._indent, height)
        self._theme.paragraph(surface, finding.text, room)


def draw_traceback(surface: pygame.Surface, theme: Theme, rect: pygame.Rect, traceback: str) -> None:
    """Draws as many of a traceback's last lines as fit."""
    theme.panel(surface, rect)
    inner = rect.inflate(-theme.space(3), -theme.space(3))
    room = max(1, inner.height // theme.line(Size.SMALL))
    for index, line in enumerate(traceback.rstrip().splitlines()[-room:]):
        position = inner.left, inner.top + index * theme.line(Size.SMALL)
        theme.text(surface, line, position, Size.SMALL, style.MUTED, max_width=inner.width)
