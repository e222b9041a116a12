import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from games.game import PIXELS_SPEC, ObservationSpec

FEATURES = ObservationSpec("features", (5,))


def test_dense_shapes() -> None:
    assert Architecture.of(Config(hidden=(8,)), FEATURES, 2).shapes() == {
        "dense0/kernel": (5, 8),
        "dense0/bias": (8,),
        "output/kernel": (8, 2),
        "output/bias": (2,),
    }


def test_convolutional_duelling_shapes() -> None:
    config = Config(network="conv", hidden=(10,), duelling=True)
    shapes = Architecture.of(config, PIXELS_SPEC, 2).shapes()
    assert shapes["conv0/kernel"] == (8, 8, 4, 16)
    assert shapes["conv1/kernel"] == (4, 4, 16, 32)
    assert shapes["dense0/kernel"] == (8 * 8 * 32, 10)
    assert shapes["value/kernel"] == (10, 1)
    assert shapes["advantage/kernel"] == (10, 2)


def test_convolutions_need_a_picture() -> None:
    with pytest.raises(ValueError, match="network = 'conv': features is no picture"):
        Architecture.of(Config(network="conv"), FEATURES, 2)
    with pytest.raises(ValueError, match="shift = 3: features is no picture, so it must be 0"):
        Architecture.of(Config(shift=3), FEATURES, 2)


def test_convolutions_must_fit_their_input() -> None:
    grid = ObservationSpec("grid", (6, 6))
    with pytest.raises(ValueError, match="kernels: 8 is wider than its input of 6x6"):
        Architecture.of(Config(network="conv"), grid, 2)
