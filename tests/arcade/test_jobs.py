"""Work beside the window: in other threads, with its results in this one."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from arcade.jobs import Jobs
from games.border import GameError


@pytest.fixture
def told() -> list[Exception]:
    """The errors that the person is told of."""
    return []


@pytest.fixture
def jobs(told: list[Exception]) -> Iterator[Jobs]:
    jobs = Jobs(told.append)
    yield jobs
    jobs.close(wait=True)


def collect(jobs: Jobs, left: int = 0) -> None:
    """Hand out results until only so many jobs are left."""
    end = time.monotonic() + 20
    while len(jobs) > left:
        assert time.monotonic() < end
        jobs.collect()


def begin_alone(jobs: Jobs, work: Any, done: Any) -> None:
    jobs.begin_alone(work, done, "alone")


@pytest.mark.parametrize("begin", [Jobs.background, Jobs.begin_game, begin_alone])
def test_results_come_back_on_this_thread(jobs: Jobs, begin: Any) -> None:
    threads: list[Any] = []

    def work() -> int:
        threads.append(threading.current_thread())
        return 42

    def done(result: int) -> None:
        threads.extend([threading.current_thread(), result])

    begin(jobs, work, done)
    collect(jobs)
    assert threads[0] is not threading.current_thread()
    assert threads[1:] == [threading.current_thread(), 42]


def test_jobs_are_done_in_their_order(jobs: Jobs) -> None:
    results: list[int] = []
    for number in range(20):
        jobs.background(lambda number=number: number, results.append)  # type: ignore[misc]
    collect(jobs)
    assert results == list(range(20))


def test_results_are_handed_out_by_collect_alone(jobs: Jobs) -> None:
    results: list[int] = []
    assert not jobs.collect()
    jobs.background(int, results.append)
    jobs._workers["library"].submit(int).result()
    assert results == [] and len(jobs) == 1
    assert jobs.collect()
    assert results == [0] and len(jobs) == 0


def test_work_that_takes_seconds_holds_no_other_work_up(jobs: Jobs) -> None:
    begun, goes_on, results = threading.Event(), threading.Event(), list[str]()

    def slow() -> str:
        begun.set()
        goes_on.wait(20)
        return "slow"

    assert not jobs.is_busy
    jobs.background(slow, results.append, takes_seconds=True)
    jobs.background(lambda: "quick", results.append)
    jobs.begin_game(lambda: "game", results.append)
    assert begun.wait(20) and jobs.is_busy
    collect(jobs, left=1)
    assert sorted(results) == ["game", "quick"]
    goes_on.set()
    collect(jobs)
    assert results[2:] == ["slow"] and not jobs.is_busy


@pytest.mark.parametrize("error", [ValueError("the value"), OSError("the disk")])
def test_what_goes_wrong_is_told(jobs: Jobs, told: list[Exception], error: Exception) -> None:
    def work() -> None:
        raise error

    jobs.background(work, lambda _: pytest.fail("must not be called"))
    jobs.begin_alone(work, lambda _: pytest.fail("must not be called"), "alone")
    collect(jobs)
    assert told == [error] * 2


def test_an_error_that_nobody_expects_is_raised_and_not_told(jobs: Jobs, told: list[Exception]) -> None:
    def work() -> None:
        raise KeyError("a mistake")

    jobs.background(work)
    with pytest.raises(KeyError, match="a mistake"):
        collect(jobs)
    assert told == [] and len(jobs) == 0


def test_a_game_that_fails_when_its_result_is_used_is_told(jobs: Jobs, told: list[Exception]) -> None:
    def done(_: int) -> None:
        raise GameError("it has gone away")

    jobs.background(int, done)
    collect(jobs)
    assert list(map(str, told)) == ["it has gone away"]


def test_work_done_alone_is_not_waited_for_at_the_end(told: list[Exception]) -> None:
    jobs, goes_on = Jobs(told.append), threading.Event()
    jobs.begin_alone(lambda: goes_on.wait(20), lambda _: None, "alone")
    assert next(thread for thread in threading.enumerate() if thread.name == "alone").daemon
    started = time.monotonic()
    jobs.close(wait=True)
    assert time.monotonic() - started < 5
    goes_on.set()
