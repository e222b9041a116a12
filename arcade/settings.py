"""The person's preferences: one small JSON file, saved whole or not at all."""

import dataclasses
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from games.settings import check_settings, setting, settings_of


@dataclass(frozen=True)
class Settings:
    """Preferences of the person who plays."""

    width: int = setting(1280, low=640, high=16_384, help="Width of the window.")
    height: int = setting(720, low=480, high=16_384, help="Height of the window.")
    fullscreen: bool = setting(False, help="Fill the whole screen.")
    text_scale: float = setting(1.0, low=1.0, high=2.0, help="Size of all text.")
    motion: bool = setting(True, help="Whether screens move when they change.")
    name: str = setting("Player", help="The name beside your scores.")

    def __post_init__(self) -> None:
        check_settings(self)


class SettingsStore:
    """The preferences and the file they live in.

    Args:
        path: The file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.problem = ""  # what went wrong with the file, in one line
        self.value = self._load()

    def change(self, **changes: Any) -> None:
        """Change some preferences and save them at once.

        Raises:
            ValueError: A value is not allowed.
        """
        self.value = dataclasses.replace(self.value, **changes)
        try:
            self._save()
            self.problem = ""
        except OSError as error:
            self.problem = f"Settings are not saved: {error.strerror or error}"

    def _load(self) -> Settings:
        if self._path is None:
            return Settings()
        try:
            return _parse(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.problem = f"Settings cannot be read: {error.strerror or error}"
        except ValueError:
            self.problem = self._set_aside(self._path)
        return Settings()

    def _set_aside(self, path: Path) -> str:
        aside = path.with_suffix(".damaged")
        try:
            os.replace(path, aside)
        except OSError:
            return "The settings file is damaged; the defaults are used"
        return f"The settings file was damaged and is kept as {aside.name}; the defaults are used"

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self.value), indent=2)
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def _parse(text: str) -> Settings:
    """Preferences from JSON; names of other versions are passed over, wrong values raise a `ValueError`."""
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("no JSON object")
    known = settings_of(Settings)
    return Settings(**{name: value for name, value in values.items() if name in known})
