"""Checks of a script's arguments: numbers of NumPy become plain ones, wrong values raise an error of one line."""

from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np


def check(name: str, value: object, right: bool, allowed: str) -> None:
    """Check that a value is right.

    Raises:
        ValueError: It is not; the message has its name, the value and what is allowed.
    """
    if not right:
        text = repr(value)
        raise ValueError(f"{name} = {text if len(text) <= 80 else f'{text[:79]}…'}: must be {allowed}")


def whole(name: str, value: Any, low: int) -> int:
    """Return a whole number of Python or NumPy as an `int`.

    Raises:
        ValueError: The value is no whole number, or below `low`.
    """
    found = _plain(value)
    check(name, value, isinstance(found, Integral) and not isinstance(found, bool), "a whole number")
    check(name, value, found >= low, f"at least {low}")
    return int(found)


def part(name: str, value: Any) -> float:
    """Return a number from 0 to 1 of Python or NumPy as a `float`.

    Raises:
        ValueError: The value is no such number.
    """
    check(name, value, _is_part(value), "0 to 1")
    return float(value)


def first_and_last(name: str, value: Any) -> tuple[float, float]:
    """Return two numbers from 0 to 1; a single number stands for both.

    Raises:
        ValueError: The value is neither.
    """
    several = isinstance(value, Sequence | np.ndarray) and np.ndim(value) == 1
    ends = list(value) if several else [value, value]
    right = len(ends) == 2 and all(map(_is_part, ends))
    check(name, value, right, "a number from 0 to 1, or a first and a last one")
    return float(ends[0]), float(ends[1])


def path_of(name: str, value: Any) -> Path:
    """Return the path of a file.

    Raises:
        ValueError: The value is no path.
    """
    check(name, value, isinstance(value, str | Path), "a path")
    return Path(value)


def _is_part(value: Any) -> bool:
    found = _plain(value)
    return isinstance(found, Real) and not isinstance(found, bool) and 0 <= float(found) <= 1


def _plain(value: Any) -> Any:
    """Return the plain number in a number of NumPy or an array without axes, or any other value unchanged."""
    return value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value
