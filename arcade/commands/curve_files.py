"""Writes learning curves to a file: numbers (.csv) or a picture (.png)."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.errors import system_reason
from agents.storage.disk import draft, put_new
from arcade.commands.console import CommandError, UsageError

SUFFIXES = (".csv", ".png")
COLUMNS = ("curve", "frames", "value", "low", "high")
"""Columns of the CSV. `low` and `high` are the 10th and 90th percentile, empty for curves without them."""

WIDTH, HEIGHT = 1280, 400
"""Size in pixels of a picture with one or two curves, side by side; every two more add a row."""

TITLES = {
    "score": "Score of each game, by frames played",
    "mean": "Mean score of 100 games, by frames played",
    "evaluation": "Mean of each evaluation",
    "loss": "Loss",
    "max_q": "Mean max Q",
    "epsilon": "Random moves",
}

PointsByCurve = Mapping[str, NDArray[np.float64]]
"""Curve name to points: [N, 2] (frames, value) or [N, 4] (frames, value, low, high)."""


def check_curve_file(text: str) -> Path:
    """Check that curves can be written to a file, and return its path.

    Raises:
        UsageError: The suffix is not in `SUFFIXES`, the folder is missing, or the file exists.
    """
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{text}: must end in {' or '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder")
    if path.exists():
        raise UsageError(f"{text} exists already: choose another name")
    return path


def save_curves(path: Path, curves: PointsByCurve) -> None:
    """Write all curves that have points to one new file, as CSV or PNG by its suffix.

    Raises:
        CommandError: The file exists already or cannot be written.
    """
    curves = {name: points for name, points in curves.items() if len(points)}
    data = _as_csv(curves) if path.suffix.lower() == ".csv" else _as_png(curves)
    try:
        with draft(path, [data]) as whole:
            put_new(whole, path)
    except OSError as error:
        raise CommandError(f"{path}: the curves cannot be written: {system_reason(error)}") from error


def _as_csv(curves: PointsByCurve) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for name, points in curves.items():
        for frames, *values in points.tolist():
            writer.writerow([name, round(frames), *values, *[""] * (3 - len(values))])
    return text.getvalue().encode()


def _as_png(curves: PointsByCurve) -> memoryview:
    import pygame

    from arcade.ui import style
    from arcade.ui.charts import Band, Line, LineChart
    from arcade.ui.style import Theme

    theme = Theme()
    columns = min(2, max(1, len(curves)))
    rows = -(-max(1, len(curves)) // columns)
    gap = theme.space(1.5)
    surface = pygame.Surface((WIDTH, HEIGHT * rows), 0, 32)
    surface.fill(style.GROUND)
    width, height = (WIDTH - gap * (columns + 1)) // columns, HEIGHT - gap - gap // rows
    for index, (name, points) in enumerate(curves.items()):
        row, column = divmod(index, columns)
        chart = LineChart(TITLES.get(name, name), from_zero=name != "max_q")
        chart.rect = pygame.Rect(gap + column * (width + gap), gap + row * (height + gap), width, height)
        bands = [Band(points[:, [0, 2, 3]])] if points.shape[1] == 4 else []
        chart.show([Line(points[:, :2], faint=name == "score")], bands)
        chart.draw(surface, theme)
    picture = BytesIO()
    pygame.image.save(surface, picture, "curves.png")
    return picture.getbuffer()
