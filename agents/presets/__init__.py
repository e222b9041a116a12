"""Hyper-parameters that are known to work, per game and observation kind: data, with their evidence beside them.

A preset is a set of changes to `Config`'s defaults. Each game has a module; games without one, third-party ones among
them, get the presets of `agents.presets.general`. The evidence and the commands that make it again are in
`docs/journal.md`.
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
    "best": "Takes its time and plays as well as we know how.",
    "qlearning4k": "The network and settings of the qlearning4k tutorial, for comparison.",
    "keras-flappybird": "The network and settings of the Keras-FlappyBird tutorial, for comparison.",
    "keon": "The network and settings of keon's CartPole tutorial, for comparison.",
}
"""One sentence for each preset, as people see it."""

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    **catch.PRESETS,
    **cartpole.PRESETS,
    **flappybird.PRESETS,
    **snake.PRESETS,
    **gymnasium.PRESETS,
    **nchain.PRESETS,
}
"""By the id of a game and the kind of its observation: the presets by name, the quickest first."""


def default_observation(game: Game) -> str:
    """The kind of observation that learns best."""
    return game.info.kinds[0]


def preset_names(game: Game, observation: str) -> tuple[str, ...]:
    """The presets for a game and observation kind, the quickest first."""
    return tuple(_presets(game, observation))


def preset(game: Game, observation: str, name: str) -> Config:
    """The hyper-parameters of a preset.

    Raises:
        ValueError: The game has no such observation kind or preset; names those it has.
    """
    presets = _presets(game, observation)
    if name not in presets:
        raise ValueError(f"preset = {name!r}: {game.info.id} with {observation} has {', '.join(presets)}")
    return Config(**presets[name])


def _presets(game: Game, observation: str) -> Mapping[str, Changes]:
    spec = game.info.observation(observation)
    return PRESETS.get((game.info.id, observation)) or general_presets(spec)
