"""Q networks in Keras, built from an `Architecture`, and their weights as named arrays."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.architecture import Architecture
from agents.devices import tensorflow
from agents.policy import Weights


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


def build(architecture: Architecture) -> Any:
    """A Keras model from observations [B, *input_shape] to Q values [B, A]; layers are named as the arrays are."""
    tensorflow()
    import keras

    layers = keras.layers
    inputs = keras.Input(architecture.input_shape, dtype="uint8" if architecture.byte_input else "float32")
    values = layers.Rescaling(1 / 255)(inputs) if architecture.byte_input else inputs
    if architecture.convolutions and len(architecture.input_shape) == 2:
        values = layers.Reshape((*architecture.input_shape, 1))(values)
    convolution = _product_of_patches(keras) if architecture.by_products else layers.Conv2D
    for index, layer in enumerate(architecture.convolutions):
        values = convolution(layer.filters, layer.kernel, layer.stride, activation="relu", name=f"conv{index}")(values)
    values = layers.Flatten()(values)
    for index, units in enumerate(architecture.hidden):
        values = layers.Dense(units, activation="relu", name=f"dense{index}")(values)
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
            patches = ops.reshape(patches, (-1, height, breadth, kernel.shape[0]))
            return self.activation(ops.matmul(patches, kernel) + self.bias)

    return ProductOfPatches


def _head(keras: Any, architecture: Architecture, values: Any) -> Any:
    if not architecture.duelling:
        return keras.layers.Dense(architecture.actions, name="output")(values)
    value = keras.layers.Dense(1, name="value")(values)
    advantage = keras.layers.Dense(architecture.actions, name="advantage")(values)
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
