"""All that a model's layers keep goes through a file, or is refused before anything is written."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.own_model.weights_file import load_weights, save_weights
from agents.storage.container import pack
from tests.agents.own_model.keras_models import SHAPE, fresh, plain


def _model(*layers: Any, seed: int) -> Any:
    keras = fresh()
    keras.utils.set_random_seed(seed)
    flat = keras.layers.Flatten()
    return keras.Sequential([keras.Input(SHAPE), flat, *[layer(keras) for layer in layers], keras.layers.Dense(3)])


def _frozen(keras: Any) -> Any:
    return keras.layers.Dense(4, trainable=False)


def _statistics(keras: Any) -> Any:
    return keras.layers.BatchNormalization(moving_mean_initializer="random_normal")


def _adapted(keras: Any) -> Any:
    layer = keras.layers.Normalization(axis=None)
    layer.adapt(keras.random.normal((20, 25), 5, 2))
    return layer


def _wide(keras: Any) -> Any:
    return keras.layers.Dense(4, dtype="float64")


def _half(keras: Any) -> Any:
    return keras.layers.Dense(4, dtype="bfloat16")


def _nested(keras: Any) -> Any:
    return keras.Sequential([keras.Input((25,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])


def _own(shape: tuple[int, ...], initializer: str = "random_normal", **settings: Any) -> Any:
    """A layer with one weight of any shape."""

    def make(keras: Any) -> Any:
        class Own(keras.layers.Layer):  # type: ignore[misc]
            def build(self, _: Any) -> None:
                self.own = self.add_weight(shape=shape, initializer=initializer, name="вес", **settings)

            def call(self, values: Any) -> Any:
                return values + keras.ops.cast(keras.ops.sum(self.own), "float32")

        return Own()

    return make


def _same(one: Any, other: Any) -> bool:
    given = np.random.default_rng(0).normal(size=(5, *SHAPE)).astype(np.float32)
    return np.array_equal(one(given, training=False), other(given, training=False))


@pytest.mark.parametrize(
    "layers",
    [
        (_frozen,),
        (_statistics,),
        (_adapted,),
        (_wide,),
        (_half,),
        (_nested, _statistics),
        (_own((2, 1, 3, 1, 2, 2)),),  # many sides
        (_own((70_000,)),),  # a long one
        (_own((0, 3)), _own((), "ones", dtype="int32", trainable=False)),
        tuple(lambda keras: keras.layers.Dense(2) for _ in range(40)),  # many arrays
        (_own((2**22 + 1, 4), "zeros"),),  # above 64 MiB
    ],
)
def test_every_weight_comes_back(layers: tuple[Any, ...], tmp_path: Path) -> None:
    first, second = _model(*layers, seed=1), _model(*layers, seed=2)
    assert not _same(first, second)
    save_weights(first, tmp_path / "weights")
    load_weights(second, tmp_path / "weights")
    assert _same(first, second)


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (_own((2,), "ones"), "вес holds a value that is not finite"),
        (_frozen, "kernel holds a value that is not finite"),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_not_saved(layer: Any, line: str, value: float, tmp_path: Path) -> None:
    model, path = _model(layer, seed=1), tmp_path / "weights"
    save_weights(model, path)
    before = path.read_bytes()
    weight = model.layers[1].weights[0]
    weight.assign(np.full(weight.shape, value))
    with pytest.raises(ValueError, match=f"model: cannot be saved: .*{line}"):
        save_weights(model, path)
    assert path.read_bytes() == before


def test_what_is_not_in_the_layers_weights_is_refused(tmp_path: Path) -> None:
    def with_files(keras: Any) -> Any:
        class Own(keras.layers.Layer):  # type: ignore[misc]
            def save_assets(self, folder: str) -> None: ...

            def call(self, values: Any) -> Any:
                return values

        return Own()

    def with_text(keras: Any) -> Any:
        class Own(keras.layers.Layer):  # type: ignore[misc]
            def save_own_variables(self, store: dict[str, Any]) -> None:
                store["words"] = np.array(["a", "b"])

            def call(self, values: Any) -> Any:
                return values

        return Own()

    for layer, line in ((with_files, "keeps more than numbers"), (with_text, "/words holds no numbers")):
        with pytest.raises(ValueError, match=f"model: cannot be saved: .*{line}"):
            save_weights(_model(layer, seed=1), tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_header_that_could_not_be_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.storage.container.MAX_HEADER", 200)
    with pytest.raises(ValueError, match=r"model: cannot be saved, it could not be loaded again: .*header"):
        save_weights(plain(), tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_the_weights_of_another_model_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    save_weights(_model(_frozen, seed=1), path)
    narrow = _model(lambda keras: keras.layers.Dense(5, name="narrow"), seed=1)
    before = narrow.get_weights()
    with pytest.raises(ValueError, match=r"weights: does not hold the weights of this model: narrow/kernel") as told:
        load_weights(narrow, path)
    assert str(told.value).endswith(
        "narrow/kernel is (25, 4), must be (25, 5); narrow/bias is (4,), must be (5,); "
        f"{narrow.layers[2].name}/kernel is (4, 3), must be (5, 3)"
    )
    for old, new in zip(before, narrow.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    with pytest.raises(ValueError, match=r"the model has no \d/0 \(4, 3\); and 1 more"):
        load_weights(_model(seed=1), path)
    with pytest.raises(ValueError, match=r"it has no .*/kernel; it has no .*/bias; .*"):
        load_weights(_model(_frozen, _frozen, _frozen, seed=1), path)


def test_files_of_earlier_versions_are_read(tmp_path: Path) -> None:
    """They hold the weights that train alone, by their places among these."""
    path, model, other = tmp_path / "weights", _model(_frozen, seed=1), _model(_frozen, seed=2)
    held = {f"{index}/{each.name}": np.array(each) for index, each in enumerate(model.trainable_variables)}
    path.write_bytes(pack({"format": "dqn-arcade weights"}, held))
    frozen = other.layers[1].get_weights()
    with pytest.warns(UserWarning, match="holds only trainable weights: the others stay as they are"):
        load_weights(other, path)
    for mine, theirs in zip(other.layers[2].get_weights(), model.layers[2].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(other.layers[1].get_weights()[0], frozen[0])
    with pytest.raises(ValueError, match="does not hold the weights of this model"):
        load_weights(plain(), path)
    whole, twin = _model(seed=1), _model(seed=2)
    held = {f"{index}/{each.name}": np.array(each) for index, each in enumerate(whole.trainable_variables)}
    path.write_bytes(pack({"format": "dqn-arcade weights"}, held))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_weights(twin, path)
    assert _same(whole, twin)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (None, "weights: cannot be read: no such file or folder"),
        (b"not a file of ours", "weights: not a profile"),
        (pack({"format": "dqn-arcade"}, {}), "weights: holds no weights"),
        (pack({"format": "dqn-arcade weights", "version": 3}, {}), "weights: was written by a later version"),
    ],
)
def test_what_is_no_file_of_weights_is_told(data: bytes | None, line: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / "weights").write_bytes(data)
    with pytest.raises(ValueError, match=line):
        load_weights(plain(), tmp_path / "weights")


def test_a_layer_that_takes_nothing_back_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    def picky(keras: Any) -> Any:
        class Own(keras.layers.Dense):  # type: ignore[misc]
            def load_own_variables(self, store: Any) -> None:
                raise KeyError("not mine")

        return Own(4)

    first, second = _model(_frozen, picky, seed=1), _model(_frozen, picky, seed=2)
    save_weights(first, tmp_path / "weights")
    before = second.get_weights()
    with pytest.raises(ValueError, match="weights: cannot be loaded: KeyError: 'not mine'"):
        load_weights(second, tmp_path / "weights")
    for old, new in zip(before, second.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
