"""Reproducible randomness for environments that use the global random generators.

An environment should use only its own generator. If one uses the global generators of numpy or Python, each of its
games gets its own state of them, seeded with the game, so that the game can be replayed.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

WATCHED_CALLS = 200
"""Number of calls that are watched for use of the global generators; watching takes time."""

T = TypeVar("T")


class _Habit:
    """Whether the environments of one id have been seen to use the global generators."""

    def __init__(self) -> None:
        self.watched, self.draws = 0, False


_habits: "defaultdict[str, _Habit]" = defaultdict(_Habit)


class GlobalChance:
    """The state of the global generators for one environment.

    Args:
        env_id: Id of the environment.
    """

    def __init__(self, env_id: str) -> None:
        self._habit = _habits[env_id]
        self._state: Any = None

    def begin(self, seed: int, call: Callable[[], T]) -> T:
        """Call a function that starts a game, with seeded global generators."""
        self._state = None
        return self._within(call, seed) if self._matters else call()

    def go_on(self, call: Callable[[], T]) -> T:
        """Call a function that continues the game, with its state of the global generators."""
        return self._within(call, None) if self._matters and self._state is not None else call()

    @property
    def _matters(self) -> bool:
        return self._habit.draws or self._habit.watched < WATCHED_CALLS

    def _within(self, call: Callable[[], T], seed: int | None) -> T:
        others = _get()
        if seed is None:
            _set(self._state)
        else:
            random.seed(seed)
            np.random.seed(seed % 2**32)
        before = _get()
        try:
            return call()
        finally:
            self._state = _get()
            self._habit.watched += 1
            self._habit.draws = self._habit.draws or not _same(before, self._state)
            _set(others)


def _get() -> Any:
    return random.getstate(), np.random.get_state()


def _set(state: Any) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])


def _same(one: Any, other: Any) -> bool:
    (_, keys, *rest), (_, other_keys, *other_rest) = one[1], other[1]
    return one[0] == other[0] and rest == other_rest and bool((keys == other_keys).all())
