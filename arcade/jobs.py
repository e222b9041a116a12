"""Work beside the window: it is done in other threads, its results are handed out in the window's own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from games.border import GameError

T = TypeVar("T")


class Jobs:
    """The work that goes on beside the window.

    All methods are called in the window's thread.

    Args:
        tell: Tells the person what went wrong in a job: an `OSError` or a `ValueError`. All others `collect` raises.
    """

    def __init__(self, tell: Callable[[Exception], None]) -> None:
        self._tell = tell
        self._waiting: list[tuple[Future[Any], Callable[[Any], None] | None]] = []
        self._workers = {name: ThreadPoolExecutor(1, name) for name in ("library", "films", "games")}
        self._slow: Future[Any] | None = None  # the job begun last that takes seconds

    def __len__(self) -> int:
        """How many jobs have no result yet, or one that has not been handed out."""
        return len(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether work that takes seconds is still to be done."""
        return self._slow is not None and not self._slow.done()

    def background(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *, takes_seconds: bool = False
    ) -> None:
        """Do some work, one job after the other in the order asked for.

        Args:
            work: The job, done in another thread.
            done: Takes its result, unless it went wrong.
            takes_seconds: Do it in a thread of its own, where it holds no other work up.
        """
        job = self._submit("films" if takes_seconds else "library", work, done)
        if takes_seconds:
            self._slow = job

    def begin_game(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """As `background`, for making games by others: it may take seconds, which holds no other work up."""
        self._submit("games", work, done)

    def begin_alone(self, work: Callable[[], T], done: Callable[[T], None], name: str) -> None:
        """As `background`, in a thread of this name; the program does not wait for it when it ends."""
        job: Future[T] = Future()

        def run() -> None:
            try:
                job.set_result(work())
            except Exception as error:
                job.set_exception(error)

        self._waiting.append((job, done))
        threading.Thread(target=run, name=name, daemon=True).start()

    def collect(self) -> bool:
        """Hand out the results of work that has ended, once a frame; returns whether there were any."""
        # From the last to the first: one that ends meanwhile is not handed out before those that were to end earlier.
        ended = [each for each in reversed(self._waiting) if each[0].done()]
        for each in reversed(ended):
            self._waiting.remove(each)
            self._hand_out(*each)
        return bool(ended)

    def close(self, wait: bool) -> None:
        """Begin no more work; if asked to, wait for what has been begun."""
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
