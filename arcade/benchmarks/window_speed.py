"""Measures the window, alone and beside training: the first frame, frame times and reaction times."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pygame

from agents.presets import preset
from agents.storage.folders import HOME_VARIABLE
from agents.training.plan import Plan
from agents.training.session import Command, Status, TrainingSession
from arcade.benchmarks.frame_times import Times, frame_times, show
from arcade.benchmarks.saving_speed import LARGE_RUN, openings_while_saving
from arcade.scenes import places
from arcade.ui.scene import Place
from games.registry import gymnasium_ids, make

if TYPE_CHECKING:
    from agents.storage.profile import Profile
    from arcade.context import Context
    from arcade.window.app import App

WARM_UP_SECONDS = 2.0
"""Seconds of learning before a measurement, so that compiling and the first fill of the replay are over."""

GAME = "flappybird"
"""The game that is trained and shown. Its picture changes at every tick."""

_MOST_FRAMES = 60  # to wait for a reaction
_PRESSES = 10
_LONGEST_WAIT = 10.0  # seconds for a command to take effect
_AFTER = {Command.PAUSE: Status.PAUSED, Command.RESUME: Status.TRAINING, Command.STOP: Status.STOPPED}

Tell = Callable[[str], None]


class BenchmarkError(Exception):
    """A benchmark that could not be run; the message is one line."""


def bench_window(quick: bool, tell: Tell) -> dict[str, Any]:
    """Measure the first frame, the frame times of every scene alone, beside training and beside saves, and reactions.

    Args:
        quick: Whether to show each scene for half a second instead of five.
        tell: Called with a line before each measurement.

    Raises:
        BenchmarkError: No window can be opened.
    """
    seconds = 0.5 if quick else 5.0
    values: dict[str, Any] = {}
    with _home_of_its_own():
        tell("Starting the arcade in fresh processes …")
        first_frame_seconds()  # the first start compiles the sources
        values["first_frame_seconds"] = statistics.median(first_frame_seconds() for _ in range(3))
        with _app() as app:
            tell("Every scene, idle …")
            _load_tensorflow(app)
            values["idle"] = {name: frame_times(frames) for name, frames in _frames_of_places(app, seconds)}
            values["reaction_frames"] = {"idle": reaction_frames(app)}
            session = _start_training(app)
            tell("Training alone, then beside its dashboard …")
            values["dashboard"] = _dashboard(app, session, 4 * seconds)
            tell("Every scene beside training …")
            values["beside_training"] = {name: frame_times(frames) for name, frames in _frames_of_places(app, seconds)}
            values["reaction_frames"]["training"] = reaction_frames(app)
            tell("Commands, saving, quitting …")
            values["dashboard_while_saving"] = frame_times(_frames_while_saving(app, session, 2 * seconds))
            values["command_ms"] = command_milliseconds(app, session)
            session = _start_training(app)
            tell(f"Opening screens while a run of {LARGE_RUN >> 20} MiB is saved …")
            values["opening_while_saving"] = openings_while_saving(app, _opened_while_saving(app.context), seconds)
            values["quit_seconds"] = _seconds_to_quit(app, session)
    return values


def first_frame_seconds() -> float:
    """Measure the seconds from the start of a fresh process to its first frame on the screen.

    Raises:
        BenchmarkError: The arcade did not open, or loaded TensorFlow first.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "frame.json"
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        started = {"DQN_ARCADE_FIRST_FRAME": str(report), "DQN_ARCADE_STARTED": repr(time.time())}
        command = [sys.executable, str(Path(__file__).resolve().parents[2] / "main.py")]
        done = subprocess.run(command, env=kept | started, capture_output=True, text=True, timeout=60)
        if done.returncode or not report.exists():
            raise BenchmarkError(done.stderr.strip() or "the arcade ended before its first frame")
        found = json.loads(report.read_text("utf-8"))
    if found["tensorflow"]:
        raise BenchmarkError("TensorFlow was loaded before the first frame")
    return float(found["seconds"])


# Scenes


def places_of(context: "Context") -> Mapping[str, Place]:
    """Return all places that can be opened without a training, by their names in the results."""
    entry = context.library.best(GAME)
    if entry is None or entry.profile is None:
        raise BenchmarkError(f"the shipped agents are missing: none plays {GAME}")
    agent: Profile = entry.profile
    return {
        "home": places.HomePage(),
        **({"gymnasium": places.Guests()} if gymnasium_ids() else {}),
        "attract": places.Demo([agent]),
        "game page": places.GamePage(GAME),
        "play": places.Play(make(GAME)),
        "watch": places.Play(agent.game(), agent),
        "race": places.Play(agent.game(), agent, rival=agent),
        "race set-up": places.RaceSetup(GAME),
        "training set-up": places.TrainSetup(GAME),
        "agents": places.Agents(),
        "learning": places.History(entry),
        "compare": places.Compare(GAME, entry),
        "lab": places.Lab(),
        "scores": places.Scores(),
        "settings": places.SettingsPage(),
        "keys": places.KeysPage(),
    }


