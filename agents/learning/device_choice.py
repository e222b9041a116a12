"""Chooses where a network learns: its own updates are timed on every candidate, and the fastest candidate is kept.

Nothing here knows TensorFlow, so the choice can be tried with any candidates and any timings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from agents.config import Config
from agents.errors import reason_of


class Candidate(NamedTuple):
    """A device on which a network could learn, and a mode in which its updates could be compiled."""

    device: str  # "CPU" or "GPU", or any other name that TensorFlow has for a device
    compile_mode: str  # "XLA" or "graph"

    def __str__(self) -> str:
        return f"{self.device} {self.compile_mode}"


@dataclass(frozen=True)
class Placement:
    """The device and compile mode of a network, and the reason.

    Attributes:
        device: "CPU" or "GPU".
        compile_mode: "XLA" or "graph".
        reason: What was measured and why this was chosen, in plain words.
        updates_per_second: Measured for each candidate that runs, the fastest first.
    """

    device: str
    compile_mode: str
    reason: str
    updates_per_second: Mapping[Candidate, float]


class Measurable(Protocol):
    """Something that can time its own updates."""

    def updates_per_second(self) -> float:
        """Time the updates. Measuring leaves no trace."""


class Compilable(Protocol):
    """A network that tells what XLA makes of it."""

    @property
    def by_products(self) -> bool:
        """Whether it is made of matrix products alone, which XLA makes fast on the CPU."""


_M = TypeVar("_M", bound=Measurable)


def candidates_for(devices: Sequence[str], architecture: Compilable, config: Config) -> tuple[list[Candidate], str]:
    """The candidates worth measuring on some devices, and why others are not, "" if all are."""
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
    """Make and measure what learns on each candidate; keep the fastest.

    A candidate on which it cannot be made or run is passed over; the placement's reason tells why.

    Args:
        candidates: What to measure.
        make: Makes what learns on a candidate.
        why: Why these candidates: the beginning of the reason.

    Raises:
        RuntimeError: No candidate runs; says why for each.
    """
    made: dict[Candidate, _M] = {}
    speeds: dict[Candidate, float] = {}
    errors: dict[Candidate, Exception] = {}
    for candidate in candidates:
        try:
            learner = make(candidate)
            speeds[candidate] = learner.updates_per_second()
            made[candidate] = learner
        except Exception as error:  # drivers and compilers raise whatever they like
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
