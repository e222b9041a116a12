"""How fast the games step, how soon the window is there, and how smoothly it runs beside training."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from arcade.paths import HOME_VARIABLE
from games.batch import GameBatch
from games.game import Game
from games.registry import game_ids, make

if TYPE_CHECKING:
    from agents.session import TrainingSession
    from arcade.app import App

COPIES = (1, 16, 256, 1024, 4096)
WARM_UP_SECONDS = 2.0
"""Learning done before training is measured, so that compiling and the first fill of the replay are over."""

Tell = Callable[[str], None]


class BenchmarkError(Exception):
    """A benchmark could not be run; one line says why."""


def bench_games(quick: bool, tell: Tell) -> dict[str, Any]:
    """Frames a second of every game and observation kind, observations included, with random actions.

    Args:
        quick: Whether to measure for a fraction of a second each.
        tell: Told each result in words.
    """
    results = []
    for game in map(make, game_ids()):
        for kind in game.info.kinds:
            for copies in COPIES:
                speed = frames_per_second(game, kind, copies, 0.15 if quick else 1.0)
                results.append(
                    {"game": game.info.id, "observation": kind, "copies": copies, "frames_per_second": round(speed)}
                )
                tell(f"{game.info.id:<12}{kind:<10}{copies:>6} copies{speed:>14,.0f} frames/s")
    return {"results": results}


def frames_per_second(game: Game, kind: str, copies: int, seconds: float) -> float:
    """Frames a second over all copies: the median of three rounds of the given length."""
    batch = GameBatch(game, copies, seed=0, observation=kind)
    actions = np.random.default_rng(0).integers(0, len(game.info.actions), (64, copies))
    batch.step(actions[0])
    return statistics.median(_round(batch, actions, seconds / 3) for _ in range(3))


def _round(batch: GameBatch, actions: np.ndarray[Any, Any], seconds: float) -> float:
    steps, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < seconds or not steps:
        batch.step(actions[steps % len(actions)])
        steps += 1
    return steps * len(batch) / spent


def bench_window(quick: bool, tell: Tell) -> dict[str, Any]:
    """Time to the first frame, and frame times of a real window, idle and beside training at full speed.

    Args:
        quick: Whether to measure for five seconds each instead of twenty.
        tell: Told what is being measured.

    Raises:
        BenchmarkError: No window can be opened.
    """
    seconds = 5.0 if quick else 20.0
    with _home_of_its_own():
        tell("Starting the arcade in fresh processes …")
        first = statistics.median(first_frame_seconds() for _ in range(3))
        with _app() as app:
            tell("Idle window …")
            _load_tensorflow(app)
            idle = frame_times(app.run_for(seconds))
            tell("Training …")
            training, alone = _beside_training(app, seconds)
    return {"first_frame_seconds": first, "idle": idle, "training": training, "training_alone": alone}


def first_frame_seconds() -> float:
    """Seconds from the command to the first frame on the screen, in a fresh process.

    Raises:
        BenchmarkError: The arcade did not open, or loaded TensorFlow first.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "frame.json"
        started = {"DQN_ARCADE_FIRST_FRAME": str(report), "DQN_ARCADE_STARTED": repr(time.time())}
        command = [sys.executable, str(Path(__file__).resolve().parents[1] / "main.py")]
        done = subprocess.run(command, env=os.environ | started, capture_output=True, text=True, timeout=60)
        if done.returncode or not report.exists():
            raise BenchmarkError(done.stderr.strip() or "the arcade ended without a frame")
        found = json.loads(report.read_text("utf-8"))
    if found["tensorflow"]:
        raise BenchmarkError("TensorFlow was loaded before the first frame")
    return float(found["seconds"])


def frame_times(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and worst of some frame times, in milliseconds."""
    times = np.asarray(seconds) * 1000
    return {"median_ms": float(np.median(times)), "p99_ms": float(np.percentile(times, 99)), "worst_ms": times.max()}


def _load_tensorflow(app: "App") -> None:
    """Load it now: the arcade does so after a moment without input, and an idle window is one that has."""
    app.context.warm_up()
    while app.stack and app.context.status:
        app.run_for(0.5)


def _beside_training(app: "App", seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """Frame times and training speed together, and the speed without the window just before and after."""
    from arcade.scenes.dashboard import DashboardScene

    session = app.context.start_training(_long_plan())
    _wait_for_training(session)
    before = _training_speed(session, seconds / 2, time.sleep)
    app.stack.append(DashboardScene(app.context))
    app.stack[-1].enter()
    app.run_for(1.0)
    times: list[float] = []
    beside = _training_speed(session, seconds, lambda length: times.extend(app.run_for(length)))
    after = _training_speed(session, seconds / 2, time.sleep)
    app.context.end_training()
    return frame_times(times) | {"frames_per_second": beside}, {"frames_per_second": (before + after) / 2}


def _long_plan() -> Any:
    from agents.plan import Plan
    from agents.presets import preset

    game = make("flappybird")
    endless = {"frames": 10**9, "evaluation_interval": 10**9}  # evaluations take ever longer as the agent gets better
    return Plan(game, "features", preset(game, "features", "quick").replace(**endless), name="Benchmark")


def _wait_for_training(session: "TrainingSession") -> None:
    while not session.latest.progress or session.latest.progress.seconds < WARM_UP_SECONDS:
        if not session.latest.status.running:
            raise BenchmarkError(f"training failed: {session.latest.note}")
        time.sleep(0.05)


def _training_speed(session: "TrainingSession", seconds: float, spend: Callable[[float], object]) -> float:
    """Game frames a second that training gets through while `spend` lets that time pass."""
    first, started = _frames(session), time.perf_counter()
    spend(seconds)
    return (_frames(session) - first) / (time.perf_counter() - started)


def _frames(session: "TrainingSession") -> int:
    return session.latest.progress.frames if session.latest.progress else 0


@contextmanager
def _app() -> "Iterator[App]":
    import pygame

    from arcade.app import App
    from arcade.opening import make_context, open_display
    from arcade.scenes.home import HomeScene

    problem = open_display()
    if problem:
        raise BenchmarkError(f"no window can be opened: {problem}")
    context = make_context()
    app = App(context, [HomeScene(context)], (1280, 720))
    try:
        yield app
    finally:
        app.close()
        pygame.quit()


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    """Let the arcade keep its files in a temporary folder, so that measuring leaves the person's alone."""
    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before
