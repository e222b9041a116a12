"""The state of a run, to resume it exactly: one `.resume` file beside the agent, for this machine only.

It holds the optimiser, all networks, the replay, the games, all random generators, the schedules' counters, the curves
and the best policy. It identifies its agent by a checksum of the weights. It also has the checksum of the agent's
previous version, so it fits the agent's file even if the program is killed between saving the two. Without it, training
continues from the agent's weights with an empty replay.
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
"""Most bytes of a file; among the presets, only *balanced* and *best* of Flappy Bird's pixels have larger states."""

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
"""Plain values, arrays and further trees by name."""


class UnusableRunError(StorageError):
    """An error in the saved state of a run, from which the run cannot be resumed."""


@dataclass(frozen=True)
class ResumePoint:
    """The point at which a run stopped and from which it can be resumed exactly.

    Attributes:
        agent: The file of the run's agent.
        frames: Number of frames of the run so far.
    """

    agent: Path
    frames: int

    def read(self) -> Tree:
        """Return the saved state of the run.

        Raises:
            StorageError: The file is gone or damaged.
        """
        return _read(self.agent.with_suffix(SUFFIX))[1]


@contextmanager
def judging(name: str) -> Iterator[None]:
    """Turn any error within the context into one about the saved run of the agent with this name.

    Raises:
        UnusableRunError: An error was raised within the context.
    """
    try:
        yield
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # games may raise errors of any kind for a wrong state
        raise UnusableRunError(
            f"{name}: its run cannot be continued from its saved state: {in_words(error)}"
        ) from error


def write(
    tree: Mapping[str, Any], agent: Path, profile: Profile, before: Profile | None = None, disk: Disk = DISK
) -> None:
    """Save the state of a run beside its agent's file.

    Args:
        tree: The state; must hold `frames`.
        agent: The agent's file.
        profile: The agent as it is or will be saved in that file.
        before: The agent in that file now, if it is another version.
        disk: The system calls.

    Raises:
        StorageError: The state is larger than a file may be, or the disk refuses; the file is unchanged.
    """
    replace_file(agent.with_suffix(SUFFIX), to_parts(tree, profile, before), disk, backup=False)


def to_parts(tree: Mapping[str, Any], profile: Profile, before: Profile | None = None) -> Pieces:
    """Return the bytes of the file that `write` saves.

    Raises:
        StorageError: The state is larger than a file may be.
    """
    arrays = dict(_arrays(tree))
    size = sum(values.nbytes for values in arrays.values())
    if size > MAX_SIZE - 2**20:
        raise StorageError(f"its run takes {size >> 20} MiB, more than {MAX_SIZE >> 20} MiB: it is not saved")
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
    """Return the point at which an agent's run stopped, None if there is no saved state of this version of the agent.

    Args:
        agent: The agent's file.
        profile: The agent, with its weights.

    Raises:
        DamagedProfileError: The file of the state is damaged.
        StorageError: The file cannot be read, or a newer version of the program wrote it.
    """
    path = agent.with_suffix(SUFFIX)
    if not path.exists():
        return None
    document, _ = _read(path)
    return ResumePoint(agent, document["frames"]) if _fingerprint(profile) in document["parents"] else None


def _read(path: Path) -> tuple[dict[str, Any], Tree]:
    try:
        document, arrays = unpack(read_file(path, limits=_LIMITS)[0], _LIMITS)
        check_schema(document, _FORMAT, _SCHEMA, "not a saved run: its format is unknown")
        if set(document) != {"parents", "frames", "forms", "values"} or document["forms"] != _forms(arrays):
            raise DamagedProfileError("damaged: its arrays are not the ones that were saved")
        _check(document)
        return document, _joined(document["values"], arrays)
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error


def _check(document: Mapping[str, Any]) -> None:
    """Check the form of a document; whether its values fit the run is only checked when the run is resumed.

    Raises:
        DamagedProfileError: A field has another form.
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
    """Return a checksum of the names, dtypes and shapes of arrays."""
    text = "".join(f"{name} {arrays[name].dtype} {arrays[name].shape};" for name in sorted(arrays))
    return hashlib.sha256(text.encode()).hexdigest()


def _arrays(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all arrays in a tree, each with its path."""
    for name, value in tree.items():
        if isinstance(value, np.ndarray):
            yield path + name, value
        elif isinstance(value, Mapping):
            yield from _arrays(value, f"{path}{name}{_SEPARATOR}")


def _plain(tree: Mapping[str, Any]) -> Tree:
    """Return the tree without its arrays."""
    return {
        name: _plain(value) if isinstance(value, Mapping) else value
        for name, value in tree.items()
        if not isinstance(value, np.ndarray)
    }


def _joined(tree: Any, arrays: Arrays) -> Tree:
    """Return the tree with its arrays put back."""
    for path, values in arrays.items():
        *parents, last = path.split(_SEPARATOR)
        branch = tree
        for name in parents:
            branch = branch.get(name) if isinstance(branch, dict) else None
        if not isinstance(branch, dict):
            raise DamagedProfileError(f"damaged: {path[:64]!r} belongs nowhere")
        branch[last] = values
    result: Tree = tree
    return result
