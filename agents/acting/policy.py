"""A Q network evaluated in NumPy, so that play, watching and races need no TensorFlow.

Its values equal those of the Keras network within 1e-5. For small networks and few observations it is about fifty times
as fast.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from agents.acting.architecture import Architecture, Convolution
from agents.errors import ProfileError
from games.game import Array

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays by the names of `Architecture.shapes`."""


CONVOLVED_ROWS = 16
"""Most observations convolved at once, so that their patches fit into the processor's cache."""

CONVOLVED_NUMBERS = 2**24
"""Most numbers in the patches of these observations; with large kernels, fewer observations are convolved at once."""


def has_finite(weights: Weights) -> bool:
    """Whether all weights are finite."""
    return all(bool(np.isfinite(values).all()) for values in weights.values())


class QFunction(Protocol):
    """An object that returns Q values, such as a policy."""

    def q_values(self, observations: Array) -> NDArray[np.float32]:
        """Return Q values [B, A] for observations [B, *shape]."""


class Policy:
    """A Q network evaluated in numpy.

    Args:
        architecture: The network's shape.
        weights: The network's arrays, which are not copied.
        name: The name of an agent loaded from a file, whose Q values are checked to be finite; "" in training, which
            checks its weights itself.
    """

    def __init__(self, architecture: Architecture, weights: Weights, name: str = "") -> None:
        self.architecture = architecture
        self.weights = weights
        self.name = name
        largest = max(architecture.patch_sizes(), default=1)
        self._rows = min(CONVOLVED_ROWS, max(1, CONVOLVED_NUMBERS // largest))

    def q_values(self, observations: Array) -> NDArray[np.float32]:
        """Return the Q values [B, A] for observations [B, *input_shape].

        Raises:
            ProfileError: The policy has a name and its values are not finite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._q_values(observations)
        self.check_finite(values)
        return values

    def check_finite(self, values: Array) -> None:
        """Check values computed from the weights, if the policy has a name.

        Raises:
            ProfileError: A value is not finite.
        """
        if self.name and not np.isfinite(values).all():
            raise ProfileError(f"{self.name}: its Q values are not finite")

    def _q_values(self, observations: Array) -> NDArray[np.float32]:
        values = self._inputs(observations)
        for index in range(len(self.architecture.hidden)):
            values = _relu(self._dense(values, f"dense{index}"))
        if not self.architecture.duelling:
            return self._dense(values, "output")
        advantage = self._dense(values, "advantage")
        advantage += self._dense(values, "value") - advantage.mean(axis=1, keepdims=True)
        return advantage

    def _inputs(self, observations: Array) -> NDArray[np.float32]:
        """Return the inputs [B, N] of the first dense layer."""
        if self.architecture.convolutions and len(observations) > self._rows:
            parts = range(0, len(observations), self._rows)
            return np.concatenate([self._inputs(observations[start : start + self._rows]) for start in parts])
        values = _scaled(observations, self.architecture.byte_input)
        for index, layer in enumerate(self.architecture.convolutions):
            values = _relu(self._convolve(values, layer, f"conv{index}"))
        return values.reshape(len(values), -1)

    def _dense(self, values: Array, name: str) -> NDArray[np.float32]:
        result: NDArray[np.float32] = values @ self.weights[f"{name}/kernel"]
        result += self.weights[f"{name}/bias"]
        return result

    def _convolve(self, values: Array, layer: Convolution, name: str) -> NDArray[np.float32]:
        if values.ndim == 3:
            values = values[..., None]
        kernel = self.weights[f"{name}/kernel"]
        width, stride = layer.kernel, layer.stride
        windows = sliding_window_view(values, (width, width), axis=(1, 2))[:, ::stride, ::stride]  # [B, y, x, c, k, k]
        # One product of two matrices: with more axes, NumPy would compute one for each row of the picture.
        patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, width * width * values.shape[3])
        result: NDArray[np.float32] = patches @ kernel.reshape(-1, layer.filters)
        result += self.weights[f"{name}/bias"]
        return result.reshape(*windows.shape[:3], layer.filters)


def greedy(q_values: Array, legal: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the best legal action [B] of each row."""
    actions: NDArray[np.int64] = np.where(legal, q_values, -np.inf).argmax(axis=1)
    return actions


def random_actions(
    legal: NDArray[np.bool_], rng: np.random.Generator, weights: tuple[float, ...] | None = None
) -> NDArray[np.int64]:
    """Return random legal actions [B], uniform or with the given weight for each action."""
    # u**(1/w) is largest for each action with a probability proportional to w (Efraimidis and Spirakis 2006).
    keys = np.log(rng.random(legal.shape)) / (1.0 if weights is None else np.asarray(weights))
    return greedy(keys, legal)


def epsilon_greedy(
    q_values: Array,
    legal: NDArray[np.bool_],
    epsilon: float,
    rng: np.random.Generator,
    weights: tuple[float, ...] | None = None,
) -> NDArray[np.int64]:
    """Return the best legal actions [B], each replaced by a random one with probability epsilon."""
    actions = greedy(q_values, legal)
    exploring = (rng.random(len(actions)) < epsilon).nonzero()[0]
    if len(exploring):
        actions[exploring] = random_actions(legal[exploring], rng, weights)
    return actions


def _scaled(observations: Array, byte_input: bool) -> NDArray[np.float32]:
    values = observations.astype(np.float32)
    if byte_input:
        values *= np.float32(1 / 255)
    return values


def _relu(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(values, 0, out=values)
