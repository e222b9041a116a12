"""The fields of a profile's document and their checks, because a file may come from a stranger.

Every check takes a value of JSON and returns it in the program's own type, or raises a `ValueError` that names the
field, its value and what is allowed. Every part of the program can show and use all numbers in the allowed ranges.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from agents.acting.architecture import MAX_WORK, Architecture, Convolution
from agents.config import Config
from agents.errors import DamagedProfileError, ProfileError, StorageError
from agents.storage.container import Unread, check_shapes
from agents.storage.curve_text import MOST_POINTS, CurveText
from games.words import UNSEEN, is_mark, one_line, quoted, steers

MAX_NAME = 64
MAX_COMMAND = 2000
MOST_CACHED = 256
"""Number of configurations, and of networks, whose checked results are cached."""
CURVE_POINTS = MOST_POINTS
MOST_MOMENTS = 16
MAX_FRAMES = 10**12
"""Most frames or updates of an agent over all its runs: a hundred of the longest runs."""
MAX_SCORE = 1e15
"""Greatest score; sums of points up to here are exact in floating point."""
SCORES = ("episodes", "seed", "epsilon", "mean", "median", "min", "max", "ci95", "mean_epsilon")
"""The fields of a scorecard; `mean_epsilon` is the mean with 1% of random moves."""

_GAME_ID = re.compile(r"(gym:)?([\w-]+/)?[\w.-]+")  # no second colon: the text before it would be a module
_FIRST_YEAR, _LAST_YEAR = 1970, 9998

Check = Callable[[Any], Any]
Curve = Sequence[tuple[float, float]]

_LISTS, _NUMBERS = (list, tuple), (int, float)  # looked up for every point of every agent that is listed


class _WrongError(ValueError):
    """An error for a value that is not allowed. It says what is; the field's name and value are added later."""


def check_name(name: Any) -> str:
    """Return a display name without surrounding space.

    Raises:
        ProfileError: The name is empty, too long, or has invisible characters.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not 0 < len(text) <= MAX_NAME or UNSEEN.search(text) or is_mark(text[0]):
        raise ProfileError(f"name = {quoted(name)}: must be 1 to {MAX_NAME} printable characters")
    return text


def check_limits(architecture: Architecture) -> None:
    """Check that an agent with this network can be saved and played, before it is trained.

    Raises:
        ValueError: The network is too large or has a shape that files do not allow.
    """
    _architecture(architecture.to_dict())


def _checked(name: str, check: Check, value: Any) -> Any:
    """Return the result of a field's check; an error names the field and the value."""
    try:
        return check(value)
    except _WrongError as wrong:
        raise ValueError(f"{name} = {quoted(value)}: {wrong}") from None


