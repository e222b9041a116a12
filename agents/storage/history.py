"""Snapshots of an agent: policies from several times of a run, in a file beside the agent's own.

The file has the format of profiles with another document, so the same limits are checked before anything is allocated.
Each array of the file joins the arrays of all snapshots along its last axis, so the number of arrays does not grow with
the number of snapshots.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy
from agents.errors import DamagedProfileError, StorageError
from agents.storage.container import PREFIX, Tensors, pack, parse_header, unpack
from agents.storage.disk import DISK, Disk, read_file, replace_file
from agents.storage.document import FIELDS, MAX_SCORE, MOST_MOMENTS, check_moments, check_schema
from agents.storage.profile import Profile
from games.words import one_line

SUFFIX = ".snapshots"
FORMAT = "dqn-arcade snapshots"
SCHEMA = 1
MOST = MOST_MOMENTS
"""Most snapshots kept of a run."""
BUDGET = 16 * 2**20
"""Most bytes of the weights of all snapshots; large networks have fewer snapshots, very large ones none."""

Frames = tuple[tuple[int, float | None], ...]
"""The frames and the mean score of each snapshot."""

_FIRST_SPACING = 1 / 256  # distance between the first snapshots, as a share of the run's frames


@dataclass(frozen=True)
class Snapshot:
    """The policy at one time of the run.

    Attributes:
        frames: Game frames seen by then, over all runs of the agent.
        mean_score: Mean score of the last 100 games; None before the first.
        weights: Float32 arrays by the names of `Architecture.shapes`.
    """

    frames: int
    mean_score: float | None
    weights: Tensors


@dataclass(frozen=True)
class History:
    """The snapshots of a run in order of time, all with the same architecture; `agent` is the agent's id."""

    agent: str
    architecture: Architecture
    moments: tuple[Snapshot, ...] = ()

    def policy(self, index: int) -> Policy:
        """Return the policy of one snapshot."""
        return Policy(self.architecture, self.moments[index].weights)

    def after(self, path: Path) -> "History":
        """Return this history with earlier snapshots of the same agent from a file, since a resumed run has none."""
        try:
            if not path.exists() or not self.moments or min(read_frames(path)) >= self.moments[0].frames:
                return self
            before = from_bytes(read_file(path)[0])
        except (StorageError, ValueError):
            return self  # an unusable file will be replaced
        if (before.agent, before.architecture) != (self.agent, self.architecture):
            return self
        moments = [each for each in before.moments if each.frames < self.moments[0].frames] + list(self.moments)
        while len(moments) > _most(self.architecture):
            moments = moments[::2]
        return replace(self, moments=tuple(moments))

    def profile(self, agent: Profile, index: int) -> Profile:
        """Return the agent at one snapshot, to be watched or raced like any other; it has no scorecard."""
        moment = self.moments[index]
        seen = moment.frames - self.moments[0].frames  # frames of this run, as in curves
        return replace(
            agent,
            name=f"{agent.name[:36]} at {moment.frames:,} frames",
            frames=moment.frames,
            weights=moment.weights,
            scorecard={},
            curve=tuple(point for point in agent.curve if point[0] <= seen),
        )


class HistoryRecorder:
    """A recorder of snapshots, which drops every second one whenever there are too many.

    Args:
        agent: Id of the agent.
        architecture: Shape of the network.
        run_frames: Length of the run, which determines the first distance between snapshots.
        start: Frames that the agent had seen before this run.
    """

    def __init__(self, agent: str, architecture: Architecture, run_frames: int, start: int = 0) -> None:
        self._agent, self._architecture, self._start = agent, architecture, start
        self._most = _most(architecture)
        self._spacing = max(1, round(run_frames * _FIRST_SPACING))
        self._next = 0  # frames of the run at which the next snapshot is due
        self._moments: list[Snapshot] = []

    def is_due(self, frames: int) -> bool:
        """Whether a snapshot is due after some frames of the run."""
        return self._most > 0 and frames >= self._next

    def add(self, frames: int, mean_score: float, policy: Policy) -> None:
        """Keep a policy as a snapshot; its arrays are not copied."""
        if len(self._moments) == self._most:
            self._moments = self._moments[::2]
            self._spacing *= 2
        score = float(mean_score) if abs(mean_score) <= MAX_SCORE else None
        self._moments.append(Snapshot(self._start + frames, score, policy.weights))
        self._next = frames + self._spacing

    def history(self) -> History:
        """Return the snapshots so far."""
        return History(self._agent, self._architecture, tuple(self._moments))


