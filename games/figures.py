"""Converts, compares and formats scores without misleading rounding."""

import math

MOST_DECIMALS = 12
"""Largest number of decimals; sums of fractions are not more exact."""


def plain(score: float) -> int | float:
    """Convert a score to a plain number; whole ones have no decimal point."""
    return int(score) if math.isfinite(score) and score == int(score) else float(score)


def reaches(score: float, goal: float) -> bool:
    """Whether a score is at least a goal. A difference that is only rounding does not count."""
    return score >= goal or math.isclose(score, goal, rel_tol=1e-9, abs_tol=1e-12)


def figure(value: float, goal: float = math.inf, decimals: int | None = None) -> str:
    """Format a number with three significant digits (7.25, 31.2, 486), or with `decimals`.

    More decimals are added where fewer would mislead: a number below the goal never looks as if it reached it, and a
    fraction with decimals never looks whole.
    """
    if not math.isfinite(value):
        return "–"
    digits = _decimals(value) if decimals is None else decimals
    while digits < MOST_DECIMALS and _misleads(value, digits, goal):
        digits += 1
    return f"{value:,.{digits}f}"


def _decimals(value: float) -> int:
    if abs(value) >= 100 or _is_whole(value):
        return 0
    return 1 if abs(value) >= 10 else 2


def _misleads(value: float, digits: int, goal: float) -> bool:
    shown = round(value, digits)
    looks_whole = digits > 0 and _is_whole(shown) and not _is_whole(value)
    return looks_whole or reaches(shown, goal) != reaches(value, goal)


def _is_whole(value: float) -> bool:
    return math.isclose(value, round(value), rel_tol=1e-9, abs_tol=1e-12)
