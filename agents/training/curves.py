"""The curves of a run, for plots: their number of points is bounded, however long the run takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.saved import array_like, whole


def _empty(columns: int) -> NDArray[np.float64]:
    return np.empty((0, columns))


@dataclass(frozen=True)
class Curves:
    """The curves of a run: arrays [N, columns] whose first column is always frames."""

    score: NDArray[np.float64] = field(default_factory=lambda: _empty(2))  # one episode's score
    mean: NDArray[np.float64] = field(default_factory=lambda: _empty(4))  # last 100: mean, 10th and 90th percentile
    evaluation: NDArray[np.float64] = field(default_factory=lambda: _empty(2))  # mean of each evaluation
    loss: NDArray[np.float64] = field(default_factory=lambda: _empty(2))
    max_q: NDArray[np.float64] = field(default_factory=lambda: _empty(2))
    epsilon: NDArray[np.float64] = field(default_factory=lambda: _empty(2))


def mean_and_tenths(scores: Iterable[float]) -> tuple[float, float, float]:
    """Return the mean, the 10th and the 90th percentile of some scores."""
    ordered = sorted(scores)
    tenth = len(ordered) // 10
    return sum(ordered) / len(ordered), ordered[tenth], ordered[-1 - tenth]


class ThinnedCurve:
    """A curve that drops every second point whenever it has too many.

    Args:
        columns: Number of values in a point, the first of which is frames.
        limit: Most points kept, an even number.
    """

    def __init__(self, columns: int, limit: int = 1000) -> None:
        self._points = np.empty((limit, columns))
        self._count = 0
        self._stride = 1
        self._offered = 0

    def add(self, *point: float) -> None:
        """Add a point, or skip it if the curve is thinned here."""
        self._offered += 1
        if (self._offered - 1) % self._stride:
            return
        if self._count == len(self._points):
            self._count //= 2
            self._points[: self._count] = self._points[::2]
            self._stride *= 2
        self._points[self._count] = point
        self._count += 1

    def get_state(self) -> dict[str, Any]:
        """Return a copy of the points and the state of the thinning."""
        return {"points": self.array(), "stride": self._stride, "offered": self._offered}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of another curve with the same columns and limit.

        Raises:
            ValueError: Its columns were others.
        """
        count = min(len(state["points"]), len(self._points))
        self._points[:count] = array_like(state["points"], self._points[:count])
        self._count, self._stride, self._offered = count, whole(state["stride"], 1), whole(state["offered"])

    def array(self) -> NDArray[np.float64]:
        """Return a copy of the points, [N, columns]."""
        return self._points[: self._count].copy()


class CurveRecorder:
    """A recorder of all curves of one run."""

    def __init__(self) -> None:
        self._curves = {
            "score": ThinnedCurve(2),
            "mean": ThinnedCurve(4),
            "evaluation": ThinnedCurve(2),
            "loss": ThinnedCurve(2),
            "max_q": ThinnedCurve(2),
            "epsilon": ThinnedCurve(2),
        }

    def add(self, curve: str, *point: float) -> None:
        """Add a point to one curve."""
        self._curves[curve].add(*point)

    def get_state(self) -> dict[str, Any]:
        """Return copies of all curves and the state of their thinning."""
        return {name: curve.get_state() for name, curve in self._curves.items()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the curves of another run.

        Raises:
            ValueError: They have other columns.
        """
        for name, curve in self._curves.items():
            curve.set_state(state[name])

    def curves(self) -> Curves:
        """Return copies of all curves."""
        return Curves(**{name: curve.array() for name, curve in self._curves.items()})
