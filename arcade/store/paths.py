"""The places of the arcade's files. Nothing else knows of appdirs, and nothing here creates anything.

The environment variable `DQN_ARCADE_HOME` moves everything into one folder.
"""

import os
from collections.abc import Callable
from pathlib import Path

import appdirs

HOME_VARIABLE = "DQN_ARCADE_HOME"
_NAME = "dqn-arcade"
_XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def data_folder() -> Path:
    """Folder for user data worth backing up: agents and scores."""
    return _folder("data", appdirs.user_data_dir)


def agents_folder() -> Path:
    """The person's agents."""
    return data_folder() / "agents"


def scores_file() -> Path:
    """The scores of people and agents."""
    return data_folder() / "scores.sqlite"


def recordings_folder() -> Path:
    """Recordings made in the window."""
    return data_folder() / "recordings"


def settings_file() -> Path:
    """The person's preferences."""
    return _folder("settings", appdirs.user_config_dir) / "settings.json"


def logs_folder() -> Path:
    """The files that tell what happened, to find the cause of a fault."""
    return _folder("logs", appdirs.user_log_dir)


def log_file() -> Path:
    """The commands that were given, and the tracebacks of errors."""
    return logs_folder() / "arcade.log"


def native_log() -> Path:
    """The output of native libraries, and their last words if one of them ends the program."""
    return logs_folder() / "native.log"


def shipped_folder() -> Path:
    """The agents that came with the arcade, beside its packages; only ever read."""
    return Path(__file__).resolve().parents[2] / "saved_models"


def _folder(name: str, usual: Callable[..., str]) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    try:
        path = Path(home).expanduser().absolute() / name if home else _usual(usual)
    except RuntimeError:  # "~name", and nobody has that name
        raise ValueError(f"{HOME_VARIABLE} = {home!r}: there is no such home folder") from None
    if not path.is_absolute():
        raise ValueError(f"your home folder is not known: set {HOME_VARIABLE} to a folder")
    return path


def _usual(folder: Callable[..., str]) -> Path:
    """Return the place that the system has for such files. XDG ignores its variables where they are not absolute."""
    wrong = {name: os.environ.pop(name) for name in _XDG if name in os.environ and not os.path.isabs(os.environ[name])}
    try:
        return Path(folder(_NAME, False))
    finally:
        os.environ.update(wrong)
