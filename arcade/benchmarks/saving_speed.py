"""Measures the loading of agents and the frame times of screens just opened, while a large run is saved."""

import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.storage.library import Library
from agents.storage.profile import Profile
from arcade.benchmarks.frame_times import frame_times, frames_from_opening
from arcade.ui.scene import Place

if TYPE_CHECKING:
    from arcade.window.app import App

LARGE_RUN = 250 * 2**20
"""Size in bytes of the run that is saved."""

NAME = "Large run"
"""Name of the agent that the run belongs to."""


def openings_while_saving(
    app: "App", places: Mapping[str, Place], seconds: float, size: int = LARGE_RUN
) -> dict[str, Any]:
    """Measure frame times of screens from their opening on, then loading times, while a large run is saved repeatedly.

    Args:
        app: The arcade. The benchmark adds an agent to its library.
        places: The screens, by their names.
        seconds: How long each screen is shown, and how long agents are loaded.
        size: Bytes of the run.
    """
    library = app.context.library
    agent = next(entry for entry in map(library.load, library.entries()) if entry.profile).profile
    assert agent is not None
    with _saving(library, replace(agent, id=uuid.uuid4().hex, name=NAME), size):
        frames = {name: frame_times(frames_from_opening(app, place, seconds)) for name, place in places.items()}
        return {"run_mib": size >> 20, "frames": frames, "load_ms": load_milliseconds(library, seconds)}


def load_milliseconds(library: Library, seconds: float) -> float:
    """Find and load an agent repeatedly for some seconds; returns the longest time in milliseconds."""
    longest, end = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter()
        library.find(NAME)
        longest = max(longest, time.perf_counter() - started)
        time.sleep(0.01)
    return 1000 * longest


@contextmanager
def _saving(library: Library, agent: Profile, size: int) -> Iterator[None]:
    """Save an agent, and inside the context its run of this size repeatedly on another thread."""
    path, over = library.save(agent), Event()
    run = {"frames": agent.frames, "replay": np.zeros(size, np.uint8)}

    def save() -> None:
        while not over.is_set():
            library.save_run(run, path, agent)

    with ThreadPoolExecutor(1, "saving") as worker:
        saving = worker.submit(save)
        try:
            yield
        finally:
            over.set()
            saving.result()
