"""The numbers of a training run in one row; the line below names the device and the latest event."""

from types import MappingProxyType

import pygame

from agents.training.session import SessionReport, Status
from arcade.ui import style
from arcade.ui.numbers import number
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.tooltip import Tooltip

_DEVICE = "Runs on"

MEANINGS = MappingProxyType(
    {
        "Frames/s": "Game frames played per second, over all copies of the game. More frames give more experience to "
        "learn from.",
        "Updates/s": "Network updates per second. Each one trains on a batch of past moves from the replay.",
        "Mean of last 100": "The average score of the last 100 finished games, random moves included. It rises while "
        "the agent learns.",
        "Best in tests": "The best average score in test games, which have no random moves. The agent that reached it "
        "is saved.",
        _DEVICE: "The device and the compile mode that were fastest in a short trial at the start.",
        "Window": "Frames per second of this window. Below about 50 it looks jerky; training is not affected.",
        "Games ended": "The number of games that all copies have finished since the run began.",
    }
)
"""The tooltip of each number, by its label."""


def figures(report: SessionReport, fps: float) -> tuple[tuple[str, str], ...]:
    """Returns label and value of each number, the most important first; `fps` is the window's frame rate."""
    progress = report.progress
    device = ", ".join(part for part in (report.device, report.compile_mode) if part)
    best = progress.best.mean if progress and progress.best else float("nan")
    return (
        ("Frames/s", f"{report.frames_per_second:,.0f}"),
        ("Updates/s", f"{report.updates_per_second:,.0f}"),
        ("Mean of last 100", number(progress.mean_score) if progress else "–"),
        ("Best in tests", number(best)),
        (_DEVICE, device or "–"),
        ("Window", f"{fps:.0f} fps"),
        ("Games ended", f"{progress.episodes:,}" if progress else "–"),
    )


class RunNumbers:
    """The row of numbers, drawn within `rect` in columns of equal width, so that numbers keep their place.

    Args:
        theme: Fonts and spaces.
        accent: The game's colour.

    Attributes:
        tooltips: One per number. A tooltip is disabled while there is no room for its number.
    """

    def __init__(self, theme: Theme, accent: Colour) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.tooltips = [Tooltip(text, accent) for text in MEANINGS.values()]
        self._theme = theme

    def height(self) -> int:
        """Returns the height of the row and the line below."""
        return 3 * self._theme.line(Size.SMALL) + self._theme.space(0.5)

    def layout(self, rect: pygame.Rect) -> None:
        """Places as many numbers as fit within a rectangle."""
        self.rect, theme = rect, self._theme
        widest = max(theme.width(label, Size.SMALL) for label in MEANINGS) + theme.space()
        count = min(len(MEANINGS), max(1, rect.width // widest))
        width = rect.width // count
        for index, each in enumerate(self.tooltips):
            each.enabled = index < count
            each.rect = pygame.Rect(rect.left + index * width, rect.top, width - theme.space(), 0)
            each.rect.height = 2 * theme.line(Size.SMALL)

    def draw(self, surface: pygame.Surface, report: SessionReport, fps: float) -> None:
        """Draws numbers and footnotes."""
        theme = self._theme
        for each, (label, value) in zip(self.tooltips, figures(report, fps), strict=True):
            if label == _DEVICE:
                each.text = f"{MEANINGS[_DEVICE]} {_sentence(report.device_reason)}"
            if each.enabled:
                left, top, room, _ = each.rect
                theme.text(surface, label, (left, top), Size.SMALL, style.MUTED, max_width=room)
                theme.text(surface, value, (left, top + theme.line(Size.SMALL)), Size.SMALL, max_width=room)
        self._draw_footnotes(surface, report)

    def _draw_footnotes(self, surface: pygame.Surface, report: SessionReport) -> None:
        """Draws the latest event at the right, and the reason for the choice of device at the left if it fits."""
        theme, rect, room = self._theme, self.rect, self.rect.width
        if report.status in (Status.TRAINING, Status.PAUSED) and report.note:
            told = theme.text(surface, report.note, rect.bottomright, Size.SMALL, style.TEXT, "bottomright", room)
            room -= told.width + theme.space(2)
        reason = _sentence(report.device_reason)
        if theme.width(reason, Size.SMALL) <= room:
            theme.text(surface, reason, rect.bottomleft, Size.SMALL, style.MUTED, "bottomleft")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
