"""The folders of the user's files and of the shipped agents. Only this module uses appdirs.

It creates no folders. The environment variable `DQN_ARCADE_HOME` moves all of the user's folders into one.
"""

import os
from collections.abc import Callable
from pathlib import Path

import appdirs

HOME_VARIABLE = "DQN_ARCADE_HOME"
_NAME = "dqn-arcade"
_XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def data_folder() -> Path:
    """Return the folder worth backing up: agents, scores and recordings."""
    return _folder("data", appdirs.user_data_dir)


def settings_folder() -> Path:
    """Return the folder of the user's preferences."""
    return _folder("settings", appdirs.user_config_dir)


def logs_folder() -> Path:
    """Return the folder of log files, for bug reports."""
    return _folder("logs", appdirs.user_log_dir)


def agents_folder() -> Path:
    """Return the folder of the user's agents."""
    return data_folder() / "agents"


def shipped_folder() -> Path:
    """Return the folder of the agents shipped with the arcade, beside its packages; it is never written to."""
    return Path(__file__).resolve().parents[2] / "saved_models"


def _folder(name: str, usual: Callable[..., str]) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    try:
        path = Path(home).expanduser().absolute() / name if home else _usual(usual)
    except RuntimeError:  # "~name" with an unknown user name
        raise ValueError(f"{HOME_VARIABLE} = {home!r}: there is no such home folder") from None
    if not path.is_absolute():
        raise ValueError(f"your home folder is not known: set {HOME_VARIABLE} to a folder")
    return path


def _usual(folder: Callable[..., str]) -> Path:
    """Return the system's folder for such files; XDG variables without an absolute path are ignored, as XDG says."""
    wrong = {name: os.environ.pop(name) for name in _XDG if name in os.environ and not os.path.isabs(os.environ[name])}
    try:
        return Path(folder(_NAME, False))
    finally:
        os.environ.update(wrong)
