"""Line charts of training curves: faint raw values, bold means, bands of spread, reference lines.

A chart is drawn once and cached until its data, its size or the theme changes. Long curves are reduced to pixel columns
first, so the drawing time does not depend on the number of points.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import short_number
from arcade.ui.style import Colour, Size, Theme
from games.drawing import mix

Points = NDArray[np.float64]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MARKERS = 6  # icons on a line
_LARGEST = 1e300  # larger values are drawn here, since their range could overflow
_LEAST_SPAN = 1e-9  # of an axis, relative to its largest number, so that its labels differ
_BUCKET_PIXELS = 2  # width of the columns to which points are reduced


@dataclass(frozen=True)
class Line:
    """A curve: `points` [N, 2] in order of x.

    `faint` draws the spread of raw values instead of a bold line. `marker` names an icon repeated on the line, so that
    lines can be distinguished without colour.
    """

    points: Points
    colour: Colour = style.ACCENT
    label: str = ""
    faint: bool = False
    marker: str = ""


@dataclass(frozen=True)
class Band:
    """The area between two curves: `points` [N, 3] with x, low and high."""

    points: Points
    colour: Colour = style.ACCENT


@dataclass(frozen=True)
class Reference:
    """A labelled horizontal line, such as the score of random play."""

    value: float
    label: str
    colour: Colour = style.MUTED


@dataclass(frozen=True)
class _Frame:
    """The rectangle of the plot in its image, and the ranges of its axes."""

    plot: pygame.Rect
    low_x: float
    high_x: float
    low_y: float
    high_y: float

    def x(self, values: Any) -> Any:
        """Return the pixel position of a value or an array of values."""
        return self.plot.left + (values - self.low_x) / (self.high_x - self.low_x) * (self.plot.width - 1)

    def y(self, values: Any) -> Any:
        """Return the pixel position of a value or an array of values."""
        return self.plot.bottom - 1 - (values - self.low_y) / (self.high_y - self.low_y) * (self.plot.height - 1)


class LineChart:
    """A chart with a title, drawn within `rect`.

    Args:
        title: Text above the plot.
        short: Shorter title, used if the title does not fit.
        empty: Text in the middle while there is no data.
        from_zero: Whether the y axis always includes 0.
        ground: Background colour behind the rounded corners.
    """

    def __init__(
        self,
        title: str,
        short: str = "",
        *,
        empty: str = "Nothing to show yet",
        from_zero: bool = True,
        ground: Colour = style.GROUND,
    ) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.title, self._short = title, short
        self.empty, self.from_zero, self.ground = empty, from_zero, ground
        self.value = ""  # the latest value as text, at the right of the title
        self._lines: Sequence[Line] = ()
        self._bands: Sequence[Band] = ()
        self._references: Sequence[Reference] = ()
        self._cursor: float | None = None
        self._image: pygame.Surface | None = None
        self._state: object = None
        self._version = 0

    def show(
        self,
        lines: Sequence[Line],
        bands: Sequence[Band] = (),
        references: Sequence[Reference] = (),
        cursor: float | None = None,
    ) -> None:
        """Set the data. Points that are not finite are left out; `cursor` is a marked x."""
        self._lines = [replace(line, points=_finite(line.points)) for line in lines]
        self._cursor = cursor
        self._bands = [Band(_finite(band.points), band.colour) for band in bands]
        self._references = [each for each in references if abs(each.value) <= _LARGEST]
        self._version += 1

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the chart from its cached image, which is updated if something has changed."""
        state = (self._version, self.rect.size, theme.version)
        if state != self._state and min(self.rect.size) > 0:
            self._state = state
            self._image = self._paint(theme)
        if self._image is not None:
            surface.blit(self._image, self.rect)
            self._draw_head(surface, theme)

    def _draw_head(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the title, and the latest value if both fit."""
        pad, top = theme.space(1.5), self.rect.top + theme.space(0.75)
        room, value = self.rect.width - 2 * pad, theme.width(self.value, Size.SMALL)
        short = self._short or self.title
        if theme.width(short, Size.SMALL) + pad + value <= room:
            room -= pad + value
        title = self.title if theme.width(self.title, Size.SMALL) <= room else short
        shown = theme.text(surface, title, (self.rect.left + pad, top), Size.SMALL, style.MUTED, max_width=room)
        if shown.right + pad + value <= self.rect.right - pad:
            theme.text(surface, self.value, (self.rect.right - pad, top), Size.SMALL, style.TEXT, "topright")

    def _paint(self, theme: Theme) -> pygame.Surface:
        image = pygame.Surface(self.rect.size)
        image.fill(self.ground)
        theme.panel(image, image.get_rect())
        limits = self._limits()
        if limits is None:
            centre = image.get_width() // 2, image.get_height() // 2
            room = image.get_width() - theme.space(3)
            theme.text(image, self.empty, centre, Size.SMALL, style.MUTED, "center", room)
            return image
        frame = self._frame(theme, image.get_size(), limits)
        if min(frame.plot.size) < 8:
            return image
        self._paint_axes(image, theme, frame)
        for band in self._bands:
            _paint_band(image, frame, band)
        self._paint_cursor(image, theme, frame)
        for line in sorted(self._lines, key=lambda line: not line.faint):
            (_paint_spread if line.faint else _paint_line)(image, frame, line, theme)
        for number, line in enumerate(self._lines):
            _paint_markers(image, frame, line, theme, number / len(self._lines))
        self._paint_references(image, theme, frame)
        self._paint_labels(image, theme, frame)
        return image

    def _limits(self) -> tuple[float, float, float, float] | None:
        """Return the lowest and highest x, then y, of the data; None if there is none."""
        points = [line.points for line in self._lines] + [band.points for band in self._bands]
        points = [each for each in points if len(each)]
        if not points:
            return None
        xs = np.concatenate([each[:, 0] for each in points])
        ys = np.concatenate([each[:, 1:].ravel() for each in points] + [[ref.value for ref in self._references]])
        low, high = float(ys.min()), float(ys.max())
        if self.from_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            low, high = (low, low + 1.0) if self.from_zero else (low - 0.5, low + 0.5)
        first, last = float(xs.min()), float(xs.max())
        return *_apart(first, max(last, first + 1.0)), *_apart(low, high)

    def _frame(self, theme: Theme, size: tuple[int, int], limits: tuple[float, float, float, float]) -> _Frame:
        first, last, low, high = limits
        line = theme.line(Size.SMALL)
        top = theme.space(0.75) + line + theme.space(1.5)
        bottom = size[1] - theme.space(1) - line
        marks = ticks(low, high, max(2, (bottom - top) // (line * 2)))
        low, high = min(low, marks[0]), max(high, marks[-1])
        left = theme.space(2) + max(theme.width(short_number(mark), Size.SMALL) for mark in marks)
        plot = pygame.Rect(left, top, size[0] - left - theme.space(1.5), bottom - top - theme.space(0.25))
        return _Frame(plot, first, last, low, high)

    def _paint_axes(self, image: pygame.Surface, theme: Theme, frame: _Frame) -> None:
        line, plot = theme.line(Size.SMALL), frame.plot
        for mark in ticks(frame.low_y, frame.high_y, max(2, plot.height // (line * 2))):
            if not frame.low_y <= mark <= frame.high_y:
                continue
            y = round(frame.y(mark))
            image.fill(style.RAISED, (plot.left, y, plot.width, 1))
            position = plot.left - theme.space(0.75), y
            theme.text(image, short_number(mark), position, Size.SMALL, style.MUTED, "midright")
        most = max(2, plot.width * 2 // (theme.width("000.0k", Size.SMALL) * 3))
        for mark in ticks(frame.low_x, frame.high_x, most):
            x = round(frame.x(mark))
            if frame.low_x <= mark <= frame.high_x:
                rect = theme.render(short_number(mark), Size.SMALL, style.MUTED).get_rect(
                    midtop=(x, plot.bottom + theme.space(0.5))
                )
                rect.right = min(rect.right, image.get_width() - theme.space(0.5))
                theme.text(image, short_number(mark), rect.topleft, Size.SMALL, style.MUTED)

    def _paint_cursor(self, image: pygame.Surface, theme: Theme, frame: _Frame) -> None:
        if self._cursor is not None and frame.low_x <= self._cursor <= frame.high_x:
            width = max(2, theme.space(0.25))
            image.fill(
                style.TEXT, (round(frame.x(self._cursor)) - width // 2, frame.plot.top, width, frame.plot.height)
            )

    def _paint_references(self, image: pygame.Surface, theme: Theme, frame: _Frame) -> None:
        dash = max(4, theme.space(0.75))
        for each in self._references:
            y = round(frame.y(each.value))
            for x in range(frame.plot.left, frame.plot.right, 2 * dash):
                image.fill(each.colour, (x, y, min(dash, frame.plot.right - x), 1))

    def _paint_labels(self, image: pygame.Surface, theme: Theme, frame: _Frame) -> None:
        """Draw the labels of lines and references at their right ends, without overlaps."""
        if frame.plot.height < 4 * theme.line(Size.SMALL):
            return  # labels would hide the curves
        named = [(each.label, each.value, each.colour) for each in self._references]
        named += [(line.label, float(line.points[-1, 1]), line.colour) for line in self._lines if len(line.points)]
        taken: list[pygame.Rect] = []
        for label, value, colour in named:
            if not label:
                continue
            label = theme.fit(label, Size.SMALL, frame.plot.width)
            rect = pygame.Rect(0, 0, theme.width(label, Size.SMALL), theme.line(Size.SMALL))
            rect.bottomright = frame.plot.right - theme.space(0.5), round(frame.y(value)) - 3
            _stay_apart(rect, taken, frame.plot, theme.space(0.5))
            if rect.collidelist(taken) >= 0:
                continue  # no space left without hiding the curves
            taken.append(rect)
            image.fill(style.PANEL, rect.inflate(theme.space(0.5), -theme.space(0.25)))
            theme.text(image, label, rect.topleft, Size.SMALL, style.readable(colour))


def _stay_apart(rect: pygame.Rect, taken: Sequence[pygame.Rect], plot: pygame.Rect, gap: int) -> None:
    """Move a label within the plot until it overlaps no other one, preferably upwards."""
    rect.clamp_ip(plot)
    for _ in taken:
        hit = rect.collidelist(taken)
        if hit < 0:
            return
        other = taken[hit]
        if other.top - gap - rect.height >= plot.top and rect.centery <= other.centery:
            rect.bottom = other.top - gap
        else:
            rect.top = other.bottom + gap


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return about `most` round numbers that cover the range from `low` to `high`."""
    low, high = _apart(low, high)
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an axis, moved apart if they are too close for distinct labels."""
    low, high = max(low, -_LARGEST), min(high, _LARGEST)
    least = max(abs(low), abs(high), sys.float_info.min / _LEAST_SPAN**2) * _LEAST_SPAN
    return low, max(high, low + least)


def _finite(points: Points) -> Points:
    points = np.asarray(points, np.float64)
    return points[np.isfinite(points).all(axis=1)].clip(-_LARGEST, _LARGEST) if len(points) else points


def _columns(frame: _Frame, points: Points) -> tuple[Points, NDArray[np.intp]]:
    """Return the x of each pixel column with points, and the index of its first point."""
    bucket = (frame.x(points[:, 0]) // _BUCKET_PIXELS).astype(np.int64)
    starts = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))
    return bucket[starts] * float(_BUCKET_PIXELS) + _BUCKET_PIXELS / 2, starts


def _means(values: Points, starts: NDArray[np.intp]) -> Points:
    counts = np.diff(starts, append=len(values))
    means: Points = np.add.reduceat(values, starts) / counts
    return means


def _paint_line(image: pygame.Surface, frame: _Frame, line: Line, theme: Theme) -> None:
    if not len(line.points):
        return
    x, starts = _columns(frame, line.points)
    y = frame.y(_means(line.points[:, 1], starts))
    path = list(zip(x.tolist(), y.tolist(), strict=True))
    width = max(2, theme.space(0.3))
    if len(path) == 1:
        pygame.draw.circle(image, line.colour, path[0], width + 1)
        return
    pygame.draw.lines(image, line.colour, False, path, width)
    for shift in (-width / 2, width / 2):  # antialiased edges on both sides of the broad line
        pygame.draw.aalines(image, line.colour, False, [(px, py + shift) for px, py in path])


def _paint_markers(image: pygame.Surface, frame: _Frame, line: Line, theme: Theme, shift: float) -> None:
    """Draw icons along a line; `shift` (0 to 1) separates the icons of several lines."""
    if not line.marker or not len(line.points):
        return
    path_x, path_y = frame.x(line.points[:, 0]), frame.y(line.points[:, 1])
    xs = path_x[0] + (np.arange(_MARKERS) + 0.2 + 0.6 * shift) / _MARKERS * (path_x[-1] - path_x[0])
    for x, y in zip(xs.tolist(), np.interp(xs, path_x, path_y).tolist(), strict=True):
        draw_icon(image, line.marker, (round(x), round(y)), theme.space(1.25), line.colour)


def _paint_spread(image: pygame.Surface, frame: _Frame, line: Line, theme: Theme) -> None:
    """Draw a bar from the lowest to the highest raw value in each pixel column."""
    if not len(line.points):
        return
    x, starts = _columns(frame, line.points)
    low = frame.y(np.minimum.reduceat(line.points[:, 1], starts))
    high = frame.y(np.maximum.reduceat(line.points[:, 1], starts))
    colour = mix(line.colour, style.PANEL, 0.6)
    for left, bottom, top in zip(x.tolist(), low.tolist(), high.tolist(), strict=True):
        image.fill(colour, (round(left) - 1, round(top) - 1, _BUCKET_PIXELS, max(2, round(bottom - top) + 2)))


def _paint_band(image: pygame.Surface, frame: _Frame, band: Band) -> None:
    if len(band.points) < 2:
        return
    x, starts = _columns(frame, band.points)
    low = frame.y(_means(band.points[:, 1], starts))
    high = frame.y(_means(band.points[:, 2], starts))
    outline = [*zip(x.tolist(), high.tolist(), strict=True), *zip(x[::-1].tolist(), low[::-1].tolist(), strict=True)]
    if len(outline) > 2:
        pygame.draw.polygon(image, mix(band.colour, style.PANEL, 0.82), outline)
