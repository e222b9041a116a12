"""Operations on the states of any game: take, put, copy and save rows of a batch.

A state is a dataclass of arrays whose leading axis B counts the copies of the game.
"""

import dataclasses
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from games.game import Array, State

S = TypeVar("S")


def take_rows(state: S, rows: Any) -> S:
    """Return a new state with copies of `rows` (an index array, mask or slice of axis B)."""
    return type(state)(**{name: np.array(values[rows]) for name, values in _arrays(state)})


def put_rows(state: Any, rows: Array, fresh: Any) -> None:
    """Overwrite `rows` of a state with the rows of another one, in place."""
    for name, values in _arrays(state):
        values[rows] = getattr(fresh, name)


def count_of(state: State) -> int:
    """Return the number of copies in a state."""
    return len(getattr(state, _names(cast(Hashable, type(state)))[0]))


def copy_state(state: S) -> S:
    """Return a deep copy of a state."""
    return type(state)(**{name: values.copy() for name, values in _arrays(state)})


def state_tree(state: Any) -> dict[str, Array]:
    """Return copies of the arrays of a state by name, for saving."""
    return {name: values.copy() for name, values in _arrays(state)}


def state_like(tree: Mapping[str, Any], model: S) -> S:
    """Rebuild a state from a result of `state_tree`, with the shapes and dtypes of the state `model`.

    Raises:
        ValueError: Its shapes or dtypes differ.
    """
    return type(model)(**{name: copy_like(tree[name], values) for name, values in _arrays(model)})


def copy_like(values: Any, model: Array) -> Array:
    """Copy an array, which must have the shape and dtype of the model.

    Raises:
        ValueError: They differ.
    """
    if not isinstance(values, np.ndarray) or (values.shape, values.dtype) != (model.shape, model.dtype):
        found = f"{values.dtype}{values.shape}" if isinstance(values, np.ndarray) else type(values).__name__
        raise ValueError(f"the saved state has {found} where {model.dtype}{model.shape} is needed")
    return values.copy()


def generator_state(rng: np.random.Generator) -> NDArray[np.uint64]:
    """Return the state of a generator made by `default_rng` as six numbers."""
    found = rng.bit_generator.state
    halves = [part for key in ("state", "inc") for part in divmod(found["state"][key], 2**64)]
    return np.array([*halves, found["has_uint32"], found["uinteger"]], np.uint64)


def set_generator_state(rng: np.random.Generator, state: Any) -> None:
    """Set a generator made by `default_rng` to the state of another one.

    Raises:
        ValueError: It is not a valid state.
    """
    high, low, inc_high, inc_low, has, rest = copy_like(state, np.zeros(6, np.uint64)).tolist()
    inner = {"state": high << 64 | low, "inc": inc_high << 64 | inc_low}
    rng.bit_generator.state = {"bit_generator": "PCG64", "state": inner, "has_uint32": has, "uinteger": rest}


def _arrays(state: Any) -> list[tuple[str, Array]]:
    return [(name, getattr(state, name)) for name in _names(cast(Hashable, type(state)))]


@cache
def _names(state_class: Hashable) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(cast(Any, state_class)))
