"""Shows scenes in the window and tells the times of their frames."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from arcade.ui.scene import Scene
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


def show(app: "App", scene: "Scene") -> None:
    """Put a scene on home, in the place of the one that is there, and let it settle."""
    _put(app, scene)
    app.run_for(SETTLE_SECONDS)


def frames_from_opening(app: "App", make_scene: "Callable[[], Scene]", seconds: float) -> list[float]:
    """Show a scene; returns the seconds that each frame took. The making of the scene is part of the first one."""
    started = time.perf_counter()
    _put(app, make_scene())
    app.frame()
    return [time.perf_counter() - started, *app.run_for(seconds)]


def _put(app: "App", scene: "Scene") -> None:
    for each in app.stack[1:]:
        each.leave()
    app.stack[1:] = [scene]
    scene.enter()