def _text(limit: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or steers(value):
            raise _WrongError(f"must be a text of at most {limit} printable characters")
        return value

    return check


def _file_name(value: Any) -> str:
    """Check a display name in a file; earlier versions allowed more than `check_name`."""
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= MAX_NAME or steers(text):
        raise _WrongError(f"must be 1 to {MAX_NAME} printable characters")
    return text


def _game_id(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 64 or not _GAME_ID.fullmatch(value):
        raise _WrongError("must be the plain id of a game")
    return value


def _whole(low: int, high: int = 2**53) -> Check:
    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise _WrongError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> float:
        if type(value) not in _NUMBERS or not low <= value <= high:  # nor NaN
            raise _WrongError(f"must be a number from {low:g} to {high:g}")
        number: float = value
        return number

    return check


_score = _number(-MAX_SCORE, MAX_SCORE)
_life = _number(0, MAX_FRAMES)
_key = _text(64)


def _list_of(check: Check, least: int, most: int) -> Callable[[Any], tuple[Any, ...]]:
    def check_all(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, _LISTS) or not least <= len(values) <= most:
            raise _WrongError(f"must be a list of {most}" if least else f"must be a list of at most {most}")
        try:
            return tuple(check(value) for value in values)
        except _WrongError as wrong:
            raise _WrongError(f"in this list, each {wrong}") from None

    return check_all


def _curve(values: Any) -> Curve:
    if isinstance(values, Unread):
        return CurveText(values)
    points: Curve = _list_of(_point, 0, CURVE_POINTS)(values)
    return points


def _point(value: Any) -> tuple[float, float]:
    if not isinstance(value, _LISTS) or len(value) != 2:
        raise _WrongError("must be frames and a score")
    frames, score = value
    if type(frames) in _NUMBERS and type(score) in _NUMBERS and 0 <= frames <= MAX_FRAMES and abs(score) <= MAX_SCORE:
        return frames, score
    return _life(frames), _score(score)


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 32 or set(value) - set("0123456789abcdef"):
        raise _WrongError("must be 32 hexadecimal digits")
    return value


def _parent(value: Any) -> str:
    return "" if value == "" else _identifier(value)


def _time(value: Any) -> str:
    """Convert a time to UTC, so that the times of agents can be compared as text."""
    try:
        time = datetime.fromisoformat(_text(40)(value))
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        time = datetime.min
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise _WrongError(f"must be a time of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return time.isoformat(timespec="seconds")


def _known(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= set(names):
        raise _WrongError(f"must be a group of {', '.join(names)}")
    return value


_SCORE_CHECKS: dict[str, Check] = dict.fromkeys(SCORES, _score) | {
    "episodes": _number(1, 10**7),
    "seed": _number(0, 2**53),
    "epsilon": _number(0, 1),
    "ci95": _number(0, MAX_SCORE),
}


def _scorecard(value: Any) -> dict[str, Any]:
    scores = {name: _checked(name, _SCORE_CHECKS[name], score) for name, score in _known(value, SCORES).items()}
    if scores and not set(SCORES[:-1]) <= set(scores):
        raise _WrongError("must be complete or empty")
    return scores


def _game_settings(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 64:
        raise _WrongError("must be a group of at most 64")
    for name in value:
        _checked("the name of a game setting", _key, name)
    return {name: _checked(name, _setting, setting) for name, setting in value.items()}


def _setting(value: Any, depth: int = 4) -> Any:
    if isinstance(value, _LISTS) and depth:
        return _list_of(partial(_setting, depth=depth - 1), 0, 64)(value)
    return value if isinstance(value, bool) else _text(200)(value) if isinstance(value, str) else _score(value)


def _plain(value: Any) -> Any:
    return _setting(value, depth=1)


def _cached(check: Check) -> Check:
    """Return a check that caches its results, since the agents of a library share few presets and networks.

    The results must be immutable.
    """
    known: dict[str, Any] = {}

    def check_once(value: Any) -> Any:
        text = repr(value)  # tells 1 from True and 1.0, which are equal
        if text not in known:
            result = check(value)
            if len(known) >= MOST_CACHED:
                known.clear()
            known[text] = result
        return known[text]

    return check_once


def _config(value: Any) -> Config:
    if not isinstance(value, dict):
        raise _WrongError("must be a group of hyper-parameters")
    try:
        return Config.from_dict(value)
    except (ValueError, TypeError):
        for name, setting in value.items():
            _checked("the name of a hyper-parameter", _key, name)
            _checked(name, _plain, setting)
        raise


def _architecture(value: Any) -> Architecture:
    """Check the network in a file; every number is bounded before a size is computed from it."""
    names = "kind", "input_shape", "byte_input", "convolutions", "hidden", "actions", "duelling"
    if set(_known(value, names)) != set(names) or not {type(value["byte_input"]), type(value["duelling"])} == {bool}:
        raise _WrongError(f"must have all of {', '.join(names)}")
    layers = _checked("convolutions", _list_of(_list_of(_whole(1, 512), 3, 3), 0, 8), value["convolutions"])
    kind = "conv" if layers else "dense"
    if value["kind"] != kind:
        raise ValueError(f"kind = {quoted(value['kind'])}: must be {kind!r} with {len(layers)} convolutions")
    architecture = Architecture(
        input_shape=_checked("input_shape", _list_of(_whole(1, 65_536), 0, 3), value["input_shape"]),
        byte_input=value["byte_input"],
        convolutions=tuple(Convolution(*layer) for layer in layers),
        hidden=_checked("hidden", _list_of(_whole(1, 4096), 0, 16), value["hidden"]),
        actions=_checked("actions", _whole(1, 1024), value["actions"]),
        duelling=value["duelling"],
    )
    if math.prod(architecture.input_shape) > 2**20 or (layers and len(architecture.input_shape) < 2):
        raise ValueError(f"input_shape = {architecture.input_shape}: must be an observation of at most {2**20} numbers")
    _check_network(architecture)
    return architecture


@lru_cache(64)  # many agents share a network
def _check_network(architecture: Architecture) -> None:
    check_shapes(architecture.shapes())
    if architecture.work > MAX_WORK:
        raise ValueError(
            f"the network's work is {architecture.work:,} for each decision: an agent may have at most {MAX_WORK:,}"
        )


_CHECKS: dict[str, Check] = {
    "name": _file_name,
    "game_id": _game_id,
    "game_settings": _game_settings,
    "rules_version": _whole(0, 10**6),
    "observation": _text(64),
    "architecture": _cached(_architecture),
    "config": _cached(_config),
    "preset": _text(64),
    "seed": _whole(0),
    "frames": _whole(0, MAX_FRAMES),
    "updates": _whole(0, MAX_FRAMES),
    "seconds": _number(0, 1e9),
    "device": _text(200),
    "curve": _curve,
    "scorecard": _scorecard,
    "id": _identifier,
    "created": _time,
    "changed": _time,
    "app_version": _text(40),
    "command": _text(MAX_COMMAND),
    "parent": _parent,
}

FIELDS: dict[str, Check] = {name: partial(_checked, name, check) for name, check in _CHECKS.items()}
"""The fields of a profile's document and their checks."""


def check_schema(document: dict[str, Any], kind: str, newest: int, unknown: str) -> int:
    """Check and remove the format and the schema number of a document; returns the schema number.

    Args:
        document: The document, from which `format` and `schema` are removed.
        kind: The required `format`.
        newest: The newest schema that this program knows.
        unknown: The message for a document of another format.

    Raises:
        DamagedProfileError: The document has another format, or no valid schema number.
        StorageError: A newer version of the program wrote the document.
    """
    schema = document.pop("schema", None)
    if document.pop("format", None) != kind or type(schema) is not int or schema < 1:
        raise DamagedProfileError(unknown)
    if schema > newest:
        raise StorageError(f"was saved by a newer version of DQN Arcade (format {schema}, here {newest}): update first")
    return schema


def check_document(document: dict[str, Any]) -> dict[str, Any]:
    """Return all fields of a profile's document in the program's own types.

    Raises:
        ValueError: A field is unknown, missing, or not allowed; one line says which, and what is allowed.
    """
    if wrong := sorted(document.keys() ^ FIELDS.keys()):
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise ValueError(f"unknown or missing: {', '.join(map(quoted, wrong[:5]))}{more}")
    try:
        values = {name: check(document[name]) for name, check in FIELDS.items()}
        _check_together(values["config"], values["architecture"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(one_line(str(error))) from None
    return values


def check_moments(value: Any) -> tuple[tuple[int, float | None], ...]:
    """Return frames and mean score (None before the first) of each moment in a file of snapshots, in order of time.

    Raises:
        ValueError: The value is no such list.
    """
    moments: tuple[tuple[int, float | None], ...] = _checked("moments", _list_of(_moment, 0, MOST_MOMENTS), value)
    if any(later[0] < earlier[0] for earlier, later in pairwise(moments)):
        raise ValueError("its moments are not in order of time")
    return moments


def _moment(value: Any) -> tuple[int, float | None]:
    if not isinstance(value, _LISTS) or len(value) != 2:
        raise _WrongError("must be frames and a score")
    frames, score = value
    return _whole(0, MAX_FRAMES)(frames), None if score is None else float(_score(score))


def _check_together(config: Config, architecture: Architecture) -> None:
    """Check that the hyper-parameters describe the agent's network, so that the agent can be trained further."""
    layers = tuple(map(Convolution, config.filters, config.kernels, config.strides)) if config.network == "conv" else ()
    asked, found = (layers, config.hidden, config.duelling), architecture
    if asked != (found.convolutions, found.hidden, found.duelling):
        raise ValueError("its hyper-parameters describe another network than it has")
