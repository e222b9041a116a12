"""Opens screens in the window and measures their frame times."""

import time
from typing import TYPE_CHECKING

import numpy as np

from arcade.ui.scene import Place, Push, Replace

if TYPE_CHECKING:
    from arcade.window.app import App

SETTLE_SECONDS = 0.7
"""How long a scene is shown before it is measured, so that its loading and first drawing are over."""

Times = dict[str, float]


def frame_times(seconds: list[float]) -> Times:
    """Return the median, 99th percentile and maximum of frame times, in milliseconds."""
    times = np.asarray(seconds) * 1000
    return {
        "median_ms": float(np.median(times)),
        "p99_ms": float(np.percentile(times, 99)),
        "worst_ms": float(times.max()),
    }


def show(app: "App", place: Place) -> None:
    """Open a place above the home screen, replacing the present one, and let it settle."""
    _open(app, place)
    app.run_for(SETTLE_SECONDS)


def frames_from_opening(app: "App", place: Place, seconds: float) -> list[float]:
    """Open a place and return the seconds of each frame. The first frame includes the making of the scene."""
    started = time.perf_counter()
    _open(app, place)
    app.frame()
    return [time.perf_counter() - started, *app.run_for(seconds)]


def _open(app: "App", place: Place) -> None:
    app.stack.obey(Replace(place) if len(app.stack) > 1 else Push(place))
