"""`train`: trains an agent without a window, saves it, and reports."""

import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agents.errors import StorageError, in_words, system_reason
from agents.storage.library import Library, file_stem, open_library
from agents.storage.profile import SUFFIX, write
from agents.training.beginning import begin
from arcade.commands.common import tell_limit, tell_of_cut_off
from arcade.commands.console import CommandError, Console, Meter
from arcade.commands.curve_files import check_curve_file, save_curves
from arcade.commands.train_plan import make_plan
from arcade.system.signals import FAILED, AtStake, Stop, stopping

if TYPE_CHECKING:
    from agents.training.plan import Plan, Progress
    from agents.training.trainer import Trainer


def train(arguments: Namespace, console: Console) -> int:
    """Train an agent; see `arcade.commands.cli` for the arguments."""
    with stopping() as stop:
        library = open_library()
        plan = make_plan(arguments, library)
        curve_files = [check_curve_file(text) for text in arguments.curves]
        saver = None if arguments.no_save else _RunSaver(library, console, plan.resume.agent if plan.resume else None)
        try:
            if saver:
                saver.check()
                stop.tidy = saver.let_go
                with stop.undivided():
                    saver.hold(plan)
            _tell_of_runs(plan, arguments.name, library, console)
            import_seconds = _load_tensorflow(console)
            run = _Run(plan, library, saver, stop, console)
            with _log(arguments.log_dir, run.trainer.plan, console) as log:
                run.work(log)
            path = run.keep()
        finally:
            if saver:
                with stop.undivided():
                    saver.end()
        written = [_write_curves(file, run.trainer, console) for file in curve_files]
        if run.failure:
            raise CommandError(f"{in_words(run.failure)}; {_where(path)}") from run.failure
        _report(run.trainer, import_seconds, path, stop.requested, console)
        return 0 if all(written) else FAILED


def _tell_of_runs(plan: "Plan", wanted: str | None, library: Library, console: Console) -> None:
    """Tell the new agent's name, what the run starts from, and which earlier runs were interrupted."""
    if wanted and plan.name != wanted.strip():
        console.tell(f"The name {wanted.strip()} is taken: this agent will be called {plan.name}")
    if plan.resume:
        console.tell(f"{plan.name} continues exactly where it stopped, after {plan.resume.frames:,} frames")
    elif plan.start:
        console.tell(f"{plan.start.name} is trained further from its weights, as {plan.name}")
    tell_of_cut_off(library, console)
    tell_limit(plan.game.info, plan.step_limit, console)


def _load_tensorflow(console: Console) -> float:
    """Import TensorFlow, and return how many seconds that took."""
    console.tell("Loading TensorFlow …")
    started = time.perf_counter()
    try:
        from agents.learning.devices import warm_up

        warm_up()
    except Exception as error:  # an import may raise any exception
        raise CommandError(f"TensorFlow cannot be loaded: {type(error).__name__}: {error}") from error
    return time.perf_counter() - started


