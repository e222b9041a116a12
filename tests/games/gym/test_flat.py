"""Spaces of choices as lists of numbers."""

import re
from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Discrete, Graph, MultiBinary, MultiDiscrete, Text, Tuple

from games.gym.flat import flat_space

BOX = Box(0, 5, (2,), np.float32)


@pytest.mark.parametrize(
    ("space", "count"),
    [
        (Discrete(6, start=3), 6),
        (MultiBinary([2, 3]), 6),
        (MultiDiscrete([2, 3]), 5),
        (Tuple((Discrete(32), Discrete(11), Discrete(2))), 45),
        (Dict({"place": BOX, "more": Tuple((BOX, MultiBinary(3)))}), 7),
    ],
)
def test_choices_are_numbers_of_which_one_is_one(space: Any, count: int) -> None:
    assert flat_space(space).shape == (count,)


def test_a_box_stays_as_it_is() -> None:
    assert flat_space(BOX) is BOX


@pytest.mark.parametrize(
    ("space", "line"),
    [
        (Text(8), "observations must be numbers or choices, not Text"),
        (Dict({"place": BOX, "mission": Text(8)}), "observations must be numbers or choices, not Dict"),
        (Graph(BOX, None), "observations must be numbers or choices, not Graph"),
        ("no space", "observations must be numbers or choices, not no space"),
        (Discrete(2**40), "observations of Discrete(1099511627776) are 1,099,511,627,776 numbers: must be from 1 to"),
        (Tuple(()), "are 0 numbers"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(space: Any, line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        flat_space(space)
