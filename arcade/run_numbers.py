"""The figures of a training run in one row, with a line below on where it runs and what happened last."""

import pygame

from agents.session import Snapshot, Status
from arcade import theme as look
from arcade.health import number
from arcade.theme import Size, Theme


def duration(seconds: float) -> str:
    """A time as m:ss or h:mm:ss."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def figures(snapshot: Snapshot, fps: float) -> tuple[tuple[str, str], ...]:
    """Label and value of everything in the row, the most telling first; `fps` is that of the window."""
    progress = snapshot.progress
    device = ", ".join(part for part in (snapshot.device, snapshot.compile_mode) if part)
    best = progress.best.mean if progress and progress.best else float("nan")
    return (
        ("Frames/s", f"{snapshot.frames_per_second:,.0f}"),
        ("Updates/s", f"{snapshot.updates_per_second:,.0f}"),
        ("Mean of last 100", number(progress.mean_score) if progress else "–"),
        ("Best in tests", number(best)),
        ("Runs on", device or "–"),
        ("Window", f"{fps:.0f} fps"),
        ("Games ended", f"{progress.episodes:,}" if progress else "–"),
    )


def height(theme: Theme) -> int:
    """The height of the row and the line below."""
    return 3 * theme.line(Size.SMALL) + theme.space(0.5)


def draw_numbers(surface: pygame.Surface, theme: Theme, rect: pygame.Rect, snapshot: Snapshot, fps: float) -> None:
    """Draw the row in columns of equal width, so that numbers keep their place."""
    pairs = figures(snapshot, fps)
    widest = max(theme.width(label, Size.SMALL) for label, _ in pairs) + theme.space()
    pairs = pairs[: max(1, rect.width // widest)]
    width = rect.width // len(pairs)
    for index, (label, value) in enumerate(pairs):
        left, room = rect.left + index * width, width - theme.space()
        theme.text(surface, label, (left, rect.top), Size.SMALL, look.MUTED, max_width=room)
        theme.text(surface, value, (left, rect.top + theme.line(Size.SMALL)), Size.SMALL, max_width=room)
    _draw_footnotes(surface, theme, rect, snapshot)


def _draw_footnotes(surface: pygame.Surface, theme: Theme, rect: pygame.Rect, snapshot: Snapshot) -> None:
    """Why it runs where it runs, and the latest event."""
    room = rect.width
    if snapshot.status in (Status.TRAINING, Status.PAUSED):
        told = theme.text(surface, snapshot.note, rect.bottomright, Size.SMALL, look.TEXT, "bottomright", room // 2)
        room -= told.width + theme.space(2)
    reason = snapshot.device_reason[:1].upper() + snapshot.device_reason[1:]
    theme.text(surface, reason, rect.bottomleft, Size.SMALL, look.MUTED, "bottomleft", room)
