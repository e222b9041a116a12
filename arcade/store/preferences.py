"""The person's preferences: one small JSON file, saved whole or not at all."""

import dataclasses
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.errors import StorageError
from agents.storage.disk import DISK, Disk, move, write_file
from arcade.input.bindings import Bindings, check_bindings
from arcade.system.printable import printable
from games.settings import check_settings, setting

MOST_BYTES = 2**18
"""Of the file; with other keys for a hundred games it has a tenth of that."""

LONGEST_NAME = 64  # letters, most of them escapes where they cannot be seen


@dataclass(frozen=True)
class Settings:
    """Preferences of the person who plays."""

    width: int = setting(1280, low=640, high=16_384, help="Width of the window.")
    height: int = setting(720, low=480, high=16_384, help="Height of the window.")
    fullscreen: bool = setting(False, help="Fill the whole screen.")
    text_scale: float = setting(1.0, low=1.0, high=2.0, help="Size of all text.")
    motion: bool = setting(True, help="Whether screens move when they change.")
    name: str = setting("Player", help="The name beside your scores.")
    sound: float = setting(0.7, low=0.0, high=1.0, help="How loud the games and menus are.")
    music: float = setting(0.4, low=0.0, high=1.0, help="How loud the music is.")
    muted: bool = setting(False, help="No sound at all.")
    watch_sounds: bool = setting(False, help="Whether games are heard while an agent plays them.")
    device: str = setting("auto", choices=("auto", "cpu", "gpu"), help="Where agents learn; auto takes the faster one.")
    threads: int = setting(0, low=0, high=256, help="Threads for training; 0 takes as many as there are cores.")

    keys: Mapping[str, Bindings] = field(default_factory=dict)  # chosen keys by game, see `arcade.input.bindings`

    def __post_init__(self) -> None:
        check_settings(self)
        check_bindings(self.keys)


def player_name(text: str) -> str:
    """A name for the score table from what was typed.

    Raises:
        ValueError: Nothing is left without blanks, or part of it would not be seen.
    """
    name = " ".join(text.split())
    if not name:
        raise ValueError("name = '': must have at least one letter")
    if name != printable(name):
        raise ValueError(f"name = {printable(name)}: must have no letters that cannot be seen")
    return name


class SettingsStore:
    """The preferences and the file they live in.

    Args:
        path: The file; None keeps everything in memory.
        disk: The system calls that saving uses.
    """

    def __init__(self, path: Path | None, disk: Disk = DISK) -> None:
        self._path, self._disk = path, disk
        self.problem = ""  # what went wrong with the file, in one line
        self.value = self._load()

    def change(self, **changes: Any) -> None:
        """Change some preferences and save them at once.

        Raises:
            ValueError: A value is not allowed.
        """
        self.apply(**changes)
        self.save()

    def apply(self, **changes: Any) -> None:
        """Change some preferences; `save` is to follow.

        Raises:
            ValueError: A value is not allowed.
        """
        self.value = dataclasses.replace(self.value, **changes)

    def defaults(self) -> dict[str, Any]:
        """Return the values of a reset, which leaves the person's name and the window's size alone."""
        values = {each.name: getattr(Settings(), each.name) for each in dataclasses.fields(Settings)}
        return {name: value for name, value in values.items() if name not in ("name", "width", "height")}

    def save(self) -> None:
        """Save the preferences as they are now; may be called from any thread."""
        try:
            self._save()
            self.problem = ""
        except OSError as error:
            self.problem = f"Settings are not saved: {error.strerror or error}"

    def _load(self) -> Settings:
        if self._path is None:
            return Settings()
        try:
            return _parse(_read(self._path))
        except FileNotFoundError:
            return Settings()
        except (ValueError, RecursionError, IsADirectoryError):
            self.problem = self._set_aside(self._path)
        except OSError as error:
            self.problem = f"Settings cannot be read: {error.strerror or error}"
        return Settings()

    def _set_aside(self, path: Path) -> str:
        try:
            aside = move(path, path.with_suffix(".damaged"), self._disk)
        except StorageError:
            return "The settings file is damaged; the defaults are used"
        return f"The settings file was damaged and is kept as {aside.name}; the defaults are used"

    def _save(self) -> None:
        if self._path is None:
            return
        text = json.dumps(dataclasses.asdict(self.value), indent=2)
        write_file(self._path, [text.encode()], self._disk, backup=False)


def _read(path: Path) -> bytes:
    """Return the content of a small file; anything else raises a `ValueError`, for it may never end."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise ValueError("no regular file, or too large")
        return file.read(MOST_BYTES)


def _parse(text: bytes) -> Settings:
    """Preferences from JSON; names of other versions are passed over, wrong values raise a `ValueError`."""
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("no JSON object")
    known = {each.name for each in dataclasses.fields(Settings)}
    if isinstance(name := values.get("name"), str):  # what earlier versions took may hold letters that nobody sees
        values["name"] = printable(" ".join(name.split()))[:LONGEST_NAME] or Settings.name
    return Settings(**{name: value for name, value in values.items() if name in known})
