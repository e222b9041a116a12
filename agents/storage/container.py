"""The container of profiles and of resume files: one safetensors file that holds a JSON document and arrays.

Every limit is checked before anything of that size is allocated, because a file may come from a stranger. The layout
(https://github.com/huggingface/safetensors) is eight bytes with the header's length, the header in JSON, and the
bytes of the arrays.

The document holds two checksums: `sha256` of the arrays, and `seal` of its own text, so that damage is never taken for
other numbers.
"""

import hashlib
import json
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.errors import DamagedProfileError, StorageError

MAX_FILE = 64 * 2**20
MAX_HEADER = 2**20
MAX_DOCUMENT = 64 * 2**10
MAX_DEPTH = 8
MAX_TENSORS = 64
MAX_RANK = 4
MAX_DIMENSION = 65_536
PREFIX = 8  # bytes that hold the header's length

Tensors = Mapping[str, NDArray[np.float32]]
Arrays = Mapping[str, NDArray[Any]]
Pieces = Sequence[bytes | memoryview]
"""The bytes of a file in pieces, so that large arrays are written without being copied."""


@dataclass(frozen=True)
class Limits:
    """The limits of a kind of file, checked before anything of that size is allocated.

    Attributes:
        key: Name of the document in the file.
        file: Most bytes of a whole file.
        tensors: Most arrays.
        rank: Most axes of an array.
        dimension: Greatest length of an axis.
        dtypes: The allowed dtypes, by their names in the file.
        finite: Whether infinities and NaN count as damage.
        empty: Whether arrays may be empty.
    """

    key: str = "profile"
    file: int = MAX_FILE
    tensors: int = MAX_TENSORS
    rank: int = MAX_RANK
    dimension: int = MAX_DIMENSION
    dtypes: Mapping[str, str] = field(default_factory=lambda: {"F32": "<f4"})
    finite: bool = True
    empty: bool = False


PROFILE = Limits()

_LEFT_OUT = secrets.token_hex(16)
"""Placeholder for text that is not parsed yet: a random word, so no file can contain it."""

_ENTRY = {"dtype", "shape", "data_offsets"}


class Unread(str):
    """A field of a document that is still JSON text; a pattern has checked it."""


@dataclass(frozen=True)
class Header:
    """The contents of a file without its arrays.

    Attributes:
        document: The JSON document without its seal.
        shapes: Shape of each array, by name.
        dtypes: NumPy dtype of each array, by name.
        spans: First byte of each array and one past its last, counted from `start`, by name.
        start: Position of the arrays in the file.
    """

    document: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    dtypes: dict[str, str]
    spans: dict[str, tuple[int, int]]
    start: int


def pack(document: Mapping[str, Any], tensors: Tensors) -> bytes:
    """Return the bytes of a profile's file with this document and these arrays.

    Raises:
        StorageError: The document holds a value that JSON does not have.
    """
    return b"".join(pack_parts(document, {name: np.asarray(values, "<f4") for name, values in tensors.items()}))


def pack_parts(document: Mapping[str, Any], arrays: Arrays, limits: Limits = PROFILE) -> Pieces:
    """Return the bytes of a file with this document and these arrays, in parts that are views of the arrays.

    Raises:
        StorageError: The document holds a value that JSON does not have, or an array has a dtype that is not allowed.
    """
    names = {np.dtype(dtype): name for name, dtype in limits.dtypes.items()}
    if wrong := [f"{name} ({values.dtype})" for name, values in arrays.items() if values.dtype not in names]:
        raise StorageError(f"the {limits.key} cannot be written: files cannot hold {', '.join(wrong)[:200]}")
    # Wider dtypes come first, so that every array is aligned to the size of its numbers.
    order = sorted(arrays, key=lambda name: (-arrays[name].itemsize, name))
    views = {name: _bytes_of(arrays[name]) for name in order}
    entries: dict[str, Any] = {"__metadata__": {limits.key: _sealed(document, views)}}
    stop = 0
    for name, view in views.items():
        place = [stop, stop := stop + len(view)]
        entries[name] = {"dtype": names[arrays[name].dtype], "shape": arrays[name].shape, "data_offsets": place}
    header = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return [len(header).to_bytes(PREFIX, "little"), header, *views.values()]


