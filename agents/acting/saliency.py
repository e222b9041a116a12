"""Saliency: the exact gradient of one Q value with respect to the observation, in NumPy.

It is computed by backpropagation through the layers of `agents.acting.policy.Policy` (Simonyan, Vedaldi and Zisserman
2014, "Deep inside convolutional networks", section 3).
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from agents.acting.architecture import Convolution
from agents.acting.policy import Policy
from games.game import Array

Gradient = NDArray[np.float32]
_Backward = Callable[[Gradient], Gradient]


def input_gradient(policy: Policy, observation: Array, output: int) -> Gradient:
    """Return the gradient of one Q value with respect to the observation.

    Args:
        policy: The network.
        observation: [*input_shape] the observation.
        output: Index of the network's output, which may differ from the game's action number.

    Returns:
        The partial derivatives [*input_shape] of that output; for bytes with respect to the inputs scaled to 0 … 1.

    Raises:
        ValueError: The output does not exist, the observation has another shape, or an agent's values are not finite.
    """
    architecture = policy.architecture
    if not 0 <= output < architecture.actions:
        raise ValueError(f"output = {output}: must be 0 to {architecture.actions - 1}")
    if observation.shape != architecture.input_shape:
        raise ValueError(f"observation of shape {observation.shape}: must be {architecture.input_shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        gradient = _gradient(policy, observation, output)
    policy.check_finite(gradient)
    return gradient


def _gradient(policy: Policy, observation: Array, output: int) -> Gradient:
    architecture = policy.architecture
    values = observation.astype(np.float32)
    if architecture.byte_input:
        values /= 255
    steps: list[_Backward] = []
    for index, layer in enumerate(architecture.convolutions):
        values, backward = _convolution(policy, values, layer, f"conv{index}")
        steps.append(backward)
    shape = values.shape
    values = values.reshape(-1)
    for index in range(len(architecture.hidden)):
        values, backward = _dense(policy, values, f"dense{index}")
        steps.append(backward)
    gradient = _head(policy, output)
    for backward in reversed(steps[len(architecture.convolutions) :]):
        gradient = backward(gradient)
    gradient = gradient.reshape(shape)
    for backward in reversed(steps[: len(architecture.convolutions)]):
        gradient = backward(gradient)
    return gradient.reshape(architecture.input_shape)


def _head(policy: Policy, output: int) -> Gradient:
    """Return the derivatives [units] of one output by the last hidden layer; a duelling head has Q = V + A − mean A."""
    if not policy.architecture.duelling:
        return policy.weights["output/kernel"][:, output]
    advantage = policy.weights["advantage/kernel"]
    gradient: Gradient = policy.weights["value/kernel"][:, 0] + advantage[:, output] - advantage.mean(axis=1)
    return gradient


def _dense(policy: Policy, values: Gradient, name: str) -> tuple[Gradient, _Backward]:
    """Return the output [units] of a dense layer with ReLU, and a function from its gradient to the inputs'."""
    kernel = policy.weights[f"{name}/kernel"]
    result = values @ kernel + policy.weights[f"{name}/bias"]
    active = result > 0

    def backward(gradient: Gradient) -> Gradient:
        back: Gradient = kernel @ (gradient * active)
        return back

    return np.maximum(result, 0), backward


def _convolution(policy: Policy, values: Gradient, layer: Convolution, name: str) -> tuple[Gradient, _Backward]:
    """Return the output [y, x, filters] of a convolution with ReLU, and a function from its gradient to the inputs'."""
    shape = values.shape if values.ndim == 3 else (*values.shape, 1)
    kernel, width, stride = policy.weights[f"{name}/kernel"], layer.kernel, layer.stride  # [k, k, c, filters]
    windows = sliding_window_view(values.reshape(shape), (width, width), axis=(0, 1))[::stride, ::stride]
    patches = windows.transpose(0, 1, 3, 4, 2).reshape(*windows.shape[:2], -1)  # [y, x, k·k·c]
    result = patches @ kernel.reshape(-1, layer.filters) + policy.weights[f"{name}/bias"]
    active = result > 0
    rows, columns = result.shape[:2]

    def backward(gradient: Gradient) -> Gradient:
        parts = (gradient * active) @ kernel.reshape(-1, layer.filters).T
        parts = parts.reshape(rows, columns, width, width, shape[2])
        back = np.zeros(shape, np.float32)
        for y in range(width):  # each position in the kernel belongs to its own grid of inputs
            for x in range(width):
                back[y : y + rows * stride : stride, x : x + columns * stride : stride] += parts[:, :, y, x]
        return back.reshape(values.shape)

    return np.maximum(result, 0), backward
