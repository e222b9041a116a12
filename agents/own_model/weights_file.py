"""The files that `Agent.save` writes: all variables that the layers of a Keras model save, as named arrays.

Each layer saves and loads its own variables (`save_own_variables`), as in Keras's own files. The format is that of an
agent's file with wider limits, because scripts choose their own files. The limits are also checked before writing, so
every written file can be read.
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
"""The document of a file. Files without a version hold only the trainable weights."""

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
    """Return the bytes of a file with all variables that a model's layers save.

    Raises:
        ValueError: The file could not be read again; the message says why.
    """
    parts = pack_parts(FORMAT, {name: _plain(name, value) for name, value in _saved(model).items()}, LIMITS)
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
        ValueError: They cannot be written; the message says why.
    """
    replace_file(path, pack_weights(model))


def load_weights(model: Any, path: Path) -> None:
    """Load the weights of a file into a model.

    Raises:
        ValueError: The file cannot be read, is damaged, or holds the weights of another model; the message says which
            weights differ.
    """
    try:
        document, arrays = unpack(read_file(path, limits=LIMITS)[0], LIMITS)
    except StorageError as error:
        raise ValueError(f"{path}: {error}") from error
    if document.get("format") != FORMAT["format"]:
        raise ValueError(f"{path}: holds no weights, but an agent or something else")
    if document.get("version") is None:
        return _load_trainable(model, path, arrays)
    if document["version"] != FORMAT["version"]:
        raise ValueError(f"{path}: was written by a later version of the program")
    _check(path, arrays, _saved(model))
    before = [np.array(weight) for weight in model.weights]
    try:
        for index, layer in enumerate(_layers(model)):
            prefix = f"{index}/"
            own = {name.removeprefix(prefix): np.array(arrays[name]) for name in arrays if name.startswith(prefix)}
            if own:
                layer.load_own_variables(own)
    except Exception as error:  # the caller's own layers may raise errors of any kind
        for weight, values in zip(model.weights, before, strict=True):
            weight.assign(values)
        raise ValueError(f"{path}: cannot be loaded: {reason_of(error)}") from error


def _load_trainable(model: Any, path: Path, arrays: Arrays) -> None:
    """Load a file of the first format, which holds only the trainable weights."""
    variables = {f"{index}/{variable.name}": variable for index, variable in enumerate(model.trainable_variables)}
    _check(path, arrays, variables)
    for name, variable in variables.items():
        variable.assign(arrays[name])
    if len(variables) < len(model.weights):
        warnings.warn(
            f"{path}: was saved by an earlier version and holds only trainable weights: the others stay as they are",
            stacklevel=4,
        )


def _layers(model: Any) -> list[Any]:
    """Return the model and all its layers, in the order of their creation; a shared layer is listed once."""
    layers: list[Any] = model._flatten_layers()
    return layers


def _saved(model: Any) -> dict[str, Any]:
    """Return the arrays that each layer saves, by the layer's index and its own names for them.

    Raises:
        ValueError: A layer saves more than numbers.
    """
    saved: dict[str, Any] = {}
    for index, layer in enumerate(_layers(model)):
        if hasattr(layer, "save_assets"):
            raise ValueError(f"model: cannot be saved: {layer.name} keeps more than numbers, in files of its own")
        own: dict[str, Any] = {}
        layer.save_own_variables(own)
        saved |= {f"{index}/{name}": value for name, value in own.items()}
    return saved


def _plain(name: str, value: Any) -> NDArray[Any]:
    """Return the numbers of a weight as an array; float dtypes that NumPy lacks become float32."""
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
    """Check that a file holds the weights of a model.

    Raises:
        ValueError: Some weights are missing, of another shape, or unknown; the message says which.
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
