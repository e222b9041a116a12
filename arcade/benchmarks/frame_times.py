"""Shows scenes in the window and tells the times of their frames."""

import time
from typing import TYPE_CHECKING

import numpy as np

from arcade.ui.scene import Place, Push, Replace

if TYPE_CHECKING:
    from arcade.window.app import App

SETTLE_SECONDS = 0.7
"""How long a scene is shown before it is measured: what it loads and draws once is over then."""

Times = dict[str, float]


def frame_times(seconds: list[float]) -> Times:
    """Median, 99th percentile and worst of some frame times, in milliseconds."""
    times = np.asarray(seconds) * 1000
    return {
        "median_ms": float(np.median(times)),
        "p99_ms": float(np.percentile(times, 99)),
        "worst_ms": float(times.max()),
    }


def show(app: "App", place: Place) -> None:
    """Open a place on home, instead of the one that is there, and let it settle."""
    _open(app, place)
    app.run_for(SETTLE_SECONDS)


def frames_from_opening(app: "App", place: Place, seconds: float) -> list[float]:
    """Open a place; returns the seconds that each frame took. The making of the scene is part of the first one."""
    started = time.perf_counter()
    _open(app, place)
    app.frame()
    return [time.perf_counter() - started, *app.run_for(seconds)]


def _open(app: "App", place: Place) -> None:
    app.stack.obey(Replace(place) if len(app.stack) > 1 else Push(place))
