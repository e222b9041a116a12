"""The arrays that a network learns from, as one record; the replay samples it, and compiled updates take it."""

from typing import Any, NamedTuple

from games.game import Array


class UpdateBatch(NamedTuple):
    """Transitions over up to n steps each, as NumPy arrays or TensorFlow tensors.

    All arrays have the same leading axes: [M] from the replay, [K, B] for K updates in one compiled call, [B] in a
    single update. The comments below give only the axes after these.
    """

    observation: Array  # [*shape] float32 or uint8
    legal: Array  # [A] bool: legal actions in the state of the observation
    action: Array  # int32
    reward: Array  # float32: discounted sum over the window
    discount: Array  # float32: factor of the bootstrapped value; 0 after a terminal step
    next_observation: Array  # [*shape] at the end of the window
    next_legal: Array  # [A] bool
    importance: Array  # float32: weight of the transition in the loss

    def split(self, updates: int, size: int) -> "UpdateBatch":
        """Return the same transitions as `updates` batches of `size`, [K, B, …].

        Raises:
            ValueError: The number of transitions is another.
        """
        return UpdateBatch(*(array.reshape(updates, size, *array.shape[1:]) for array in self))

    def of_update(self, index: Any) -> "UpdateBatch":
        """Return the batch [B, …] of one of K updates; the index may be a tensor."""
        return UpdateBatch(*[array[index] for array in self])
