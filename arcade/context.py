"""What all scenes share: the library, the scores, the preferences, the theme, the running training and a worker.

Everything here belongs to the window's thread. Slow work goes to the worker; its result comes back on this thread.
"""

import gc
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from agents.training.session import TrainingSession
from arcade.input.controls import Device, Keys
from arcade.sound.speaker import Speaker
from arcade.store.preferences import SettingsStore
from arcade.store.scores import ScoreStore
from arcade.system.log import get_logger
from arcade.ui.signs import Signs, signs_for
from arcade.ui.style import Theme
from games.border import GameError

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
    _jobs: list[tuple[Future[Any], Callable[[Any], None] | None]] = field(default_factory=list)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "library"))
    _slow_worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "films"))
    _game_worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "games"))
    _slow: Future[Any] | None = None
    _warming: threading.Thread | None = None
    _spared: bool = False

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
        return self._slow is not None and not self._slow.done()

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
        """Do slow work on the worker's thread, one job at a time, then call `done` with its result on this one.

        What goes wrong in `work` is told as a notice, and `done` is not called. Work that takes seconds is done on a
        thread of its own and holds no other work up.
        """
        job = (self._slow_worker if takes_seconds else self._worker).submit(work)
        self._jobs.append((job, done))
        if takes_seconds:
            self._slow = job

    def begin_game(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """As `background`, for the making of games of others: it may take seconds, which holds no other work up."""
        self._jobs.append((self._game_worker.submit(work), done))

    def collect(self) -> bool:
        """Hand out the results of work that has ended, once a frame; returns whether there were any."""
        ended = [each for each in self._jobs if each[0].done()]
        for each in ended:
            self._jobs.remove(each)
            job, done = each
            error = job.exception()
            if isinstance(error, (OSError, ValueError)):
                get_logger(__name__).warning("Work in the background has failed", exc_info=error)
                self.notice(str(error))
            elif error is not None:
                raise error
            elif done is not None:
                self._hand_out(job, done)
        return bool(ended)

    def _hand_out(self, job: Future[Any], done: Callable[[Any], None]) -> None:
        try:
            done(job.result())
        except GameError as error:
            get_logger(__name__).warning("A game has failed", exc_info=error)
            self.notice(str(error))

    def warm_up(self) -> None:
        """Load TensorFlow in the background, unless that has been asked for already.

        Loading holds Python back in bursts, so ask only where nothing fast is on screen.
        """
        if self._warming is None:
            self.status = "Loading TensorFlow…"
            self._warming = threading.Thread(target=self._load_tensorflow, name="tensorflow", daemon=True)
            self._warming.start()

    def _load_tensorflow(self) -> None:
        from agents.learning.devices import warm_up

        try:
            warm_up()
            self.spare_tensorflow()
            self.status = ""
        except Exception as error:  # the arcade works without; training will say the same again
            get_logger(__name__).warning("TensorFlow did not load", exc_info=error)
            self.status = f"TensorFlow did not load: {error}"

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
        for worker in (self._worker, self._slow_worker, self._game_worker):
            worker.shutdown(wait=ended)
        self.sounds.close()
        self.scores.close()
        return ended
