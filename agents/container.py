"""The container of a profile: one safetensors file that holds a JSON document and float32 arrays.

Every limit is checked before anything of that size is allocated, because a file may come from a stranger. The layout
(https://github.com/huggingface/safetensors) is eight bytes with the header's length, the header in JSON, and the
bytes of the arrays.

The document carries two sums: `sha256` over the arrays, and `seal` over its own text, so that damage never passes for
a change of a number.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_FILE = 64 * 2**20
MAX_HEADER = 2**20
MAX_DOCUMENT = 64 * 2**10
MAX_DEPTH = 8
MAX_TENSORS = 64
MAX_RANK = 4
MAX_DIMENSION = 65_536
PREFIX = 8  # bytes that hold the header's length

Tensors = Mapping[str, NDArray[np.float32]]

_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # never looks at a character twice, closed or not


class ProfileError(ValueError):
    """A profile cannot be used; one clear line says what is wrong."""


class DamagedProfileError(ProfileError):
    """The file is no whole profile: it was cut, changed, or never was one."""


@dataclass(frozen=True)
class Header:
    """Everything but the arrays.

    Attributes:
        document: The profile's JSON without its seal.
        shapes: Name and shape of each array.
        spans: Name and place of each array: first byte and one past the last, from `start`.
        start: Where the arrays begin in the file.
    """

    document: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    spans: dict[str, tuple[int, int]]
    start: int


def pack(document: Mapping[str, Any], tensors: Tensors) -> bytes:
    """The bytes of a file with this document and these arrays.

    Raises:
        ProfileError: The document holds something that JSON cannot.
    """
    from safetensors.numpy import save  # only saving needs it

    arrays = {name: np.ascontiguousarray(values, "<f4") for name, values in tensors.items()}
    try:
        text = json.dumps({"seal": "", "sha256": _sum(arrays), **document}, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError) as error:
        raise ProfileError(f"the profile cannot be written: {error}") from None
    text = text.replace('"seal": ""', f'"seal": "{_sha256(text)}"', 1)
    return bytes(save(arrays, {"profile": text}))


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    """The document and the arrays (read-only views of `data`) of a file's bytes.

    Raises:
        DamagedProfileError: The bytes are not what `pack` makes, or break a limit.
    """
    stop = header_stop(data[:PREFIX], len(data))
    header = parse_header(data[PREFIX:stop], len(data))
    arrays = {name: _array(data, header, name) for name in header.shapes}
    if _sum(arrays) != header.document.pop("sha256", None):
        raise DamagedProfileError("damaged: the weights are not those that were saved")
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise DamagedProfileError(f"damaged: {name} holds a value that is not finite")
    return header.document, arrays


def header_stop(prefix: bytes, size: int) -> int:
    """Where the header ends in a file of `size` bytes that begins with `prefix`.

    Raises:
        DamagedProfileError: The file or its header is too small or too large.
    """
    if not PREFIX < size <= MAX_FILE or len(prefix) < PREFIX:
        raise DamagedProfileError(f"no agent: {size:,} bytes long, must be {PREFIX + 1} to {MAX_FILE:,}")
    length = int.from_bytes(prefix[:PREFIX], "little")
    if not 2 <= length <= min(MAX_HEADER, size - PREFIX):
        raise DamagedProfileError("no agent, or cut short: its header does not fit into the file")
    return PREFIX + length


def parse_header(header: bytes, size: int) -> Header:
    """Read the header of a file of `size` bytes.

    Raises:
        DamagedProfileError: It is not what `pack` makes, or breaks a limit.
    """
    entries = _mapping(_json(header, "header"), "the header")
    metadata = _mapping(entries.pop("__metadata__", None), "its metadata")
    if set(metadata) != {"profile"} or len(entries) > MAX_TENSORS:
        raise DamagedProfileError(f"no agent: must hold a profile and at most {MAX_TENSORS} arrays")
    shapes = {name: _shape(name, entry) for name, entry in entries.items()}
    spans = {name: _span(name, entry, shapes[name]) for name, entry in entries.items()}
    start = PREFIX + len(header)
    position = 0
    for first, stop in sorted(spans.values()):
        if first != position:
            raise DamagedProfileError("damaged: its arrays overlap or leave gaps")
        position = stop
    if start + position != size:
        raise DamagedProfileError(f"damaged: {size} bytes long, must be {start + position}")
    return Header(_document(metadata["profile"]), shapes, spans, start)


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


def _document(text: Any) -> dict[str, Any]:
    if not isinstance(text, str):
        raise DamagedProfileError("damaged: its profile is no text")
    try:
        data = text.encode()
    except UnicodeError:
        raise DamagedProfileError("damaged: its profile is no text") from None
    if len(data) > MAX_DOCUMENT:
        raise DamagedProfileError(f"its profile takes {len(data)} bytes: must be at most {MAX_DOCUMENT}")
    document = _mapping(_json(data, "profile"), "its profile")
    seal = document.pop("seal", None)
    if not isinstance(seal, str) or _sha256(text.replace(seal, "", 1)) != seal:
        raise DamagedProfileError("damaged: its profile is not the one that was saved")
    return document


def _json(data: bytes, what: str) -> Any:
    """JSON as strict as it gets: no repeated names, no NaN or infinity, no deep nesting, no endless numbers."""
    try:
        text = data.decode()
        _check_depth(text)
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite, parse_int=_short
        )
    except ValueError as error:  # decoding errors are among these
        raise DamagedProfileError(f"damaged: its {what} cannot be read ({error})") from None


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in re.findall(r"[\[{}\]]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(result := dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice")
    return result


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _short(text: str) -> int:
    if len(text) > 19:
        raise ValueError(f"{text[:20]}… is too large")
    return int(text)


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DamagedProfileError(f"no agent: {what} is missing")
    return value


def _shape(name: str, entry: Any) -> tuple[int, ...]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"} or entry["dtype"] != "F32":
        raise DamagedProfileError(f"damaged: {name[:64]!r} is no float32 array")
    shape = entry["shape"]
    if not isinstance(shape, list) or len(shape) > MAX_RANK or not all(_is_size(side) for side in shape):
        raise DamagedProfileError(f"{name[:64]!r} must have at most {MAX_RANK} sides of at most {MAX_DIMENSION}")
    return tuple(shape)


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 < value <= MAX_DIMENSION


def _span(name: str, entry: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, int]:
    span = entry["data_offsets"]
    if not isinstance(span, list) or len(span) != 2 or not all(type(offset) is int for offset in span):
        raise DamagedProfileError(f"damaged: {name[:64]!r} has no place in the file")
    if span[1] - span[0] != 4 * math.prod(shape):
        raise DamagedProfileError(f"damaged: {name[:64]!r} has the wrong length")
    return span[0], span[1]


def _array(data: bytes, header: Header, name: str) -> NDArray[np.float32]:
    shape = header.shapes[name]
    values = np.frombuffer(data, "<f4", math.prod(shape), header.start + header.spans[name][0])
    return values.reshape(shape)


def _sum(arrays: Tensors) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
