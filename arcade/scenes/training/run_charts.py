"""The charts of a training run: a large one of the score, three small ones of loss, Q values and epsilon."""

import pygame

from agents.training.curves import Curves
from agents.training.plan import Plan
from arcade.ui import style
from arcade.ui.charts import Band, Line, LineChart, Reference
from arcade.ui.numbers import short_number
from arcade.ui.style import Size, Theme
from arcade.ui.tooltip import Tooltip

REDRAW_SECONDS = 0.5
"""Shortest time between two redraws of the charts."""


_MEANINGS = (
    "The score of each finished game (faint), the mean of the last 100 (bold) and their spread (shaded). The white "
    "line shows test games without random moves; dashed lines show random play and your own best score.",
    "The loss: how far the network's predictions are from their targets. It need not fall to 0, because the agent "
    "keeps reaching new situations. If it grows without end, training diverges.",
    "The Q value of the best action, that is the expected sum of future rewards, averaged over many situations. It "
    "should level off. If it grows far beyond any possible score, training diverges.",
    "Epsilon: the share of random moves in training. It starts high, so that the agent explores, and falls as the "
    "agent learns.",
)
"""The tooltip of each chart, in the order of the charts."""


class RunCharts:
    """The charts of a run.

    Args:
        theme: Fonts and spaces.
        plan: The plan of the run.
        own_best: The person's best score in this game, None if there is none.

    Attributes:
        crowded: Whether there is room for only one chart at a time; `turn` shows the next one.
    """

    def __init__(self, theme: Theme, plan: Plan, own_best: int | None) -> None:
        self._theme, self._accent, self._own_best = theme, plan.game.info.accent, own_best
        name = plan.game.info.score_name.capitalize()
        self._score = LineChart(f"{name} in each game, by frames played", name, empty="No game has ended yet")
        self._loss = LineChart("Loss", empty="No update yet")
        self._max_q = LineChart("Mean max Q", "Max Q", empty="No update yet", from_zero=False)
        self._epsilon = LineChart("Random moves", "Random", empty="Not started")
        self._small = (self._loss, self._max_q, self._epsilon)
        self.crowded = False
        self._first = 0  # index of the chart shown while there is room for only one
        self._tooltips = [Tooltip(text, self._accent, self.turn) for text in _MEANINGS]
        self._curves: Curves | None = None
        self._random_mean: float | None = None
        self._age = REDRAW_SECONDS
        self._waiting: list[LineChart] = []  # charts that do not show the latest curves yet

    def update(self, seconds: float, curves: Curves, random_mean: float | None) -> None:
        """Shows newer curves if `REDRAW_SECONDS` have passed, one chart per frame so that no frame takes long."""
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
            references.append(Reference(self._own_best, f"your best {self._own_best:,}", style.ORANGE))
        roomy = self._score.rect.height > 8 * self._theme.line(Size.SMALL)
        lines = [
            Line(curves.score, self._accent, faint=True),
            Line(curves.mean[:, :2], self._accent, "mean of 100" if roomy else ""),
            Line(curves.evaluation, style.WHITE, "tests" if roomy else ""),
        ]
        self._score.show(lines, [Band(curves.mean[:, [0, 2, 3]], self._accent)], references)
        self._score.value = short_number(float(curves.mean[-1, 1])) if len(curves.mean) else ""

    @property
    def tooltips(self) -> list[Tooltip]:
        """The tooltips of the charts on screen."""
        return [self._tooltips[self._first]] if self.crowded else self._tooltips

    def turn(self) -> None:
        """Shows the next chart if there is room for only one."""
        if self.crowded:
            self._first = (self._first + 1) % len(self._tooltips)

    def layout(self, rect: pygame.Rect) -> None:
        """Places the charts within a rectangle; if they would be too small side by side, one covers the others."""
        theme, charts = self._theme, (self._score, *self._small)
        narrow = (rect.width - 2 * theme.space(1.5)) // 3 < theme.width("Random moves", Size.SMALL) + theme.space(3)
        self.crowded = narrow or rect.height < 14 * theme.line(Size.SMALL)
        if self.crowded:
            for chart in charts:
                chart.rect = rect
        else:
            self._layout_apart(rect)
        for place, chart in zip(self._tooltips, charts, strict=True):
            place.rect = chart.rect

    def _layout_apart(self, rect: pygame.Rect) -> None:
        gap = self._theme.space(1.5)
        least = 6 * self._theme.line(Size.SMALL)  # height of the small charts, or their axis labels would overlap
        height = max(rect.height // 2, min(round(rect.height * 0.62), rect.height - gap - least))
        self._score.rect = pygame.Rect(rect.left, rect.top, rect.width, height)
        width = (rect.width - 2 * gap) // 3
        for index, chart in enumerate(self._small):
            left, top = rect.left + index * (width + gap), rect.top + height + gap
            chart.rect = pygame.Rect(left, top, width, rect.bottom - top)

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the charts with the curves shown last."""
        charts = (self._score, *self._small)
        for chart in charts[self._first : self._first + 1] if self.crowded else charts:
            chart.draw(surface, self._theme)
