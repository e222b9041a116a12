"""Profiles: saved agents, each in one `.agent` file, to share and load.

A file cannot run code. Its network is an enum and bounded integers (`agents.acting.architecture`), which determine the
names and shapes of its arrays; all other fields are checked one by one.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy
from agents.config import Config
from agents.errors import DamagedProfileError, ProfileError, StorageError
from agents.storage.container import PREFIX, Tensors, pack, parse_header, unpack
from agents.storage.curve_text import PLAIN_CURVE, CurveText
from agents.storage.disk import DISK, Disk, read_file, replace_file
from agents.storage.document import (
    CURVE_POINTS,
    MAX_COMMAND,
    MAX_FRAMES,
    MAX_SCORE,
    Curve,
    check_document,
    check_limits,
    check_name,
    check_schema,
)
from games.game import Game
from games.registry import make
from games.words import STEERING, one_line

__all__ = [
    "SUFFIX",
    "DamagedProfileError",
    "Profile",
    "ProfileError",
    "app_version",
    "check_limits",
    "check_name",
    "from_bytes",
    "now",
    "read",
    "read_header",
    "thin",
    "to_bytes",
    "write",
]

SUFFIX = ".agent"
FORMAT = "dqn-arcade agent"
SCHEMA = 1
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each old schema number, the pure function that converts a document to the next schema."""


@cache
def app_version() -> str:
    """Return the version of this program, "" if it is not installed."""
    try:
        return metadata.version("dqn-arcade")
    except metadata.PackageNotFoundError:
        return ""


