import math

import pytest

from games.figures import figure, plain, reaches


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7.25, "7.25"), (31.2, "31.2"), (486.3, "486"), (12345.6, "12,346"), (3.0, "3"), (-200.0, "-200"),
        (0.6, "0.60"), (0.996, "0.996"), (0.003, "0.003"), (99.97, "99.97"), (0.1 + 0.2, "0.30"),
        (3 * (1 / 3), "1"), (0.1 * 3 + 0.7, "1"), (math.nan, "–"), (-math.inf, "–"),
    ],
)  # fmt: skip
def test_a_fraction_never_looks_whole(value: float, words: str) -> None:
    assert figure(value) == words


@pytest.mark.parametrize(
    ("value", "goal", "words"),
    [
        (0.896, 0.9, "0.896"), (0.9, 0.9, "0.90"), (194.96, 195.0, "194.96"), (195.04, 195.0, "195"),
        (-110.2, -110, "-110.2"),
    ],
)  # fmt: skip
def test_what_is_below_a_goal_never_looks_as_if_it_reached_it(value: float, goal: float, words: str) -> None:
    assert figure(value, goal) == words


def test_a_number_of_decimals_is_the_least() -> None:
    assert figure(500, decimals=2) == "500.00"
    assert figure(0.996, decimals=1) == "0.996"
    assert figure(474.999, 475, 2) == "474.999"


def test_sums_of_tenths_reach_what_they_sum_up_to() -> None:
    assert sum([0.1] * 9) < 0.9 and reaches(sum([0.1] * 9), 0.9)
    assert not reaches(0.8999, 0.9)
    assert not reaches(0.6, 0.9)
    assert not reaches(1e9, math.inf)


def test_whole_scores_are_whole_numbers() -> None:
    assert repr(plain(7.0)) == "7"
    assert repr(plain(0.3)) == "0.3"
    assert math.isnan(plain(math.nan))
