"""The progress bar of a training run: frames played, time taken, time left."""

import pygame

from agents.training.plan import Plan
from agents.training.session import SessionReport, Status
from arcade.ui.meters import ProgressBar
from arcade.ui.numbers import duration
from arcade.ui.style import Theme
from arcade.ui.tooltip import Tooltip


class RunProgress:
    """The progress bar of a run.

    Args:
        plan: The plan of the run.

    Attributes:
        tooltip: Explains the bar.
    """

    def __init__(self, plan: Plan) -> None:
        accent = plan.game.info.accent
        self.tooltip = Tooltip(
            "Game frames played so far, out of the run's total. The time left assumes the current speed; a run ends "
            "early when it reaches its goal.",
            accent,
        )
        self._frames = plan.config.frames
        self._bar = ProgressBar(accent)

    @property
    def rect(self) -> pygame.Rect:
        """The bar's rectangle."""
        return self._bar.rect

    def layout(self, rect: pygame.Rect) -> None:
        """Places the bar."""
        self._bar.rect = self.tooltip.rect = rect

    def draw(self, surface: pygame.Surface, theme: Theme, report: SessionReport) -> None:
        """Draws the progress of a report."""
        frames = report.progress.frames if report.progress else 0
        self._bar.part = frames / self._frames
        self._bar.text = self._words(frames, report)
        self._bar.draw(surface, theme)

    def _words(self, frames: int, report: SessionReport) -> str:
        text, progress = f"{frames:,} of {self._frames:,} frames", report.progress
        if progress:
            elapsed = progress.seconds + progress.compile_seconds + progress.evaluation_seconds
            text += f", {duration(elapsed)} so far"
        if report.status is Status.TRAINING and report.seconds_left is not None:
            text += f", about {duration(report.seconds_left)} left"
        return text
