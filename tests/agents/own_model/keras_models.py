"""Keras models of every kind that a script may bring, each with the same weights whenever it is made."""

from collections.abc import Callable
from typing import Any

from agents.learning.devices import tensorflow

SHAPE = (1, 5, 5)


def plain(*, rate: float = 0.1, loss: Any = "mse", optimizer: Any = None, head: Any = None, **dense: Any) -> Any:
    """Two dense layers; `dense` are settings of the first, `head` stands before it."""
    keras = fresh()
    layers = keras.layers
    parts = [keras.Input(SHAPE), *([head] if head else []), layers.Flatten(), layers.Dense(6, "tanh", **dense)]
    model = keras.Sequential([*parts, layers.Dense(3)])
    model.compile(optimizer or keras.optimizers.SGD(rate), loss)
    return model


def fresh() -> Any:
    """Keras, its random numbers at their beginning."""
    tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    return keras


def with_optimizer(make: Callable[[Any], Any], **changes: Any) -> Callable[[], Any]:
    """A plain model with an optimiser out of Keras's."""
    return lambda: plain(optimizer=make(fresh().optimizers), **changes)


def with_loss(make: Callable[[Any], Any]) -> Callable[[], Any]:
    """A plain model with a loss out of Keras's."""
    return lambda: plain(loss=make(fresh().losses))


def loss_weighted() -> Any:
    model = plain()
    model.compile("sgd", "mse", loss_weights=0.25)
    return model


def softmax() -> Any:
    keras = fresh()
    layers = keras.layers
    model = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    return model


def frozen() -> Any:
    model = plain()
    model.layers[1].trainable = False
    model.compile("adam", "mse")
    return model


def normalised() -> Any:
    return plain(head=fresh().layers.BatchNormalization())


def with_lambda() -> Any:
    return plain(head=fresh().layers.Lambda(lambda values: values / 2.0))


def unregistered() -> Any:
    """A layer that Keras could not make from a configuration."""
    keras = fresh()

    class Scale(keras.layers.Layer):  # type: ignore[name-defined, misc]
        def __init__(self, by: float) -> None:
            super().__init__()
            self.by = by

        def build(self, shape: Any) -> None:
            self.gain = self.add_weight(shape=(), initializer="ones", name="gain")

        def call(self, values: Any) -> Any:
            scaled = values * self.by * self.gain
            self.add_loss(0.01 * keras.ops.sum(scaled**2))
            return scaled

    return plain(head=Scale(3.0))


def subclassed() -> Any:
    keras = fresh()

    class Mine(keras.Model):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.flat, self.dense = keras.layers.Flatten(), keras.layers.Dense(3)

        def call(self, values: Any) -> Any:
            return self.dense(self.flat(values))

    model = Mine()
    model(keras.ops.zeros((1, *SHAPE)))
    model.compile("sgd", "mse")
    return model


def own_optimizer() -> Any:
    keras = fresh()

    class Twice(keras.optimizers.SGD):  # type: ignore[name-defined, misc]
        def __init__(self, rate: float, factor: float) -> None:
            super().__init__(rate)
            self.factor = factor

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            super().update_step(self.factor * gradient, variable, learning_rate)

    return plain(optimizer=Twice(0.05, 2.0))


def own_loss() -> Any:
    """The loss is the model's own method."""
    keras = fresh()

    class Mine(keras.Sequential):  # type: ignore[name-defined, misc]
        def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            return keras.ops.sum((y - y_pred) ** 4)

    model = Mine([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(3)])
    model.compile("sgd")
    return model


def mixed() -> Any:
    keras = fresh()
    layers, policy = keras.layers, "mixed_float16"
    model = keras.Sequential(
        [keras.Input(SHAPE), layers.Flatten(dtype=policy), layers.Dense(3, dtype=policy)], name="mixed"
    )
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)), "mse")
    return model


def doubles() -> Any:
    keras = fresh()
    layers = keras.layers
    parts = [layers.Flatten(dtype="float64"), layers.Dense(3, dtype="float64")]
    model = keras.Sequential([keras.Input(SHAPE, dtype="float64"), *parts])
    model.compile("sgd", "mse")
    return model


def embedded() -> Any:
    keras = fresh()
    layers = keras.layers
    model = keras.Sequential([
        keras.Input(SHAPE, dtype="int32"), layers.Flatten(), layers.Embedding(4, 2), layers.Flatten(), layers.Dense(3),
    ])  # fmt: skip
    model.compile("adam", "mse")
    return model


def wrapped() -> Any:
    """One input and one output, by name."""
    keras = fresh()
    seen = keras.Input(SHAPE, name="seen")
    model = keras.Model({"seen": seen}, {"values": keras.layers.Dense(3, name="values")(keras.layers.Flatten()(seen))})
    model.compile("sgd", {"values": "mse"})
    return model


def recurrent() -> Any:
    keras = fresh()
    layers = keras.layers
    model = keras.Sequential([keras.Input(SHAPE), layers.Reshape((5, 5)), layers.LSTM(4), layers.Dense(3)])
    model.compile("sgd", "mse")
    return model


KINDS: dict[str, Callable[[], Any]] = {
    "plain": plain,
    "adam": with_optimizer(lambda kinds: kinds.Adam(0.01)),
    "schedule": with_optimizer(lambda kinds: kinds.SGD(kinds.schedules.ExponentialDecay(0.1, 1, 0.5))),
    "clipnorm": with_optimizer(lambda kinds: kinds.SGD(0.1, clipnorm=0.01)),
    "clipvalue": with_optimizer(lambda kinds: kinds.SGD(0.1, clipvalue=0.01)),
    "weight decay": with_optimizer(lambda kinds: kinds.AdamW(0.01, weight_decay=0.5)),
    "averages": with_optimizer(lambda kinds: kinds.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=1)),
    "accumulation": with_optimizer(lambda kinds: kinds.SGD(0.1, gradient_accumulation_steps=2)),
    "loss scale": with_optimizer(lambda kinds: kinds.SGD(0.1, loss_scale_factor=128.0)),
    "own optimiser": own_optimizer,
    "huber of 0.01": with_loss(lambda kinds: kinds.Huber(delta=0.01)),
    "sum": with_loss(lambda kinds: kinds.MeanSquaredError(reduction="sum")),
    "mae": lambda: plain(loss="mae"),
    "upper case": lambda: plain(loss="MSE"),
    "list": lambda: plain(loss=["mse"]),
    "function": lambda: plain(loss=lambda goals, said: fresh().ops.mean((goals - said) ** 2)),
    "loss weights": loss_weighted,
    "own loss": own_loss,
    "regulariser": lambda: plain(kernel_regularizer=fresh().regularizers.L2(1.0)),
    "activity": lambda: plain(activity_regularizer=fresh().regularizers.L2(1.0)),
    "constraint": lambda: plain(kernel_constraint=fresh().constraints.MaxNorm(0.1)),
    "softmax": softmax,
    "frozen": frozen,
    "statistics": normalised,
    "lambda": with_lambda,
    "unregistered": unregistered,
    "subclass": subclassed,
    "mixed": mixed,
    "doubles": doubles,
    "embedded": embedded,
    "wrapped": wrapped,
    "recurrent": recurrent,
}
"""Every kind that is trained, by its name."""
