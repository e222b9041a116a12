"""Q networks in Keras, built from an `Architecture` or brought by the caller, and their weights as named arrays."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.architecture import Architecture
from agents.devices import tensorflow
from agents.policy import Weights


class BroughtModel:
    """A Keras model that the caller brings. Learners train copies of it, with its own optimiser.

    Its layers act as they do when it predicts: Dropout does nothing, BatchNormalization keeps its statistics.

    Args:
        model: From observations [B, *input_shape] to Q values [B, A].

    Attributes:
        model: The same model; nothing here changes it.
        input_shape: Shape of one observation.
        byte_input: Whether it takes bytes.
        actions: Number of outputs.
        by_products: Whether it has no convolutions, so that XLA is worth trying on the CPU.
        learning_rate: That of its optimiser.

    Raises:
        ValueError: The model has no fixed shapes, several inputs or outputs, or a schedule for its learning rate.
    """

    def __init__(self, model: Any) -> None:
        if not getattr(model, "built", False) or not getattr(model, "inputs", None):
            raise ValueError("model: has no shapes yet: begin it with keras.Input(shape)")
        inputs, outputs = model.inputs, model.outputs
        if len(inputs) != 1 or len(outputs) != 1 or len(outputs[0].shape) != 2 or None in inputs[0].shape[1:]:
            raise ValueError(
                f"model: from {_shapes(inputs)} to {_shapes(outputs)}: must have one input of fixed shape and one "
                "output [games, actions]"
            )
        self.model = model
        self.input_shape: tuple[int, ...] = tuple(inputs[0].shape[1:])
        self.byte_input = str(inputs[0].dtype) == "uint8"
        self.actions = int(outputs[0].shape[1])
        self.by_products = not any("Conv" in type(layer).__name__ for layer in model.layers)
        self.learning_rate = _learning_rate(model)

    def build(self) -> Any:
        """A copy of the model with the same weights."""
        import keras

        copy = keras.models.clone_model(self.model)
        copy.set_weights(self.model.get_weights())
        return copy

    def variables_of(self, model: Any) -> dict[str, Any]:
        """The variables that training changes, of the model or a copy."""
        return {f"{index}/{variable.name}": variable for index, variable in enumerate(model.trainable_variables)}

    def optimizer(self) -> Any:
        """A fresh optimiser like the one that the model was compiled with; Adam for a model that was not."""
        import keras

        own = getattr(self.model, "optimizer", None)
        if own is None:
            return keras.optimizers.Adam(self.learning_rate)
        return type(own).from_config({**own.get_config(), "learning_rate": self.learning_rate})


Network = Architecture | BroughtModel
"""What a learner can train."""


def loss_of(network: BroughtModel) -> tuple[str, float]:
    """The loss that a model was compiled with, as `Config` names it, and what ours is to be multiplied by.

    Keras takes the mean over all outputs and does not halve the square.

    Raises:
        ValueError: It is none that can be taken.
    """
    loss = getattr(network.model, "loss", None)
    name = loss if isinstance(loss, str) else str(getattr(loss, "name", getattr(loss, "__name__", loss)))
    match name.lower():
        case "mse" | "mean_squared_error" | "meansquarederror":
            return "squared", 2 / network.actions
        case "huber" | "huber_loss":
            return "huber", 1 / network.actions
        case "none":
            return "huber", 1.0
    raise ValueError(f"model: was compiled with the loss {name!r}: must be 'mse' or 'huber'")


def sgd(lr: float = 0.01) -> Any:
    """Plain gradient descent under the name and with the argument that Keras had in its first version."""
    tensorflow()
    import keras

    return keras.optimizers.SGD(lr)


def _shapes(tensors: Any) -> str:
    return ", ".join(str(tuple(tensor.shape)) for tensor in tensors)


def _learning_rate(model: Any) -> float:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return 1e-3
    if not isinstance(optimizer.get_config()["learning_rate"], float):
        raise ValueError("model: its optimiser follows a schedule of learning rates: give it a number")
    return float(optimizer.learning_rate)


def initial_weights(architecture: Network, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Fresh weights: kernels uniform within sqrt(6 / inputs) (He et al. 2015), the outputs' a tenth of it, biases 0.

    A model that was brought starts from its own.
    """
    if isinstance(architecture, BroughtModel):
        return get_weights(architecture.model, architecture)
    weights = {}
    for name, shape in architecture.shapes().items():
        if name.endswith("bias"):
            weights[name] = np.zeros(shape, np.float32)
        else:
            limit = np.sqrt(6 / prod(shape[:-1])) * (1.0 if name.startswith(("conv", "dense")) else 0.1)
            weights[name] = rng.uniform(-limit, limit, shape).astype(np.float32)
    return weights