def unpack(data: bytes, limits: Limits = PROFILE) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the document and the arrays (read-only views of `data`) of a file's bytes.

    Raises:
        DamagedProfileError: The bytes are not those of a file of `pack`, or exceed a limit.
    """
    stop = header_stop(data[:PREFIX], len(data), limits)
    header = parse_header(data[PREFIX:stop], len(data), limits)
    arrays = {name: _array(data, header, name) for name in header.shapes}
    if checksum(arrays) != header.document.pop("sha256", None):
        raise DamagedProfileError("damaged: its numbers are not the ones that were saved")
    for name, values in arrays.items():
        if limits.finite and not np.isfinite(values).all():
            raise DamagedProfileError(f"damaged: {name} holds a value that is not finite")
    return header.document, arrays


def header_stop(prefix: bytes, size: int, limits: Limits = PROFILE) -> int:
    """Return the position of the header's end in a file of `size` bytes that begins with `prefix`.

    Raises:
        DamagedProfileError: The file or its header is too small or too large.
    """
    if not PREFIX < size <= limits.file or len(prefix) < PREFIX:
        raise DamagedProfileError(f"not a {limits.key}: {size:,} bytes long, must be {PREFIX + 1} to {limits.file:,}")
    length = int.from_bytes(prefix[:PREFIX], "little")
    if not 2 <= length <= min(MAX_HEADER, size - PREFIX):
        raise DamagedProfileError(f"not a {limits.key}, or cut short: its header does not fit into the file")
    return PREFIX + length


def parse_header(header: bytes, size: int, limits: Limits = PROFILE, unread: re.Pattern[str] | None = None) -> Header:
    """Read the header of a file of `size` bytes.

    Args:
        header: The bytes of the header.
        size: The size of the whole file.
        limits: The limits of this kind of file.
        unread: A pattern for one field of the document that is not parsed now. Its group `unread` is the field's value,
            which becomes `Unread`. If the pattern finds nothing, the whole document is parsed.

    Raises:
        DamagedProfileError: The header is not that of a file of `pack`, or exceeds a limit.
    """
    entries = _mapping(_json(_text(header), "header"), "the header")
    metadata = _mapping(entries.pop("__metadata__", None), "its metadata")
    if set(metadata) != {limits.key} or len(entries) > limits.tensors:
        raise DamagedProfileError(f"not a {limits.key}: must hold a document and at most {limits.tensors} arrays")
    shapes = {name: _shape(name, entry, limits) for name, entry in entries.items()}
    dtypes = {name: limits.dtypes[entry["dtype"]] for name, entry in entries.items()}
    spans = {name: _span(name, entry, shapes[name], dtypes[name]) for name, entry in entries.items()}
    start = PREFIX + len(header)
    position = 0
    for first, stop in sorted(spans.values()):
        if first != position:
            raise DamagedProfileError("damaged: its arrays overlap or leave gaps")
        position = stop
    if start + position != size:
        raise DamagedProfileError(f"damaged: {size} bytes long, must be {start + position}")
    return Header(_document(metadata[limits.key], unread), shapes, dtypes, spans, start)


def check_shapes(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Check that arrays of these shapes can be saved.

    Raises:
        ValueError: There are too many, or one is too large.
    """
    if len(shapes) > MAX_TENSORS:
        raise ValueError(f"the network has {len(shapes)} arrays: an agent may have at most {MAX_TENSORS}")
    for name, shape in shapes.items():
        if len(shape) > MAX_RANK or max(shape, default=0) > MAX_DIMENSION:
            sides = "x".join(map(str, shape))
            raise ValueError(f"the network's {name} is {sides}: no side may be longer than {MAX_DIMENSION}")
    size = 4 * sum(math.prod(shape) for shape in shapes.values())
    if size > MAX_FILE - MAX_HEADER - PREFIX:
        raise ValueError(f"the network takes {size / 2**20:.0f} MiB: an agent may take at most {MAX_FILE >> 20}")


def _document(text: Any, unread: re.Pattern[str] | None) -> dict[str, Any]:
    if not isinstance(text, str):
        raise DamagedProfileError("damaged: its profile is not text")
    try:
        data = text.encode()
    except UnicodeError:
        raise DamagedProfileError("damaged: its profile is not text") from None
    if len(data) > MAX_DOCUMENT:
        raise DamagedProfileError(f"its profile takes {len(data)} bytes: must be at most {MAX_DOCUMENT}")
    document = _mapping(_read_but(unread, text), "its profile")
    seal = document.pop("seal", None)
    if not isinstance(seal, str) or _sha256(text.replace(seal, "", 1)) != seal:
        raise DamagedProfileError("damaged: its profile is not the one that was saved")
    return document


