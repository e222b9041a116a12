"""A script's own Keras model: checks that it can be trained here, and gives access to its weights."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.errors import reason_of
from agents.learning.devices import tensorflow

Variables = dict[str, NDArray[Any]]
"""Arrays by name, of any dtype that Keras has."""


class KerasModel:
    """A script's own Keras model, with its optimiser and loss.

    The model is trained in place, not a copy, so layers, losses and optimisers may be of any kind that Keras trains.

    Args:
        model: A model from observations [B, *input_shape] to Q values [B, A].

    Attributes:
        model: The same model.
        input_shape: Shape of one observation.
        dtype: Dtype of the observations that the model takes.
        actions: Number of outputs.

    Raises:
        ValueError: The model is not of this form; one line says what it must be.
    """

    def __init__(self, model: Any) -> None:
        tensorflow()
        import keras

        if not isinstance(model, keras.Model):
            raise ValueError(f"model = {_shown(model)}: must be a Keras model, such as keras.Sequential([...])")
        if type(model).train_step is not keras.Model.train_step:
            raise ValueError(f"model: {type(model).__name__} has a train_step of its own, which is not used here")
        inputs, outputs = _ends(keras, model)
        if len(inputs) != 1 or len(outputs) != 1 or not _fits(inputs[0].shape, outputs[0].shape):
            raise ValueError(
                f"model: from {_shapes(inputs)} to {_shapes(outputs)}: must have one input of fixed shape and one "
                "output [games, actions]"
            )
        if inputs[0].shape[0] is not None:
            raise ValueError(
                f"model: takes exactly {inputs[0].shape[0]} observations at once: must take any number of them "
                "(keras.Input(shape), not batch_shape; no stateful layers)"
            )
        self.model = model
        self.input_shape: tuple[int, ...] = tuple(inputs[0].shape[1:])
        self.dtype = _dtype_for(str(inputs[0].dtype))
        self.actions = int(outputs[0].shape[1])
        self._input_structure = getattr(model, "_inputs_struct", None)  # a model may take its one input by name
        self._adam = keras.optimizers.Adam(1e-3)
        self._huber = keras.losses.Huber()

    @property
    def optimizer(self) -> Any:
        """The optimiser that the model was compiled with; Adam for one that was not."""
        return getattr(self.model, "optimizer", None) or self._adam

    @property
    def compiled(self) -> list[Any]:
        """All objects that compiled updates depend on; if one is replaced, the updates must be compiled again."""
        model = self.model
        return [model.loss, model.run_eagerly, model.jit_compile, self.optimizer, *model.trainable_variables]

    def begin(self) -> None:
        """Prepare the optimiser for training.

        Raises:
            ValueError: The model has nothing to train, or its losses or optimiser do not fit it.
        """
        variables = self.model.trainable_variables
        if not variables:
            raise ValueError("model: has no trainable weights: all its layers are frozen, or it has none")
        losses = tensorflow().nest.flatten(self.model.loss)
        if len(losses) > 1:
            raise ValueError(f"model: was compiled with {len(losses)} losses for its one output: must be one")
        if not self.optimizer.built:
            self.optimizer.build(variables)
        try:
            self.optimizer._check_variables_are_known(variables)
        except (AttributeError, ValueError):
            raise ValueError("model: was compiled before its layers were frozen or thawed: compile it again") from None

    def values(self, observations: Any) -> Any:
        """Return the model's Q values [B, A] for observations [B, *input_shape], as a tensor."""
        return single(self.outputs(observations, training=False))

    def q_values(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """Return the same as a NumPy array."""
        return np.asarray(self.values(observations), np.float32)

    def outputs(self, observations: Any, *, training: bool) -> Any:
        """Return the same in the structure that the model returns, such as a dict."""
        structure = self._input_structure
        given = observations if structure is None else tensorflow().nest.pack_sequence_as(structure, [observations])
        return self.model(given, training=training)

    def loss(self, observations: Any, goals: Any, outputs: Any) -> Any:
        """Return the loss to minimise, including the model's regularisation."""
        import keras

        model = self.model
        tf = tensorflow()
        if model.loss is not None or type(model).compute_loss is not keras.Model.compute_loss:
            return model.compute_loss(observations, tf.nest.pack_sequence_as(outputs, [goals]), outputs, None)
        others = [tf.cast(tf.reduce_sum(each), tf.float32) for each in model.losses]
        return tf.add_n([self._huber(goals, single(outputs)), *others])

    def not_finite(self) -> str:
        """Return the name of the first trainable weight that is not finite, "" if all are finite."""
        variables = self.model.trainable_variables
        return next((short_name(each) for each in variables if not np.isfinite(np.array(each)).all()), "")

    def weights(self) -> Variables:
        """Return copies of all weights, including those that are not trainable."""
        return {name: np.array(variable) for name, variable in self._named().items()}

    def set_weights(self, weights: Variables) -> None:
        """Set all weights to a result of `weights`."""
        for name, variable in self._named().items():
            variable.assign(weights[name])

    def _named(self) -> dict[str, Any]:
        return {f"{index}/{variable.path}": variable for index, variable in enumerate(self.model.weights)}


def short_name(variable: Any) -> str:
    """Return the name of a weight with the name of its layer before it."""
    return "/".join(variable.path.split("/")[-2:])


def _ends(keras: Any, model: Any) -> tuple[list[Any], list[Any]]:
    """Return the symbolic inputs and outputs of a model; for a subclassed model they follow from its first call."""
    if getattr(model, "inputs", None):
        return list(model.inputs), list(model.outputs)
    shape = (model.get_build_config() or {}).get("input_shape") if model.built else None
    if not isinstance(shape, list | tuple) or not all(isinstance(side, int | None) for side in shape):
        raise ValueError("model: has no shapes yet: begin it with keras.Input(shape), or call it with an observation")
    symbol = keras.KerasTensor((None, *shape[1:]))
    try:
        return [symbol], keras.tree.flatten(model(symbol))
    except Exception as error:  # the caller's code may raise errors of any kind
        raise ValueError(f"model: cannot be called with {tuple(symbol.shape)}: {reason_of(error)}") from error


def single(outputs: Any) -> Any:
    """Return the one tensor in a model's outputs, whatever their structure is."""
    (tensor,) = tensorflow().nest.flatten(outputs)
    return tensor


def _fits(inputs: Any, outputs: Any) -> bool:
    return len(outputs) == 2 and isinstance(outputs[1], int) and None not in inputs[1:] and prod(inputs[1:]) > 0


def _dtype_for(dtype: str) -> str:
    """Return the dtype of the NumPy arrays for a model's input; from float32 Keras converts to its own float dtypes."""
    if dtype.startswith(("int", "uint", "bool")):
        return dtype
    if "float" in dtype:
        return "float32"
    raise ValueError(f"model: takes {dtype}: must take numbers")


def _shapes(tensors: Any) -> str:
    return ", ".join(str(tuple(tensor.shape)) for tensor in tensors)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