def _opened_while_saving(context: "Context") -> Mapping[str, Place]:
    found = places_of(context)
    return {**{name: found[name] for name in ("agents", "learning", "compare")}, "dashboard": places.Dashboard()}


def _frames_of_places(app: "App", seconds: float) -> Iterator[tuple[str, list[float]]]:
    for name, place in places_of(app.context).items():
        show(app, place)
        yield name, app.run_for(seconds)


# Reactions


def reaction_frames(app: "App") -> int:
    """Return the number of frames from a key press to a visible change, the worst of some presses."""
    show(app, places.SettingsPage())
    return max(_frames_to_react(app) for _ in range(_PRESSES))


def _frames_to_react(app: "App") -> int:
    before = _pixels()
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=pygame.K_TAB, mod=0, unicode=""))
    for count in range(1, _MOST_FRAMES + 1):
        app.frame()
        if _pixels() != before:
            return count
    raise BenchmarkError(f"a key press changed nothing within {_MOST_FRAMES} frames")


def _pixels() -> bytes:
    return pygame.image.tobytes(pygame.display.get_surface(), "RGB")


def command_milliseconds(app: "App", session: TrainingSession) -> dict[str, float]:
    """Return the milliseconds that a training takes to pause, resume, save and stop, while the window draws."""
    show(app, places.Dashboard())
    commands = (Command.PAUSE, Command.RESUME, Command.SAVE, Command.STOP)
    return {each.value: 1000 * _seconds_to_obey(app, session, each) for each in commands}


def _seconds_to_obey(app: "App", session: TrainingSession, command: Command) -> float:
    saved, started = _saved_at(session), time.perf_counter()
    session.send(command)
    while not (_saved_at(session) > saved if command is Command.SAVE else session.latest.status is _AFTER[command]):
        app.frame()
        if time.perf_counter() - started > _LONGEST_WAIT:
            raise BenchmarkError(f"{command.value} had no effect: {session.latest.note}")
    return time.perf_counter() - started


def _saved_at(session: TrainingSession) -> int:
    path = session.latest.saved
    return path.stat().st_mtime_ns if path else 0


def _frames_while_saving(app: "App", session: TrainingSession, seconds: float) -> list[float]:
    """Return frame times of the dashboard while the training saves twice a second."""
    show(app, places.Dashboard())
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        session.send(Command.SAVE)
        times += app.run_for(0.5)
    return times


def _seconds_to_quit(app: "App", session: TrainingSession) -> float:
    """Return the seconds from closing the window during training until everything is saved and closed."""
    started = time.perf_counter()
    ended = app.close()
    if not ended or not session.latest.saved:
        raise BenchmarkError("the training was not saved when the window was closed")
    return time.perf_counter() - started


# Training


def _load_tensorflow(app: "App") -> None:
    """Load TensorFlow now. Otherwise the arcade would load it after a moment without input, during the measurement."""
    app.context.warm_up()
    while app.stack and app.context.status:
        app.run_for(0.5)


def _start_training(app: "App") -> TrainingSession:
    session = app.context.start_training(_long_plan())
    while not session.latest.progress or session.latest.progress.seconds < WARM_UP_SECONDS:
        if not session.latest.status.running:
            raise BenchmarkError(f"training failed: {session.latest.note}")
        time.sleep(0.05)
    return session


def _long_plan() -> Plan:
    game = make(GAME)
    endless = {"frames": 10**9, "evaluation_interval": 10**9}  # evaluations take longer as the agent improves
    return Plan(game, "features", preset(game, "features", "quick").replace(**endless), name="Benchmark")


def _dashboard(app: "App", session: TrainingSession, seconds: float) -> Times:
    """Measure frame times of the dashboard, and training speed beside it and without drawing, before and after."""
    before = _training_speed(session, seconds / 2, time.sleep)
    show(app, places.Dashboard())
    times: list[float] = []
    beside = _training_speed(session, seconds, lambda length: times.extend(app.run_for(length)))
    alone = (before + _training_speed(session, seconds / 2, time.sleep)) / 2
    return frame_times(times) | {
        "training_frames_per_second": beside,
        "training_alone_frames_per_second": alone,
        "training_lost": 1 - beside / alone,
    }


def _training_speed(session: TrainingSession, seconds: float, spend: Callable[[float], object]) -> float:
    """Return the game frames per second of the training while `spend(seconds)` runs."""
    first, started = _frames(session), time.perf_counter()
    spend(seconds)
    return (_frames(session) - first) / (time.perf_counter() - started)


def _frames(session: TrainingSession) -> int:
    return session.latest.progress.frames if session.latest.progress else 0


# Surroundings


@contextmanager
def _app() -> "Iterator[App]":
    from arcade.window.app import App
    from arcade.window.opening import make_context, open_display

    problem = open_display()
    if problem:
        raise BenchmarkError(f"no window can be opened: {problem}")
    context = make_context()
    app = App(context, [places.HomePage()], (1280, 720))
    try:
        yield app
    finally:
        app.close()
        pygame.quit()


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    """Keep the arcade's files in a temporary folder, so that the benchmark does not change the user's files."""
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
