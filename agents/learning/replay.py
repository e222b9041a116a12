"""Replay of transitions in preallocated ring buffers, with one column for each copy of the game.

A row of the rings is one step of all copies, so the state after a step is in the next row and is stored only once.
Pixels are stored as single frames; stacks are rebuilt during sampling. Returns over n steps are summed during sampling,
too, so n is not fixed by the format.

A window of n steps ends early in two cases: at a terminal step, where it does not bootstrap, or just before a truncated
step, where it bootstraps from that step's state. The state after a truncated step is not stored, so a truncated step
never begins a window.
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
    """The stored arrays, by time T and copy B of the game. Saved runs use the names of these fields."""

    observation: Array  # [T, B, *shape]; of a stack only the newest frame
    legal: NDArray[np.bool_]  # [T, B, A] legal actions
    action: NDArray[np.int32]  # [T, B]
    reward: NDArray[np.float32]  # [T, B]
    terminated: NDArray[np.bool_]  # [T, B]
    truncated: NDArray[np.bool_]  # [T, B]
    age: NDArray[np.int32]  # [T, B] steps into the episode, up to the depth of a stack

    def by_name(self) -> dict[str, Array]:
        """Return the arrays by name, without copying them."""
        return vars(self)


class Replay:
    """A ring of transitions of `copies` games.

    Args:
        spec: The observations.
        actions: Number of actions.
        capacity: Transitions kept, over all copies.
        copies: Number of games that are played in parallel.
        discount: Factor for each step of a window.
        n_step: Longest window.
        single_frames: Whether observations are stacks of frames, of which single frames are stored.
        priority_exponent: Exponent of the priorities (Schaul et al. 2016); None samples uniformly.
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
        self._lent: list[ref[Array]] = []  # views of the rings in states that callers may still hold
        self._exponent = priority_exponent
        self._tree = SumTree(self._length * copies) if priority_exponent is not None else None
        self._highest = 1.0

    def __len__(self) -> int:
        """The number of transitions that can be sampled."""
        return max(0, self._newest - self._oldest) * self._copies

    @property
    def full(self) -> bool:
        """Whether the next step overwrites the oldest one."""
        return self._written >= self._length

    def enlarge(self) -> None:
        """Double the capacity and keep all transitions.

        Raises:
            ValueError: A transition was overwritten already, or the replay is prioritised.
        """
        if self._written > self._length or self._tree is not None:
            raise ValueError("only a replay that is not prioritised can be enlarged, before it overwrites anything")
        self._rings = _Rings(
            **{name: np.concatenate([ring, np.zeros_like(ring)]) for name, ring in self._rings.by_name().items()}
        )
        self._length *= 2

    @property
    def _oldest(self) -> int:
        """The first row that can begin a window, because its stack of frames is complete."""
        return max(0, self._written - self._length) + (self._depth - 1 if self._written > self._length else 0)

    @property
    def _newest(self) -> int:
        """One past the last row that can begin a window, because the window's end is stored."""
        return self._written - self._n_step

    def add(self, transitions: Transitions) -> None:
        """Store one step of all copies."""
        row = self._written % self._length
        if self.full:
            self._copy_lent_rings()
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
            The transitions [M, …], and their slots [M] for `set_priorities`.

        Raises:
            ValueError: No transition can be sampled yet.
        """
        if not len(self):
            raise ValueError("the replay holds no transition that can be sampled yet")
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
        """Update the priorities of sampled transitions by the size of their errors (Schaul et al. 2016)."""
        if self._tree is None:
            return
        priorities = (np.abs(errors) + 1e-3) ** (self._exponent or 0.0)
        self._highest = max(self._highest, float(priorities.max()))
        # A slot of priority 0 was overwritten since it was sampled, or must not begin a window.
        self._tree.set(slots, np.where(self._tree.get(slots) > 0, priorities, 0.0))

    @property
    def size(self) -> int:
        """The size of all stored transitions in bytes."""
        stored = min(self._written, self._length)
        return sum(ring.nbytes // self._length for ring in self._rings.by_name().values()) * stored

    def get_state(self) -> dict[str, Any]:
        """Return the stored transitions and priorities. Hold the returned arrays as long as you read them.

        The arrays never change. They are views of the rings, which costs no memory (pixels take hundreds of MB); the
        replay copies its rings if it must overwrite them while such a view still exists.
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
        """Restore the state of another replay of the same form.

        Raises:
            ValueError: The state has another form.
        """
        self._written = whole(state["written"])
        stored = min(self._written, self._length)
        self._copy_lent_rings()
        oldest = self._depth - 1
        legal = self._rings.legal
        bounds = {"action": (0, legal.shape[-1] - 1), "age": (0, oldest)}
        for name, ring in self._rings.by_name().items():
            ring[:stored] = array_like(state["rings"][name], ring[:stored], *bounds.get(name, ()))
        if not legal[:stored].any(axis=-1).all():
            raise ValueError("the saved state has games without a legal action")
        self._next_age = array_like(state["next_age"], self._next_age, 0, oldest)
        self._highest = number(state["highest"])
        if self._tree:
            self._tree.set_leaves(state["priorities"])

    def _copy_lent_rings(self) -> None:
        """Replace the rings by copies if any state that was returned still views them."""
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
        """Return the sum of rewards, the factor of the bootstrapped value, and the row of the state it comes from."""
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
        # Filling the last axis frame by frame is three times as fast as gathering all frames and transposing.
        for index in range(self._depth):
            back = np.minimum(self._depth - 1 - index, age)  # a new game repeats its first frame
            stacked[..., index] = observation[(rows - back) % self._length, copies]
        return stacked

    def _prioritise_row(self, tree: "SumTree") -> None:
        """Give the row whose window is now complete the highest priority, and overwritten rows priority 0."""
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
    """Return the empty replay of a run."""
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
    """A sum tree: numbers in its leaves that are sampled in proportion to their values in logarithmic time.

    Args:
        size: Number of leaves, not necessarily a power of two; all start at 0.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._first = 1 << max(0, size - 1).bit_length()
        self._nodes = np.zeros(2 * self._first)

    @property
    def total(self) -> float:
        """The sum of all leaves."""
        return float(self._nodes[1])

    def get(self, leaves: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the values [M] of some leaves."""
        return self._nodes[leaves + self._first]

    def set(self, leaves: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Set some leaves; if a leaf is given twice, its last value counts."""
        nodes = leaves + self._first
        self._nodes[nodes] = values
        while nodes[0] > 1:
            nodes = nodes >> 1  # the same parent twice does no harm: its sum is the same both times
            self._nodes[nodes] = self._nodes[2 * nodes] + self._nodes[2 * nodes + 1]

    def leaves(self) -> NDArray[np.float64]:
        """Return a copy of all leaves, [size]."""
        return self._nodes[self._first : self._first + self._size].copy()

    def set_leaves(self, values: Any) -> None:
        """Set all leaves.

        Raises:
            ValueError: The values are not [size] numbers of at least 0.
        """
        self._nodes[self._first : self._first + self._size] = array_like(values, self.leaves(), low=0)
        first = self._first
        while first > 1:
            first //= 2
            self._nodes[first : 2 * first] = self._nodes[2 * first : 4 * first].reshape(-1, 2).sum(axis=1)

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw [count] leaves in proportion to their values, one from each of `count` equal parts of the sum."""
        sought = (np.arange(count) + rng.random(count)) * (self.total / count)
        nodes = np.ones(count, np.int64)
        while nodes[0] < self._first:
            left = self._nodes[2 * nodes]
            right_side = (sought >= left) & (self._nodes[2 * nodes + 1] > 0)
            sought -= np.where(right_side, left, 0.0)
            nodes = 2 * nodes + right_side
        drawn = nodes - self._first
        rng.shuffle(drawn)  # the draws are in the order of the ring, but batches must not be sorted by time
        return drawn
