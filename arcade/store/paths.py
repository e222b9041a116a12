"""Paths of the arcade's own files, in the folders of `agents.storage.folders`. No function creates anything."""

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
    """Return the database of scores and races."""
    return data_folder() / "scores.sqlite"


def recordings_folder() -> Path:
    """Return the folder of pictures and films recorded in the window."""
    return data_folder() / "recordings"


def settings_file() -> Path:
    """Return the file of preferences."""
    return settings_folder() / "settings.json"


def log_file() -> Path:
    """Return the log file: commands, and tracebacks of errors."""
    return logs_folder() / "arcade.log"


def native_log() -> Path:
    """Return the file of output of native libraries, including the messages of a crash."""
    return logs_folder() / "native.log"