def _read_but(unread: re.Pattern[str] | None, text: str) -> Any:
    """Parse a document, except for the one field that the pattern finds."""
    found = unread.search(text) if unread else None
    if found:
        start, stop = found.span("unread")
        rest = f'{text[:start]}"{_LEFT_OUT}"{text[stop:]}'
        document = _json(rest, "profile")
        if isinstance(document, dict):
            fields = [name for name, value in document.items() if value == _LEFT_OUT]
            if fields:  # otherwise it is a field of a nested group
                return document | {fields[0]: Unread(found["unread"])}
    return _json(text, "profile")


def _json(text: str, what: str) -> Any:
    """Parse strict JSON: no repeated names, no NaN or infinity, no deep nesting, no overlong numbers."""
    try:
        value = _DECODER.decode(text)  # raises a RecursionError for extreme nesting
        _check_depth(value)
        return value
    except (ValueError, RecursionError) as error:
        raise DamagedProfileError(f"damaged: its {what} cannot be read ({error})") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(result := dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice")
    return result


def _check_depth(value: Any) -> None:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        groups = [each.values() if type(each) is dict else each for each in level]
        level = [each for group in groups for each in group if type(each) is dict or type(each) is list]
        if not level:
            return
    raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _text(header: bytes) -> str:
    try:
        return header.decode()
    except UnicodeError as error:
        raise DamagedProfileError(f"damaged: its header cannot be read ({error})") from None


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _short(text: str) -> int:
    if len(text) > 19:
        raise ValueError(f"{text[:20]}… is too large")
    return int(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite, parse_int=_short)


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DamagedProfileError(f"not an agent: {what} is missing")
    return value


def _shape(name: str, entry: Any, limits: Limits) -> tuple[int, ...]:
    if not isinstance(entry, dict) or entry.keys() != _ENTRY:
        raise DamagedProfileError(f"damaged: {name[:64]!r} is not an array")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in limits.dtypes:
        raise DamagedProfileError(f"damaged: {name[:64]!r} holds other numbers than {', '.join(limits.dtypes)}")
    shape, least = entry["shape"], 0 if limits.empty else 1
    is_list = isinstance(shape, list) and len(shape) <= limits.rank and {*map(type, shape)} <= {int}
    if not is_list or (shape and not least <= min(shape) <= max(shape) <= limits.dimension):
        raise DamagedProfileError(f"{name[:64]!r} must have at most {limits.rank} sides of at most {limits.dimension}")
    return tuple(shape)


def _span(name: str, entry: dict[str, Any], shape: tuple[int, ...], dtype: str) -> tuple[int, int]:
    span = entry["data_offsets"]
    if not isinstance(span, list) or [*map(type, span)] != [int, int]:
        raise DamagedProfileError(f"damaged: {name[:64]!r} has no place in the file")
    if span[1] - span[0] != np.dtype(dtype).itemsize * math.prod(shape):
        raise DamagedProfileError(f"damaged: {name[:64]!r} has the wrong length")
    return span[0], span[1]


def _array(data: bytes, header: Header, name: str) -> NDArray[Any]:
    shape = header.shapes[name]
    place = header.start + header.spans[name][0]
    return np.frombuffer(data, header.dtypes[name], math.prod(shape), place).reshape(shape)


def _sealed(document: Mapping[str, Any], views: Mapping[str, memoryview]) -> str:
    try:
        text = json.dumps({"seal": "", "sha256": _sum(views), **document}, ensure_ascii=False, allow_nan=False)
        return text.replace('"seal": ""', f'"seal": "{_sha256(text)}"', 1)
    except (ValueError, TypeError, RecursionError) as error:
        raise StorageError(f"the document cannot be written: {error}") from None


def checksum(arrays: Arrays) -> str:
    """Return the checksum of some arrays, by which damage to their file is found."""
    return _sum({name: _bytes_of(values) for name, values in arrays.items()})


def _bytes_of(values: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def _sum(views: Mapping[str, memoryview]) -> str:
    digest = hashlib.sha256()
    for name in sorted(views):
        digest.update(views[name])
    return digest.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
