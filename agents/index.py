"""The descriptions of many agents in one file, so that a large library is listed without opening each of its files.

It is only a memory: whatever does not fit to the files, or to this program's rules, is read from them again. Every
value is checked as in the agents' own files; networks and hyper-parameters, which many share, once for all of them.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from agents import document
from agents.files import DISK, Disk, write_file
from agents.profile import Curve, Profile

NAME = ".index"
FEWEST = 200
"""Agents from which on the file is worth while."""

_MAX_BYTES = 2**28
_SHARED = ("architecture", "config")
_PLAIN = tuple(name for name in document.FIELDS if name not in (*_SHARED, "curve"))

Known = dict[str, tuple[tuple[int, ...], Profile]]
"""Names of files, each with its mark (see `agents.headers`) and what lies in it."""


def load(folder: Path) -> Known:
    """What a folder's index knows; nothing if it is missing, damaged or of another version."""
    path = folder / NAME
    with suppress(OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        if path.is_symlink() or path.stat().st_size > _MAX_BYTES:
            return {}
        data = json.loads(path.read_bytes())
        if data["rules"] == _rules():
            return _Reader(data).known()
    return {}


def save(folder: Path, known: Known, disk: Disk = DISK) -> None:
    """Write the index of a folder; where that cannot be, listing is only slower."""
    shared: dict[str, dict[str, int]] = {name: {} for name in _SHARED}
    agents = {file: [*mark, *_packed(profile, shared)] for file, (mark, profile) in known.items()}
    texts = {name: list(numbers) for name, numbers in shared.items()}
    data = json.dumps({"rules": _rules(), **texts, "agents": agents}, separators=(",", ":")).encode()
    with suppress(OSError):
        write_file(folder / NAME, [data], disk, backup=False)


class _Reader:
    """Makes agents out of an index; a value that is not allowed leaves out its agent alone."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._agents: Mapping[str, list[Any]] = data["agents"]
        self._shared = {name: [document.FIELDS[name](json.loads(text)) for text in data[name]] for name in _SHARED}

    def known(self) -> Known:
        found: Known = {}
        for file, values in self._agents.items():
            with suppress(ValueError, TypeError, KeyError, IndexError):
                found[file] = tuple(values[:3]), self._profile(values[3:])
        return found

    def _profile(self, values: list[Any]) -> Profile:
        architecture, config, curve, *rest = values
        plain = {name: document.FIELDS[name](value) for name, value in zip(_PLAIN, rest, strict=True)}
        shared = {
            name: self._shared[name][number] for name, number in zip(_SHARED, (architecture, config), strict=True)
        }
        profile = Profile(weights={}, **plain, **shared)
        object.__setattr__(profile, "curve", _curve(curve))
        return profile


def _packed(profile: Profile, shared: Mapping[str, dict[str, int]]) -> Iterable[Any]:
    for name in _SHARED:
        text = json.dumps(getattr(profile, name).to_dict())
        yield shared[name].setdefault(text, len(shared[name]))
    yield base64.b64encode(np.array(profile.curve, "<f8").tobytes()).decode()
    for name in _PLAIN:
        yield getattr(profile, name)


def _curve(text: str) -> Curve:
    points = np.frombuffer(base64.b64decode(text), "<f8").reshape(-1, 2)
    frames, scores = points.T
    allowed = (frames >= 0) & (frames <= document.MAX_FRAMES) & (abs(scores) <= document.MAX_SCORE)  # NaN never is
    if len(points) > document.CURVE_POINTS or not allowed.all():
        raise ValueError("no curve")
    return tuple(map(tuple, points.tolist()))


@cache
def _rules() -> str:
    """A sum over the checks that what is known has passed: with other ones the files are read again."""
    return hashlib.sha256(Path(document.__file__).read_bytes()).hexdigest()
