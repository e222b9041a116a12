"""Where the arcade keeps its files. Nothing else knows of appdirs, and nothing here creates anything.

The environment variable `DQN_ARCADE_HOME` moves everything into one folder.
"""

import os
from pathlib import Path

import appdirs

HOME_VARIABLE = "DQN_ARCADE_HOME"
_NAME = "dqn-arcade"


def data_folder() -> Path:
    """What the person would miss: agents and scores."""
    return _folder("data", appdirs.user_data_dir(_NAME, False))


def agents_folder() -> Path:
    """The person's agents."""
    return data_folder() / "agents"


def scores_file() -> Path:
    """The scores of people and agents."""
    return data_folder() / "scores.sqlite"


def recordings_folder() -> Path:
    """What has been recorded in the window."""
    return data_folder() / "recordings"


def settings_file() -> Path:
    """The person's preferences."""
    return _folder("settings", appdirs.user_config_dir(_NAME, False)) / "settings.json"


def cache_folder() -> Path:
    """What can be made again."""
    return _folder("cache", appdirs.user_cache_dir(_NAME, False))


def logs_folder() -> Path:
    """What happened, for whoever looks into a fault."""
    return _folder("logs", appdirs.user_log_dir(_NAME, False))


def shipped_folder() -> Path:
    """The agents that came with the arcade, beside its packages; only ever read."""
    return Path(__file__).resolve().parents[1] / "saved_models"


def _folder(name: str, usual: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser().absolute() / name if home else Path(usual)
