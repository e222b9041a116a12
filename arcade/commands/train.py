"""`train`: trains an agent without a window, saves it, and reports."""

import shlex
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agents.architecture import Architecture
from agents.config import Config
from agents.failures import in_words
from agents.files import reason
from agents.library import Library, file_stem
from agents.presets import default_observation, preset
from agents.profile import SUFFIX, Profile, ProfileError, check_limits, write
from arcade.commands.common import find, open_library, parse_game_settings, split_settings, tell_limit, tell_of_cut_off
from arcade.console import CommandError, Console, Meter, UsageError, checking_usage
from arcade.curve_files import check_curve_file, save_curves
from arcade.signals import FAILED, Phase, Stop, stopping
from arcade.streams import tell
from games.game import Game
from games.registry import make, typed_game
from games.settings import parse_settings

if TYPE_CHECKING:
    from agents.plan import Plan, Progress
    from agents.training import Trainer

DEFAULT_PRESET = "quick"


def train(arguments: Namespace, console: Console) -> int:
    """Train an agent; see `arcade.cli` for the arguments."""
    with stopping() as stop:
        library = open_library()
        plan = make_plan(arguments, library)
        curve_files = [check_curve_file(text) for text in arguments.curves]
        saver = None if arguments.no_save else _Saver(library, console, plan.resume.agent if plan.resume else None)
        try:
            if saver:
                saver.check()
                stop.tidy = saver.end
                saver.hold(plan)
            _tell_of_runs(plan, arguments.name, library, console)
            import_seconds = _load_tensorflow(console)
            run = _Run(plan, saver, stop, console)
            with _log(arguments.log_dir, plan, console) as log:
                run.work(log)
            path = run.keep()
        finally:
            if saver:
                saver.end()
        written = [_write_curves(file, run.trainer, console) for file in curve_files]
        if run.failure:
            raise CommandError(f"{in_words(run.failure)}; {_where(path)}") from run.failure
        _report(run.trainer, import_seconds, path, stop.requested, console)
        return 0 if all(written) else FAILED


def make_plan(arguments: Namespace, library: Library) -> "Plan":
    """What the arguments ask for, checked as far as that goes without TensorFlow.

    Raises:
        UsageError: A name or value is unknown or not allowed, or they do not fit each other.
        ProfileError: The agent to train further cannot be used.
    """
    from agents.plan import Plan

    game_texts, learning_texts = split_settings(arguments.set)
    with checking_usage():
        arguments.game = typed_game(arguments.game)
    entry, start = find(library, arguments.resume) if arguments.resume else (None, None)
    exact = _going_on(arguments, library, start, entry.path if entry else None)
    if exact:
        return exact
    with checking_usage():
        game = _game(arguments.game, game_texts, start)
        observation = arguments.observation or (start.observation if start else default_observation(game))
        spec = game.info.observation(observation)
        name = preset_name = arguments.preset or (start.preset if start else DEFAULT_PRESET)
        config = start.further() if start and not arguments.preset else preset(game, observation, name)
        if arguments.frames is not None:
            learning_texts["frames"] = arguments.frames
        config = config.replace(**parse_settings(Config, learning_texts))
        architecture = Architecture.of(config, spec, len(game.info.actions))
        check_limits(architecture)
        _check_fits(start, observation, architecture)
    try:
        name = library.unique_name(arguments.name) if arguments.name else _free_name(library, game, preset_name, start)
    except ProfileError as error:
        raise UsageError(str(error)) from None
    return Plan(
        game=game,
        observation=observation,
        config=config,
        seed=arguments.seed,
        name=name,
        preset=preset_name,
        until_solved=arguments.until_solved,
        seconds=arguments.seconds,
        step_limit=arguments.step_limit,
        device=arguments.device,
        start=start,
        command=shlex.join(["python", "main.py", *arguments.words]),
    )


def _going_on(arguments: Namespace, library: Library, start: Profile | None, path: Path | None) -> "Plan | None":
    """The plan to go on exactly where an agent's run stopped, if that was kept and nothing else is asked for."""
    from agents.plan import Plan

    other = arguments.preset, arguments.observation, arguments.set, arguments.name
    if start is None or any(other) or start.game_id != arguments.game or arguments.seed not in (0, start.seed):
        return None
    with checking_usage():
        frames = parse_settings(Config, {"frames": arguments.frames})["frames"] if arguments.frames else None
    try:
        point = library.runs.resume_point(start, path)
    except ProfileError as error:
        tell(f"dqn-arcade: {error}; training goes on from the weights of {start.name}")
        return None
    if point is None:
        return None
    names = "until_solved", "seconds", "step_limit", "device"
    changes = {name: getattr(arguments, name) for name in names}
    return Plan.going_on(start, point, frames, **changes)


