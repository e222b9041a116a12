"""Formats numbers for people: scores, short numbers for charts, durations."""

import math

from games.figures import figure

_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_LARGEST_WITH_UNIT = 9.995e14  # larger numbers are shorter as powers of ten
_LARGEST_IN_FULL = 1e7
_SMALLEST = 1e-9  # smaller numbers are shown as 0


def number(value: float) -> str:
    """Returns a number with its significant digits: 7.25, 31.2, 486, 12.3M; a dash for infinity and NaN."""
    if math.isfinite(value) and abs(value) >= _LARGEST_IN_FULL:
        return short_number(value)
    return figure(value)


def short_number(value: float) -> str:
    """Returns a number in few characters: 0.25, 40, 2.5k, 1M."""
    size = abs(value)
    for unit, sign in _UNITS if size < _LARGEST_WITH_UNIT else ():
        if size >= unit * 0.9995:
            return f"{value / unit:.3g}{sign}"
    return "0" if size < _SMALLEST else f"{value:.3g}"


def duration(seconds: float) -> str:
    """Returns a time as m:ss or h:mm:ss; a negative one is shown as 0:00."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
