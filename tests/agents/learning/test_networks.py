import numpy as np
import pytest

from agents.acting.architecture import Architecture, Convolution
from agents.learning.networks import build, get_weights, initial_weights, make_optimizer, set_weights


def _architecture(*convolutions: Convolution) -> Architecture:
    return Architecture((20, 20, 2), True, convolutions, (8,), 3)


_SUITING = (Convolution(4, 5, 5), Convolution(3, 3, 1))
_ONE_LEFT_OVER = (Convolution(4, 5, 5), Convolution(3, 4, 1))


@pytest.mark.parametrize(
    ("convolutions", "for_xla", "products"),
    [
        (_SUITING, True, [True, True]),
        (_SUITING, False, [True, False]),  # only patches that do not overlap
        (_ONE_LEFT_OVER, True, [True, False]),  # it would undo the gain
    ],
)
def test_convolutions_become_products_where_that_is_fast(
    convolutions: tuple[Convolution, ...], for_xla: bool, products: list[bool]
) -> None:
    import keras

    model = build(_architecture(*convolutions), for_xla=for_xla)
    layers = [model.get_layer(f"conv{index}") for index in range(2)]
    assert [type(layer) is not keras.layers.Conv2D for layer in layers] == products


def test_products_have_the_gradients_of_keras_convolutions() -> None:
    import keras
    import tensorflow as tf

    architecture = _architecture(*_SUITING)
    weights = initial_weights(architecture, np.random.default_rng(0))
    ours = build(architecture, for_xla=True)
    set_weights(ours, architecture, weights)
    inputs = keras.Input((20, 20, 2), dtype="uint8")
    values = keras.layers.Rescaling(1 / 255)(inputs)
    values = keras.layers.Conv2D(4, 5, 5, activation="relu")(values)
    values = keras.layers.Conv2D(3, 3, 1, activation="relu")(values)
    values = keras.layers.Dense(8, activation="relu")(keras.layers.Flatten()(values))
    theirs = keras.Model(inputs, keras.layers.Dense(3)(values))
    theirs.set_weights(list(weights.values()))
    observations = np.random.default_rng(1).integers(0, 256, (5, 20, 20, 2), dtype=np.uint8)
    gradients = []
    for model in (ours, theirs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(observations) ** 2)
        gradients.append(tape.gradient(loss, model.trainable_variables))
    for own, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-3, atol=1e-5)


def test_weights_come_back_by_name() -> None:
    architecture = _architecture(Convolution(4, 5, 5))
    weights = initial_weights(architecture, np.random.default_rng(0))
    model = build(architecture)
    set_weights(model, architecture, weights)
    for name, array in get_weights(model, architecture).items():
        np.testing.assert_array_equal(array, weights[name])


def test_what_a_person_prefers_in_keras_is_not_what_our_networks_are_made_of() -> None:
    import keras

    architecture = Architecture((20, 20), True, (Convolution(4, 5, 5), Convolution(3, 4, 1)), (8,), 3, duelling=True)
    weights = initial_weights(architecture, np.random.default_rng(0))
    observations = np.random.default_rng(1).integers(0, 256, (5, 20, 20), dtype=np.uint8)
    results = []
    usual = keras.config.floatx(), keras.config.image_data_format(), keras.config.dtype_policy()
    try:
        for floats, axes, policy in (usual, ("float16", "channels_first", "mixed_float16"), ("float64", *usual[1:])):
            keras.config.set_floatx(floats)
            keras.config.set_image_data_format(axes)
            keras.config.set_dtype_policy(policy)
            model, optimizer = build(architecture), make_optimizer("adam")
            set_weights(model, architecture, weights)
            optimizer.build(model.trainable_variables)
            optimizer.learning_rate.assign(1e-5)
            optimizer.apply(model.trainable_variables)
            results.append(np.array(model(observations)))
            assert keras.config.floatx() == floats and keras.config.image_data_format() == axes
    finally:
        keras.config.set_floatx(usual[0])
        keras.config.set_image_data_format(usual[1])
        keras.config.set_dtype_policy(usual[2])
    for result in results[1:]:
        assert result.dtype == np.float32
        np.testing.assert_array_equal(result, results[0])
