"""A study: a list of training runs, the measurements of each, and the table of the results."""

import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from agents.config import Config
from agents.learning.devices import warm_up
from agents.training.plan import Plan, Progress
from agents.training.trainer import Trainer
from games.registry import make

DEFAULT_SEEDS = (0, 1, 2)

Row = dict[str, Any]
"""What is known of one finished run, in plain values."""


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        game: Id of the game, played with its default settings.
        observation: Kind of observation.
        variant: What is tried: a preset, or a variant of the algorithm.
        config: Hyper-parameters.
        seed: Seeds everything in the run.
    """

    game: str
    observation: str
    variant: str
    config: Config
    seed: int

    @property
    def label(self) -> str:
        """The words that `--only` is compared with."""
        return f"{self.game}/{self.observation}/{self.variant}"

    @property
    def fingerprint(self) -> str:
        """Changes whenever a hyper-parameter or the rules do: figures of before then no longer count."""
        text = json.dumps([self.config.to_dict(), make(self.game).info.version], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def identity(self) -> Row:
        """The key that tells this run's row from all others."""
        names = "game", "observation", "variant", "seed"
        return {name: getattr(self, name) for name in names} | {"config": self.fingerprint}

    def replace(self, **changes: Any) -> "Run":
        """The same run with some hyper-parameters changed."""
        return dataclasses.replace(self, config=self.config.replace(**changes))


@dataclass(frozen=True)
class Study:
    """A question that training runs answer.

    Attributes:
        name: Word of the command line, and of the file of results.
        help: What is asked, in a few words.
        runs: The runs for some seeds, in the order of the table.
        measure: Does one run and tells what was found.
        table: Markdown of finished rows.
    """

    name: str
    help: str
    runs: Callable[[Sequence[int]], list[Run]]
    measure: Callable[[Run], Row]
    table: Callable[[list[Row]], str]


def apart(measure: Callable[[Run], Row], run: Run) -> Row:
    """Do a run in a process of its own: its peak memory is its own, and what TensorFlow keeps of a run ends with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:  # TensorFlow does not bear forks
        return process.submit(measure, run).result()


def train(run: Run) -> Row:
    """Train once, to the end of the run's own settings, and tell all about it."""
    warm_up()  # loading TensorFlow is no part of compiling
    plan = Plan(make(run.game), run.observation, run.config, seed=run.seed, name=run.label, preset=run.variant)
    trainer = Trainer(plan)
    first, last, evaluations = follow(trainer.run())
    return {
        "frames": last.frames,
        "updates": last.updates,
        "seconds": last.seconds,
        "update_share": last.update_seconds / last.seconds,
        "compile_seconds": last.compile_seconds,
        "evaluation_seconds": last.evaluation_seconds,
        "frames_per_second": _speed(first, last),
        "scorecard": trainer.profile().scorecard,
        "evaluations": evaluations,
        "stability": stability(evaluations, last.frames),
        "peak_memory_mib": peak_memory_mib(),
        "device": trainer.placement.device,
        "compile_mode": trainer.placement.compile_mode,
    }


def follow(run: Iterable[Progress]) -> tuple[Progress, Progress, list[Row]]:
    """Follow a run to its end: where it stood after its first updates, where in the end, and all its evaluations."""
    evaluations: dict[int, Row] = {}
    first, last = None, Progress()
    for progress in run:
        first = first or (progress if progress.updates else None)
        card = progress.evaluation
        # A short evaluation may be followed by a full one at the same frames, which then is the one that counts.
        if card is not None and card is not last.evaluation:
            evaluations[progress.frames] = {
                "frames": progress.frames,
                "seconds": progress.seconds,
                "mean": card.mean,
            }
        last = progress
    return first or last, last, list(evaluations.values())


def _speed(first: Progress, last: Progress) -> float:
    """Frames a second while learning: the frames that are only gathered before the first update are left out."""
    if first.seconds == last.seconds:
        return last.frames / last.seconds
    return (last.frames - first.frames) / (last.seconds - first.seconds)


def stability(evaluations: Sequence[Row], frames: int) -> float | None:
    """Stability of the last third of a run: the lowest evaluation as a part of the best one so far.

    Each evaluation is compared with the best up to then, so that going on to learn is not held against a run.

    Args:
        evaluations: Their `frames` and `mean`, in order.
        frames: Frames of the whole run.

    Returns:
        1 if it never falls; None if nothing was evaluated in the last third.
    """
    best, parts = 0.0, []
    for evaluation in evaluations:
        best = max(best, evaluation["mean"])
        if 3 * evaluation["frames"] >= 2 * frames:
            parts.append(evaluation["mean"] / best if best else 1.0)
    return min(parts, default=None)


def peak_memory_mib() -> float | None:
    """The most memory that this process has held, in MiB; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
