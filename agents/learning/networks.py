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

KIND, AXES = "float32", "channels_last"
"""What our networks are made of. It is said to each layer, for a person's own Keras may have other preferences."""

_GLOBALS = threading.Lock()


def sgd(lr: float = 0.01) -> Any:
    """Plain gradient descent under the name and with the argument that Keras had in its first version."""
    tensorflow()
    import keras

    return keras.optimizers.SGD(lr)


def initial_weights(architecture: Architecture, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Fresh weights: kernels uniform within sqrt(6 / inputs) (He et al. 2015), the outputs' a tenth of it, biases 0."""
    weights = {}
    for name, shape in architecture.shapes().items():
        if name.endswith("bias"):
            weights[name] = np.zeros(shape, np.float32)
        else:
            limit = np.sqrt(6 / prod(shape[:-1])) * (1.0 if name.startswith(("conv", "dense")) else 0.1)
            weights[name] = rng.uniform(-limit, limit, shape).astype(np.float32)
    return weights


def build(architecture: Architecture, *, for_xla: bool = False) -> Any:
    """A Keras model from observations [B, *input_shape] to Q values [B, A]; layers are named as the arrays are.

    Args:
        architecture: What to build.
        for_xla: Whether XLA is to compile it, so that kernels that overlap become products too where all layers can.
    """
    tensorflow()
    import keras

    layers = keras.layers
    inputs = keras.Input(architecture.input_shape, dtype="uint8" if architecture.byte_input else KIND)
    values = layers.Rescaling(1 / 255, dtype=KIND)(inputs) if architecture.byte_input else inputs
    if architecture.convolutions and len(architecture.input_shape) == 2:
        values = layers.Reshape((*architecture.input_shape, 1), dtype=KIND)(values)
    by_products, products = for_xla and architecture.by_products, _product_of_patches(keras)
    for index, layer in enumerate(architecture.convolutions):
        # Patches that do not overlap are the same numbers in another order: one product of them is fastest anywhere.
        convolution = products if by_products or layer.kernel == layer.stride else layers.Conv2D
        values = convolution(
            layer.filters, layer.kernel, layer.stride, activation="relu", name=f"conv{index}", data_format=AXES,
            dtype=KIND,
        )(values)  # fmt: skip
    values = layers.Flatten(data_format=AXES, dtype=KIND)(values)
    for index, units in enumerate(architecture.hidden):
        values = layers.Dense(units, activation="relu", name=f"dense{index}", dtype=KIND)(values)
    return keras.Model(inputs, _head(keras, architecture, values))


def _product_of_patches(keras: Any) -> Any:
    """Keras's convolution with the same weights, computed as one matrix product of patches and kernel."""
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
            product = ops.matmul(ops.reshape(patches, (-1, kernel.shape[0])), kernel)  # of two axes it is fastest
            return ops.reshape(self.activation(product + self.bias), (-1, height, breadth, self.filters))

    return ProductOfPatches


def _head(keras: Any, architecture: Architecture, values: Any) -> Any:
    dense = keras.layers.Dense
    if not architecture.duelling:
        return dense(architecture.actions, name="output", dtype=KIND)(values)
    value = dense(1, name="value", dtype=KIND)(values)
    advantage = dense(architecture.actions, name="advantage", dtype=KIND)(values)
    return value + advantage - keras.ops.mean(advantage, axis=-1, keepdims=True)


def get_weights(model: Any, architecture: Architecture) -> dict[str, NDArray[np.float32]]:
    """Copies of the model's weights by name."""
    return {name: np.array(variable) for name, variable in variables_of(model, architecture).items()}


def set_weights(model: Any, architecture: Architecture, weights: Weights) -> None:
    """Copy named arrays into a model.

    Raises:
        ValueError: A shape is not the architecture's.
    """
    for name, variable in variables_of(model, architecture).items():
        variable.assign(weights[name])


def variables_of(model: Any, architecture: Architecture) -> dict[str, Any]:
    """The model's variables by the names of `Architecture.shapes`, in that order."""
    return {name: getattr(model.get_layer(name.split("/")[0]), name.split("/")[1]) for name in architecture.shapes()}


def make_optimizer(kind: str) -> Any:
    """The optimiser that a configuration names."""
    import keras

    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    with _floats_of_ours(keras):  # its learning rate is of the global kind, and no argument changes that
        optimizer = kinds[kind]()
    # Keras would sum gradients over replicas. There is one, and that operation keeps every compiled graph alive.
    optimizer._all_reduce_sum_gradients = lambda gradients_and_variables: gradients_and_variables
    return optimizer


@contextmanager
def _floats_of_ours(keras: Any) -> Iterator[None]:
    """Keras's global kind of float is ours for a moment, whatever the person prefers."""
    with _GLOBALS:
        theirs = keras.config.floatx()
        keras.config.set_floatx(KIND)
        try:
            yield
        finally:
            keras.config.set_floatx(theirs)
