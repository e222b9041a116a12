"""Jobs run in other threads; their results are handled in the window's thread."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from games.border import GameError

T = TypeVar("T")


class Jobs:
    """The jobs that run in other threads.

    All methods are called in the window's thread.

    Args:
        tell: Takes an `OSError` or `ValueError` of a job, to show it. `collect` raises all other errors.
    """

    def __init__(self, tell: Callable[[Exception], None]) -> None:
        self._tell = tell
        self._waiting: list[tuple[Future[Any], Callable[[Any], None] | None]] = []
        self._workers = {name: ThreadPoolExecutor(1, name) for name in ("library", "films", "games")}
        self._slow: Future[Any] | None = None  # the latest job that takes seconds

    def __len__(self) -> int:
        """Returns the number of jobs whose results have not been handled yet."""
        return len(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether a job that takes seconds is not done yet."""
        return self._slow is not None and not self._slow.done()

    def background(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *, takes_seconds: bool = False
    ) -> None:
        """Does some work in another thread. Jobs run one after the other, in the order of the calls.

        Args:
            work: The job, called in another thread.
            done: Called with the result in the window's thread, unless the job failed.
            takes_seconds: Whether to use the thread for slow jobs, so that other jobs need not wait.
        """
        job = self._submit("films" if takes_seconds else "library", work, done)
        if takes_seconds:
            self._slow = job

    def begin_game(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """Makes a third-party game, like `background`. This may take seconds, so it has its own thread."""
        self._submit("games", work, done)

    def begin_alone(self, work: Callable[[], T], done: Callable[[T], None], name: str) -> None:
        """Does some work, like `background`, in a new thread with this name, which does not delay the exit."""
        job: Future[T] = Future()

        def run() -> None:
            try:
                job.set_result(work())
            except Exception as error:
                job.set_exception(error)

        self._waiting.append((job, done))
        threading.Thread(target=run, name=name, daemon=True).start()

    def collect(self) -> bool:
        """Handles the results of finished jobs, once per frame; returns whether there were any."""
        # Checked from the latest to the first: a job that ends meanwhile must not overtake an earlier one.
        ended = [each for each in reversed(self._waiting) if each[0].done()]
        for each in reversed(ended):
            self._waiting.remove(each)
            self._hand_out(*each)
        return bool(ended)

    def close(self, wait: bool) -> None:
        """Accepts no more jobs; waits for the running ones if `wait` is set."""
        for worker in self._workers.values():
            worker.shutdown(wait=wait)

    def _submit(self, worker: str, work: Callable[[], T], done: Callable[[T], None] | None) -> Future[T]:
        job = self._workers[worker].submit(work)
        self._waiting.append((job, done))
        return job

    def _hand_out(self, job: Future[Any], done: Callable[[Any], None] | None) -> None:
        error = job.exception()
        if isinstance(error, OSError | ValueError):
            self._tell(error)
        elif error is not None:
            raise error
        elif done is not None:
            try:
                done(job.result())
            except GameError as failure:
                self._tell(failure)
