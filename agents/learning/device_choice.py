"""Chooses the device and compile mode of a network: its updates are timed on every candidate, the fastest is kept.

This module does not import TensorFlow, so tests can use any candidates and timings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from agents.config import Config
from agents.errors import reason_of


class Candidate(NamedTuple):
    """A device on which a network could learn, with a compile mode for its updates."""

    device: str  # "CPU", "GPU" or another of TensorFlow's names for a device
    compile_mode: str  # "XLA" or "graph"

    def __str__(self) -> str:
        return f"{self.device} {self.compile_mode}"


@dataclass(frozen=True)
class Placement:
    """The chosen device and compile mode of a network, and the reason.

    Attributes:
        device: "CPU" or "GPU".
        compile_mode: "XLA" or "graph".
        reason: The measurements and the reason of the choice, for the user.
        updates_per_second: The measured speed of each candidate that runs, the fastest first.
    """

    device: str
    compile_mode: str
    reason: str
    updates_per_second: Mapping[Candidate, float]


class Measurable(Protocol):
    """A learner that can time its own updates."""

    def updates_per_second(self) -> float:
        """Time the updates without changing the learner's state."""


class Compilable(Protocol):
    """A network that knows whether XLA makes it fast."""

    @property
    def by_products(self) -> bool:
        """Whether it consists of matrix products only, which XLA makes fast on the CPU."""


_M = TypeVar("_M", bound=Measurable)


def candidates_for(devices: Sequence[str], architecture: Compilable, config: Config) -> tuple[list[Candidate], str]:
    """Return the candidates worth measuring on some devices, and why others are left out, "" if none are."""
    if config.compile_mode != "auto":
        return [Candidate(device, config.compile_mode) for device in devices], f"{config.compile_mode} was asked for"
    tried = [
        Candidate(device, mode)
        for device in devices
        for mode in ("XLA", "graph")
        if not (mode == "XLA" and device.startswith("CPU") and not architecture.by_products)
    ]
    if len(tried) < 2 * len(devices):
        return tried, "XLA is not tried on the CPU: it slows overlapping convolutions down there"
    return tried, ""


def place(candidates: Sequence[Candidate], make: Callable[[Candidate], _M], *why: str) -> tuple[_M, Placement]:
    """Make a learner on each candidate, time its updates, and return the fastest with its placement.

    Candidates on which no learner can be made or run are skipped; the placement's reason says why.

    Args:
        candidates: The candidates to measure.
        make: Makes a learner on a candidate.
        why: Reasons for these candidates, put before the measurements.

    Raises:
        RuntimeError: No candidate runs; the message says why for each.
    """
    made: dict[Candidate, _M] = {}
    speeds: dict[Candidate, float] = {}
    errors: dict[Candidate, Exception] = {}
    for candidate in candidates:
        try:
            learner = make(candidate)
            speeds[candidate] = learner.updates_per_second()
            made[candidate] = learner
        except Exception as error:  # drivers and compilers raise errors of any kind
            errors[candidate] = error
    problems = [f"{candidate} does not run: {reason_of(error)}" for candidate, error in errors.items()]
    if not speeds:
        raise RuntimeError("; ".join(problems)) from next(iter(errors.values()))
    ranking = dict(sorted(speeds.items(), key=lambda item: -item[1]))
    best = next(iter(ranking))
    reason = "; ".join(filter(None, [*why, _compare(ranking), *problems]))
    return made[best], Placement(*best, reason, ranking)


def _compare(ranking: Mapping[Candidate, float]) -> str:
    told = ", ".join(f"{candidate} {speed:,.0f} updates/s" for candidate, speed in ranking.items())
    return f"measured {told}" + (": the fastest is taken" if len(ranking) > 1 else "")
