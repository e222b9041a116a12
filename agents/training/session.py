"""A training run in a background thread, which the window watches and controls without a shared lock.

The thread alone owns the games, the replay and the network. It publishes its state by assigning one reference
(`latest`), and reads commands from a queue between two chunks of training.
"""

import logging
import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.acting.policy import Policy
from agents.errors import in_words
from agents.training.beginning import begin
from agents.training.curves import Curves
from agents.training.plan import Plan, Progress
from agents.training.saver import ProfileStore, Saver
from games.game import State

if TYPE_CHECKING:
    from agents.training.trainer import Trainer

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # without a log file, nothing goes to standard error

PUBLISH_SECONDS = 1 / 20
"""Seconds between two reports: short enough for smooth charts, long enough to cost next to nothing."""


class Command(Enum):
    """A request to a running session."""

    PAUSE = "pause"
    RESUME = "resume"
    SAVE = "save"
    STOP = "stop"  # save the best policy and end


class Status(Enum):
    """The status of a session."""

    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"  # all frames are done, or the goal is reached
    STOPPED = "stopped"  # by a command
    FAILED = "failed"

    @property
    def running(self) -> bool:
        """Whether the thread works or is paused."""
        return self in (Status.STARTING, Status.TRAINING, Status.PAUSED)


@dataclass(frozen=True)
class SessionReport:
    """The last published state of a session; never changed afterwards."""

    status: Status
    note: str = ""  # the last message for the user
    progress: Progress | None = None  # None until the network is built
    curves: Curves = field(default_factory=Curves)
    frames_per_second: float = 0.0
    updates_per_second: float = 0.0
    seconds_left: float | None = None  # None while unknown
    device: str = ""  # "CPU", "GPU"
    compile_mode: str = ""  # "XLA" or "graph"
    device_reason: str = ""  # why these were chosen, in plain words
    state: State | None = None  # up to SHOWN_COPIES of the games being learnt
    policy: Policy | None = None  # the current policy
    version: int = 0  # grows when `policy` changes
    saved: Path | None = None  # the agent's file, once it is saved
    error: str = ""  # traceback of a failed session


