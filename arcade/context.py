"""The context that all scenes share: library, scores, preferences, theme, the running training, work in the background.

Everything here belongs to the window's thread. Slow work is a job; its result comes back on this thread.
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
"""How far a training steps back for the window, which needs little of the processor, but at once.

Otherwise a frame that is due waits for some milliseconds until a thread of TensorFlow has had its turn.
"""

CLOSE_SECONDS = 4.5
"""How long a training session may take to save when the arcade is quit."""


@dataclass
class Context:
    """What scenes are given. Build it with `arcade.window.opening.make_context`.

    Attributes:
        library: The agents.
        scores: People's and agents' scores.
        settings: The person's preferences; saved when changed.
        theme: Fonts, sizes, drawing.
        training: The session that runs, or ran last and is still to be looked at; at most one.
        sounds: The loudspeaker.
        signs: How buttons are shown at present; the app sees to it.
        status: One line beside the hints while something goes on in the background.
        levels: The level last chosen for a game.
        drafts: What was asked for in a game's training set-up before it was left.
        frame_times: Seconds of the latest frames.
        jobs: The work that goes on beside the window.
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
        """Frames a second over the last seconds."""
        total = sum(self.frame_times)
        return len(self.frame_times) / total if total else 0.0

    @property
    def is_training(self) -> bool:
        """Whether a session runs now, paused or not."""
        return self.training is not None and self.training.latest.status.running

    @property
    def is_busy(self) -> bool:
        """Whether work that takes seconds is still to be done."""
        return self.jobs.is_busy

    def change_settings(self, **changes: Any) -> None:
        """Change some preferences at once; they are saved in the background.

        Raises:
            ValueError: A value is not allowed.
        """
        self.settings.apply(**changes)
        self.background(self.settings.save)

    def start_training(self, plan: "Plan") -> TrainingSession:
        """Start a run; it is saved in the library.

        Raises:
            ValueError: Another run is going on, or this one goes on in another program.
        """
        if self.is_training:
            raise ValueError("another agent is being trained: stop that run first")
        if self.training is not None:
            self.training.close(CLOSE_SECONDS)
        self.training = TrainingSession(plan, self.library)
        self.training.start(TRAINING_NICENESS)
        return self.training

    def end_training(self, timeout: float | None = CLOSE_SECONDS) -> bool:
        """Stop the run if there is one, keep what it learnt, and let go of it. Returns whether it ended in time."""
        session, self.training = self.training, None
        return session is None or session.close(timeout)

    def notice(self, text: str) -> None:
        """Tell the person one line, for some seconds."""
        self._notices.append(text)

    def take_notice(self) -> str | None:
        """The next line to be told; the app shows them one after the other."""
        return self._notices.popleft() if self._notices else None

    def background(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, *, takes_seconds: bool = False
    ) -> None:
        """Do work in another thread, then call `done` with its result in this one; see `Jobs.background`."""
        self.jobs.background(work, done, takes_seconds=takes_seconds)

    def begin_game(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """Make a game by others in another thread; see `Jobs.begin_game`."""
        self.jobs.begin_game(work, done)

    def collect(self) -> bool:
        """Hand out the results of work that has ended, once a frame; returns whether there were any."""
        return self.jobs.collect()

    def _tell_failure(self, error: Exception) -> None:
        get_logger(__name__).warning("Work in the background has failed", exc_info=error)
        self.notice(str(error))

    def warm_up(self) -> None:
        """Load TensorFlow in the background, unless that has been asked for already.

        Loading holds Python back in bursts, so ask only where nothing fast is on screen.
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
        """Exempt what is there from garbage collection, once: looking through a million objects holds the window up.

        Never again after that, for a ring of objects that is exempt when it is dropped is never freed.
        """
        if not self._spared:
            self._spared = True
            gc.freeze()

    def close(self) -> bool:
        """End training and the workers; whether all of it ended in time."""
        ended = self.end_training()
        self.jobs.close(wait=ended)
        self.sounds.close()
        self.scores.close()
        return ended


def _load_tensorflow() -> str:
    """Load TensorFlow; returns what went wrong, "" if nothing did."""
    from agents.learning.devices import warm_up

    try:
        warm_up()
    except Exception as error:  # the arcade works without; training will say the same again
        get_logger(__name__).warning("TensorFlow did not load", exc_info=error)
        return f"TensorFlow did not load: {error}"
    return ""