def build(architecture: Network, *, for_xla: bool = False) -> Any:
    """A Keras model from observations [B, *input_shape] to Q values [B, A]; layers are named as the arrays are.

    Args:
        architecture: What to build; of a model that was brought, a copy.
        for_xla: Whether XLA is to compile it, so that kernels that overlap become products too where all layers can.
    """
    tensorflow()
    if isinstance(architecture, BroughtModel):
        return architecture.build()
    import keras

    layers = keras.layers
    inputs = keras.Input(architecture.input_shape, dtype="uint8" if architecture.byte_input else "float32")
    values = layers.Rescaling(1 / 255)(inputs) if architecture.byte_input else inputs
    if architecture.convolutions and len(architecture.input_shape) == 2:
        values = layers.Reshape((*architecture.input_shape, 1))(values)
    by_products, products = for_xla and architecture.by_products, _product_of_patches(keras)
    for index, layer in enumerate(architecture.convolutions):
        # Patches that do not overlap are the same numbers in another order: one product of them is fastest anywhere.
        convolution = products if by_products or layer.kernel == layer.stride else layers.Conv2D
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
            product = ops.matmul(ops.reshape(patches, (-1, kernel.shape[0])), kernel)  # of two axes it is fastest
            return ops.reshape(self.activation(product + self.bias), (-1, height, breadth, self.filters))

    return ProductOfPatches


def _head(keras: Any, architecture: Architecture, values: Any) -> Any:
    if not architecture.duelling:
        return keras.layers.Dense(architecture.actions, name="output")(values)
    value = keras.layers.Dense(1, name="value")(values)
    advantage = keras.layers.Dense(architecture.actions, name="advantage")(values)
    return value + advantage - keras.ops.mean(advantage, axis=-1, keepdims=True)


def get_weights(model: Any, architecture: Network) -> dict[str, NDArray[np.float32]]:
    """Copies of the model's weights by name."""
    return {name: np.array(variable) for name, variable in variables_of(model, architecture).items()}


def set_weights(model: Any, architecture: Network, weights: Weights) -> None:
    """Copy named arrays into a model.

    Raises:
        ValueError: A shape is not the architecture's.
    """
    for name, variable in variables_of(model, architecture).items():
        variable.assign(weights[name])


def variables_of(model: Any, architecture: Network) -> dict[str, Any]:
    """The model's variables by the names of `Architecture.shapes`, in that order; of a brought model as it has them."""
    if isinstance(architecture, BroughtModel):
        return architecture.variables_of(model)
    return {name: getattr(model.get_layer(name.split("/")[0]), name.split("/")[1]) for name in architecture.shapes()}


def make_optimizer(architecture: Network, kind: str) -> Any:
    """The optimiser that a configuration names; a model that was brought has its own."""
    import keras

    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    optimizer = architecture.optimizer() if isinstance(architecture, BroughtModel) else kinds[kind]()
    # With one replica the sum over all is no sum; TensorFlow would keep the graph of each compiled one for ever.
    optimizer._all_reduce_sum_gradients = lambda gradients_and_variables: gradients_and_variables
    return optimizer
