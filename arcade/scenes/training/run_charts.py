"""The curves of a training run: one large chart of the score, three small ones of what drives it."""

import pygame

from agents.training.curves import Curves
from agents.training.plan import Plan
from arcade.ui import style
from arcade.ui.charts import Band, Line, LineChart, Reference
from arcade.ui.numbers import short_number
from arcade.ui.style import Size, Theme
from arcade.ui.tooltip import Tooltip

REDRAW_SECONDS = 0.5
"""How often the charts are drawn anew at most."""


_MEANINGS = (
    "The score of each finished game (faint), their mean over the last 100 (bold) and how far these spread (shaded). "
    "The white line is test games without random moves; dashed lines compare with random play and with your own best.",
    "How far the network's guesses are from what then happened. It need not fall to 0: as the agent reaches new "
    "situations, there is more to learn. Growing without end is a bad sign.",
    "What the network expects to earn from here on with its best move, averaged over many situations. It should "
    "settle; if it grows far beyond what can be earned, the values have run away.",
    "Part of the moves in training that are random (epsilon). It begins high to discover what works and falls as the "
    "agent relies on what it has learnt.",
)
"""What each chart shows, in the order in which they stand."""


class RunCharts:
    """Draws a run's curves.

    Args:
        theme: Fonts and spaces.
        plan: What is trained.
        own_best: The person's best score in this game, None if there is none.

    Attributes:
        crowded: Whether there is room for one chart at a time only, and `turn` shows the next one.
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
        self._first = 0  # the chart that is shown while there is room for one alone
        self._tooltips = [Tooltip(text, self._accent, self.turn) for text in _MEANINGS]
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
        """Say what each chart means that is shown."""
        return [self._tooltips[self._first]] if self.crowded else self._tooltips

    def turn(self) -> None:
        """Show the next chart, where there is room for one only."""
        if self.crowded:
            self._first = (self._first + 1) % len(self._tooltips)

    def layout(self, rect: pygame.Rect) -> None:
        """Place the charts within a rectangle, one upon the other where they would be too small side by side."""
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
        least = 6 * self._theme.line(Size.SMALL)  # of the small charts, or their axes would run into each other
        height = max(rect.height // 2, min(round(rect.height * 0.62), rect.height - gap - least))
        self._score.rect = pygame.Rect(rect.left, rect.top, rect.width, height)
        width = (rect.width - 2 * gap) // 3
        for index, chart in enumerate(self._small):
            left, top = rect.left + index * (width + gap), rect.top + height + gap
            chart.rect = pygame.Rect(left, top, width, rect.bottom - top)

    def draw(self, surface: pygame.Surface) -> None:
        """Put the charts as they were last drawn."""
        charts = (self._score, *self._small)
        for chart in charts[self._first : self._first + 1] if self.crowded else charts:
            chart.draw(surface, self._theme)
