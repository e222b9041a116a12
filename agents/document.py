"""The fields of a profile's document, each with its check. Nothing in a stranger's file is believed unchecked.

Every check takes a value out of JSON and returns it in the program's own type, or raises a `ValueError`.
"""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from agents.architecture import Architecture, Convolution
from agents.config import Config
from agents.container import ProfileError, check_shapes

MAX_NAME = 64
MAX_COMMAND = 2000
CURVE_POINTS = 200
SCORES = ("episodes", "seed", "epsilon", "mean", "median", "min", "max", "ci95", "mean_epsilon")
"""What a scorecard may hold; `mean_epsilon` is the mean with 1% of random moves."""


def check_name(name: Any) -> str:
    """A display name without surrounding space.

    Raises:
        ProfileError: The name is empty, too long or not printable.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not 0 < len(text) <= MAX_NAME or not text.isprintable():
        raise ProfileError(f"name = {str(name)[:80]!r}: must be 1 to {MAX_NAME} printable characters")
    return text


def check_limits(architecture: Architecture) -> None:
    """Check that an agent with this network can be saved; call it before training one.

    Raises:
        ValueError: The network is too large, or not one that a file may describe.
    """
    _architecture(architecture.to_dict())


def _text(limit: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or not value.isprintable():
            raise ValueError(f"{str(value)[:40]!r} is no text of at most {limit} characters")
        return value

    return check


def _whole(low: int, high: int = 2**53) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"{str(value)[:40]} is no whole number from {low} to {high}")
        return value

    return check


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{str(value)[:40]} is no number")
    return value


def _list_of(check: Callable[[Any], Any], limit: int) -> Callable[[Any], tuple[Any, ...]]:
    def check_all(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, list | tuple) or len(values) > limit:
            raise ValueError(f"{str(values)[:40]} is no list of at most {limit}")
        return tuple(check(value) for value in values)

    return check_all


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 32 or set(value) - set("0123456789abcdef"):
        raise ValueError(f"{str(value)[:40]!r} is no id")
    return value


def _time(value: Any) -> str:
    return datetime.fromisoformat(_text(40)(value)).isoformat(timespec="seconds")


def _known(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= set(names):
        raise ValueError(f"{str(value)[:40]} is no group of {', '.join(names)}")
    return value


def _scorecard(value: Any) -> dict[str, Any]:
    scores = {name: _number(score) for name, score in _known(value, SCORES).items()}
    if scores and not set(SCORES[:-1]) <= set(scores):
        raise ValueError("its scorecard is not whole")
    return scores


def _game_settings(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 64:
        raise ValueError("its game settings are no group of at most 64")
    return {_text(64)(name): _setting(setting) for name, setting in value.items()}


def _setting(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return _list_of(_setting, 64)(value)
    return value if isinstance(value, bool) else _text(200)(value) if isinstance(value, str) else _number(value)


def _config(value: Any) -> Config:
    if not isinstance(value, dict):
        raise ValueError("its hyper-parameters are missing")
    return Config.from_dict(value)


def _architecture(value: Any) -> Architecture:
    """The network that a file describes, with every number bounded before a size follows from it."""
    names = "kind", "input_shape", "byte_input", "convolutions", "hidden", "actions", "duelling"
    if set(_known(value, names)) != set(names) or not {type(value["byte_input"]), type(value["duelling"])} == {bool}:
        raise ValueError("its network is not described in full")
    layers = _list_of(_list_of(_whole(1, 512), 3), 8)(value["convolutions"])
    if value["kind"] != ("conv" if layers else "dense") or any(len(layer) != 3 for layer in layers):
        raise ValueError("its network is neither dense nor convolutional")
    architecture = Architecture(
        input_shape=_list_of(_whole(1, 65_536), 3)(value["input_shape"]),
        byte_input=value["byte_input"],
        convolutions=tuple(Convolution(*layer) for layer in layers),
        hidden=_list_of(_whole(1, 4096), 16)(value["hidden"]),
        actions=_whole(1, 1024)(value["actions"]),
        duelling=value["duelling"],
    )
    if math.prod(architecture.input_shape) > 2**20 or (layers and len(architecture.input_shape) < 2):
        raise ValueError("its network's input is no observation")
    check_shapes(architecture.shapes())
    return architecture


FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": check_name,
    "game_id": _text(64),
    "game_settings": _game_settings,
    "rules_version": _whole(0),
    "observation": _text(64),
    "architecture": _architecture,
    "config": _config,
    "preset": _text(64),
    "seed": _whole(0),
    "frames": _whole(0),
    "updates": _whole(0),
    "seconds": _number,
    "device": _text(200),
    "curve": _list_of(_list_of(_number, 2), CURVE_POINTS),
    "scorecard": _scorecard,
    "id": _identifier,
    "created": _time,
    "changed": _time,
    "app_version": _text(40),
    "command": _text(MAX_COMMAND),
    "parent": lambda value: value and _identifier(value),
}
"""What a profile's document holds, and the check of each field."""
