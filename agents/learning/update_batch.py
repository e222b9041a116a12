"""The arrays that a network learns from, as one record: what the replay draws and what compiled updates take."""

from typing import Any, NamedTuple

from games.game import Array


class UpdateBatch(NamedTuple):
    """Transitions over up to n steps each, as arrays of numpy or tensors of TensorFlow.

    Every array has the same leading axes: [M] as the replay draws them, [K, B] for K updates in one compiled call,
    [B] in a single update. The fields below name only the axes after those.
    """

    observation: Array  # [*shape] float32 or uint8
    legal: Array  # [A] bool: actions that were legal there
    action: Array  # int32
    reward: Array  # float32: discounted sum over the window
    discount: Array  # float32: factor of the bootstrapped value; 0 after a terminal step
    next_observation: Array  # [*shape] at the end of the window
    next_legal: Array  # [A] bool
    importance: Array  # float32: weight of the transition in the loss

    def split(self, updates: int, size: int) -> "UpdateBatch":
        """[K, B, …] the same transitions as `updates` batches of `size`.

        Raises:
            ValueError: There are more or fewer.
        """
        return UpdateBatch(*(array.reshape(updates, size, *array.shape[1:]) for array in self))

    def of_update(self, index: Any) -> "UpdateBatch":
        """[B, …] the batch of one of K updates; the index may be a tensor."""
        return UpdateBatch(*[array[index] for array in self])
