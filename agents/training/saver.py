"""Saves an agent during training: at every new best, at least once a minute, on request, and at the end.

The state of the run is saved beside the agent, so that the run can be resumed exactly. Automatic saves run in a thread
of their own, from copies, so training only pays for the copying.
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
"""Seconds between two saves. A crash loses at most these and the time of a save: about a minute of training."""


_KEEP_EARLIER: resume.Tree = {}
"""Stands for the state of a run that cannot be resumed from here: the state saved earlier is kept."""


class ProfileStore(Protocol):
    """A store of agents and their runs, such as the library."""

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Save a profile under its name, or to `path`; returns its path."""

    def save_history(self, history: History, path: Path) -> None:
        """Save the earlier policies of the agent at `path`."""

    def save_run(self, tree: resume.Tree | None, path: Path, profile: Profile) -> bool:
        """Save the state of a run beside its agent, before the agent; returns False if there is no agent's file yet."""

    def set_run_aside(self, agent_id: str) -> str:
        """Move the saved state of an agent's run to the quarantine; returns its new place, "" if there is none."""

    def going_on(self, agent_id: str) -> AbstractContextManager[None]:
        """Mark an agent's run as active within the context, so that no other process resumes it."""

    def free_name(self, name: str) -> str:
        """Return the name itself if no agent has it, else the name with a number."""


class Saver:
    """The saver of one run's agent.

    Args:
        store: The store of the agent.
        path: The agent's file, if it exists already.

    Attributes:
        path: The agent's file; None before the first save.
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
        """Reserve an agent's run for this process until `end`; call it before reading the saved state of the run.

        Raises:
            StorageError: Another process, or another run in this one, has reserved it.
        """
        if agent_id != self._held:
            self._open.enter_context(self._store.going_on(agent_id))
            self._held = agent_id

    def begin(self, trainer: "Trainer") -> None:
        """Begin to save a run; if the process dies before `end`, the run counts as interrupted.

        Raises:
            StorageError: Another process, or another run in this one, has reserved it.
        """
        self._best, self._saved = trainer.progress().best, time.monotonic()
        if self._held and self._held != trainer.agent_id:
            self.let_go()
            self.path = None  # the run could not be resumed, so it trains a new agent
        self.hold(trainer.agent_id)

    def let_go(self) -> None:
        """Release the run for other processes at once, without waiting for a save."""
        self._open.close()

    def end(self) -> None:
        """End the saves, waiting for the last one, and release the run."""
        self._worker.shutdown()
        self.let_go()

    def consider(self, trainer: "Trainer", progress: Progress) -> str:
        """Begin a save if the last one has ended and there is a new best policy, or it is time again.

        Returns:
            The problem of the last save, "" if there was none.
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
            Why the run cannot be resumed exactly, "" if it can.

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
        """Save the run, then the agent and its earlier policies; an agent without a file is saved before its run.

        Returns:
            The problem with the run or the earlier policies, "" if there is none.

        Raises:
            StorageError: The agent cannot be saved; the files of the last save stay, that of the run included.
        """
        if not has_finite(profile.weights):
            before = f"the previous agent is kept as {self.path}" if self.path else "nothing was saved before"
            raise ProfileError(f"{profile.name}: its weights are not finite any more; {before}")
        problem, is_kept = self._save_run(self.path, profile, run)
        self.path = self._store.save(profile, self.path)
        if not is_kept and not problem:
            problem, _ = self._save_run(self.path, profile, run)
        try:
            self._store.save_history(history, self.path)
        except (OSError, ValueError) as error:
            return problem or f"its earlier policies were not saved: {error}"
        return problem

    def _save_run(self, path: Path | None, profile: Profile, run: resume.Tree | None) -> tuple[str, bool]:
        """Save the run; returns the problem, "" if there is none, and whether a state of it lies beside the agent."""
        try:
            if run is _KEEP_EARLIER:
                return "", True
            return "", path is not None and self._store.save_run(run, path, profile)
        except (OSError, ValueError, MemoryError) as error:
            return in_words(error), False


def _run_of(trainer: "Trainer") -> resume.Tree | None:
    """Return the state of a run, to resume it exactly; None if it is not kept or there is no memory for a copy."""
    if not trainer.is_sound:
        return _KEEP_EARLIER
    try:
        return None if _why_not_kept(trainer) else trainer.get_state()
    except MemoryError:
        return None


def _why_not_kept(trainer: "Trainer") -> str:
    """Return why a run cannot be resumed exactly, "" if it can."""
    size, most = trainer.state_size, resume.MAX_SIZE
    if size >= most:
        return f"its run takes {size >> 20} MiB, more than {most >> 20} MiB: later training begins from its weights"
    if not trainer.has_plain_games:
        return "its games cannot be saved: later training begins from its weights"
    if not trainer.is_sound:
        return "its run was broken off within a step: later training begins from an earlier save or its weights"
    return ""
