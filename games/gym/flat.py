"""Converts structured observations to a flat array; a choice of N becomes a one-hot vector of N numbers."""

from typing import Any

from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple
from gymnasium.spaces.utils import flatdim, flatten_space

MOST_NUMBERS = 65_536
"""Largest number of values of a flat observation, the limit of networks."""


def flat_space(space: Any) -> Box:
    """Return the space of the results of Gymnasium's `flatten`; a `Box` is returned unchanged.

    Raises:
        ValueError: The space has other parts than numbers and choices, is empty, or is too large.
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
