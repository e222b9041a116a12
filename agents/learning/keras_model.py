"""A Keras model of a script: checks that it can be trained here, and gives access to its weights."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.errors import reason_of
from agents.learning.devices import tensorflow

Variables = dict[str, NDArray[Any]]
"""Name to array, of every kind of number that Keras has."""


class KerasModel:
    """A Keras model of a script, with its optimiser and loss.

    It is trained itself, not a copy, so that layers, losses and optimisers may be of any kind that Keras trains.

    Args:
        model: From observations [B, *input_shape] to Q values [B, A].

    Attributes:
        model: The same model.
        input_shape: Shape of one observation.
        dtype: Kind of number that observations are given in.
        actions: Number of outputs.

    Raises:
        ValueError: It is no such model; one line says what it must be.
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
        self.dtype = _number_for(str(inputs[0].dtype))
        self.actions = int(outputs[0].shape[1])
        self._form = getattr(model, "_inputs_struct", None)  # of models that take their one input by name
        self._adam = keras.optimizers.Adam(1e-3)
        self._huber = keras.losses.Huber()

    @property
    def optimizer(self) -> Any:
        """The optimiser that the model was compiled with; Adam for one that was not."""
        return getattr(self.model, "optimizer", None) or self._adam

    @property
    def compiled(self) -> list[Any]:
        """All that compiled updates depend on: where one of these is another, they must be compiled anew."""
        model = self.model
        return [model.loss, model.run_eagerly, model.jit_compile, self.optimizer, *model.trainable_variables]

    def begin(self) -> None:
        """Make ready to train.

        Raises:
            ValueError: There is nothing to train, or nothing that fits to train it with.
        """
        variables = self.model.trainable_variables
        if not variables:
            raise ValueError("model: has no weights that train: all its layers are frozen, or it has none")
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
        """[B, A] what the model says of observations [B, *input_shape]."""
        return single(self.outputs(observations, training=False))

    def q_values(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """[B, A] the same as an array of numpy."""
        return np.asarray(self.values(observations), np.float32)

    def outputs(self, observations: Any, *, training: bool) -> Any:
        """The same in whatever the model wraps it."""
        form = self._form
        given = observations if form is None else tensorflow().nest.pack_sequence_as(form, [observations])
        return self.model(given, training=training)

    def loss(self, observations: Any, goals: Any, outputs: Any) -> Any:
        """The loss that the optimiser makes small, with all that the model was compiled with and is built of."""
        import keras

        model = self.model
        tf = tensorflow()
        if model.loss is not None or type(model).compute_loss is not keras.Model.compute_loss:
            return model.compute_loss(observations, tf.nest.pack_sequence_as(outputs, [goals]), outputs, None)
        others = [tf.cast(tf.reduce_sum(each), tf.float32) for each in model.losses]
        return tf.add_n([self._huber(goals, single(outputs)), *others])

    def not_finite(self) -> str:
        """The first of the weights that train which is no number any more; "" if all are."""
        variables = self.model.trainable_variables
        return next((short_name(each) for each in variables if not np.isfinite(np.array(each)).all()), "")

    def weights(self) -> Variables:
        """Copies of all weights, also of those that do not train."""
        return {name: np.array(variable) for name, variable in self._named().items()}

    def set_weights(self, weights: Variables) -> None:
        """Give the model copies that `weights` made."""
        for name, variable in self._named().items():
            variable.assign(weights[name])

    def _named(self) -> dict[str, Any]:
        return {f"{index}/{variable.path}": variable for index, variable in enumerate(self.model.weights)}


def short_name(variable: Any) -> str:
    """A weight's own name after its layer's."""
    return "/".join(variable.path.split("/")[-2:])


def _ends(keras: Any, model: Any) -> tuple[list[Any], list[Any]]:
    """Inputs and outputs of a model as symbols; those of a subclass are found from what it was called with."""
    if getattr(model, "inputs", None):
        return list(model.inputs), list(model.outputs)
    shape = (model.get_build_config() or {}).get("input_shape") if model.built else None
    if not isinstance(shape, list | tuple) or not all(isinstance(side, int | None) for side in shape):
        raise ValueError("model: has no shapes yet: begin it with keras.Input(shape), or call it with an observation")
    symbol = keras.KerasTensor((None, *shape[1:]))
    try:
        return [symbol], keras.tree.flatten(model(symbol))
    except Exception as error:  # it is the caller's code, and raises what it likes
        raise ValueError(f"model: cannot be called with {tuple(symbol.shape)}: {reason_of(error)}") from error


def single(outputs: Any) -> Any:
    """The one tensor that a model gives, in whatever it is wrapped."""
    (tensor,) = tensorflow().nest.flatten(outputs)
    return tensor


def _fits(inputs: Any, outputs: Any) -> bool:
    return len(outputs) == 2 and isinstance(outputs[1], int) and None not in inputs[1:] and prod(inputs[1:]) > 0


def _number_for(dtype: str) -> str:
    """The kind in which numpy hands over what the model takes; Keras makes its own kinds of fractions of float32."""
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
