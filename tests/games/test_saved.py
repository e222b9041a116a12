"""Saved values are taken as they are or refused in one line."""

import math
from typing import Any

import numpy as np
import pytest

from games.saved import MOST_WHOLE, array_like, number, scores_like, whole


@pytest.mark.parametrize("value", [-1, 11, 1.0, True, "3", None, [], {}, np.int64(3), np.zeros(3), 10**400])
def test_a_whole_number_is_nothing_else(value: Any) -> None:
    with pytest.raises(ValueError, match=r"where a whole number from 0 to 10 is needed") as caught:
        whole(value, 0, 10)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 150
    assert (whole(0), whole(MOST_WHOLE), whole(10, 0, 10)) == (0, MOST_WHOLE, 10)


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, -math.inf, 1.1, True, "0.5", None, [0.5], 10**400])
def test_a_number_is_finite_and_within_its_bounds(value: Any) -> None:
    with pytest.raises(ValueError, match=r"where a number from 0 to 1 is needed"):
        number(value, high=1)
    assert (number(0), number(1, high=1), number(0.5)) == (0.0, 1.0, 0.5)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, np.uint8, np.uint64, np.bool_])
def test_an_array_has_the_form_of_the_one_it_replaces_and_bounded_numbers(kind: Any) -> None:
    values = np.array([[0, 1], [1, 0]], kind)
    copied = array_like(values, np.zeros((2, 2), kind), 0, 1)
    assert copied is not values and copied.tobytes() == values.tobytes()
    assert array_like(values[:0], values[:0]).shape == (0, 2)
    others: list[Any] = [values[0], values[None], values.astype(np.int16), 7, "x", None, [[0, 1], [1, 0]], {}]
    for wrong in others:
        with pytest.raises(ValueError, match="the saved state has"):
            array_like(wrong, np.zeros((2, 2), kind))
    for low, high in ((1, 2), (-1, 0)):
        with pytest.raises(ValueError, match="numbers from 0 to 1 where"):
            array_like(values, values, low, high)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_array_holds_no_number_that_is_not_finite(value: float) -> None:
    for kind in (np.float32, np.float64):
        with pytest.raises(ValueError, match="the saved state has numbers from"):
            array_like(np.array([0, value], kind), np.zeros(2, kind))


def test_scores_of_versions_in_which_all_were_whole_are_scores() -> None:
    assert scores_like(np.array([3, 4])).tolist() == [3.0, 4.0] and scores_like(np.zeros(0, np.int64)).shape == (0,)
    for wrong in (np.array([np.inf]), np.zeros((2, 2)), 7, "x", None, [[1.0], [2.0, 3.0]]):
        with pytest.raises(ValueError):
            scores_like(wrong)