class TrainingSession:
    """A training run in a thread of its own.

    Args:
        plan: The plan of the run.
        store: The store of the agent; None saves nothing.

    Raises:
        StorageError: The plan resumes the run of an agent that is being trained elsewhere.
    """

    def __init__(self, plan: Plan, store: ProfileStore | None = None) -> None:
        self.plan = plan
        self.latest = SessionReport(Status.STARTING, "Loading TensorFlow")
        self._store = store
        self._saver = Saver(store, plan.resume.agent if plan.resume else None) if store else None
        if self._saver and plan.resume and plan.start:
            self._saver.hold(plan.start.id)
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        # Not a daemon: the thread is always asked to stop and joined, so no save is cut off.
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)
        self._niceness = 0
        self._published = 0.0
        self._rate = _Rate()

    def start(self, niceness: int = 0) -> None:
        """Start the thread.

        Args:
            niceness: Added to the thread's niceness (Linux): the higher, the more it yields to other threads.
        """
        self._niceness = niceness
        self._thread.start()

    def send(self, command: Command) -> None:
        """Send a command; the thread carries it out between two chunks, within 250 ms."""
        self._commands.put(command)

    def close(self, timeout: float | None = None) -> bool:
        """Stop, save, and wait for the thread up to `timeout` seconds; returns whether it has ended."""
        if self._thread.is_alive():
            self.send(Command.STOP)
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        _raise_niceness(self._niceness)
        try:
            trainer, told = begin(self.plan, self._store)
            self.plan = trainer.plan
            self._train(trainer, told)
        except (Exception, SystemExit) as error:  # the window shows any error and keeps running
            self._fail(error)
        finally:
            if self._saver:
                self._saver.end()

    def _train(self, trainer: "Trainer", note: str) -> None:
        self._publish(status=Status.TRAINING, note=note, **_device_of(trainer))
        if self._saver:
            self._saver.begin(trainer)
        try:
            status = self._learn(trainer)
            self._publish_progress(trainer, trainer.progress())
        except (Exception, SystemExit) as error:  # third-party games may raise SystemExit, too
            self._fail(error, self._save(trainer) if self._saver and trainer.progress().frames else "")
        else:
            note = self._save(trainer) if self._saver else ""
            self._publish(status=status, note=note)

    def _fail(self, error: BaseException, saved: str = "") -> None:
        """Publish why the run has failed and whether its agent was saved."""
        _log.error("The training of %s has failed", self.plan.name, exc_info=error)
        note = ". ".join(filter(None, (in_words(error), saved)))
        self._publish(status=Status.FAILED, note=note, error="".join(traceback.format_exception(error)))

    def _learn(self, trainer: "Trainer") -> Status:
        """Train until the run is complete or stopped; returns the final status."""
        for progress in trainer.run():
            self._report(trainer, progress)
            self._autosave(trainer, progress)
            if self._carry_out_commands(trainer) is Command.STOP:
                trainer.glance()
                return Status.STOPPED
        return Status.FINISHED

    def _report(self, trainer: "Trainer", progress: Progress) -> None:
        if progress.event:
            self._publish(note=progress.event)
        now = time.perf_counter()
        if now - self._published >= PUBLISH_SECONDS:
            self._published = now
            self._publish_progress(trainer, progress)

    def _publish_progress(self, trainer: "Trainer", progress: Progress) -> None:
        frames_rate, updates_rate = self._rate.update(progress)
        remaining = max(0, trainer.total_frames - progress.frames)
        policy, version = trainer.acting_policy()
        self._publish(
            progress=progress,
            curves=trainer.curves(),
            frames_per_second=frames_rate,
            updates_per_second=updates_rate,
            seconds_left=remaining / frames_rate if frames_rate else None,
            state=trainer.shown_state(),
            policy=policy,
            version=version,
        )

    def _carry_out_commands(self, trainer: "Trainer") -> Command | None:
        """Carry out all commands; while paused, wait for the next one. Returns STOP if it was sent, else None."""
        paused = False
        while paused or not self._commands.empty():
            command = self._commands.get()
            if command is Command.STOP:
                return command
            if command is Command.SAVE:
                self._publish(note=self._save(trainer))
            else:
                paused = command is Command.PAUSE
                self._publish_progress(trainer, trainer.progress())
                self._publish(status=Status.PAUSED if paused else Status.TRAINING)
                self._rate = _Rate()
        return None

    def _autosave(self, trainer: "Trainer", progress: Progress) -> None:
        if self._saver is None:
            return
        if problem := self._saver.consider(trainer, progress):
            self._publish(note=f"Not saved yet: {problem}")
        if self._saver.path is not self.latest.saved:
            self._publish(saved=self._saver.path)

    def _save(self, trainer: "Trainer") -> str:
        if self._saver is None:
            return "Nothing is saved in this run"
        try:
            problem = self._saver.save(trainer)
        except Exception as error:  # the error that ended the run may occur again here
            _log.error("%s could not be saved", self.plan.name, exc_info=error)
            return f"Not saved: {in_words(error)}"
        path = self._saver.path
        self._publish(saved=path)
        return f"Saved as {path.name if path else ''}" + (f"; {problem}" if problem else "")

    def _publish(self, **changes: Any) -> None:
        self.latest = replace(self.latest, **changes)


def _raise_niceness(niceness: int) -> None:
    """Raise the niceness of this thread; TensorFlow's threads, which it starts, inherit it.

    Only Linux has a niceness for each thread.
    """
    if niceness and sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + niceness)


class _Rate:
    """The speed of a run: frames and updates per second over about the last second."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int, int]] = []  # seconds, frames, updates

    def update(self, progress: Progress) -> tuple[float, float]:
        self._marks = [*self._marks[-40:], (time.perf_counter(), progress.frames, progress.updates)]
        first, last = self._marks[0], self._marks[-1]
        seconds = last[0] - first[0]
        if seconds <= 0:
            return 0.0, 0.0
        return (last[1] - first[1]) / seconds, (last[2] - first[2]) / seconds


def _device_of(trainer: "Trainer") -> dict[str, str]:
    placement = trainer.placement
    return {
        "device": placement.device,
        "compile_mode": placement.compile_mode,
        "device_reason": placement.reason,
    }