def _tell_of_runs(plan: "Plan", wanted: str | None, library: Library, console: Console) -> None:
    """How an agent is trained further, under which name, and which runs were cut off."""
    if wanted and plan.name != wanted.strip():
        console.tell(f"Another agent is called {wanted.strip()}: this one will be {plan.name}")
    if plan.resume:
        console.tell(f"{plan.name} goes on exactly where it stopped, after {plan.resume.frames:,} frames")
    elif plan.start:
        console.tell(f"{plan.start.name} is trained further from its weights, as {plan.name}")
    tell_of_cut_off(library, console)
    tell_limit(plan.game.info, plan.step_limit, console)


def _game(game_id: str, texts: dict[str, str], start: Profile | None) -> Game:
    make(game_id)
    settings = parse_game_settings(game_id, texts)
    if start is not None:
        if start.game_id != game_id:
            raise UsageError(f"{start.name} plays {start.game_id}, not {game_id}")
        start.game()
        settings = {**start.game_settings, **settings}
    return make(game_id, **settings)


def _check_fits(start: Profile | None, observation: str, architecture: Architecture) -> None:
    if start is None:
        return
    if start.observation != observation:
        raise UsageError(f"{start.name} sees {start.observation}, so it cannot be trained further on {observation}")
    if start.architecture != architecture:
        raise UsageError(f"{start.name} has another network than these settings ask for: leave its network as it is")


def _free_name(library: Library, game: Game, preset_name: str, start: Profile | None) -> str:
    return library.free_name(start.name if start else f"{game.info.title} {preset_name}"[:58])


def _load_tensorflow(console: Console) -> float:
    """Load what training needs, and return how many seconds that took."""
    console.tell("Loading TensorFlow …")
    started = time.perf_counter()
    try:
        from agents.devices import warm_up

        warm_up()
    except Exception as error:  # an import may fail with anything
        raise CommandError(f"TensorFlow does not load: {type(error).__name__}: {error}") from error
    return time.perf_counter() - started


class _Run:
    """A run: it works until it is done, is asked to stop or fails, and in any case keeps what was learnt.

    Args:
        plan: What to train.
        saver: Saves the agent; None throws it away.
        stop: Notes requests to stop.
        console: Where lines go.

    Attributes:
        failure: What ended the run, None if nothing went wrong.
    """

    def __init__(self, plan: "Plan", saver: "_Saver | None", stop: Stop, console: Console) -> None:
        from agents.training import Trainer

        self.trainer = Trainer(plan)
        self.failure: BaseException | None = None
        self._saver, self._stop, self._console = saver, stop, console
        placement = self.trainer.placement
        console.tell(
            f"Training {plan.name} on the {placement.device} with {placement.compile_mode}: {placement.reason}"
        )

    def work(self, log: "Callable[[Trainer, Progress], None]") -> None:
        """Train. Whatever ends that is noted, not raised; a second request to stop breaks off where it stands."""
        self._stop.phase = Phase.KEEPING
        if self._saver:
            self._saver.begin(self.trainer)
        with self._console.meter(self.trainer.total_frames) as meter:
            try:
                with self._stop.working():
                    self._train(log, meter)
            except (Exception, SystemExit) as error:  # strangers' games raise that, too
                self.failure = error
            except KeyboardInterrupt:
                meter.tell("Broken off")

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
        """Save what was learnt; returns where, None if nothing is saved.

        Raises:
            CommandError: It cannot be saved; says why the run ended, too, if it failed.
        """
        if self._saver is None:
            return None
        try:
            return self._saver.save(self.trainer) if self.trainer.progress().frames else None
        except Exception as error:  # what the run has met may be met again
            told = str(error) if isinstance(error, CommandError) else f"not saved: {in_words(error)}"
            raise CommandError(f"{in_words(self.failure)}; {told}" if self.failure else told) from self.failure or error


