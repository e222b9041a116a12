"""Saves an agent while it is trained: at every new best, at least once a minute, when asked, and in the end.

Beside the agent lies what its run needs to go on exactly. Saves that nobody waits for happen in a thread of their own,
from what does not change any more, so that they cost the training no more than copying what would.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agents.acting.policy import has_finite
from agents.errors import ProfileError, in_words
from agents.storage import resume
from agents.storage.history import History
from agents.storage.profile import Profile
from agents.training.plan import Progress

if TYPE_CHECKING:
    from agents.training.trainer import Trainer

SAVE_SECONDS = 50.0
"""From one save to the next. A crash costs so much training and what the save takes: a minute at most."""


_EARLIER: resume.Tree = {}
"""In the place of a run that cannot go on from where it stands: what was kept of it before is left as it is."""


class ProfileStore(Protocol):
    """The place where agents and their runs are saved: the library, or anything like it."""

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Store a profile under its name, or over `path`, and say where it lies."""

    def save_history(self, history: History, path: Path) -> None:
        """Store how the agent at `path` played earlier."""

    def save_run(self, tree: resume.Tree | None, path: Path, profile: Profile) -> bool:
        """Store what a run needs to go on beside its agent, before the agent itself is stored; False if it has none."""

    def set_run_aside(self, agent_id: str) -> str:
        """Set aside what was saved of an agent's run, and say where it is kept, "" if nothing lies there."""

    def going_on(self, agent_id: str) -> AbstractContextManager[None]:
        """Mark an agent's run as going on while inside, so that nobody else goes on with it."""

    def free_name(self, name: str) -> str:
        """The name itself if no agent bears it, else with a number."""


class Saver:
    """Saves the agent of one run.

    Args:
        store: Where to.
        path: The agent's file, if it has one already.

    Attributes:
        path: Where the agent was saved last.
    """

    def __init__(self, store: ProfileStore, path: Path | None = None) -> None:
        self.path = path
        self._store = store
        self._saved = time.monotonic()
        self._best: object = None
        self._job: Future[str] | None = None
        self._worker = ThreadPoolExecutor(1, "saving")
        self._open = ExitStack()
        self._held = ""

    def hold(self, agent_id: str) -> None:
        """Keep an agent's run for this process until `end`: call it before anything is done to go on with that.

        Raises:
            StorageError: Somebody else goes on with it.
        """
        if agent_id != self._held:
            self._open.enter_context(self._store.going_on(agent_id))
            self._held = agent_id

    def begin(self, trainer: "Trainer") -> None:
        """The run begins: from now on it counts as cut off unless `end` is called.

        Raises:
            StorageError: Somebody else goes on with it.
        """
        self._best, self._saved = trainer.progress().best, time.monotonic()
        if self._held and self._held != trainer.agent_id:
            self.let_go()
            self.path = None  # its run could not go on: it is an agent of its own
        self.hold(trainer.agent_id)

    def let_go(self) -> None:
        """Nothing more is saved, and others may go on with the run. Waits for nobody."""
        self._open.close()

    def end(self) -> None:
        """The run has ended."""
        self._worker.shutdown()
        self.let_go()

    def consider(self, trainer: "Trainer", progress: Progress) -> str:
        """Begin to save if there is a new best or it is time again, and the save before is done.

        Returns:
            What went wrong with the save before, "" if nothing.
        """
        if self._job and not self._job.done():
            return ""
        told, self._job = self._job.result() if self._job else "", None
        if progress.best is not self._best or time.monotonic() - self._saved >= SAVE_SECONDS:
            self._best, self._saved = progress.best, time.monotonic()
            self._job = self._worker.submit(self._try_to_save, trainer.profile(), trainer.history(), _run_of(trainer))
        return told

    def save(self, trainer: "Trainer") -> str:
        """Save now.

        Returns:
            Why the run cannot go on exactly later, "" if it can.

        Raises:
            StorageError: The agent cannot be saved.
        """
        if self._job:
            self._job.result()
        self._job = None
        return self._save(trainer.profile(), trainer.history(), _run_of(trainer)) or _why_not_kept(trainer)

    def _try_to_save(self, profile: Profile, history: History, run: resume.Tree | None) -> str:
        try:
            return self._save(profile, history, run)
        except (OSError, ValueError, MemoryError) as error:
            return in_words(error)

    def _save(self, profile: Profile, history: History, run: resume.Tree | None) -> str:
        """Save the run, then the agent and how it played earlier; an agent without a file comes first.

        Returns:
            What is wrong with the run or the earlier play, "" if nothing.

        Raises:
            StorageError: The agent cannot be saved; what was saved before stays, its run included.
        """
        if not has_finite(profile.weights):
            before = f"the agent of before is kept as {self.path}" if self.path else "nothing was saved before"
            raise ProfileError(f"{profile.name}: its weights are not finite any more; {before}")
        problem, is_kept = self._save_run(self.path, profile, run)
        self.path = self._store.save(profile, self.path)
        if not is_kept and not problem:
            problem, _ = self._save_run(self.path, profile, run)
        try:
            self._store.save_history(history, self.path)
        except (OSError, ValueError) as error:
            return problem or f"its earlier play was not kept: {error}"
        return problem

    def _save_run(self, path: Path | None, profile: Profile, run: resume.Tree | None) -> tuple[str, bool]:
        """Save the run; returns what went wrong, "" if nothing, and whether it lies beside its agent now."""
        try:
            if run is _EARLIER:
                return "", True
            return "", path is not None and self._store.save_run(run, path, profile)
        except (OSError, ValueError, MemoryError) as error:
            return in_words(error), False


def _run_of(trainer: "Trainer") -> resume.Tree | None:
    """The state of a run, to go on exactly; None if it is not kept or there is no memory for a copy."""
    if not trainer.is_sound:
        return _EARLIER
    try:
        return None if _why_not_kept(trainer) else trainer.get_state()
    except MemoryError:
        return None


def _why_not_kept(trainer: "Trainer") -> str:
    """The reason why a run cannot go on exactly later, "" if it can."""
    size, most = trainer.state_size, resume.MAX_SIZE
    if size >= most:
        return f"its run takes {size >> 20} MiB, more than the {most >> 20} MiB that are kept to go on exactly"
    if not trainer.has_plain_games:
        return "its games cannot be saved, so a later training begins from its weights"
    if not trainer.is_sound:
        return "its run was broken off within a step, so it goes on from an earlier save or from the weights"
    return ""
