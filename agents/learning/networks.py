"""Q networks in Keras, built from an `Architecture`, and their weights as named arrays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.architecture import Architecture
from agents.acting.policy import Weights
from agents.learning.devices import tensorflow

DTYPE, DATA_FORMAT = "float32", "channels_last"
"""Dtype and data format of our networks; given to each layer, because the user's Keras may have other defaults."""

_GLOBALS = threading.Lock()


def sgd(lr: float = 0.01) -> Any:
    """Return plain gradient descent; name and argument are those of the first version of Keras."""
    tensorflow()
    import keras

    return keras.optimizers.SGD(lr)


def initial_weights(architecture: Architecture, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Return random weights: kernels uniform within ±sqrt(6 / inputs) (He et al. 2015), outputs a tenth, biases 0."""
    weights = {}
    for name, shape in architecture.shapes().items():
        if name.endswith("bias"):
            weights[name] = np.zeros(shape, np.float32)
        else:
            limit = np.sqrt(6 / prod(shape[:-1])) * (1.0 if name.startswith(("conv", "dense")) else 0.1)
            weights[name] = rng.uniform(-limit, limit, shape).astype(np.float32)
    return weights


def build(architecture: Architecture, *, for_xla: bool = False) -> Any:
    """Build a Keras model from observations [B, *input_shape] to Q values [B, A]; its layers have the arrays' names.

    Args:
        architecture: The shape of the network.
        for_xla: Whether XLA compiles the model. If so, and if all layers can be matrix products, overlapping kernels
            become products, too.
    """
    tensorflow()
    import keras

    layers = keras.layers
    inputs = keras.Input(architecture.input_shape, dtype="uint8" if architecture.byte_input else DTYPE)
    values = layers.Rescaling(1 / 255, dtype=DTYPE)(inputs) if architecture.byte_input else inputs
    if architecture.convolutions and len(architecture.input_shape) == 2:
        values = layers.Reshape((*architecture.input_shape, 1), dtype=DTYPE)(values)
    by_products, products = for_xla and architecture.by_products, _product_of_patches(keras)
    for index, layer in enumerate(architecture.convolutions):
        # Patches that do not overlap only reorder the input: one matrix product of them is fastest on every device.
        convolution = products if by_products or layer.kernel == layer.stride else layers.Conv2D
        values = convolution(
            layer.filters, layer.kernel, layer.stride, activation="relu", name=f"conv{index}", data_format=DATA_FORMAT,
            dtype=DTYPE,
        )(values)  # fmt: skip
    values = layers.Flatten(data_format=DATA_FORMAT, dtype=DTYPE)(values)
    for index, units in enumerate(architecture.hidden):
        values = layers.Dense(units, activation="relu", name=f"dense{index}", dtype=DTYPE)(values)
    return keras.Model(inputs, _head(keras, architecture, values))


def _product_of_patches(keras: Any) -> Any:
    """Return a Keras convolution layer that is computed as one matrix product of patches and kernel."""
    ops = keras.ops

    class ProductOfPatches(keras.layers.Conv2D):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            width, stride = self.kernel_size[0], self.strides[0]
            height, breadth = ((length - width) // stride + 1 for length in inputs.shape[1:3])
            if width == stride:
                kept = inputs[:, : height * width, : breadth * width]
                cells = ops.reshape(kept, (-1, height, width, breadth, width, inputs.shape[3]))
                patches = ops.transpose(cells, (0, 1, 3, 2, 4, 5))
            else:
                parts = [
                    inputs[:, y : y + (height - 1) * stride + 1 : stride, x : x + (breadth - 1) * stride + 1 : stride]
                    for y in range(width)
                    for x in range(width)
                ]
                patches = ops.concatenate(parts, axis=-1)
            kernel = ops.reshape(self.kernel, (-1, self.filters))
            product = ops.matmul(ops.reshape(patches, (-1, kernel.shape[0])), kernel)  # fastest with two axes
            return ops.reshape(self.activation(product + self.bias), (-1, height, breadth, self.filters))

    return ProductOfPatches


def _head(keras: Any, architecture: Architecture, values: Any) -> Any:
    dense = keras.layers.Dense
    if not architecture.duelling:
        return dense(architecture.actions, name="output", dtype=DTYPE)(values)
    value = dense(1, name="value", dtype=DTYPE)(values)
    advantage = dense(architecture.actions, name="advantage", dtype=DTYPE)(values)
    return value + advantage - keras.ops.mean(advantage, axis=-1, keepdims=True)


def get_weights(model: Any, architecture: Architecture) -> dict[str, NDArray[np.float32]]:
    """Return copies of the model's weights by name."""
    return {name: np.array(variable) for name, variable in variables_of(model, architecture).items()}


def set_weights(model: Any, architecture: Architecture, weights: Weights) -> None:
    """Copy named arrays into a model.

    Raises:
        ValueError: A shape differs from the architecture's.
    """
    for name, variable in variables_of(model, architecture).items():
        variable.assign(weights[name])


def variables_of(model: Any, architecture: Architecture) -> dict[str, Any]:
    """Return the model's variables by the names of `Architecture.shapes`, in that order."""
    return {name: getattr(model.get_layer(name.split("/")[0]), name.split("/")[1]) for name in architecture.shapes()}


def make_optimizer(kind: str) -> Any:
    """Return a new optimiser of the kind that a configuration names."""
    import keras

    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    with _our_float_type(keras):  # the learning rate gets the global dtype, which no argument changes
        optimizer = kinds[kind]()
    # Skip Keras's sum of gradients over replicas: there is only one, and the sum keeps every compiled graph alive.
    optimizer._all_reduce_sum_gradients = lambda gradients_and_variables: gradients_and_variables
    return optimizer


@contextmanager
def _our_float_type(keras: Any) -> Iterator[None]:
    """Replace Keras's global float dtype, which the user may have changed, by ours within the context."""
    with _GLOBALS:
        before = keras.config.floatx()
        keras.config.set_floatx(DTYPE)
        try:
            yield
        finally:
            keras.config.set_floatx(before)
