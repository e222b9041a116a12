"""Work in the background, news, and the one training there is."""

import threading
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


def test_results_come_back_on_this_thread(context: Context) -> None:
    threads: list[Any] = []

    def work() -> int:
        threads.append(threading.current_thread())
        return 42

    def done(result: int) -> None:
        threads.extend([threading.current_thread(), result])

    context.background(work, done)
    settle(context)
    assert threads[0] is not threading.current_thread()
    assert threads[1:] == [threading.current_thread(), 42]


def test_jobs_are_done_in_their_order(context: Context) -> None:
    results: list[int] = []
    for number in range(20):
        context.background(lambda number=number: number, results.append)  # type: ignore[misc]
    settle(context)
    assert results == list(range(20))


def test_work_that_takes_seconds_holds_no_other_work_up(context: Context) -> None:
    begun, goes_on, results = threading.Event(), threading.Event(), list[str]()

    def slow() -> str:
        begun.set()
        goes_on.wait(20)
        return "slow"

    context.background(slow, results.append, takes_seconds=True)
    context.background(lambda: "quick", results.append)
    assert begun.wait(20)
    context._worker.submit(int).result()
    context.collect()
    assert results == ["quick"]
    goes_on.set()
    settle(context)
    assert results == ["quick", "slow"]


@pytest.mark.parametrize("error", [ValueError("the value"), OSError("the disk")])
def test_what_goes_wrong_in_the_background_is_told(context: Context, error: Exception) -> None:
    def work() -> None:
        raise error

    context.background(work, lambda _: pytest.fail("must not be called"))
    settle(context)
    assert context.take_notice() == str(error)
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


def test_tensorflow_is_loaded_once_and_its_failure_is_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise ImportError("no such library")

    monkeypatch.setattr("agents.learning.devices.warm_up", fail)
    context.warm_up()
    context.warm_up()
    assert context._warming is not None
    context._warming.join()
    assert context.status == "TensorFlow did not load: no such library"
    assert calls == [1]


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
