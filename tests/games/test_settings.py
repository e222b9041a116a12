from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from games.registry import make
from games.settings import check_settings, parse_settings, setting, settings_of


@dataclass(frozen=True)
class Example:
    count: int = setting(3, low=1, high=2_000_000, help="A count.")
    rate: float = setting(0.5, low=0.0, high=1.0, help="A rate.")
    sizes: tuple[int, ...] = setting((4, 5), low=1, high=9, help="Sizes.")
    kind: str = setting("a", choices=("a", "b"), help="A kind.")
    on: bool = setting(True, help="A switch.")
    plain: int = 7  # no setting

    def __post_init__(self) -> None:
        check_settings(self)


def test_only_declared_fields_are_settings() -> None:
    assert list(settings_of(Example)) == ["count", "rate", "sizes", "kind", "on"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "12", 12),
        ("count", "1e6", 1_000_000),
        ("rate", "5e-1", 0.5),
        ("sizes", "3,4", (3, 4)),
        ("sizes", "3x4", (3, 4)),
        ("sizes", "8", (8,)),
        ("kind", "b", "b"),
        ("on", "no", False),
        ("on", "True", True),
    ],
)
def test_texts_are_parsed(name: str, text: str, value: Any) -> None:
    assert parse_settings(Example, {name: text}) == {name: value}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("count", "2.5", "count = '2.5': must be a whole number from 1 to 2000000"),
        ("count", "0", "count = 0: must be"),
        ("count", "many", "count = 'many': must be"),
        ("count", "inf", "count = 'inf': must be"),
        ("rate", "nan", "rate = nan: must be a number from 0 to 1"),
        ("sizes", "3,40", "sizes = (3, 40): must be whole numbers separated by commas, each from 1 to 9"),
        ("kind", "c", "kind = 'c': must be one of a, b"),
        ("on", "maybe", "on = 'maybe': must be true or false"),
        ("plain", "8", "unknown setting 'plain': must be one of count, rate, sizes, kind, on"),
    ],
)
def test_wrong_texts_are_named(name: str, text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_settings(Example, {name: text})
    assert str(caught.value).startswith(message)


def test_formatted_values_parse_back() -> None:
    for name, described in settings_of(Example).items():
        value = getattr(Example(), name)
        assert described.parse(described.format(value)) == value


@pytest.mark.parametrize("value", [True, 2.0, None, "3", (3,)])
def test_values_of_another_type_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="count = "):
        Example(count=value)


@dataclass(frozen=True)
class Open:
    up: int = setting(5, low=1, help="No upper end.")
    down: float = setting(0.5, high=2.5, help="No lower end.")
    free: float = setting(0.5, help="No ends.")

    def __post_init__(self) -> None:
        check_settings(self)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("up", 0, "a whole number of at least 1"),
        ("down", 3, "a number of at most 2.5"),
        ("free", float("nan"), "a number"),
        ("free", float("-inf"), "a number"),
    ],
)
def test_ranges_may_be_open(name: str, value: float, allowed: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} = {value}: must be {allowed}$"):
        Open(**{name: value})  # type: ignore[arg-type]


def test_very_large_numbers_are_whole_numbers_too() -> None:
    assert Open(up=10**400).up == 10**400
    with pytest.raises(ValueError, match="count = "):
        Example(count=10**400)


def test_allowed_choices_and_switches_are_said_in_words() -> None:
    described = settings_of(Example)
    assert described["kind"].allowed == "one of a, b"
    assert described["on"].allowed == "true or false"
    assert described["sizes"].help == "Sizes."


def test_numbers_of_numpy_are_plain_ones() -> None:
    made = make("catch", grid=np.int64(8))
    assert made == make("catch", grid=8) and type(made.grid) is int  # type: ignore[attr-defined]
    for wrong in (np.float64(8.5), np.bool_(True), np.int64(3)):
        with pytest.raises(ValueError, match="must be a whole number from 5 to 30"):
            make("catch", grid=wrong)
