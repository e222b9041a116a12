"""Markdown tables of results."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean

from docs.studies.results import Machine
from docs.studies.study import DEFAULT_SEEDS, Row


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    table = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """Group rows that differ only in the seed, in the order of their first rows."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = row["game"], row["observation"], row["variant"], row["config"]
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def each(rows: Iterable[Row], read: Callable[[Row], str]) -> str:
    """Return the texts of all seeds, separated by commas."""
    return ", ".join(map(read, rows))


def mean(rows: Iterable[Row], read: Callable[[Row], float]) -> float:
    """Return the mean over the seeds."""
    return fmean(map(read, rows))


def seeds(rows: Sequence[Row]) -> str:
    """Return the seeds in words."""
    numbers = _numbers(rows)
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return f"{first} to {last}"
    return ", ".join(map(str, numbers))


def final_score(row: Row) -> float:
    """Return the mean score of the policy that was kept, in the final evaluation."""
    return float(row["scorecard"]["mean"])


def score(value: float) -> str:
    """Format a score. Small ones get three decimals, as Catch scores 0 to 1."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def thousands(value: float) -> str:
    """Format a number of frames."""
    return f"{value:,.0f}" if value < 1_000 else f"{value / 1_000:,.0f} k"


def seconds(value: float) -> str:
    """Format a number of seconds, without the unit."""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def command(study: str, only: str, rows: Iterable[Row]) -> str:
    """Return the command that reproduces these rows."""
    numbers = _numbers(rows)
    few = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
    which = "" if numbers == list(DEFAULT_SEEDS) else f" --seeds {few}"
    return f"`python docs/experiments.py {study} --only {only}{which}`"


def _numbers(rows: Iterable[Row]) -> list[int]:
    return sorted({row["seed"] for row in rows})


def describe_machine(machine: Machine) -> str:
    """Return the machine in a sentence."""
    gpu = machine["gpu"] or "no GPU"
    versions = f"Python {machine['python']}, TensorFlow {machine['tensorflow']}"
    return f"Machine: {machine['processor']}, {machine['cores']} cores, {gpu}; {versions}."
