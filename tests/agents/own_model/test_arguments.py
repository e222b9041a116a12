from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.own_model.arguments import first_and_last, part, path_of, whole


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whole_numbers_of_any_make_become_pythons(value: Any) -> None:
    assert type(whole("count", value, 1)) is int and whole("count", value, 1) == 3


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (3.0, "count = 3.0: must be a whole number"),
        ("3", "count = '3': must be a whole number"),
        (True, "count = True: must be a whole number"),
        (None, "count = None: must be a whole number"),
        (np.array([3]), r"count = array\(\[3\]\): must be a whole number"),
        (np.float32(3), r"count = np.float32\(3.0\): must be a whole number"),
        (0, "count = 0: must be at least 1"),
    ],
)
def test_what_is_no_whole_number_is_refused(value: Any, line: str) -> None:
    with pytest.raises(ValueError, match=line):
        whole("count", value, 1)


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5)])
def test_parts_of_any_make_become_pythons(value: Any) -> None:
    assert type(part("gamma", value)) is float and part("gamma", value) == 0.5
    assert first_and_last("epsilon", value) == (0.5, 0.5)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "0.5", None, True, 1j, np.array([0.5])])
def test_what_is_no_part_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"gamma = .*: must be 0 to 1"):
        part("gamma", value)


@pytest.mark.parametrize("value", [(1, 0.1), [1.0, 0.1], np.array([1.0, 0.1])])
def test_a_first_and_a_last_number_may_come_in_any_row(value: Any) -> None:
    assert first_and_last("epsilon", value) == (1.0, 0.1)


@pytest.mark.parametrize("value", [(1.0,), [1.0, 0.5, 0.1], (1.0, 2.0), (1.0, "x"), None, "10", {}, [[1.0, 0.1]]])
def test_other_rows_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"epsilon = .*: must be a number from 0 to 1, or a first and a last one"):
        first_and_last("epsilon", value)


def test_a_path_is_text_or_a_path() -> None:
    assert path_of("path", "a") == path_of("path", Path("a")) == Path("a")
    with pytest.raises(ValueError, match="path = 3: must be a path"):
        path_of("path", 3)
    with pytest.raises(ValueError, match=r"path = .'x+…: must be a path") as told:
        path_of("path", ["x" * 1000])
    assert len(str(told.value)) < 120
