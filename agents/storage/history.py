"""Snapshots of an agent: a few policies of a run, spread over its length, in a file beside the agent's own.

The file is the container of profiles with another document, so the same limits hold before anything is allocated. An
array of the file holds those of all moments one after the other along its last axis, which keeps their number small
however many moments there are.
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
"""Moments kept of a run at most."""
BUDGET = 16 * 2**20
"""Bytes that the weights of all moments may take: larger networks keep fewer of them, very large ones none."""

Frames = tuple[tuple[int, float | None], ...]
"""The frames and the mean score of each moment."""

_FIRST_SPACING = 1 / 256  # part of a run's frames between its first moments


@dataclass(frozen=True)
class Snapshot:
    """The policy as it was at one time of the run.

    Attributes:
        frames: Game frames seen, over the agent's whole life.
        mean_score: Of the 100 games before; None while none had ended.
        weights: Float32 arrays as `Architecture.shapes` lists them.
    """

    frames: int
    mean_score: float | None
    weights: Tensors


@dataclass(frozen=True)
class History:
    """The moments of a run in order of time; their networks are alike. `agent` is the id of whose they are."""

    agent: str
    architecture: Architecture
    moments: tuple[Snapshot, ...] = ()

    def policy(self, index: int) -> Policy:
        """The agent as it acted at one of the moments."""
        return Policy(self.architecture, self.moments[index].weights)

    def after(self, path: Path) -> "History":
        """With the moments before it that a file holds of the same agent: a run that goes on begins with none."""
        try:
            if not path.exists() or not self.moments or min(read_frames(path)) >= self.moments[0].frames:
                return self
            before = from_bytes(read_file(path)[0])
        except (StorageError, ValueError):
            return self  # what cannot be read is written anew
        if (before.agent, before.architecture) != (self.agent, self.architecture):
            return self
        moments = [each for each in before.moments if each.frames < self.moments[0].frames] + list(self.moments)
        while len(moments) > _most(self.architecture):
            moments = moments[::2]
        return replace(self, moments=tuple(moments))

    def profile(self, agent: Profile, index: int) -> Profile:
        """The agent as it was, to be watched or raced like any other; it has no scorecard and is no longer trained."""
        moment = self.moments[index]
        seen = moment.frames - self.moments[0].frames  # in this run, as curves count them
        return replace(
            agent,
            name=f"{agent.name[:36]} at {moment.frames:,} frames",
            frames=moment.frames,
            weights=moment.weights,
            scorecard={},
            curve=tuple(point for point in agent.curve if point[0] <= seen),
        )


class HistoryRecorder:
    """Keeps moments of a run, every second one only whenever there are too many.

    Args:
        agent: Id of the agent.
        architecture: Shape of the network.
        run_frames: Length of the run, from which the first distance between moments follows.
        start: Frames that the agent had seen before this run.
    """

    def __init__(self, agent: str, architecture: Architecture, run_frames: int, start: int = 0) -> None:
        self._agent, self._architecture, self._start = agent, architecture, start
        self._most = _most(architecture)
        self._spacing = max(1, round(run_frames * _FIRST_SPACING))
        self._next = 0  # frames of the run at which another moment is due
        self._moments: list[Snapshot] = []

    def is_due(self, frames: int) -> bool:
        """Whether another moment shall be kept after so many frames of the run."""
        return self._most > 0 and frames >= self._next

    def add(self, frames: int, mean_score: float, policy: Policy) -> None:
        """Keep the policy as it is now; its arrays are used as they are, not copied."""
        if len(self._moments) == self._most:
            self._moments = self._moments[::2]
            self._spacing *= 2
        score = float(mean_score) if abs(mean_score) <= MAX_SCORE else None
        self._moments.append(Snapshot(self._start + frames, score, policy.weights))
        self._next = frames + self._spacing

    def history(self) -> History:
        """The moments so far."""
        return History(self._agent, self._architecture, tuple(self._moments))


def _most(architecture: Architecture) -> int:
    """The number of moments that are kept of a network; it is even."""
    size = 4 * sum(math.prod(shape) for shape in architecture.shapes().values())
    return min(MOST, BUDGET // size) // 2 * 2


def path_of(agent: Path) -> Path:
    """The path of an agent's snapshots."""
    return agent.with_suffix(SUFFIX)


