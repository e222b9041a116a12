"""The folders of the person's files and of the agents that came with the arcade. Nothing else knows of appdirs.

Nothing here creates anything. The environment variable `DQN_ARCADE_HOME` moves all of the person's folders into one.
"""

import os
from collections.abc import Callable
from pathlib import Path

import appdirs

HOME_VARIABLE = "DQN_ARCADE_HOME"
_NAME = "dqn-arcade"
_XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def data_folder() -> Path:
    """The folder worth backing up: agents, scores and recordings."""
    return _folder("data", appdirs.user_data_dir)


def settings_folder() -> Path:
    """The folder of the person's preferences."""
    return _folder("settings", appdirs.user_config_dir)


def logs_folder() -> Path:
    """The folder of logs, for reports of faults."""
    return _folder("logs", appdirs.user_log_dir)


def agents_folder() -> Path:
    """The folder of the person's agents."""
    return data_folder() / "agents"


def shipped_folder() -> Path:
    """The folder of the agents that came with the arcade, beside its packages; only ever read."""
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
    """The system's folder for such files. A folder of XDG's that is not absolute counts for nothing, as XDG says."""
    wrong = {name: os.environ.pop(name) for name in _XDG if name in os.environ and not os.path.isabs(os.environ[name])}
    try:
        return Path(folder(_NAME, False))
    finally:
        os.environ.update(wrong)
