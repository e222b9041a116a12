"""The places of the arcade's own files, in the folders of `agents.storage.folders`. Nothing here creates anything."""

from pathlib import Path

from agents.storage.folders import agents_folder, data_folder, logs_folder, settings_folder

__all__ = [
    "agents_folder",
    "data_folder",
    "log_file",
    "logs_folder",
    "native_log",
    "recordings_folder",
    "scores_file",
    "settings_file",
]


def scores_file() -> Path:
    """The scores of people and agents."""
    return data_folder() / "scores.sqlite"


def recordings_folder() -> Path:
    """The pictures and films recorded in the window."""
    return data_folder() / "recordings"


def settings_file() -> Path:
    """The person's preferences."""
    return settings_folder() / "settings.json"


def log_file() -> Path:
    """The commands that were given, and the tracebacks of errors."""
    return logs_folder() / "arcade.log"


def native_log() -> Path:
    """The output of native libraries, and their last words if one of them ends the program."""
    return logs_folder() / "native.log"
