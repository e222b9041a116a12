"""Settings: dataclass fields with an allowed range and one sentence of help.

Games, hyper-parameters and the user's preferences are frozen dataclasses whose fields are made by `setting`. The
declaration gives the check at construction, the parsing of typed text (command line and forms) and the help of a field.
"""

import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, le
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True)
class Setting:
    """A declared setting: name, type, default, allowed range or choices, help and group."""

    name: str
    type: type
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    help: str
    group: str
    many: bool

    @property
    def allowed(self) -> str:
        """The allowed values in words, for error messages and forms."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type is bool:
            return "true or false"
        if self.type is str:
            return "text"
        noun = "a whole number" if self.type is int else "a number"
        noun = f"{noun}s separated by commas, each"[2:] if self.many else noun
        if self.low is not None and self.high is not None:
            return f"{noun} from {_short(self.low)} to {_short(self.high)}"
        if self.low is not None:
            return f"{noun} of at least {_short(self.low)}"
        return noun if self.high is None else f"{noun} of at most {_short(self.high)}"

    def plain(self, value: Any) -> Any:
        """Convert a numpy number or flag to a Python one; return other values unchanged."""
        if isinstance(value, np.generic):
            return value.item()
        return tuple(map(self.plain, value)) if self.many and isinstance(value, tuple) else value

    def check(self, value: Any) -> None:
        """Raise a `ValueError` unless `value` is allowed. It names the setting, the value and the allowed values."""
        values = value if self.many and isinstance(value, tuple) else (value,)
        if self.many != isinstance(value, tuple) or not all(map(self._accepts, values)):
            raise ValueError(f"{self.name} = {value!r}: must be {self.allowed}")

    def parse(self, text: str) -> Any:
        """Turn typed text into a checked value.

        Raises:
            ValueError: The text has the wrong type, or the value is not allowed.
        """
        try:
            parts = [part for part in text.replace("x", ",").split(",") if part.strip()] if self.many else [text]
            values = tuple(self._parse_one(part.strip()) for part in parts)
        except (ValueError, KeyError, OverflowError):
            raise ValueError(f"{self.name} = {text!r}: must be {self.allowed}") from None
        value = values if self.many else values[0]
        self.check(value)
        return value

    def format(self, value: Any) -> str:
        """Return the shortest text that `parse` converts to `value`."""
        if isinstance(value, tuple):
            return ",".join(self.format(item) for item in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return repr(value) if isinstance(value, float) else str(value)

    def _parse_one(self, text: str) -> Any:
        if self.type is bool:
            return _WORDS[text.lower()]
        if self.type is int:
            number = float(text)  # "1e6" is an integer as well
            return int(text) if number != int(number) or abs(number) > 2**53 else int(number)
        return self.type(text)

    def _accepts(self, value: Any) -> bool:
        if self.type is bool or isinstance(value, bool):
            return self.type is bool and isinstance(value, bool)
        if self.type is str:
            return isinstance(value, str) and (not self.choices or value in self.choices)
        allowed_types = (int,) if self.type is int else (int, float)
        if not isinstance(value, allowed_types) or (isinstance(value, float) and not math.isfinite(value)):
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


_DECLARED: dict[type, Mapping[str, Setting]] = {}
"""Cache of `settings_of`, which is called for every agent that is read."""


def setting(
    default: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    help: str = "",
    group: str = "",
) -> Any:
    """Declare a dataclass field with its allowed range or choices.

    Args:
        default: The default value.
        low: Smallest allowed number; None for no limit.
        high: Largest allowed number; None for no limit.
        choices: Allowed texts; none for any text.
        help: One sentence of help.
        group: Heading of the field in forms.
    """
    metadata = {"low": low, "high": high, "choices": choices, "help": help, "group": group}
    return dataclasses.field(default=default, metadata=metadata)


def settings_of(cls: type) -> Mapping[str, Setting]:
    """Return the declared settings of a dataclass by name, in order."""
    if cls not in _DECLARED:
        hints = get_type_hints(cls)
        declared = [field for field in dataclasses.fields(cls) if "help" in field.metadata]
        _DECLARED[cls] = MappingProxyType({field.name: _describe(field, hints[field.name]) for field in declared})
    return _DECLARED[cls]


class _Numbers:
    """The numeric settings of a dataclass, checked all at once, since agents have dozens.

    Args:
        settings: The settings, at least two.
    """

    def __init__(self, settings: Sequence[Setting]) -> None:
        self._values = attrgetter(*(each.name for each in settings))
        self._types = [each.type for each in settings]
        largest = sys.float_info.max
        self._low = [-largest if each.low is None else each.low for each in settings]
        self._high = [largest if each.high is None else each.high for each in settings]

    def are_within(self, instance: Any) -> bool:
        """Whether every number has exactly the right type and is within its range. If not, it may still be allowed."""
        values = self._values(instance)
        return (
            list(map(type, values)) == self._types
            and all(map(le, self._low, values))
            and all(map(le, values, self._high))
        )


@cache
def _numbers_and_others(cls: type) -> tuple[_Numbers | None, tuple[str, ...]]:
    """Return the numeric settings of a dataclass, and the names of the others."""
    known = settings_of(cls).values()
    numbers = [each for each in known if each.type in (int, float) and not each.many]
    if len(numbers) < 2:
        return None, tuple(settings_of(cls))
    return _Numbers(numbers), tuple(each.name for each in known if each not in numbers)


def check_settings(instance: Any) -> None:
    """Check all settings of a dataclass instance, and convert numpy numbers. Call it from `__post_init__`.

    Raises:
        ValueError: A value is not allowed; names the first one and the allowed values.
    """
    kind: Any = type(instance)
    known = settings_of(kind)
    numbers, others = _numbers_and_others(kind)
    for name in others if numbers and numbers.are_within(instance) else known:
        value = getattr(instance, name)
        plain = known[name].plain(value)
        if plain is not value:
            object.__setattr__(instance, name, plain)
        known[name].check(plain)


def parse_settings(cls: type, texts: dict[str, str]) -> dict[str, Any]:
    """Convert typed texts to checked values of the settings of `cls`.

    Raises:
        ValueError: A key is not a setting of `cls`, or a value is not allowed.
    """
    known = settings_of(cls)
    for key in texts:
        if key not in known:
            raise ValueError(f"unknown setting {key!r}: must be one of {', '.join(known) or 'none'}")
    return {key: known[key].parse(text) for key, text in texts.items()}


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _describe(field: "dataclasses.Field[Any]", hint: Any) -> Setting:
    many = get_origin(hint) is tuple
    kind = get_args(hint)[0] if many else hint
    return Setting(field.name, kind, field.default, many=many, **field.metadata)
