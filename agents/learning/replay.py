"""Replay of transitions in preallocated rings, one column for each copy of the game.

Time runs down the ring and the copies lie side by side, so the state after a step is the next row and is stored once.
Pixels are stored as single frames; stacks are rebuilt when sampled. Returns over n steps are summed when sampled too,
so that n is a setting and not a format.

A window of n steps ends early in two ways: at a terminal step, after which nothing is bootstrapped, or just before a
truncated step, from whose state it bootstraps. The state after a truncated step is not stored, so that one step is
never the first of a window.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from agents.config import Config
from agents.learning.update_batch import UpdateBatch
from games.batch import Transitions
from games.game import Array, ObservationSpec
from games.saved import array_like, number, whole
from games.states import copy_state


@dataclass(frozen=True)
class _Rings:
    """All that is remembered, by time T and copy B of the game. Saved runs name the arrays as the fields are named."""

    observation: Array  # [T, B, *shape], of stacks the newest frame alone
    legal: NDArray[np.bool_]  # [T, B, A] actions that might have been done
    action: NDArray[np.int32]  # [T, B]
    reward: NDArray[np.float32]  # [T, B]
    terminated: NDArray[np.bool_]  # [T, B]
    truncated: NDArray[np.bool_]  # [T, B]
    age: NDArray[np.int32]  # [T, B] steps into the episode, up to the depth of a stack

    def by_name(self) -> dict[str, Array]:
        """The arrays themselves, not copied."""
        return vars(self)


class Replay:
    """A ring of transitions of `copies` games.

    Args:
        spec: The observations.
        actions: Number of actions.
        capacity: Transitions remembered, over all copies.
        copies: Games played side by side.
        discount: Factor for each step of a window.
        n_step: Longest window.
        single_frames: Whether observations are stacks whose single frames are stored.
        priority_exponent: How strongly priorities count; None replays uniformly.
    """

    def __init__(
        self,
        spec: ObservationSpec,
        actions: int,
        capacity: int,
        copies: int,
        *,
        discount: float,
        n_step: int = 1,
        single_frames: bool = False,
        priority_exponent: float | None = None,
    ) -> None:
        self._depth = spec.shape[-1] if single_frames else 1
        self._length = max(capacity // copies, 2 * (n_step + self._depth))
        self._copies, self._discount, self._n_step = copies, discount, n_step
        rows = (self._length, copies)
        stored_shape = spec.shape[:-1] if single_frames else spec.shape
        self._rings = _Rings(
            observation=np.zeros((*rows, *stored_shape), spec.dtype),
            legal=np.ones((*rows, actions), np.bool_),
            action=np.zeros(rows, np.int32),
            reward=np.zeros(rows, np.float32),
            terminated=np.zeros(rows, np.bool_),
            truncated=np.zeros(rows, np.bool_),
            age=np.zeros(rows, np.int32),
        )
        self._single_frames = single_frames
        self._written = 0  # rows ever written
        self._next_age = np.zeros(copies, np.int32)
        self._lent: list[ref[Array]] = []  # views of the rings that others may still hold
        self._exponent = priority_exponent
        self._tree = SumTree(self._length * copies) if priority_exponent is not None else None
        self._highest = 1.0

    def __len__(self) -> int:
        """Transitions that can be sampled."""
        return max(0, self._newest - self._oldest) * self._copies

    @property
    def full(self) -> bool:
        """Whether the next step overwrites the oldest one."""
        return self._written >= self._length

    def enlarge(self) -> None:
        """Make room for twice as many transitions. Nothing that is remembered is lost.

        Raises:
            ValueError: Something was overwritten already, or replay is prioritised.
        """
        if self._written > self._length or self._tree is not None:
            raise ValueError("only a replay that is not prioritised can be enlarged, before it overwrites anything")
        self._rings = _Rings(
            **{name: np.concatenate([ring, np.zeros_like(ring)]) for name, ring in self._rings.by_name().items()}
        )
        self._length *= 2

    @property
    def _oldest(self) -> int:
        """First row that can start a window, its stack being whole."""
        return max(0, self._written - self._length) + (self._depth - 1 if self._written > self._length else 0)

    @property
    def _newest(self) -> int:
        """One past the last row that can start a window, its end being stored."""
        return self._written - self._n_step

    def add(self, transitions: Transitions) -> None:
        """Store one step of all copies."""
        row = self._written % self._length
        if self.full:
            self._own()
        observation = transitions.observation
        step = _Rings(
            observation=observation[..., -1] if self._single_frames else observation,
            legal=transitions.legal,
            action=transitions.action,
            reward=transitions.reward,
            terminated=transitions.terminated,
            truncated=transitions.truncated,
            age=self._next_age,
        )
        for name, ring in self._rings.by_name().items():
            ring[row] = step.by_name()[name]
        self._next_age = np.where(transitions.finished, 0, np.minimum(self._next_age + 1, self._depth - 1))
        self._written += 1
        if self._tree is not None:
            self._prioritise_row(self._tree)

    def sample(
        self, count: int, rng: np.random.Generator, importance_exponent: float = 0.0
    ) -> tuple[UpdateBatch, NDArray[np.int64]]:
        """Draw `count` transitions, uniformly or by priority.

        Returns:
            The transitions [M, …], and the slots [M] where they lie, for `set_priorities`.

        Raises:
            ValueError: There is nothing to sample yet.
        """
        if not len(self):
            raise ValueError("the replay holds nothing that can be sampled yet")
        if self._tree is None:
            times = rng.integers(self._oldest, self._newest, count)
            copies = rng.integers(0, self._copies, count)
            importance = np.ones(count, np.float32)
        else:
            slots = self._tree.sample(count, rng)
            times, copies = np.divmod(slots, self._copies)
            importance = self._importance(self._tree, slots, importance_exponent)
        rows = times % self._length
        return self._gather(rows, copies, importance), rows * self._copies + copies

    def set_priorities(self, slots: NDArray[np.int64], errors: NDArray[np.float32]) -> None:
        """Renew the priorities of sampled transitions from the size of their errors (Schaul et al. 2016)."""
        if self._tree is None:
            return
        priorities = (np.abs(errors) + 1e-3) ** (self._exponent or 0.0)
        self._highest = max(self._highest, float(priorities.max()))
        # A slot whose priority was taken away meanwhile has left the ring or must not start a window.
        self._tree.set(slots, np.where(self._tree.get(slots) > 0, priorities, 0.0))

    @property
    def size(self) -> int:
        """Bytes of what is remembered."""
        stored = min(self._written, self._length)
        return sum(ring.nbytes // self._length for ring in self._rings.by_name().values()) * stored

    def get_state(self) -> dict[str, Any]:
        """Everything that is remembered, in as many rows as have been written; keep it for as long as it is read.

        What it holds never changes. The rings are lent, which costs no memory (pixels take hundreds of MB), and copied
        only if they must be overwritten while the state is still held.
        """
        stored = min(self._written, self._length)
        rings = {name: ring[:stored] for name, ring in self._rings.by_name().items()}
        self._lent = [lent for lent in self._lent if lent() is not None] + list(map(ref, rings.values()))
        return {
            "rings": rings,
            "written": self._written,
            "next_age": self._next_age.copy(),
            "highest": self._highest,
            "priorities": self._tree.leaves() if self._tree else np.zeros(0),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Remember what another replay of the same form did.

        Raises:
            ValueError: It was of another form.
        """
        self._written = whole(state["written"])
        stored = min(self._written, self._length)
        self._own()
        oldest = self._depth - 1
        legal = self._rings.legal
        bounds = {"action": (0, legal.shape[-1] - 1), "age": (0, oldest)}
        for name, ring in self._rings.by_name().items():
            ring[:stored] = array_like(state["rings"][name], ring[:stored], *bounds.get(name, ()))
        if not legal[:stored].any(axis=-1).all():
            raise ValueError("the saved state has games without any action")
        self._next_age = array_like(state["next_age"], self._next_age, 0, oldest)
        self._highest = number(state["highest"])
        if self._tree:
            self._tree.set_leaves(state["priorities"])

    def _own(self) -> None:
        """Leave rings that somebody still reads to them, and go on with copies."""
        if any(lent() is not None for lent in self._lent):
            self._rings = copy_state(self._rings)
        self._lent = []

    def _gather(
        self, rows: NDArray[np.int64], copies: NDArray[np.int64], importance: NDArray[np.float32]
    ) -> UpdateBatch:
        rings = self._rings
        importance = importance * ~rings.truncated[rows, copies]
        reward, discount, ends = self._window(rows, copies)
        return UpdateBatch(
            observation=self._observations(rows, copies),
            legal=rings.legal[rows, copies],
            action=rings.action[rows, copies],
            reward=reward,
            discount=discount,
            next_observation=self._observations(ends, copies),
            next_legal=rings.legal[ends, copies],
            importance=importance.astype(np.float32),
        )

    def _window(
        self, rows: NDArray[np.int64], copies: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Sum of rewards, factor of the bootstrapped value, and row of the state it is taken from."""
        rings = self._rings
        reward = rings.reward[rows, copies]
        discount = self._discount * ~rings.terminated[rows, copies]
        ends = (rows + 1) % self._length
        running = discount > 0
        for _ in range(self._n_step - 1):
            running &= ~rings.truncated[ends, copies]
            reward += running * discount * rings.reward[ends, copies]
            step_discount = self._discount * ~rings.terminated[ends, copies]
            discount = np.where(running, discount * step_discount, discount)
            ends = np.where(running, (ends + 1) % self._length, ends)
            running &= discount > 0
        return reward, discount.astype(np.float32), ends

    def _observations(self, rows: NDArray[np.int64], copies: NDArray[np.int64]) -> Array:
        observation = self._rings.observation
        if not self._single_frames:
            return observation[rows, copies]
        age = self._rings.age[rows, copies]
        stacked = np.empty((len(rows), *observation.shape[2:], self._depth), observation.dtype)
        # Frame by frame, into the order that networks take, is three times as fast as gathering first and turning then.
        for index in range(self._depth):
            back = np.minimum(self._depth - 1 - index, age)  # a fresh game repeats its first frame
            stacked[..., index] = observation[(rows - back) % self._length, copies]
        return stacked

    def _prioritise_row(self, tree: "SumTree") -> None:
        """Let the row whose window is now complete be sampled, and those whose data are gone no longer."""
        columns = np.arange(self._copies)
        ready = self._written - 1 - self._n_step
        if ready >= 0:
            row = ready % self._length
            tree.set(row * self._copies + columns, np.where(self._rings.truncated[row], 0.0, self._highest))
        gone = np.arange(self._written, self._written + self._depth) % self._length
        tree.set((gone[:, None] * self._copies + columns).ravel(), np.zeros(len(gone) * self._copies))

    def _importance(self, tree: "SumTree", slots: NDArray[np.int64], exponent: float) -> NDArray[np.float32]:
        weights: NDArray[np.float64] = (tree.get(slots) / tree.total * len(self)) ** -exponent
        weights /= weights.max()
        return weights.astype(np.float32)


def replay_of(config: Config, spec: ObservationSpec, actions: int, *, pixels: bool) -> Replay:
    """The replay of a run."""
    return Replay(
        spec,
        actions,
        config.replay,
        config.copies,
        discount=config.discount,
        n_step=config.n_step,
        single_frames=pixels,
        priority_exponent=config.priority_exponent if config.prioritised else None,
    )


class SumTree:
    """Numbers whose running sums can be searched in logarithmic time; leaves may be any number.

    Args:
        size: Number of leaves; all start at 0.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._first = 1 << max(0, size - 1).bit_length()
        self._nodes = np.zeros(2 * self._first)

    @property
    def total(self) -> float:
        """Sum of all leaves."""
        return float(self._nodes[1])

    def get(self, leaves: NDArray[np.int64]) -> NDArray[np.float64]:
        """[M] values of some leaves."""
        return self._nodes[leaves + self._first]

    def set(self, leaves: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Set some leaves; of one named twice, the last value stands."""
        nodes = leaves + self._first
        self._nodes[nodes] = values
        while nodes[0] > 1:
            nodes = nodes >> 1  # naming a parent twice does no harm: its sum comes out the same
            self._nodes[nodes] = self._nodes[2 * nodes] + self._nodes[2 * nodes + 1]

    def leaves(self) -> NDArray[np.float64]:
        """[size] a copy of all leaves."""
        return self._nodes[self._first : self._first + self._size].copy()

    def set_leaves(self, values: Any) -> None:
        """Set all leaves.

        Raises:
            ValueError: They are not [size] numbers of at least 0.
        """
        self._nodes[self._first : self._first + self._size] = array_like(values, self.leaves(), low=0)
        first = self._first
        while first > 1:
            first //= 2
            self._nodes[first : 2 * first] = self._nodes[2 * first : 4 * first].reshape(-1, 2).sum(axis=1)

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """[count] leaves drawn in proportion to their values, one from each of `count` equal parts of the sum."""
        sought = (np.arange(count) + rng.random(count)) * (self.total / count)
        nodes = np.ones(count, np.int64)
        while nodes[0] < self._first:
            left = self._nodes[2 * nodes]
            right_side = (sought >= left) & (self._nodes[2 * nodes + 1] > 0)
            sought -= np.where(right_side, left, 0.0)
            nodes = 2 * nodes + right_side
        drawn = nodes - self._first
        rng.shuffle(drawn)  # parts of the sum are parts of the ring: batches must not be sorted by time
        return drawn
