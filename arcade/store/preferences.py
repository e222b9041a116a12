"""The user's preferences, in a small JSON file that is replaced atomically."""

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
"""Largest file that is read. With chosen keys for a hundred games, it has a tenth of that."""

LONGEST_NAME = 64  # characters, escapes included


@dataclass(frozen=True)
class Settings:
    """The user's preferences."""

    width: int = setting(1280, low=640, high=16_384, help="Width of the window in pixels.")
    height: int = setting(720, low=480, high=16_384, help="Height of the window in pixels.")
    fullscreen: bool = setting(False, help="Open the window in full screen.")
    text_scale: float = setting(1.0, low=1.0, high=2.0, help="Text size; 1 is normal.")
    motion: bool = setting(True, help="Animate the change of screens.")
    name: str = setting("Player", help="Your name in the score tables.")
    sound: float = setting(0.7, low=0.0, high=1.0, help="Volume of games and menus.")
    music: float = setting(0.4, low=0.0, high=1.0, help="Volume of the music.")
    muted: bool = setting(False, help="Mute all sound.")
    watch_sounds: bool = setting(False, help="Play the sounds of a game also while an agent plays it.")
    device: str = setting("auto", choices=("auto", "cpu", "gpu"), help="Device to train on; auto takes the faster one.")
    threads: int = setting(0, low=0, high=256, help="CPU threads for training; 0 uses all cores.")

    keys: Mapping[str, Bindings] = field(default_factory=dict)  # chosen keys by game, see `arcade.input.bindings`

    def __post_init__(self) -> None:
        check_settings(self)
        check_bindings(self.keys)


def player_name(text: str) -> str:
    """Return the name for the score tables, without extra blanks.

    Raises:
        ValueError: It is empty or has invisible characters.
    """
    name = " ".join(text.split())
    if not name:
        raise ValueError("name = '': must have at least one letter")
    if name != printable(name):
        raise ValueError(f"name = {printable(name)}: must have no invisible characters")
    return name


class SettingsStore:
    """The preferences and the file that holds them.

    Args:
        path: The file; None keeps everything in memory.
        disk: System calls for saving; tests replace them.
    """

    def __init__(self, path: Path | None, disk: Disk = DISK) -> None:
        self._path, self._disk = path, disk
        self.problem = ""  # the latest error with the file in one line, "" for none
        self.value = self._load()

    def change(self, **changes: Any) -> None:
        """Change some preferences and save them at once.

        Raises:
            ValueError: A value is not allowed.
        """
        self.apply(**changes)
        self.save()

    def apply(self, **changes: Any) -> None:
        """Change some preferences without saving them.

        Raises:
            ValueError: A value is not allowed.
        """
        self.value = dataclasses.replace(self.value, **changes)

    def defaults(self) -> dict[str, Any]:
        """Return the values of a reset, which keeps the user's name and the size of the window."""
        values = {each.name: getattr(Settings(), each.name) for each in dataclasses.fields(Settings)}
        return {name: value for name, value in values.items() if name not in ("name", "width", "height")}

    def save(self) -> None:
        """Save the preferences. May be called from any thread."""
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
    """Return the content of a file; raises `ValueError` if it is large or not regular, as reading might never end."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # opening a pipe would block
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise ValueError("no regular file, or too large")
        return file.read(MOST_BYTES)


def _parse(text: bytes) -> Settings:
    """Return preferences from JSON. Unknown names are ignored; wrong values raise `ValueError`."""
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("no JSON object")
    known = {each.name for each in dataclasses.fields(Settings)}
    if isinstance(name := values.get("name"), str):  # earlier versions accepted invisible characters
        values["name"] = printable(" ".join(name.split()))[:LONGEST_NAME] or Settings.name
    return Settings(**{name: value for name, value in values.items() if name in known})
