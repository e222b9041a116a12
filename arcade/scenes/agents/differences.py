"""The table of a comparison: the results of agents, and the settings in which they differ."""

from collections.abc import Sequence

from agents.config import Config
from agents.storage.profile import Profile
from arcade.ui.numbers import duration, number, short_number
from games.settings import settings_of

MOST_AGENTS = 5
"""Highest number of agents in a comparison: more lines could not be distinguished."""

MARKERS = ("dot", "square", "triangle", "diamond", "plus")
"""The marker of each agent's line, in addition to its colour."""

Row = tuple[str, tuple[str, ...]]


def differences(agents: Sequence[Profile]) -> list[Row]:
    """Returns the rows of the table for agents of one game, each a label and one value per agent.

    The first rows are the results, even if they are equal. All other rows are settings that differ.
    """
    reached: list[Row] = [
        ("Mean in tests", tuple(number(each.scorecard["mean"]) if each.scorecard else "–" for each in agents)),
        ("Frames", tuple(short_number(each.frames) for each in agents)),
        ("Learning time", tuple(duration(each.seconds) for each in agents)),
    ]
    told = [_told(each) for each in agents]
    names = list(dict.fromkeys(name for each in told for name in each))
    rows = [(name, tuple(each.get(name, "–") for each in told)) for name in names]
    return reached + [row for row in rows if len(set(row[1])) > 1]


def _told(agent: Profile) -> dict[str, str]:
    """Returns all settings that a person may have chosen, by label."""
    told = {"Sees": agent.observation, "Preset": agent.preset or "custom"}
    told |= {_label(name): str(value) for name, value in agent.game_settings.items()}
    for name, setting in settings_of(Config).items():
        value = getattr(agent.config, name)
        text = f"{value:,}" if setting.type is int and not setting.many else setting.format(value)
        told[_label(name)] = text
    return told | {"Seed": str(agent.seed), "Runs on": agent.device or "–"}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