@contextmanager
def _log(folder: str | None, plan: "Plan", console: Console) -> "Iterator[Callable[[Trainer, Progress], None]]":
    """A function that notes progress in a TensorBoard file, or does nothing: also once that failed, which is told."""
    if folder is None:
        yield lambda trainer, progress: None
        return
    from agents.logs import RunLog

    try:
        log: RunLog | None = RunLog(Path(folder), plan)
    except OSError as error:
        raise CommandError(f"--log-dir {folder}: {reason(error)}") from None
    evaluated: object = None

    def attempt(work: Callable[[RunLog], None]) -> None:
        nonlocal log
        try:
            if log:
                work(log)
        except OSError as error:
            log = None
            console.tell(f"--log-dir {folder}: nothing more is written: {reason(error)}")

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
    """Whether a file of curves could be written; why not is told."""
    try:
        save_curves(file, vars(trainer.curves()))
    except (OSError, CommandError) as error:
        console.tell(f"--curves {file}: {reason(error) if isinstance(error, OSError) else error}")
        return False
    return True


def _show(plan: "Plan", progress: "Progress", meter: Meter) -> None:
    if progress.event:
        meter.tell(f"{progress.frames:>12,} frames  {progress.seconds:6.1f} s  {progress.event}")
    score = "" if progress.mean_score != progress.mean_score else f"  score {progress.mean_score:.1f}"
    words = f"{progress.frames:>12,} frames  {progress.seconds:6.1f} s  epsilon {progress.epsilon:.2f}{score}"
    part = progress.seconds / plan.seconds * plan.config.frames if plan.seconds else 0.0
    meter.show(max(progress.frames, part), words)


class _Saver:
    """Saves as `agents.saver` does, and in the end wherever there is room."""

    def __init__(self, library: Library, console: Console, path: Path | None = None) -> None:
        from agents.saver import Saver

        self._library, self._console = library, console
        self._saver = Saver(library, path)

    def begin(self, trainer: "Trainer") -> None:
        """The run begins."""
        self._saver.begin(trainer)

    def hold(self, plan: "Plan") -> None:
        """Keep a run that goes on for this process.

        Raises:
            ProfileError: It goes on elsewhere.
        """
        if plan.resume and plan.start:
            self._saver.hold(plan.start.id)

    def end(self) -> None:
        """The run has ended."""
        self._saver.end()

    def check(self) -> None:
        """Find out before training whether agents can be saved.

        Raises:
            ProfileError: They cannot; says why.
        """
        folder = self._library.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise ProfileError(f"cannot save to {folder}: {reason(error)} (--no-save trains without saving)") from None

    def consider(self, trainer: "Trainer", progress: "Progress", meter: Meter) -> None:
        """Save if it is time to. A refusal is told; training goes on."""
        if problem := self._saver.consider(trainer, progress):
            meter.tell(f"Not saved yet: {problem}")

    def save(self, trainer: "Trainer") -> Path | None:
        """Save in the library, or if it refuses wherever there is room.

        Raises:
            CommandError: Not in the library; says where instead.
        """
        try:
            if problem := self._saver.save(trainer):
                self._console.tell(f"The agent is saved; {problem}")
            return self._saver.path
        except ProfileError as error:
            profile = trainer.profile()
            for folder in (Path.cwd(), Path(tempfile.gettempdir())):
                path = folder / f"{file_stem(profile.name)}-{profile.id[:8]}{SUFFIX}"
                try:
                    write(profile, path)
                except ProfileError:
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
    """Whether the game is solved, and how well the agent plays."""
    game, card = trainer.plan.game, progress.best or progress.evaluation
    if card is None:
        return "not evaluated"
    return f"{'solved' if progress.solved else card.verdict(game)}, mean {card.words(game, 2)}"


def _spent(trainer: "Trainer", progress: "Progress", import_seconds: float) -> str:
    """What the run took, and why it has learnt nothing if that is so."""
    begins = trainer.learning_starts
    nothing = f" (learning begins after {begins:,} frames)" if not progress.updates else ""
    return (
        f"{progress.frames:,} frames and {progress.updates:,} updates{nothing} in {progress.seconds:.1f} s of learning "
        f"(compiling {progress.compile_seconds:.1f} s, evaluating {progress.evaluation_seconds:.1f} s, "
        f"loading {import_seconds:.1f} s)"
    )


def _where(path: Path | None) -> str:
    return f"saved as {path}" if path else "nothing was saved"