def write(history: History, path: Path, disk: Disk = DISK) -> None:
    """Save a history so that `path` is the old or the new file at every instant.

    Raises:
        StorageError: The disk refuses; `path` is as it was.
    """
    replace_file(path, [to_bytes(history)], disk, backup=False)


def read(path: Path, agent: Profile) -> History:
    """Load the history of an agent.

    Raises:
        StorageError: There is no such file, it is damaged, or it belongs to another agent.
    """
    try:
        history = from_bytes(read_file(path)[0])
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error
    if (history.agent, history.architecture) != (agent.id, agent.architecture):
        raise StorageError(f"{path.name}: these snapshots are not of {agent.name}")
    return history


def read_frames(path: Path) -> tuple[int, ...]:
    """The frames at which each moment of a history was kept, without reading their weights.

    Raises:
        StorageError: As `read`; damage to the weights goes unseen.
    """
    try:
        data, size = read_file(path, header_only=True)
        header = parse_header(data[PREFIX:], size)
        header.document.pop("sha256", None)
        return tuple(frames for frames, _ in _checked(header.document)[2])
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error


def earlier_selves(agent: Profile, path: Path) -> tuple[Profile, ...]:
    """An agent as it was at each moment that was kept, oldest first: opponents that grow.

    Args:
        agent: The agent.
        path: Its file, beside which its snapshots lie.

    Raises:
        StorageError: The snapshots are damaged. An agent without any has no earlier selves.
    """
    if not path_of(path).exists():
        return ()
    history = read(path_of(path), agent)
    return tuple(history.profile(agent, index) for index in range(len(history.moments)))


def to_bytes(history: History) -> bytes:
    """The bytes of a history's file."""
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
    """The history in a file's bytes.

    Raises:
        DamagedProfileError: The bytes are no whole history.
        StorageError: A newer program wrote them.
    """
    document, arrays = unpack(data)
    agent, architecture, moments = _checked(document)
    return History(agent, architecture, _moments(architecture, moments, arrays))


def _checked(document: dict[str, Any]) -> tuple[str, Architecture, Frames]:
    """The values of a document, with its format and every field checked."""
    check_schema(document, FORMAT, SCHEMA, "no snapshots: their format is unknown")
    try:
        return _document(document)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise DamagedProfileError(f"damaged: {one_line(str(error))}") from None


def _document(document: dict[str, Any]) -> tuple[str, Architecture, Frames]:
    """The agent, its network and the numbers of each moment, every one checked."""
    if set(document) != {"agent", "architecture", "moments"}:
        raise ValueError("it does not hold an agent, an architecture and moments")
    moments = check_moments(document["moments"])
    return FIELDS["id"](document["agent"]), FIELDS["architecture"](document["architecture"]), moments


def _moments(architecture: Architecture, moments: Frames, arrays: Tensors) -> tuple[Snapshot, ...]:
    """Take the arrays apart again."""
    shapes, count = architecture.shapes(), len(moments)
    expected = {name: (*shape[:-1], shape[-1] * count) for name, shape in shapes.items()} if count else {}
    if {name: values.shape for name, values in arrays.items()} != expected:
        raise DamagedProfileError("damaged: its arrays are not those of its network")
    apart = {name: np.split(values, count, axis=-1) for name, values in arrays.items()}
    return tuple(
        Snapshot(frames, score, {name: np.ascontiguousarray(values[index]) for name, values in apart.items()})
        for index, (frames, score) in enumerate(moments)
    )
