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
"""The results of one run, in JSON types."""


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        game: Id of the game, played with its default settings.
        observation: Kind of observation.
        variant: Name of a preset, or of a variant of the algorithm.
        config: Hyper-parameters.
        seed: Random seed of the run.
    """

    game: str
    observation: str
    variant: str
    config: Config
    seed: int

    @property
    def label(self) -> str:
        """The text in which `--only` is searched."""
        return f"{self.game}/{self.observation}/{self.variant}"

    @property
    def fingerprint(self) -> str:
        """A hash of the hyper-parameters and the version of the rules. Results with another one are outdated."""
        text = json.dumps([self.config.to_dict(), make(self.game).info.version], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def identity(self) -> Row:
        """Return the fields that identify the row of this run."""
        names = "game", "observation", "variant", "seed"
        return {name: getattr(self, name) for name in names} | {"config": self.fingerprint}

    def replace(self, **changes: Any) -> "Run":
        """Return this run with other hyper-parameters."""
        return dataclasses.replace(self, config=self.config.replace(**changes))


@dataclass(frozen=True)
class Study:
    """A set of training runs that answer one question.

    Attributes:
        name: Name on the command line, and of the file of results.
        help: The question in a few words.
        runs: Returns the runs for some seeds, in the order of the table.
        measure: Does one run and returns its row.
        table: Returns the rows as a Markdown table.
    """

    name: str
    help: str
    runs: Callable[[Sequence[int]], list[Run]]
    measure: Callable[[Run], Row]
    table: Callable[[list[Row]], str]


def apart(measure: Callable[[Run], Row], run: Run) -> Row:
    """Do a run in a separate process, which isolates its peak memory and frees the memory that TensorFlow keeps."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:  # TensorFlow does not support forks
        return process.submit(measure, run).result()


def train(run: Run) -> Row:
    """Do a training run to its end; returns its row."""
    warm_up()  # so that compiling does not include loading TensorFlow
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
    """Consume a run; returns its progress after the first updates, its last progress, and all its evaluations."""
    evaluations: dict[int, Row] = {}
    first, last = None, Progress()
    for progress in run:
        first = first or (progress if progress.updates else None)
        card = progress.evaluation
        # A short evaluation may be followed by a full one at the same frames, which then replaces it.
        if card is not None and card is not last.evaluation:
            evaluations[progress.frames] = {
                "frames": progress.frames,
                "seconds": progress.seconds,
                "mean": card.mean,
            }
        last = progress
    return first or last, last, list(evaluations.values())


def _speed(first: Progress, last: Progress) -> float:
    """Return the frames per second while learning, without the frames collected before the first update."""
    if first.seconds == last.seconds:
        return last.frames / last.seconds
    return (last.frames - first.frames) / (last.seconds - first.seconds)


def stability(evaluations: Sequence[Row], frames: int) -> float | None:
    """Return the stability in the last third of a run: the lowest ratio of an evaluation to the best one so far.

    Each evaluation is compared with the best up to then, so that later improvement does not lower the stability.

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
    """Return the peak memory of this process in MiB; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