def _most(architecture: Architecture) -> int:
    """Return the most snapshots that are kept of a network, an even number."""
    size = 4 * sum(math.prod(shape) for shape in architecture.shapes().values())
    return min(MOST, BUDGET // size) // 2 * 2


def path_of(agent: Path) -> Path:
    """Return the path of an agent's snapshots."""
    return agent.with_suffix(SUFFIX)


def write(history: History, path: Path, disk: Disk = DISK) -> None:
    """Save a history atomically; see `agents.storage.disk`.

    Raises:
        StorageError: The disk refuses; `path` is unchanged.
    """
    replace_file(path, [to_bytes(history)], disk, backup=False)


def read(path: Path, agent: Profile) -> History:
    """Load the history of an agent.

    Raises:
        StorageError: The file does not exist, is damaged, or belongs to another agent.
    """
    try:
        history = from_bytes(read_file(path)[0])
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error
    if (history.agent, history.architecture) != (agent.id, agent.architecture):
        raise StorageError(f"{path.name}: these snapshots belong to another agent than {agent.name}")
    return history


def read_frames(path: Path) -> tuple[int, ...]:
    """Return the frames of each snapshot in a file, without reading the weights.

    Raises:
        StorageError: See `read`; damaged weights are not detected.
    """
    try:
        data, size = read_file(path, header_only=True)
        header = parse_header(data[PREFIX:], size)
        header.document.pop("sha256", None)
        return tuple(frames for frames, _ in _checked(header.document)[2])
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error


def earlier_selves(agent: Profile, path: Path) -> tuple[Profile, ...]:
    """Return an agent as it was at each of its snapshots, oldest first; none if it has no snapshots.

    Args:
        agent: The agent.
        path: The agent's file, beside which the snapshots lie.

    Raises:
        StorageError: The snapshots are damaged.
    """
    if not path_of(path).exists():
        return ()
    history = read(path_of(path), agent)
    return tuple(history.profile(agent, index) for index in range(len(history.moments)))


def to_bytes(history: History) -> bytes:
    """Return the bytes of a history's file."""
    shapes, moments = history.architecture.shapes(), history.moments
    arrays = {name: np.concatenate([each.weights[name] for each in moments], axis=-1) for name in shapes if moments}
    document = {
        "format": FORMAT,
        "schema": SCHEMA,
        "agent": history.agent,
        "architecture": history.architecture.to_dict(),
        "moments": [[each.frames, each.mean_score] for each in moments],
    }
    return pack(document, arrays)


def from_bytes(data: bytes) -> History:
    """Return the history in a file's bytes.

    Raises:
        DamagedProfileError: The bytes are not a complete history.
        StorageError: A newer version of the program wrote them.
    """
    document, arrays = unpack(data)
    agent, architecture, moments = _checked(document)
    return History(agent, architecture, _moments(architecture, moments, arrays))


def _checked(document: dict[str, Any]) -> tuple[str, Architecture, Frames]:
    """Check the format and every field of a document, and return its values."""
    check_schema(document, FORMAT, SCHEMA, "not a file of snapshots: its format is unknown")
    try:
        return _document(document)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise DamagedProfileError(f"damaged: {one_line(str(error))}") from None


def _document(document: dict[str, Any]) -> tuple[str, Architecture, Frames]:
    """Check every field of a document; returns the agent's id, its network, and the numbers of each snapshot."""
    if set(document) != {"agent", "architecture", "moments"}:
        raise ValueError("it does not hold an agent, an architecture and moments")
    moments = check_moments(document["moments"])
    return FIELDS["id"](document["agent"]), FIELDS["architecture"](document["architecture"]), moments


def _moments(architecture: Architecture, moments: Frames, arrays: Tensors) -> tuple[Snapshot, ...]:
    """Split the joined arrays of a file into those of each snapshot."""
    shapes, count = architecture.shapes(), len(moments)
    expected = {name: (*shape[:-1], shape[-1] * count) for name, shape in shapes.items()} if count else {}
    if {name: values.shape for name, values in arrays.items()} != expected:
        raise DamagedProfileError("damaged: its arrays do not fit its network")
    apart = {name: np.split(values, count, axis=-1) for name, values in arrays.items()}
    return tuple(
        Snapshot(frames, score, {name: np.ascontiguousarray(values[index]) for name, values in apart.items()})
        for index, (frames, score) in enumerate(moments)
    )
