"""What a run leaves to be plotted: curves of a bounded number of points, however long it takes."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _empty(columns: int) -> NDArray[np.float64]:
    return np.empty((0, columns))


@dataclass(frozen=True)
class Curves:
    """Arrays [N, columns] whose first column is always frames."""

    score: NDArray[np.float64] = field(default_factory=lambda: _empty(2))  # one episode's score
    mean: NDArray[np.float64] = field(default_factory=lambda: _empty(4))  # last 100: mean, 10th and 90th percentile
    evaluation: NDArray[np.float64] = field(default_factory=lambda: _empty(2))  # mean of each evaluation
    loss: NDArray[np.float64] = field(default_factory=lambda: _empty(2))
    max_q: NDArray[np.float64] = field(default_factory=lambda: _empty(2))
    epsilon: NDArray[np.float64] = field(default_factory=lambda: _empty(2))


class Recorder:
    """Points of a curve, thinned to every second one whenever there are too many.

    Args:
        columns: Numbers in a point, the first of which is frames.
        limit: Most points kept, an even number.
    """

    def __init__(self, columns: int, limit: int = 1000) -> None:
        self._points = np.empty((limit, columns))
        self._count = 0
        self._stride = 1
        self._offered = 0

    def add(self, *point: float) -> None:
        """Add a point, or leave it out where the curve has been thinned."""
        self._offered += 1
        if (self._offered - 1) % self._stride:
            return
        if self._count == len(self._points):
            self._count //= 2
            self._points[: self._count] = self._points[::2]
            self._stride *= 2
        self._points[self._count] = point
        self._count += 1

    def array(self) -> NDArray[np.float64]:
        """[N, columns] a copy of the points."""
        return self._points[: self._count].copy()


class CurveRecorder:
    """Records all curves of one run."""

    def __init__(self) -> None:
        self._recorders = {
            "score": Recorder(2),
            "mean": Recorder(4),
            "evaluation": Recorder(2),
            "loss": Recorder(2),
            "max_q": Recorder(2),
            "epsilon": Recorder(2),
        }

    def add(self, curve: str, *point: float) -> None:
        """Add a point to one curve."""
        self._recorders[curve].add(*point)

    def curves(self) -> Curves:
        """Copies of all curves as they stand."""
        return Curves(**{name: recorder.array() for name, recorder in self._recorders.items()})
