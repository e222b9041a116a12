"""Checks of values read from files, which would otherwise fail late or not at all."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.game import Array
from games.states import copy_like

MOST_WHOLE = 2**53
"""Largest integer; all smaller ones are exact as floats."""

_LARGEST = sys.float_info.max


def whole(value: Any, low: int = 0, high: int = MOST_WHOLE) -> int:
    """Check that a value is an integer from `low` to `high`, and return it.

    Raises:
        ValueError: It is not.
    """
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"the saved state has {_short(value)} where a whole number from {low} to {high} is needed")
    return value


def number(value: Any, low: float = 0.0, high: float = _LARGEST) -> float:
    """Check that a value is a finite number from `low` to `high`, and return it.

    Raises:
        ValueError: It is not.
    """
    if type(value) not in (int, float) or not low <= value <= high:
        raise ValueError(f"the saved state has {_short(value)} where a number from {low:g} to {high:g} is needed")
    return float(value)


def array_like(values: Any, model: Array, low: float = -_LARGEST, high: float = _LARGEST) -> Array:
    """Copy an array of finite numbers from `low` to `high`, of the shape and dtype of the model.

    Raises:
        ValueError: It is not one.
    """
    copied = copy_like(values, model)
    if copied.size:
        least, most = copied.min().item(), copied.max().item()
        if not low <= least <= most <= high:  # false for NaN
            found = f"numbers from {least:g} to {most:g}"
            raise ValueError(f"the saved state has {found} where {low:g} to {high:g} are allowed")
    return copied


def scores_like(values: Any) -> NDArray[np.float64]:
    """[N] a copy of finite scores. Earlier versions saved integers.

    Raises:
        ValueError: They are not scores.
    """
    scores = np.asarray(values)
    if scores.dtype == np.int64:
        scores = scores.astype(np.float64)
    return array_like(scores, np.zeros(scores.size))


def _short(value: Any) -> str:
    return "an array" if isinstance(value, np.ndarray) else repr(value)[:40]
