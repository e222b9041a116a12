"""Presets: hyper-parameters that work well, for each game and kind of observation, as data.

A preset is a set of changes to `Config`'s defaults. Each game has a module; games without one, such as third-party
games, get the presets of `agents.presets.general`. `docs/journal.md` has the measured results and the commands that
repeat them.
"""

from collections.abc import Mapping

from agents.config import Config
from agents.presets import cartpole, catch, flappybird, gymnasium, nchain, snake
from agents.presets.general import Changes, general_presets
from games.game import Game

STANDARD = ("quick", "balanced", "best")

DESCRIPTIONS = {
    "quick": "Learns in seconds to a few minutes. Start here.",
    "balanced": "Takes minutes and plays well.",
    "best": "Takes longest and plays best.",
    "qlearning4k": "The network and settings of the qlearning4k tutorial, for comparison.",
    "keras-flappybird": "The network and settings of the Keras-FlappyBird tutorial, for comparison.",
    "keon": "The network and settings of keon's CartPole tutorial, for comparison.",
}
"""A short description of each preset, shown to users."""

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    **catch.PRESETS,
    **cartpole.PRESETS,
    **flappybird.PRESETS,
    **snake.PRESETS,
    **gymnasium.PRESETS,
    **nchain.PRESETS,
}
"""The presets by game id and kind of observation, then by name, the quickest first."""


def default_observation(game: Game) -> str:
    """Return the kind of observation with which agents learn best."""
    return game.info.kinds[0]


def preset_names(game: Game, observation: str) -> tuple[str, ...]:
    """Return the names of the presets for a game and kind of observation, the quickest first."""
    return tuple(_presets(game, observation))


def preset(game: Game, observation: str, name: str) -> Config:
    """Return the hyper-parameters of a preset.

    Raises:
        ValueError: The game has no such kind of observation or preset; the message lists those it has.
    """
    presets = _presets(game, observation)
    if name not in presets:
        raise ValueError(f"preset = {name!r}: {game.info.id} with {observation} has {', '.join(presets)}")
    return Config(**presets[name])


def _presets(game: Game, observation: str) -> Mapping[str, Changes]:
    spec = game.info.observation(observation)
    return PRESETS.get((game.info.id, observation)) or general_presets(spec)
