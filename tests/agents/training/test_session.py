import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from agents.errors import in_words
from agents.presets import preset
from agents.storage.history import History
from agents.storage.profile import Profile
from agents.training import session as session_module
from agents.training.plan import Plan
from agents.training.session import Command, SessionReport, Status, TrainingSession
from games.registry import make

ENDLESS = {
    "compile_mode": "graph", "hidden": (8,), "frames": 10_000_000, "learning_starts": 200,
    "evaluation_interval": 10_000_000,
}  # fmt: skip


BROKEN_OFF = "its run was broken off within a step: later training begins from an earlier save or its weights"


class Store:
    """Remembers what was saved."""

    def __init__(self, error: Exception | None = None) -> None:
        self.saved: list[Profile] = []
        self.runs: list[dict[str, Any] | None] = []
        self.open: list[str] = []
        self.histories: list[History] = []
        self._error = error

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        if self._error:
            raise self._error
        self.saved.append(profile)
        return path or Path("Agent.agent")

    def save_run(self, tree: dict[str, Any] | None, path: Path, profile: Profile) -> bool:
        self.runs.append(tree)
        return True

    def set_run_aside(self, agent_id: str) -> str:
        return "quarantine/Agent.resume"

    @contextmanager
    def going_on(self, agent_id: str) -> Iterator[None]:
        self.open.append(agent_id)
        yield
        self.open.remove(agent_id)

    def free_name(self, name: str) -> str:
        return f"{name} 2"

    def save_history(self, history: History, path: Path) -> None:
        self.histories.append(history)


def _plan(**changes: Any) -> Plan:
    game = make("cartpole")
    return Plan(game, "features", preset(game, "features", "quick").replace(**{**ENDLESS, **changes}))


def _wait(session: TrainingSession, reached: Callable[[Any], object], seconds: float = 60) -> SessionReport:
    """Wait for a published snapshot, as the window does: by looking at it."""
    end = time.monotonic() + seconds
    while not reached(session.latest):
        assert time.monotonic() < end, session.latest
        time.sleep(0.002)
    return session.latest


@pytest.fixture
def session() -> Any:
    made = TrainingSession(_plan(), Store())
    made.start()
    _wait(made, lambda latest: latest.progress is not None and latest.progress.updates > 0)
    yield made
    assert made.close(30)


def test_snapshots_show_what_is_going_on(session: TrainingSession) -> None:
    latest = _wait(session, lambda latest: latest.frames_per_second > 0)
    assert latest.status is Status.TRAINING
    assert latest.device == "CPU"
    assert latest.compile_mode == "graph"
    assert latest.policy is not None
    assert latest.state is not None
    assert len(latest.state.physics) == 9
    assert latest.seconds_left is not None


def test_pause_holds_the_frames_and_resume_goes_on(session: TrainingSession) -> None:
    session.send(Command.PAUSE)
    paused = _wait(session, lambda latest: latest.status is Status.PAUSED)
    assert paused.progress is not None
    time.sleep(0.1)
    assert session.latest.progress == paused.progress
    held = paused.progress.frames
    session.send(Command.RESUME)
    _wait(session, lambda latest: latest.status is Status.TRAINING and latest.progress.frames > held)


def test_saving_goes_on_training_and_keeps_one_agent(session: TrainingSession) -> None:
    session.send(Command.SAVE)
    saved = _wait(session, lambda latest: latest.saved)
    assert saved.note == "Saved as Agent.agent"
    assert saved.status is Status.TRAINING
    assert session.close(30)
    profiles = session._saver._store.saved  # type: ignore[union-attr]
    assert len(profiles) == 2, "once when asked, once at the end"
    assert profiles[0].id == profiles[1].id
    histories = session._saver._store.histories  # type: ignore[union-attr]
    assert [each.moments[0].frames for each in histories] == [0, 0], "the first moment is the untrained agent"
    assert {each.agent for each in histories} == {profiles[0].id}


def test_stopping_keeps_the_progress(session: TrainingSession) -> None:
    session.send(Command.STOP)
    stopped = _wait(session, lambda latest: latest.status is Status.STOPPED)
    assert stopped.saved == Path("Agent.agent")


def test_stopping_while_paused_ends_too(session: TrainingSession) -> None:
    session.send(Command.PAUSE)
    _wait(session, lambda latest: latest.status is Status.PAUSED)
    assert session.close(30)
    assert session.latest.status is Status.STOPPED


def test_a_run_that_ends_by_itself_is_finished_and_saved() -> None:
    store = Store()
    session = TrainingSession(_plan(frames=2_000), store)
    session.start()
    finished = _wait(session, lambda latest: not latest.status.running)
    assert finished.status is Status.FINISHED
    assert store.saved[-1].scorecard, "a run shorter than its interval is evaluated in the end"
    assert len({profile.id for profile in store.saved}) == 1
    assert session.close(30)


def test_a_failure_is_published_and_kills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, plan: Plan) -> None:
            raise RuntimeError("out of luck")

    monkeypatch.setattr("agents.training.trainer.Trainer", Broken)
    session = TrainingSession(_plan())
    session.start()
    failed = _wait(session, lambda latest: latest.status is Status.FAILED)
    assert failed.note == "RuntimeError: out of luck"
    assert "Traceback" in failed.error
    assert session.close(30)


@pytest.mark.parametrize("error", [ConnectionResetError(104, "gone"), MemoryError(), SystemExit("licence missing")])
def test_a_run_that_fails_is_saved_and_then_told(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    steps = count()

    def fail(state: Any, actions: Any, rng: Any) -> Any:
        if next(steps) > 100:
            raise error
        return step(state, actions, rng)

    plan, store = _plan(), Store()
    step = plan.game.step
    object.__setattr__(plan.game, "step", fail)
    session = TrainingSession(plan, store)
    session.start()
    failed = _wait(session, lambda latest: not latest.status.running)
    assert failed.status is Status.FAILED
    assert failed.note == f"{in_words(error)}. Saved as Agent.agent; {BROKEN_OFF}"
    assert failed.saved == Path("Agent.agent") and store.saved[0].frames > 0
    assert store.runs == [], "a run that was broken off within a step cannot go on from there"
    assert session.close(30)


def test_a_disk_that_is_full_is_told_and_training_goes_on() -> None:
    session = TrainingSession(_plan(), Store(OSError("disk full")))
    session.start()
    _wait(session, lambda latest: latest.progress is not None)
    session.send(Command.SAVE)
    told = _wait(session, lambda latest: latest.note.startswith("Not saved"))
    assert told.note == "Not saved: disk full"
    assert told.status is Status.TRAINING
    assert session.close(30)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no niceness of their own")
def test_the_niceness_of_one_thread_is_raised() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    found: list[int] = []

    def work() -> None:
        session_module._raise_niceness(2)
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [min(before + 2, 19)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