class _Run:
    """A training run. It ends when it is done, stopped or failed; `keep` saves the agent in all three cases.

    Args:
        plan: Game, settings and length of the run.
        library: The stored agents.
        saver: Saves the agent; None saves nothing.
        stop: Records requests to stop.
        console: Prints lines.

    Attributes:
        failure: The error that ended the run, None if there was none.
    """

    def __init__(self, plan: "Plan", library: Library, saver: "_RunSaver | None", stop: Stop, console: Console) -> None:
        self.trainer, told = begin(plan, library)
        if told:
            console.tell(told)
        self.failure: BaseException | None = None
        self._saver, self._stop, self._console = saver, stop, console
        name, placement = self.trainer.plan.name, self.trainer.placement
        console.tell(f"Training {name} on the {placement.device} with {placement.compile_mode}: {placement.reason}")

    def work(self, log: "Callable[[Trainer, Progress], None]") -> None:
        """Train. An error is stored in `failure`, not raised. A second request to stop interrupts the current step."""
        self._stop.at_stake = AtStake.KEEPING
        if self._saver:
            self._saver.begin(self.trainer)
        with self._console.meter(self.trainer.total_frames) as meter:
            try:
                with self._stop.working():
                    self._train(log, meter)
            except (Exception, SystemExit) as error:  # third-party games may raise SystemExit
                self.failure = error
            except KeyboardInterrupt:
                meter.tell("Interrupted")

    def _train(self, log: "Callable[[Trainer, Progress], None]", meter: Meter) -> None:
        for progress in self.trainer.run():
            _show(self.trainer.plan, progress, meter)
            log(self.trainer, progress)
            if self._saver:
                self._saver.consider(self.trainer, progress, meter)
            if self._stop.requested:
                self.trainer.glance()
                return

    def keep(self) -> Path | None:
        """Save the agent; returns its path, None if there is nothing to save.

        Raises:
            CommandError: It cannot be saved; the message also says why the run failed, if it did.
        """
        if self._saver is None:
            return None
        try:
            return self._saver.save(self.trainer) if self.trainer.progress().frames else None
        except Exception as error:  # the error that ended the run may occur again
            told = str(error) if isinstance(error, CommandError) else f"not saved: {in_words(error)}"
            raise CommandError(f"{in_words(self.failure)}; {told}" if self.failure else told) from self.failure or error


@contextmanager
def _log(folder: str | None, plan: "Plan", console: Console) -> "Iterator[Callable[[Trainer, Progress], None]]":
    """Return a function that logs progress to TensorBoard files. After an error, which is reported, it does nothing."""
    if folder is None:
        yield lambda trainer, progress: None
        return
    from agents.training.event_log import RunLog

    try:
        log: RunLog | None = RunLog(Path(folder), plan)
    except OSError as error:
        raise CommandError(f"--log-dir {folder}: {system_reason(error)}") from None
    evaluated: object = None

    def attempt(work: Callable[[RunLog], None]) -> None:
        nonlocal log
        try:
            if log:
                work(log)
        except OSError as error:
            log = None
            console.tell(f"--log-dir {folder}: logging stopped: {system_reason(error)}")

    def note(trainer: "Trainer", progress: "Progress") -> None:
        nonlocal evaluated
        attempt(lambda log: log.write(progress))
        if progress.evaluation is not evaluated:
            evaluated = progress.evaluation
            attempt(lambda log: log.write_weights(progress.frames, trainer.acting_policy()[0].weights))

    try:
        yield note
    finally:
        attempt(lambda log: log.close())


def _write_curves(file: Path, trainer: "Trainer", console: Console) -> bool:
    """Write the curves of a run to a file; returns whether that worked and tells why not."""
    try:
        save_curves(file, vars(trainer.curves()))
    except (OSError, CommandError) as error:
        console.tell(f"--curves {file}: {system_reason(error) if isinstance(error, OSError) else error}")
        return False
    return True


def _show(plan: "Plan", progress: "Progress", meter: Meter) -> None:
    if progress.event:
        meter.tell(f"{progress.frames:>12,} frames  {progress.seconds:6.1f} s  {progress.event}")
    score = "" if progress.mean_score != progress.mean_score else f"  score {progress.mean_score:.1f}"
    words = f"{progress.frames:>12,} frames  {progress.seconds:6.1f} s  epsilon {progress.epsilon:.2f}{score}"
    part = progress.seconds / plan.seconds * plan.config.frames if plan.seconds else 0.0
    meter.show(max(progress.frames, part), words)


