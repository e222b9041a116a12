"""Checks of what a script gives: numbers of any make become Python's own, all else is refused in one line."""

from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np


def check(name: str, value: object, right: bool, allowed: str) -> None:
    """Refuse a value that is not right.

    Raises:
        ValueError: It is not; says its name, the value and what is allowed.
    """
    if not right:
        text = repr(value)
        raise ValueError(f"{name} = {text if len(text) <= 80 else f'{text[:79]}…'}: must be {allowed}")


def whole(name: str, value: Any, low: int) -> int:
    """A whole number, of Python or of numpy.

    Raises:
        ValueError: It is none, or below `low`.
    """
    found = _plain(value)
    check(name, value, isinstance(found, Integral) and not isinstance(found, bool), "a whole number")
    check(name, value, found >= low, f"at least {low}")
    return int(found)


def part(name: str, value: Any) -> float:
    """A number from 0 to 1, of Python or of numpy.

    Raises:
        ValueError: It is none.
    """
    check(name, value, _is_part(value), "0 to 1")
    return float(value)


def first_and_last(name: str, value: Any) -> tuple[float, float]:
    """Two numbers from 0 to 1; a single one is both.

    Raises:
        ValueError: They are none.
    """
    several = isinstance(value, Sequence | np.ndarray) and np.ndim(value) == 1
    ends = list(value) if several else [value, value]
    right = len(ends) == 2 and all(map(_is_part, ends))
    check(name, value, right, "a number from 0 to 1, or a first and a last one")
    return float(ends[0]), float(ends[1])


def path_of(name: str, value: Any) -> Path:
    """The path of a file.

    Raises:
        ValueError: It is none.
    """
    check(name, value, isinstance(value, str | Path), "a path")
    return Path(value)


def _is_part(value: Any) -> bool:
    found = _plain(value)
    return isinstance(found, Real) and not isinstance(found, bool) and 0 <= float(found) <= 1


def _plain(value: Any) -> Any:
    """The one number in an array without axes, or in one of numpy's numbers."""
    return value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value
