"""The files that `Agent.save` writes: all that the layers of a Keras model keep, as named arrays.

Each layer says itself what it keeps (`save_own_variables`) and takes it back, as in Keras's own files. The form is that
of an agent's file. Only its limits are wider, for a script names its own files; they are the same when writing as when
reading, so that what was written can be read.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.errors import StorageError, reason_of
from agents.learning.keras_model import short_name
from agents.storage.container import Limits, Pieces, header_stop, pack_parts, parse_header, unpack
from agents.storage.disk import read_file, replace_file

Arrays = Mapping[str, NDArray[Any]]

FORMAT = {"format": "dqn-arcade weights", "version": 2}
"""What the document of a file says. Files without a version hold the weights that train alone."""

LIMITS = Limits(
    file=2**40,
    tensors=2**20,
    rank=32,
    dimension=2**40,
    dtypes={
        "F16": "<f2", "F32": "<f4", "F64": "<f8", "BOOL": "?", "U8": "|u1", "I8": "|i1", "U16": "<u2", "I16": "<i2",
        "U32": "<u4", "I32": "<i4", "U64": "<u8", "I64": "<i8",
    },
    empty=True,
)  # fmt: skip


def pack_weights(model: Any) -> Pieces:
    """The bytes of a file with all that a model's layers keep.

    Raises:
        ValueError: They could not be read again; says why.
    """
    parts = pack_parts(FORMAT, {name: _plain(name, value) for name, value in _kept(model).items()}, LIMITS)
    size = sum(map(len, parts))
    try:
        header_stop(bytes(parts[0]), size, LIMITS)
        parse_header(bytes(parts[1]), size, LIMITS)
    except StorageError as error:
        raise ValueError(f"model: cannot be saved, it could not be loaded again: {error}") from None
    return parts


def save_weights(model: Any, path: Path) -> None:
    """Write a model's weights to a file, whole or not at all.

    Raises:
        ValueError: They cannot be written; says why.
    """
    replace_file(path, pack_weights(model))


def load_weights(model: Any, path: Path) -> None:
    """Give a model the weights of a file.

    Raises:
        ValueError: It cannot be read, is damaged, or holds other weights than the model has; says which.
    """
    try:
        document, arrays = unpack(read_file(path, limits=LIMITS)[0], LIMITS)
    except StorageError as error:
        raise ValueError(f"{path}: {error}") from error
    if document.get("format") != FORMAT["format"]:
        raise ValueError(f"{path}: holds no weights, but an agent or something else")
    if document.get("version") is None:
        return _load_those_that_train(model, path, arrays)
    if document["version"] != FORMAT["version"]:
        raise ValueError(f"{path}: was written by a later version of the program")
    _check(path, arrays, _kept(model))
    before = [np.array(weight) for weight in model.weights]
    try:
        for index, layer in enumerate(_layers(model)):
            prefix = f"{index}/"
            own = {name.removeprefix(prefix): np.array(arrays[name]) for name in arrays if name.startswith(prefix)}
            if own:
                layer.load_own_variables(own)
    except Exception as error:  # layers of the caller's own do it in their own way
        for weight, values in zip(model.weights, before, strict=True):
            weight.assign(values)
        raise ValueError(f"{path}: cannot be loaded: {reason_of(error)}") from error


def _load_those_that_train(model: Any, path: Path, arrays: Arrays) -> None:
    """Read a file of the first form."""
    variables = {f"{index}/{variable.name}": variable for index, variable in enumerate(model.trainable_variables)}
    _check(path, arrays, variables)
    for name, variable in variables.items():
        variable.assign(arrays[name])
    if len(variables) < len(model.weights):
        warnings.warn(
            f"{path}: was saved by an earlier version and lacks the weights that do not train: they stay as they are",
            stacklevel=4,
        )


def _layers(model: Any) -> list[Any]:
    """The model and all layers in it, in the order in which it was made; one that is used twice is there once."""
    layers: list[Any] = model._flatten_layers()
    return layers


def _kept(model: Any) -> dict[str, Any]:
    """The arrays that each layer keeps, by the layer's place in the model and its own name for them.

    Raises:
        ValueError: A layer keeps something that is no number.
    """
    kept: dict[str, Any] = {}
    for index, layer in enumerate(_layers(model)):
        if hasattr(layer, "save_assets"):
            raise ValueError(f"model: cannot be saved: {layer.name} keeps more than numbers, in files of its own")
        own: dict[str, Any] = {}
        layer.save_own_variables(own)
        kept |= {f"{index}/{name}": value for name, value in own.items()}
    return kept


def _plain(name: str, value: Any) -> NDArray[Any]:
    """The numbers of a weight; short floats that numpy lacks as longer ones."""
    values = np.asarray(value)
    if values.dtype.str not in LIMITS.dtypes.values():
        try:
            values = values.astype("<f4")
        except (TypeError, ValueError):
            raise ValueError(f"model: cannot be saved: {_label(name, value)} holds no numbers") from None
    if not np.isfinite(values).all():
        raise ValueError(f"model: cannot be saved: {_label(name, value)} holds a value that is not finite")
    return values


def _check(path: Path, arrays: Arrays, own: Mapping[str, Any]) -> None:
    """Check that a file holds what a model has.

    Raises:
        ValueError: It does not; says what is different.
    """
    wrong = [f"it has no {_label(name, value)}" for name, value in own.items() if name not in arrays]
    wrong += [
        f"{_label(name, value)} is {arrays[name].shape}, must be {np.shape(value)}"
        for name, value in own.items()
        if name in arrays and arrays[name].shape != np.shape(value)
    ]
    wrong += [f"the model has no {name} {values.shape}" for name, values in arrays.items() if name not in own]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ValueError(f"{path}: does not hold the weights of this model: {'; '.join(wrong[:3])}{more}")


def _label(name: str, value: Any) -> str:
    return short_name(value) if hasattr(value, "path") else name
