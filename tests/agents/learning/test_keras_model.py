"""What a Keras model must be like to be trained here."""

from typing import Any

import numpy as np
import pytest

from agents.learning.keras_model import KerasModel
from tests.agents.own_model.keras_models import SHAPE, doubles, embedded, fresh, plain, subclassed


def _dense(*, outputs: int = 3, **settings: Any) -> Any:
    keras = fresh()
    return keras.Sequential([keras.Input(**settings), keras.layers.Flatten(), keras.layers.Dense(outputs)])


def _two_inputs() -> Any:
    keras = fresh()
    first, second = keras.Input((3,)), keras.Input((2,))
    return keras.Model([first, second], keras.layers.Dense(3)(keras.layers.Concatenate()([first, second])))


def _two_outputs() -> Any:
    keras = fresh()
    seen = keras.Input((3,))
    return keras.Model(seen, [keras.layers.Dense(3)(seen), keras.layers.Dense(1)(seen)])


def _own_step() -> Any:
    keras = fresh()

    class Mine(keras.Sequential):  # type: ignore[name-defined, misc]
        def train_step(self, data: Any) -> Any:
            return {}

    return Mine([keras.Input((3,)), keras.layers.Dense(3)])


def _breaks() -> Any:
    keras = fresh()

    class Mine(keras.Model):  # type: ignore[name-defined, misc]
        def call(self, values: Any) -> Any:
            if values.shape[0] is None:
                raise KeyError("my own mistake")
            return values

    model = Mine()
    model(keras.ops.zeros((1, 3)))
    return model


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: "catcher.keras", "model = 'catcher.keras': must be a Keras model"),
        (lambda: np.sin, "model = <ufunc 'sin'>: must be a Keras model"),
        (lambda: fresh().layers.Dense(3), "model = .*: must be a Keras model"),
        (lambda: fresh().Sequential([fresh().layers.Dense(3)]), "has no shapes yet: begin it with keras.Input"),
        (_two_inputs, r"from \(None, 3\), \(None, 2\) to \(None, 3\): must have one input"),
        (_two_outputs, r"from \(None, 3\) to \(None, 3\), \(None, 1\): must have one input"),
        (lambda: _dense(batch_shape=(1, 3)), "takes exactly 1 observations at once"),
        (lambda: fresh().Sequential([fresh().Input((4, 3)), fresh().layers.Dense(3)]), "must have one input"),
        (lambda: fresh().Sequential([fresh().Input((None, 3)), fresh().layers.LSTM(3)]), "one input of fixed shape"),
        (lambda: _dense(shape=(3,), dtype="string"), "string"),
        (_own_step, "Mine has a train_step of its own, which is not used here"),
        (_breaks, r"cannot be called with \(None, 3\): KeyError: .*my own mistake"),
    ],
)
def test_what_is_no_such_model_is_refused_in_one_line(make: Any, line: str) -> None:
    with pytest.raises(ValueError, match=line) as told:
        KerasModel(make())
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("make", "dtype"), [(plain, "float32"), (doubles, "float32"), (embedded, "int32"), (subclassed, "float32")]
)
def test_what_it_takes_is_read_off_it(make: Any, dtype: str) -> None:
    network = KerasModel(make())
    assert (network.input_shape, network.actions, network.dtype) == (SHAPE, 3, dtype)


def test_a_model_that_was_not_compiled_gets_adam_and_huber() -> None:
    keras = fresh()
    network = KerasModel(_dense(shape=SHAPE))
    assert isinstance(network.optimizer, keras.optimizers.Adam) and network.optimizer is network.optimizer
    goals, said = np.array([[1.0, 2.0, 9.0]], np.float32), np.zeros((1, 3), np.float32)
    assert float(network.loss(None, goals, keras.ops.convert_to_tensor(said))) == pytest.approx((0.5 + 1.5 + 8.5) / 3)


def test_weights_are_copies_and_come_back() -> None:
    network = KerasModel(plain())
    weights = network.weights()
    network.model.layers[1].kernel.assign(np.full((25, 6), np.nan))
    assert network.not_finite() == f"{network.model.layers[1].name}/kernel"
    network.set_weights(weights)
    assert network.not_finite() == "" and np.isfinite(network.model.get_weights()[0]).all()
