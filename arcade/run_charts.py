"""The curves of a training run: one large chart of the score, three small ones of what drives it."""

import pygame

from agents.curves import Curves
from agents.training import Plan
from arcade import theme as look
from arcade.charts import Band, Line, LineChart, Reference, short_number
from arcade.theme import Size, Theme

REDRAW_SECONDS = 0.5
"""How often the charts are drawn anew at most."""


class RunCharts:
    """Draws a run's curves.

    Args:
        theme: Fonts and spaces.
        plan: What is trained.
        own_best: The person's best score in this game, None if there is none.
    """

    def __init__(self, theme: Theme, plan: Plan, own_best: int | None) -> None:
        self._theme, self._accent, self._own_best = theme, plan.game.info.accent, own_best
        name = plan.game.info.score_name.capitalize()
        self._score = LineChart(f"{name} in each game, by frames played", empty="The first games are still going on")
        self._loss = LineChart("Loss", empty="No update yet")
        self._max_q = LineChart("Mean max Q", empty="No update yet", from_zero=False)
        self._epsilon = LineChart("Random moves", empty="Not started")
        self._small = (self._loss, self._max_q, self._epsilon)
        self._curves: Curves | None = None
        self._random_mean: float | None = None
        self._age = REDRAW_SECONDS
        self._waiting: list[LineChart] = []  # charts that still lack the latest curves

    def update(self, seconds: float, curves: Curves, random_mean: float | None) -> None:
        """Take over newer curves if it is time, one chart a frame so that no frame takes long."""
        self._age += seconds
        changed = curves is not self._curves or random_mean != self._random_mean
        if changed and not self._waiting and self._age >= REDRAW_SECONDS:
            self._curves, self._random_mean, self._age = curves, random_mean, 0.0
            self._waiting = [self._score, *self._small]
        if self._waiting and self._curves is not None:
            self._show(self._waiting.pop(0), self._curves)

    def _show(self, chart: LineChart, curves: Curves) -> None:
        if chart is self._score:
            self._show_score(curves)
            return
        points = {self._loss: curves.loss, self._max_q: curves.max_q, self._epsilon: curves.epsilon}[chart]
        chart.show([Line(points, self._accent)])
        last = float(points[-1, 1]) if len(points) else float("nan")
        told = f"{last:.0%}" if chart is self._epsilon else short_number(last)
        chart.value = told if len(points) else ""

    def _show_score(self, curves: Curves) -> None:
        references = []
        if self._random_mean is not None:
            references.append(Reference(self._random_mean, f"random play {short_number(self._random_mean)}"))
        if self._own_best:
            references.append(Reference(self._own_best, f"your best {self._own_best:,}", look.ORANGE))
        roomy = self._score.rect.height > 8 * self._theme.line(Size.SMALL)
        lines = [
            Line(curves.score, self._accent, faint=True),
            Line(curves.mean[:, :2], self._accent, "mean of 100" if roomy else ""),
            Line(curves.evaluation, look.WHITE, "tests" if roomy else ""),
        ]
        self._score.show(lines, [Band(curves.mean[:, [0, 2, 3]], self._accent)], references)
        self._score.value = short_number(float(curves.mean[-1, 1])) if len(curves.mean) else ""

    def layout(self, rect: pygame.Rect) -> None:
        """Place the charts within a rectangle."""
        gap = self._theme.space(1.5)
        least = 6 * self._theme.line(Size.SMALL)  # of the small charts, or their axes would run into each other
        height = max(rect.height // 2, min(round(rect.height * 0.62), rect.height - gap - least))
        self._score.rect = pygame.Rect(rect.left, rect.top, rect.width, height)
        width = (rect.width - 2 * gap) // 3
        for index, chart in enumerate(self._small):
            left, top = rect.left + index * (width + gap), rect.top + height + gap
            chart.rect = pygame.Rect(left, top, width, rect.bottom - top)

    def draw(self, surface: pygame.Surface) -> None:
        """Put the charts as they were last drawn."""
        for chart in (self._score, *self._small):
            chart.draw(surface, self._theme)
