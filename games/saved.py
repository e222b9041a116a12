"""Values that were saved, checked before anybody goes on with them: a wrong one would be noticed late, if at all."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.game import Array
from games.state import copy_like

MOST_WHOLE = 2**53
"""The largest whole number: all below it can be told apart as floats, too."""

_LARGEST = sys.float_info.max


def whole(value: Any, low: int = 0, high: int = MOST_WHOLE) -> int:
    """A whole number between two others.

    Raises:
        ValueError: It is none.
    """
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"the saved state has {_short(value)} where a whole number from {low} to {high} is needed")
    return value


def number(value: Any, low: float = 0.0, high: float = _LARGEST) -> float:
    """A finite number between two others.

    Raises:
        ValueError: It is none.
    """
    if type(value) not in (int, float) or not low <= value <= high:
        raise ValueError(f"the saved state has {_short(value)} where a number from {low:g} to {high:g} is needed")
    return float(value)


def array_like(values: Any, model: Array, low: float = -_LARGEST, high: float = _LARGEST) -> Array:
    """A copy of an array of finite numbers between two others, of the shape and dtype of the one it is to replace.

    Raises:
        ValueError: It is none.
    """
    copied = copy_like(values, model)
    if copied.size:
        least, most = copied.min().item(), copied.max().item()
        if not low <= least <= most <= high:  # what is no number is never between others
            found = f"numbers from {least:g} to {most:g}"
            raise ValueError(f"the saved state has {found} where {low:g} to {high:g} are allowed")
    return copied


def scores_like(values: Any) -> NDArray[np.float64]:
    """[N] a copy of finite scores; runs were saved with whole ones while all scores were whole.

    Raises:
        ValueError: They are none.
    """
    scores = np.asarray(values)
    if scores.dtype == np.int64:
        scores = scores.astype(np.float64)
    return array_like(scores, np.zeros(scores.size))


def _short(value: Any) -> str:
    return "an array" if isinstance(value, np.ndarray) else repr(value)[:40]
