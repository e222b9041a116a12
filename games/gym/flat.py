"""Observations that are no array, as one list of numbers: a choice of N is N numbers, of which one is 1."""

from typing import Any

from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple
from gymnasium.spaces.utils import flatdim, flatten_space

MOST_NUMBERS = 65_536
"""That an observation may be turned into: a network takes no more."""


def flat_space(space: Any) -> Box:
    """The space of the numbers that Gymnasium's `flatten` makes; a `Box` stays as it is.

    Raises:
        ValueError: It holds other things than numbers and choices, nothing at all, or too much.
    """
    if isinstance(space, Box):
        return space
    if not _holds_numbers(space):
        raise ValueError(f"observations must be numbers or choices, not {space}")
    count = flatdim(space)
    if not 0 < count <= MOST_NUMBERS:
        raise ValueError(f"observations of {space} are {count:,} numbers: must be from 1 to {MOST_NUMBERS:,}")
    made = flatten_space(space)
    assert isinstance(made, Box)
    return made


def _holds_numbers(space: Any) -> bool:
    if isinstance(space, Tuple | Dict):
        return all(map(_holds_numbers, space.values() if isinstance(space, Dict) else space))
    return isinstance(space, Box | Discrete | MultiBinary | MultiDiscrete)
