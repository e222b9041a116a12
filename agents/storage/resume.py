"""The state of a run, to go on exactly where it stopped: one `.resume` file beside the agent, for this machine alone.

It holds the optimiser, all networks, the replay, the games, every random generator, the schedules' counters, the
curves and the best policy. It names the agent that it belongs to by a sum over its weights, and the version before, so
that it belongs to what lies beside it even when the program is killed between saving the one and the other. Losing it
costs only that training can go on but not exactly: then it starts from the agent's weights, with an empty replay.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.errors import DamagedProfileError, StorageError, in_words
from agents.storage.container import Arrays, Limits, Pieces, checksum, pack_parts, unpack
from agents.storage.disk import DISK, Disk, read_file, replace_file
from agents.storage.document import MAX_FRAMES, check_schema
from agents.storage.profile import Profile

SUFFIX = ".resume"
MAX_SIZE = 384 * 2**20
"""Bytes of the largest file: of the presets, only *balanced* and *best* of Flappy Bird's pixels remember more."""

_FORMAT = "dqn-arcade resume"
_SCHEMA = 1
_SEPARATOR = ":"
_LIMITS = Limits(
    key="resume",
    file=MAX_SIZE,
    tensors=512,
    rank=8,
    dimension=2**27,
    dtypes={
        "F32": "<f4", "F64": "<f8", "BOOL": "?", "U8": "|u1", "I8": "|i1", "U16": "<u2", "I16": "<i2", "U32": "<u4",
        "I32": "<i4", "U64": "<u8", "I64": "<i8",
    },
    finite=False,
    empty=True,
)  # fmt: skip

Tree = dict[str, Any]
"""Names to plain values, arrays and further trees."""


class UnusableRunError(StorageError):
    """A run cannot go on from what was saved of it."""


@dataclass(frozen=True)
class ResumePoint:
    """The point at which a run stopped, from which it can go on exactly.

    Attributes:
        agent: The file of the agent that the run made.
        frames: How many frames the run has seen.
    """

    agent: Path
    frames: int

    def read(self) -> Tree:
        """All that was saved of the run.

        Raises:
            StorageError: The file is not there any more, or damaged.
        """
        return _read(self.agent.with_suffix(SUFFIX))[1]


@contextmanager
def judging(name: str) -> Iterator[None]:
    """Report any error inside as one of the saved run of the agent with this name.

    Raises:
        UnusableRunError: Something went wrong.
    """
    try:
        yield
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # games that were never in such a state may raise anything
        raise UnusableRunError(f"{name}: its run cannot go on from what was saved of it: {in_words(error)}") from error


def write(
    tree: Mapping[str, Any], agent: Path, profile: Profile, before: Profile | None = None, disk: Disk = DISK
) -> None:
    """Save beside an agent's file what its run needs to go on.

    Args:
        tree: Of the run; must hold its `frames`.
        agent: The agent's file.
        profile: The agent as it lies there, or will.
        before: The agent as it lies there now.
        disk: The system calls.

    Raises:
        StorageError: It is larger than a file may be, or the disk refuses; what was there before still is.
    """
    replace_file(agent.with_suffix(SUFFIX), to_parts(tree, profile, before), disk, backup=False)


def to_parts(tree: Mapping[str, Any], profile: Profile, before: Profile | None = None) -> Pieces:
    """The bytes of the file that `write` saves.

    Raises:
        StorageError: It is larger than a file may be.
    """
    arrays = dict(_arrays(tree))
    size = sum(values.nbytes for values in arrays.values())
    if size > MAX_SIZE - 2**20:
        raise StorageError(f"the run takes {size >> 20} MiB: at most {MAX_SIZE >> 20} MiB are kept to go on exactly")
    document = {
        "format": _FORMAT,
        "schema": _SCHEMA,
        "parents": [_fingerprint(version) for version in (profile, before) if version],
        "frames": tree["frames"],
        "forms": _forms(arrays),
        "values": _plain(tree),
    }
    return pack_parts(document, arrays, _LIMITS)


def find(agent: Path, profile: Profile) -> ResumePoint | None:
    """The point at which an agent's run stopped, if the file beside it is whole and belongs to it.

    Args:
        agent: The agent's file.
        profile: The agent, with its weights.

    Raises:
        DamagedProfileError: What lies there is damaged.
        StorageError: It cannot be read, or a newer program wrote it.
    """
    path = agent.with_suffix(SUFFIX)
    if not path.exists():
        return None
    document, _ = _read(path)
    return ResumePoint(agent, document["frames"]) if _fingerprint(profile) in document["parents"] else None


def _read(path: Path) -> tuple[dict[str, Any], Tree]:
    try:
        document, arrays = unpack(read_file(path, limits=_LIMITS)[0], _LIMITS)
        check_schema(document, _FORMAT, _SCHEMA, "no run to go on with: its format is unknown")
        if set(document) != {"parents", "frames", "forms", "values"} or document["forms"] != _forms(arrays):
            raise DamagedProfileError("damaged: its arrays are not those that were saved")
        _check(document)
        return document, _joined(document["values"], arrays)
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error


def _check(document: Mapping[str, Any]) -> None:
    """Check what a document says of itself; whether its values fit the run is seen when that goes on.

    Raises:
        DamagedProfileError: A value is of another kind.
    """
    parents, frames = document["parents"], document["frames"]
    if not isinstance(parents, list) or not all(isinstance(parent, str) for parent in parents):
        raise DamagedProfileError("damaged: it does not say to which agent it belongs")
    values = document["values"]
    if type(frames) is not int or not 0 <= frames <= MAX_FRAMES or not isinstance(values, dict):
        raise DamagedProfileError("damaged: it does not say where its run stopped")
    if values.get("frames") != frames:
        raise DamagedProfileError("damaged: it does not say where its run stopped")


def _fingerprint(profile: Profile) -> str:
    return hashlib.sha256(f"{profile.id} {checksum(profile.weights)}".encode()).hexdigest()


def _forms(arrays: Arrays) -> str:
    """A sum over names, kinds and shapes of arrays."""
    text = "".join(f"{name} {arrays[name].dtype} {arrays[name].shape};" for name in sorted(arrays))
    return hashlib.sha256(text.encode()).hexdigest()


def _arrays(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """All arrays in a tree, each named by the way to it."""
    for name, value in tree.items():
        if isinstance(value, np.ndarray):
            yield path + name, value
        elif isinstance(value, Mapping):
            yield from _arrays(value, f"{path}{name}{_SEPARATOR}")


def _plain(tree: Mapping[str, Any]) -> Tree:
    """The tree without its arrays."""
    return {
        name: _plain(value) if isinstance(value, Mapping) else value
        for name, value in tree.items()
        if not isinstance(value, np.ndarray)
    }


def _joined(tree: Any, arrays: Arrays) -> Tree:
    """The tree with its arrays put back."""
    for path, values in arrays.items():
        *way, last = path.split(_SEPARATOR)
        branch = tree
        for name in way:
            branch = branch.get(name) if isinstance(branch, dict) else None
        if not isinstance(branch, dict):
            raise DamagedProfileError(f"damaged: {path[:64]!r} belongs nowhere")
        branch[last] = values
    result: Tree = tree
    return result
