"""Checks of the `GameInfo` of a third-party game."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from games.game import PIXELS, GameInfo, ObservationSpec, Play, Solved
from games.words import shown

MOST_ACTIONS = 1024
MOST_AXES = 3
"""Largest number of axes of an observation, as agent files allow."""
FASTEST = 1000
"""Largest number of ticks per second."""

BUTTONS = ("left", "right", "up", "down", "primary")

Check = Callable[[Any], bool]


def broken_promise(info: Any) -> str:
    """Describe the first value of an info that is not allowed; "" if there is none."""
    if not isinstance(info, GameInfo):
        return f"{type(info).__name__}: must be a GameInfo"
    for name, check, allowed in _CHECKS:
        value = getattr(info, name)
        if not check(value):
            return f"{name} = {str(value)[:60]}: must be {allowed}"
    return _broken_play(info.play, len(info.actions)) or _broken_chance(info.exploration, len(info.actions))


def _broken_play(play: Play, actions: int) -> str:
    numbers = {name: getattr(play, name) for name in ("first_pace", "assist")}
    for name, value in numbers.items():
        if not (_number(value) and 0 < value <= FASTEST):
            return f"play.{name} = {value!r}: must be a number above 0"
    if not (_number(play.speed_up) and 0 <= play.speed_up <= FASTEST):
        return f"play.speed_up = {play.speed_up!r}: must be a number of at least 0"
    if not (_whole(play.episodes) and 1 <= play.episodes <= 1000):
        return f"play.episodes = {play.episodes!r}: must be a whole number from 1 to 1000"
    if not isinstance(play.buttons, Mapping) or any(button not in BUTTONS for button in play.buttons):
        return f"play.buttons = {play.buttons!r}: must be of {', '.join(BUTTONS)}"
    chosen = [*play.buttons.values(), *([] if play.idle is None else [play.idle])]
    if not all(_whole(action) and 0 <= action < actions for action in chosen):
        return f"play: the actions {chosen} must be from 0 to {actions - 1}"
    return ""


def _broken_chance(exploration: Any, actions: int) -> str:
    if exploration is None:
        return ""
    chances = [*exploration] if isinstance(exploration, tuple | list) else []
    fine = len(chances) == actions and all(_number(each) and each >= 0 for each in chances)
    return "" if fine and sum(chances) > 0 else f"exploration = {exploration!r}: must be a chance for each action"


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _words(most: int) -> Check:
    """Text that can be seen: other text has no width, or no end."""

    def check(value: Any) -> bool:
        seen = isinstance(value, str) and len(value) <= most and shown(value) == value
        return seen and any(each.isalnum() for each in value)

    return check


def _all(check: Check, most: int, least: int = 1) -> Check:
    return lambda values: (
        isinstance(values, tuple | list) and least <= len(values) <= most and all(check(each) for each in values)
    )


def _limit(value: Any) -> bool:
    return value is None or (_whole(value) and value >= 1)


def _observation(spec: Any) -> bool:
    """Whether an observation kind is described in a form that networks can take."""
    return (
        isinstance(spec, ObservationSpec)
        and _words(40)(spec.kind)
        and spec.kind != PIXELS
        and isinstance(spec.shape, tuple)
        and len(spec.shape) <= MOST_AXES
        and all(_whole(side) and side >= 1 for side in spec.shape)
        and spec.dtype in ("float32", "uint8")
        and all(isinstance(bound, int | float | np.number) and bound == bound for bound in (spec.low, spec.high))
    )


def _levels(levels: Any) -> bool:
    return (
        isinstance(levels, Mapping)
        and bool(levels)
        and all(_words(40)(name) and isinstance(settings, Mapping) for name, settings in levels.items())
    )


def _solved(solved: Any) -> bool:
    if not isinstance(solved, Solved) or not isinstance(solved.mean, int | float | np.number):
        return False
    return bool(solved.mean == solved.mean) and _whole(solved.episodes) and solved.episodes >= 1


_CHECKS: tuple[tuple[str, Check, str], ...] = (
    ("id", _words(200), "letters and digits"),
    ("title", _words(60), "a name of at most 60 characters that can be seen"),
    ("rules", _all(_words(400), 10, 0), "lines of text"),
    ("actions", _all(_words(60), MOST_ACTIONS), f"1 to {MOST_ACTIONS} names"),
    (
        "observations",
        _all(_observation, 20),
        f"ObservationSpecs of a kind, {MOST_AXES} axes at most, and float32 or uint8",
    ),
    ("ticks_per_second", lambda value: _number(value) and 0 < value <= FASTEST, f"above 0 and at most {FASTEST}"),
    ("score_name", _words(40), "a word"),
    ("score_single", lambda value: value == "" or _words(40)(value), "a word"),
    ("solved", _solved, "a Solved with a number and how many episodes"),
    ("play", lambda value: isinstance(value, Play), "a Play"),
    ("step_limit", _limit, "a whole number of at least 1, or None"),
    ("evaluation_limit", _limit, "a whole number of at least 1, or None"),
    ("aspect", _all(lambda side: _whole(side) and 1 <= side <= 10_000, 2, 2), "width and height, whole numbers"),
    ("accent", _all(lambda part: _whole(part) and 0 <= part <= 255, 3, 3), "three whole numbers from 0 to 255"),
    ("levels", _levels, "names of levels to settings"),
    ("sounds", lambda value: isinstance(value, Mapping), "events to names of sounds"),
    ("version", _whole, "a whole number"),
)
