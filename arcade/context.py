"""The context that all scenes share: library, scores, preferences, theme, the training run, work in the background.

Everything here belongs to the window's thread. Slow work runs as a job; its result is handled on this thread.
"""

import gc
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from agents.training.session import TrainingSession
from arcade.input.controls import Device, Keys
from arcade.jobs import Jobs
from arcade.sound.speaker import Speaker
from arcade.store.preferences import SettingsStore
from arcade.store.scores import ScoreStore
from arcade.system.log import get_logger
from arcade.ui.signs import Signs, signs_for
from arcade.ui.style import Theme

if TYPE_CHECKING:
    from agents.storage.library import Library
    from agents.training.form import TrainingForm
    from agents.training.plan import Plan

T = TypeVar("T")

TRAINING_NICENESS = 10
"""Niceness of training threads (Linux). The window needs little processor time, but needs it immediately.

Otherwise a frame would wait some milliseconds for a thread of TensorFlow.
"""

CLOSE_SECONDS = 4.5
"""Time that a training session may take to save when the arcade is closed."""


@dataclass
class Context:
    """The objects that all scenes share. Build it with `arcade.window.opening.make_context`.

    Attributes:
        library: The agents.
        scores: People's and agents' scores.
        settings: The person's preferences; saved when changed.
        theme: Fonts, sizes, drawing.
        training: The running session, or the last one, whose result can still be viewed; None before the first run.
        sounds: The loudspeaker.
        signs: Names of keys and buttons for the device in use; set by the app.
        status: One line beside the key hints about work in the background, "" for none.
        levels: The level last chosen for each game.
        drafts: The last input of each game's training set-up.
        frame_times: Seconds of the latest frames.
        jobs: Work in other threads.
    """

    library: "Library"
    scores: ScoreStore
    settings: SettingsStore
    theme: Theme
    training: TrainingSession | None = None
    sounds: Speaker = field(default_factory=Speaker)
    signs: Signs = field(default_factory=lambda: signs_for(Device.KEYBOARD, Keys.MENU, {}))
    status: str = ""
    levels: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, "TrainingForm"] = field(default_factory=dict)
    frame_times: deque[float] = field(default_factory=lambda: deque(maxlen=240))
    _notices: deque[str] = field(default_factory=deque)
    _warming: bool = False
    _spared: bool = False

    def __post_init__(self) -> None:
        self.jobs = Jobs(self._tell_failure)

    @property
    def fps(self) -> float:
        """Frames per second, averaged over the latest frames."""
        total = sum(self.frame_times)
        return len(self.frame_times) / total if total else 0.0

    @property
    def is_training(self) -> bool:
        """Whether a session is running or paused."""
        return self.training is not None and self.training.latest.status.running

    @property
    def is_busy(self) -> bool:
        """Whether a job that takes seconds is not done yet."""
        return self.jobs.is_busy

    def change_settings(self, **changes: Any) -> None:
        """Changes some preferences at once, and saves them in the background.

        Raises:
            ValueError: A value is not allowed.
        """
        self.settings.apply(**changes)
        self.background(self.settings.save)

    def start_training(self, plan: "Plan") -> TrainingSession:
        """Starts a training run, which saves its agent in the library.

        Raises:
            ValueError: Another run is going on, or another program continues the same run.
        """
        if self.is_training:
            raise ValueError("another agent is being trained: stop that run first")
        if self.training is not None:
            self.training.close(CLOSE_SECONDS)
        self.training = TrainingSession(plan, self.library)
        self.training.start(TRAINING_NICENESS)
        return self.training

    def end_training(self, timeout: float | None = CLOSE_SECONDS) -> bool:
        """Stops the run, if there is one, and saves its agent. Returns whether it ended in time."""
        session, self.training = self.training, None
        return session is None or session.close(timeout)

    def notice(self, text: str) -> None:
        """Queues a one-line message, which is shown for some seconds."""
        self._notices.append(text)

    def take_notice(self) -> str | None:
        """Removes and returns the next message, None if there is none."""
        return self._notices.popleft() if self._notices else None

    def background(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *, takes_seconds: bool = False
    ) -> None:
        """Does work in another thread, then calls `done` with its result in this one; see `Jobs.background`."""
        self.jobs.background(work, done, takes_seconds=takes_seconds)

    def begin_game(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """Makes a third-party game in another thread; see `Jobs.begin_game`."""
        self.jobs.begin_game(work, done)

    def collect(self) -> bool:
        """Handles the results of finished jobs, once per frame; returns whether there were any."""
        return self.jobs.collect()

    def _tell_failure(self, error: Exception) -> None:
        get_logger(__name__).warning("A background job has failed", exc_info=error)
        self.notice(str(error))

    def warm_up(self) -> None:
        """Loads TensorFlow in the background at the first call.

        Loading blocks Python for short times, so call this only while nothing fast is on screen.
        """
        if not self._warming:
            self._warming = True
            self.status = "Loading TensorFlow…"
            self.jobs.begin_alone(_load_tensorflow, self._take_tensorflow, "tensorflow")

    def _take_tensorflow(self, problem: str) -> None:
        if not problem:
            self.spare_tensorflow()
        self.status = problem

    def spare_tensorflow(self) -> None:
        """Exempts all current objects from garbage collection: scanning a million objects would delay the window.

        Only the first call has an effect, because a dropped reference cycle among exempt objects is never freed.
        """
        if not self._spared:
            self._spared = True
            gc.freeze()

    def close(self) -> bool:
        """Ends the training run and all workers; returns whether the run ended in time."""
        ended = self.end_training()
        self.jobs.close(wait=ended)
        self.sounds.close()
        self.scores.close()
        return ended


def _load_tensorflow() -> str:
    """Loads TensorFlow; returns the problem, "" for none."""
    from agents.learning.devices import warm_up

    try:
        warm_up()
    except Exception as error:  # the arcade works without TensorFlow; training will report the problem again
        get_logger(__name__).warning("TensorFlow did not load", exc_info=error)
        return f"TensorFlow did not load: {error}"
    return ""