def now() -> str:
    """Return the time in UTC, as profiles store it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Profile:
    """An agent with all data for playing, comparing and training it further.

    Attributes:
        name: Display name, at most 64 characters; never a path.
        game_id: Registry id of the game.
        game_settings: Settings of the game.
        rules_version: Version of the game's rules in training.
        observation: Kind of observation.
        architecture: Shape of the network.
        config: Hyper-parameters of the training.
        weights: Float32 arrays by the names of `Architecture.shapes`; empty if only the header was read.
        preset: Preset of the hyper-parameters, "" if none.
        seed: Seed of the run.
        frames: Number of game frames seen, over all copies.
        updates: Number of gradient updates.
        seconds: Learning time in seconds.
        device: Device and compile mode of the training.
        curve: Frames and mean score, thinned to at most 200 points.
        scorecard: Result of the fixed-seed evaluation, see `SCORES`; empty if there was none.
        id: Id of the agent, which never changes.
        created: Time when training first began, UTC.
        changed: Time of the last training, UTC.
        app_version: Version of the program that wrote the file.
        command: Command that trained the agent, "" if it was trained in the window.
        parent: Id of the agent from which it was trained further, "" if it began with random weights.
    """

    name: str
    game_id: str
    game_settings: dict[str, Any]
    rules_version: int
    observation: str
    architecture: Architecture
    config: Config
    weights: Tensors
    preset: str = ""
    seed: int = 0
    frames: int = 0
    updates: int = 0
    seconds: float = 0.0
    device: str = ""
    curve: Curve = ()
    scorecard: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: str = field(default_factory=now)
    changed: str = field(default_factory=now)
    app_version: str = field(default_factory=app_version)
    command: str = ""
    parent: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.curve, CurveText):
            object.__setattr__(self, "curve", thin(self.curve))
        object.__setattr__(self, "command", STEERING.sub(" ", self.command)[:MAX_COMMAND])

    def policy(self) -> Policy:
        """Return the agent's policy.

        Raises:
            ProfileError: Only the header was read.
        """
        if not self.weights:
            raise ProfileError(f"{self.name}: only its description was read, load it first")
        return Policy(self.architecture, self.weights, self.name)

    def game(self) -> Game:
        """Return the agent's game, with its settings.

        Raises:
            ProfileError: The game is not installed, refuses the settings, or has changed since the training.
        """
        try:
            game = make(self.game_id, **self.game_settings)
            spec = game.info.observation(self.observation)
        except Exception as error:  # a game's own checks may raise errors of any kind
            raise ProfileError(f"{self.name} cannot play here: {one_line(str(error) or repr(error))}") from None
        if game.info.version != self.rules_version:
            raise ProfileError(
                f"{self.name} learnt version {self.rules_version} of {game.info.title}'s rules, which are now version "
                f"{game.info.version}: train a new agent"
            )
        seen = self.architecture.input_shape, self.architecture.byte_input, self.architecture.actions
        if seen != (spec.shape, spec.dtype == "uint8", len(game.info.actions)):
            raise ProfileError(f"{self.name} takes {self.observation} of another shape than {game.info.title} gives")
        return game

    def renamed(self, name: str) -> "Profile":
        """Return the same agent under another name.

        Raises:
            ProfileError: The name is empty, too long or not printable.
        """
        return replace(self, name=check_name(name))


def thin(curve: Curve, limit: int = CURVE_POINTS) -> Curve:
    """Return at most `limit` evenly chosen points of a curve, including the last, without points that files forbid."""
    points = [
        (float(frames), float(score)) for frames, score in curve if frames <= MAX_FRAMES and abs(score) <= MAX_SCORE
    ]
    if len(points) > limit:
        points = [points[index] for index in np.linspace(0, len(points) - 1, limit).round().astype(int)]
    return tuple(points)


def to_bytes(profile: Profile) -> bytes:
    """Return the bytes of a profile's file.

    Raises:
        StorageError: A field or an array could not be loaded again.
    """
    document: dict[str, Any] = {"format": FORMAT, "schema": SCHEMA}
    for item in fields(Profile):
        if item.name != "weights":
            value = getattr(profile, item.name)
            document[item.name] = value.to_dict() if item.name in ("architecture", "config") else value
    data = pack(document, profile.weights)
    try:
        from_bytes(data)
    except StorageError as error:
        raise ProfileError(f"{profile.name}: cannot be saved, it could not be loaded again ({error})") from None
    return data


def from_bytes(data: bytes) -> Profile:
    """Return the profile in a file's bytes; its weights are read-only views of them.

    Raises:
        DamagedProfileError: The bytes are not a complete profile.
        StorageError: A newer version of the program wrote them.
    """
    document, arrays = unpack(data)
    return _profile(document, arrays, {name: values.shape for name, values in arrays.items()})


def write(profile: Profile, path: Path, disk: Disk = DISK) -> None:
    """Save a profile atomically; see `agents.storage.disk`.

    Raises:
        StorageError: The profile cannot be saved, or the disk refuses; `path` is unchanged.
    """
    replace_file(path, [to_bytes(profile)], disk)


def read(path: Path) -> Profile:
    """Load a whole profile.

    Raises:
        DamagedProfileError: The file is not a complete profile.
        StorageError: The file does not exist, is a link, may not be read, or was written by a newer version.
    """
    with _named(path):
        return from_bytes(read_file(path)[0])


def read_header(path: Path) -> Profile:
    """Load everything but the weights, in well under a millisecond.

    Raises:
        StorageError: See `read`; damaged weights are not detected.
    """
    with _named(path):
        data, size = read_file(path, header_only=True)
        header = parse_header(data[PREFIX:], size, unread=PLAIN_CURVE)
        header.document.pop("sha256", None)
        return _profile(header.document, {}, header.shapes)


def is_whole(path: Path) -> bool:
    """Whether a file is undamaged, even if this program does not allow a value in it.

    The checksums of a file do not cover the names of its arrays, so these are compared with those of its network.

    Raises:
        StorageError: The file cannot be read.
    """
    try:
        document, arrays = unpack(read_file(path)[0])
    except DamagedProfileError:
        return False
    try:
        architecture = check_document(_migrate(document))["architecture"]
    except ValueError:
        return True
    return bool(architecture.shapes() == {name: values.shape for name, values in arrays.items()})


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name in front of an error's message."""
    try:
        yield
    except StorageError as error:
        raise type(error)(f"{path.name}: {error}") from error


def _profile(document: dict[str, Any], weights: Tensors, shapes: Mapping[str, tuple[int, ...]]) -> Profile:
    document = _migrate(document)
    try:
        profile = Profile(weights=weights, **check_document(document))
    except ValueError as error:
        raise DamagedProfileError(f"damaged: {error}") from None
    if profile.architecture.shapes() != shapes:
        raise DamagedProfileError("damaged: its arrays do not fit its network")
    return profile


def _migrate(document: dict[str, Any]) -> dict[str, Any]:
    for version in range(check_schema(document, FORMAT, SCHEMA, "not an agent: its format is unknown"), SCHEMA):
        document = MIGRATIONS[version](document)
    return document
