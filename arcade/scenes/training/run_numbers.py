"""The figures of a training run in one row, with a line below on where it runs and what happened last."""

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
        "Frames/s": "Game frames played each second, over all copies together. More frames are more experience to "
        "learn from.",
        "Updates/s": "How often each second the network is corrected, each time on a batch of remembered moves.",
        "Mean of last 100": "The average score of the last 100 finished games, random moves included. While learning "
        "goes well, it rises.",
        "Best in tests": "The best average in test games without random moves. The agent that reached it is the one "
        "that is kept and saved.",
        _DEVICE: "The device and the way of compiling that proved fastest when they were tried at the start.",
        "Window": "Pictures that this window shows each second. Below about 50 it looks jerky; the training is not "
        "harmed.",
        "Games ended": "How many games the copies have finished since the run began.",
    }
)
"""What each figure means."""


def figures(report: SessionReport, fps: float) -> tuple[tuple[str, str], ...]:
    """Label and value of everything in the row, the most telling first; `fps` is that of the window."""
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
    """Draws the figures within `rect`, in columns of equal width, so that numbers keep their place.

    Args:
        theme: Fonts and spaces.
        accent: The game's colour.

    Attributes:
        tooltips: Say what each figure means; those of figures for which there is no room are not enabled.
    """

    def __init__(self, theme: Theme, accent: Colour) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.tooltips = [Tooltip(text, accent) for text in MEANINGS.values()]
        self._theme = theme

    def height(self) -> int:
        """The height of the row and the lines below."""
        return 3 * self._theme.line(Size.SMALL) + self._theme.space(0.5)

    def layout(self, rect: pygame.Rect) -> None:
        """Place the figures within a rectangle, as many as there is room for."""
        self.rect, theme = rect, self._theme
        widest = max(theme.width(label, Size.SMALL) for label in MEANINGS) + theme.space()
        count = min(len(MEANINGS), max(1, rect.width // widest))
        width = rect.width // count
        for index, each in enumerate(self.tooltips):
            each.enabled = index < count
            each.rect = pygame.Rect(rect.left + index * width, rect.top, width - theme.space(), 0)
            each.rect.height = 2 * theme.line(Size.SMALL)

    def draw(self, surface: pygame.Surface, report: SessionReport, fps: float) -> None:
        """Draw figures and footnotes."""
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
        """Draw the latest event at the right, and the reason for the device at the left if there is room for it."""
        theme, rect, room = self._theme, self.rect, self.rect.width
        if report.status in (Status.TRAINING, Status.PAUSED) and report.note:
            told = theme.text(surface, report.note, rect.bottomright, Size.SMALL, style.TEXT, "bottomright", room)
            room -= told.width + theme.space(2)
        reason = _sentence(report.device_reason)
        if theme.width(reason, Size.SMALL) <= room:
            theme.text(surface, reason, rect.bottomleft, Size.SMALL, style.MUTED, "bottomleft")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
