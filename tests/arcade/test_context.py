"""News, the one training there is, and TensorFlow loaded in the background."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agents.training.session import SessionReport, Status
from arcade.context import TRAINING_NICENESS, Context
from arcade.window.news import News
from tests.arcade.scenes.scenery import FakeSession, make_context, settle


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


def test_what_goes_wrong_in_the_background_is_a_notice(context: Context) -> None:
    def work() -> None:
        raise OSError("the disk")

    context.background(work, lambda _: pytest.fail("must not be called"))
    settle(context)
    assert context.take_notice() == "the disk"
    assert context.take_notice() is None


def test_news_are_told_in_their_order(context: Context) -> None:
    context.notice("one")
    context.notice("two")
    assert [context.take_notice(), context.take_notice(), context.take_notice()] == ["one", "two", None]


@pytest.mark.parametrize("status", list(Status))
def test_training_counts_while_it_runs_or_pauses(context: Context, status: Status) -> None:
    context.training = FakeSession(None, SessionReport(status))  # type: ignore[assignment]
    assert context.is_training == (status in (Status.STARTING, Status.TRAINING, Status.PAUSED))


def test_a_second_training_is_refused(context: Context) -> None:
    context.training = FakeSession(None, SessionReport(Status.PAUSED))  # type: ignore[assignment]
    with pytest.raises(ValueError, match="another agent is being trained"):
        context.start_training(None)  # type: ignore[arg-type]


def test_ending_lets_go_of_the_session(context: Context) -> None:
    context.training = FakeSession(None, SessionReport(Status.TRAINING))  # type: ignore[assignment]
    assert context.end_training()
    assert context.training is None
    assert context.end_training()


def collect_all(context: Context) -> None:
    """Hand out the results of all jobs."""
    end = time.monotonic() + 20
    while context.jobs:
        assert time.monotonic() < end
        context.collect()


def test_tensorflow_is_loaded_once_and_its_failure_is_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise ImportError("no such library")

    monkeypatch.setattr("agents.learning.devices.warm_up", fail)
    context.warm_up()
    context.warm_up()
    collect_all(context)
    assert context.status == "TensorFlow did not load: no such library"
    assert calls == [1]


def test_the_status_changes_on_this_thread_alone(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr("agents.learning.devices.warm_up", loaded.set)
    context.warm_up()
    assert loaded.wait(20)
    time.sleep(0.1)
    assert context.status == "Loading TensorFlow…"
    collect_all(context)
    assert context.status == ""


def test_rings_of_objects_that_are_dropped_after_the_first_training_are_freed(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = []
    monkeypatch.setattr("gc.freeze", lambda: frozen.append(True))
    news = News(context)
    for status in (Status.STARTING, Status.TRAINING, Status.STOPPED) * 3:
        session: Any = FakeSession(None, SessionReport(status))
        context.training = session
        news.update(0.1, elsewhere=False)
    assert frozen == [True]


def test_frames_a_second_follow_from_the_latest_frames(context: Context) -> None:
    assert context.fps == 0
    context.frame_times.extend([0.02] * 10)
    assert context.fps == pytest.approx(50)


def test_a_training_steps_back_for_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    class Session(FakeSession):
        def __init__(self, plan: Any, library: Any) -> None:
            super().__init__(plan, SessionReport(Status.STARTING))

        def start(self, niceness: int = 0) -> None:
            started.append(niceness)

    monkeypatch.setattr("arcade.context.TrainingSession", Session)
    make_context(tmp_path).start_training(None)  # type: ignore[arg-type]
    assert started == [TRAINING_NICENESS] and TRAINING_NICENESS > 0
