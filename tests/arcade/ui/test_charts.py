"""Charts: round ticks, any data, drawn anew only when something has changed."""

from typing import Any

import numpy as np
import pygame
import pytest

from arcade.ui import style
from arcade.ui.charts import Band, Line, LineChart, Reference, ticks
from arcade.ui.style import Theme
from games.drawing import mix

NAN = float("nan")


@pytest.fixture
def theme() -> Theme:
    return Theme()


@pytest.fixture
def surface() -> pygame.Surface:
    return pygame.Surface((500, 300))


def make_chart() -> LineChart:
    chart = LineChart("Score")
    chart.rect = pygame.Rect(20, 10, 400, 250)
    return chart


def points(*pairs: tuple[float, float]) -> Any:
    return np.array(pairs, np.float64).reshape(-1, 2)


def seen(chart: LineChart, surface: pygame.Surface, theme: Theme, colour: style.Colour) -> Any:
    """The rectangles in which a colour shows after the chart has been drawn."""
    chart.draw(surface, theme)
    return pygame.mask.from_threshold(surface, colour, (1, 1, 1)).get_bounding_rects()


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 500, 5, [0, 100, 200, 300, 400, 500]),
        (0, 1, 4, [0, 0.25, 0.5, 0.75, 1]),
        (-1, 1, 4, [-1, -0.5, 0, 0.5, 1]),
        (3, 97, 2, [0, 50, 100]),
    ],
)
def test_ticks_are_round_and_cover_the_range(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e6, 1e12])
def test_there_are_never_many_more_ticks_than_asked_for(scale: float) -> None:
    for most in (2, 5, 9):
        marks = ticks(-0.37 * scale, 1.7 * scale, most)
        assert 2 <= len(marks) <= most + 2
        assert marks[0] <= -0.37 * scale
        assert marks[-1] >= 1.7 * scale


def test_a_line_rises_from_left_to_right(theme: Theme, surface: pygame.Surface) -> None:
    chart = make_chart()
    chart.show([Line(points((0, 0), (50, 0)), style.WHITE), Line(points((51, 100), (100, 100)), style.ORANGE)])
    low = seen(chart, surface, theme, style.WHITE)[0]
    high = seen(chart, surface, theme, style.ORANGE)[0]
    assert low.right <= high.left + 4
    assert high.bottom < low.top


@pytest.mark.parametrize(
    "data",
    [
        points(),
        points((5, 3)),
        points((0, 7), (100, 7)),
        points((0, NAN), (10, float("inf")), (20, 1)),
        points((0, NAN)),
        points((0, -1e30), (1, 1e30)),
        np.column_stack([np.arange(100_000), np.arange(100_000) % 7]).astype(np.float64),
    ],
    ids=["none", "one", "level", "not finite", "nothing finite", "huge", "many"],
)
@pytest.mark.parametrize("size", [(1, 1), (30, 20), (400, 250)])
def test_any_data_is_drawn_within_its_place(
    theme: Theme, surface: pygame.Surface, data: Any, size: tuple[int, int]
) -> None:
    chart = make_chart()
    chart.rect.size = size
    chart.title = ""
    surface.fill((1, 2, 3))
    band = np.column_stack([data, data[:, 1] + 1])
    chart.show([Line(data, faint=True), Line(data, label="mean")], [Band(band)], [Reference(3.0, "random play")])
    chart.draw(surface, theme)
    outside = pygame.mask.from_threshold(surface, (1, 2, 3), (1, 1, 1))
    outside.invert()
    drawn: Any = outside.get_bounding_rects()
    assert all(chart.rect.contains(rect) for rect in drawn)


def test_a_reference_is_part_of_the_range(theme: Theme, surface: pygame.Surface) -> None:
    chart = make_chart()
    chart.show([Line(points((0, 0), (10, 10)))], references=[Reference(475, "solved", style.YELLOW)])
    assert seen(chart, surface, theme, style.YELLOW)


def test_it_is_drawn_anew_only_when_something_changed(
    theme: Theme, surface: pygame.Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart, painted = make_chart(), []
    paint = LineChart._paint

    def note(chart: LineChart, theme: Theme) -> pygame.Surface:
        painted.append(1)
        return paint(chart, theme)

    monkeypatch.setattr(LineChart, "_paint", note)
    data = [Line(points((0, 0), (10, 10)))]
    chart.show(data)
    for _ in range(3):
        chart.draw(surface, theme)
    assert len(painted) == 1
    chart.show(data)
    chart.draw(surface, theme)
    chart.rect.width -= 10
    chart.draw(surface, theme)
    theme.resize((1920, 1080))
    chart.draw(surface, theme)
    assert len(painted) == 4


def test_the_faint_spread_reaches_from_lowest_to_highest(theme: Theme, surface: pygame.Surface) -> None:
    chart = make_chart()
    noisy = np.column_stack([np.arange(1000), np.tile([0.0, 100.0], 500)])
    chart.show([Line(noisy, style.WHITE, faint=True)])
    faint = mix(style.WHITE, style.PANEL, 0.6)
    rects = seen(chart, surface, theme, faint)
    assert max(rect.height for rect in rects) > chart.rect.height * 0.6


EXTREMES = (
    0.0,
    1.0,
    -1.0,
    5e-324,
    -5e-324,
    1e-300,
    1e-9,
    12345.678,
    1e15,
    2.0**53,
    2.0**53 + 2,
    1e100,
    1.7e308,
    -1.7e308,
)


@pytest.mark.parametrize("low", EXTREMES)
@pytest.mark.parametrize("high", EXTREMES)
def test_ticks_of_any_two_numbers_are_few_and_finite(low: float, high: float) -> None:
    for most in (1, 2, 5, 9):
        marks = ticks(min(low, high), max(low, high), most)
        assert 1 <= len(marks) <= most + 3
        assert np.isfinite(marks).all()


@pytest.mark.filterwarnings("error")
def test_any_finite_numbers_can_be_drawn(theme: Theme, surface: pygame.Surface) -> None:
    rng = np.random.default_rng(0)
    for number in range(150):
        found = rng.choice(EXTREMES, (int(rng.integers(1, 6)), 2))
        chart = LineChart("Score", from_zero=bool(number % 2))
        chart.rect = pygame.Rect(20, 10, *((400, 250) if number % 3 else (120, 60)))
        lines = [Line(found, marker="dot", label="x"), Line(found, faint=True)]
        reference = Reference(float(rng.choice(EXTREMES)), "here")
        chart.show(lines, [Band(found[:, [0, 1, 1]])], [reference], cursor=float(rng.choice(EXTREMES)))
        chart.draw(surface, theme)