class _RunSaver:
    """Saves the agent of a run in the library; if the last save fails, in the current or the temporary folder."""

    def __init__(self, library: Library, console: Console, path: Path | None = None) -> None:
        from agents.training.saver import Saver

        self._library, self._console = library, console
        self._saver = Saver(library, path)

    def begin(self, trainer: "Trainer") -> None:
        """Begin to save the run of this trainer."""
        self._saver.begin(trainer)

    def hold(self, plan: "Plan") -> None:
        """Lock the run that is to be resumed, so that no other process resumes it.

        Raises:
            StorageError: Another process trains it.
        """
        if plan.resume and plan.start:
            self._saver.hold(plan.start.id)

    def let_go(self) -> None:
        """Release the lock of `hold`: the process ends before the run begins."""
        self._saver.let_go()

    def end(self) -> None:
        """Mark the run as ended."""
        self._saver.end()

    def check(self) -> None:
        """Check before training that agents can be saved.

        Raises:
            StorageError: They cannot be saved.
        """
        folder = self._library.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise StorageError(
                f"cannot save to {folder}: {system_reason(error)} (--no-save trains without saving)"
            ) from None

    def consider(self, trainer: "Trainer", progress: "Progress", meter: Meter) -> None:
        """Save if a save is due. An error is reported, and training continues."""
        if problem := self._saver.consider(trainer, progress):
            meter.tell(f"Not saved yet: {problem}")

    def save(self, trainer: "Trainer") -> Path | None:
        """Save in the library; if that fails, in the current or the temporary folder.

        Raises:
            CommandError: It was not saved in the library; the message says where it was saved instead.
        """
        try:
            if problem := self._saver.save(trainer):
                self._console.tell(f"The agent is saved; {problem}")
            return self._saver.path
        except StorageError as error:
            profile = trainer.profile()
            for folder in (Path.cwd(), Path(tempfile.gettempdir())):
                path = folder / f"{file_stem(profile.name)}-{profile.id[:8]}{SUFFIX}"
                try:
                    write(profile, path)
                except StorageError:
                    continue
                raise CommandError(f"{error}; the agent was saved as {path} instead") from error
            raise CommandError(str(error)) from error


def _report(trainer: "Trainer", import_seconds: float, path: Path | None, stopped: bool, console: Console) -> None:
    plan, progress = trainer.plan, trainer.progress()
    card = progress.best or progress.evaluation
    values = {
        "game": plan.game.info.id,
        "observation": plan.observation,
        "preset": plan.preset,
        "seed": plan.seed,
        "frames": progress.frames,
        "updates": progress.updates,
        "seconds": progress.seconds,
        "compile_seconds": progress.compile_seconds,
        "evaluation_seconds": progress.evaluation_seconds,
        "import_seconds": import_seconds,
        "device": trainer.placement.device,
        "compile_mode": trainer.placement.compile_mode,
        "solved": progress.solved,
        "profile": str(path) if path else None,
        "evaluation": card.to_dict() if card else None,
    }
    where = _where(path)
    if stopped:
        console.tell(f"Stopped: {where}")
    told = f"{plan.name}: {_verdict(trainer, progress)}"
    console.result(values, told, _spent(trainer, progress, import_seconds), where[0].upper() + where[1:])


def _verdict(trainer: "Trainer", progress: "Progress") -> str:
    """Return the result in words: whether the game is solved, and the mean score."""
    game, card = trainer.plan.game, progress.best or progress.evaluation
    if card is None:
        return "not evaluated"
    return f"{'solved' if progress.solved else card.verdict(game)}, mean {card.words(game, 2)}"


def _spent(trainer: "Trainer", progress: "Progress", import_seconds: float) -> str:
    """Return the frames, updates and seconds of the run in words; if it made no update, also why."""
    begins = trainer.learning_starts
    nothing = f" (learning begins after {begins:,} frames)" if not progress.updates else ""
    return (
        f"{progress.frames:,} frames and {progress.updates:,} updates{nothing} in {progress.seconds:.1f} s of learning "
        f"(compiling {progress.compile_seconds:.1f} s, evaluating {progress.evaluation_seconds:.1f} s, "
        f"loading {import_seconds:.1f} s)"
    )


def _where(path: Path | None) -> str:
    return f"saved as {path}" if path else "nothing was saved"
