"""Reproduces the tables of docs/journal.md: `python docs/experiments.py presets`, or `sources`, or `ablation`.

Each run is saved when it is finished, so a study can be interrupted and continued: finished runs are not repeated.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Native libraries read these variables when they are loaded, so they are set before other imports.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from arcade.store import paths
from arcade.system.streams import claim_streams, lead_noise
from docs.studies import ablation, presets, sources
from docs.studies.results import OtherMachineError, Results, machine
from docs.studies.study import DEFAULT_SEEDS, Row, Run, Study, apart
from docs.studies.tables import describe_machine

FOLDER = Path(__file__).parent / "experiments"
STUDIES = {study.name: study for study in (presets.STUDY, sources.STUDY, ablation.STUDY)}

MINIATURE = {
    "frames": 400, "copies": 4, "learning_starts": 100, "frames_per_update": 2.0, "compile_mode": "graph", "goal": 0.0,
    "evaluation_interval": 100, "evaluation_episodes": 4, "evaluation_limit": 100,
}  # fmt: skip
"""Settings of every run with `--quick`: just long enough for a few updates and evaluations."""


def main(words: Sequence[str] | None = None) -> int:
    """Run a study and print its table; returns the exit status."""
    arguments = _parser().parse_args(words)
    study = STUDIES[arguments.study]
    runs = _runs(study, arguments)
    if not runs:
        labels = "\n  ".join(run.label for run in study.runs([0]))
        return _complain(f"--only {arguments.only}: {study.name} has\n  {labels}")
    with _folder(arguments) as folder:
        results = Results(folder / f"{study.name}.json")
        try:
            if not arguments.table:
                carry_out(study, runs, results, here=arguments.quick)
        except OtherMachineError as error:
            return _complain(str(error))
        except KeyboardInterrupt:
            return _complain("Interrupted: run the same command to continue")
        print(_table(study, runs, results))
    return 0


def carry_out(study: Study, runs: Sequence[Run], results: Results, *, here: bool) -> None:
    """Do the runs without results, and save each result at once.

    Args:
        study: The study.
        runs: Its runs to be done.
        results: The results so far; new ones are added.
        here: Whether to do all runs in this process, which loads TensorFlow once, instead of one process per run.

    Raises:
        OtherMachineError: The results are from another machine.
    """
    for number, run in enumerate(runs, 1):
        told = f"{number}/{len(runs)} {run.label}, seed {run.seed}"
        if results.has(run):
            _tell(f"{told}: done before")
            continue
        this = machine()
        results.check(this)
        _tell(f"{told} …")
        row = run.identity() | (study.measure(run) if here else apart(study.measure, run))
        results.add(row, this)
        _tell(f"{told}: {row['scorecard']['mean']:,.3f} after {row['frames']:,} frames in {row['seconds']:.1f} s")


def seeds_of(text: str) -> list[int]:
    """Return the seeds of a text such as "3" or "0-2"."""
    first, _, last = text.partition("-")
    seeds = list(range(int(first), int(last or first) + 1))
    if not seeds:
        raise ValueError(text)
    return seeds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python docs/experiments.py", description=__doc__.splitlines()[0])
    parser.add_argument("study", choices=STUDIES, help="; ".join(f"{s.name}: {s.help}" for s in STUDIES.values()))
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only runs with this text in game/observation/variant"
    )
    parser.add_argument(
        "--seeds",
        type=seeds_of,
        default=list(DEFAULT_SEEDS),
        metavar="0-2",
        help="random seeds of each run (default: 0-2)",
    )
    parser.add_argument("--quick", action="store_true", help="test: a few hundred frames of one seed, not saved")
    parser.add_argument(
        "--results", type=Path, metavar="FOLDER", help="folder of the results (default: docs/experiments)"
    )
    parser.add_argument("--table", action="store_true", help="print the table of the present results, without runs")
    return parser


def _runs(study: Study, arguments: argparse.Namespace) -> list[Run]:
    runs = study.runs(arguments.seeds[:1] if arguments.quick else arguments.seeds)
    chosen = [run for run in runs if arguments.only in run.label]
    return [run.replace(**MINIATURE) for run in chosen] if arguments.quick else chosen


@contextmanager
def _folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """Yield the folder of the results, a temporary one with `--quick`, so that test runs never mix with real ones."""
    if arguments.results or not arguments.quick:
        yield arguments.results or FOLDER
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _table(study: Study, runs: Sequence[Run], results: Results) -> str:
    """Return the table of the chosen runs in the order of the study, and the machine."""
    fingerprints = {run.label: run.fingerprint for run in runs}
    order = list(fingerprints)
    rows: list[Row] = [row for row in results.rows if label_of(row) in fingerprints]
    rows.sort(key=lambda row: (order.index(label_of(row)), row["seed"]))
    old = sum(row["config"] != fingerprints[label_of(row)] for row in rows)
    if old:
        _tell(f"{old} of {len(rows)} rows have outdated settings: run the study again")
    return f"{study.table(rows)}\n\n{describe_machine(results.machine)}" if rows else "No results yet."


def label_of(row: Row) -> str:
    """Return the label of the run of a row."""
    return f"{row['game']}/{row['observation']}/{row['variant']}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _complain(text: str) -> int:
    _tell(text)
    return 1


if __name__ == "__main__":
    claim_streams()
    lead_noise(paths.native_log())
    sys.exit(main())
