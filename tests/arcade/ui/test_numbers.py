"""Numbers as people read them."""

import math

import pytest

from arcade.ui.numbers import duration, number, short_number

INFINITY = math.inf


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"), (0.123, "0.12"), (3.0, "3"), (7, "7"), (7.254, "7.25"), (12.34, "12.3"), (31.24, "31.2"),
        (485.6, "486"), (1234.5, "1,234"), (12345.6, "12,346"),
    ],
)  # fmt: skip
def test_scores_have_as_many_digits_as_tell_something(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(("value", "words"), [(1e7, "10M"), (-1e15, "-1e+15"), (1e308, "1e+308")])
def test_scores_stay_short_however_large_they_are(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize("value", [math.nan, INFINITY, -INFINITY])
def test_a_score_that_is_no_number_is_a_dash(value: float) -> None:
    assert number(value) == "–"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.25, "0.25"), (486.2, "486"), (999.9, "1k"), (2500, "2.5k"), (1e6, "1M"), (-3, "-3"), (1e-12, "0")],
)
def test_numbers_are_short(value: float, words: str) -> None:
    assert short_number(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(2e12, "2T"), (1e15, "1e+15"), (-1.7e308, "-1.7e+308"), (5e-324, "0"), (INFINITY, "inf")]
)
def test_numbers_stay_short_however_large_they_are(value: float, words: str) -> None:
    assert short_number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (75.4, "1:15"), (3_725, "1:02:05"), (-3, "0:00"), (3_599.6, "1:00:00")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
