"""Makes the plan of a run from typed text, for both the command line and the window's form."""

from collections.abc import Mapping
from typing import Any

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.presets import default_observation, preset
from agents.storage.profile import Profile, check_limits
from agents.training.plan import Plan, further
from games.game import Game
from games.registry import game_class, make
from games.settings import parse_settings


class NetworkError(ValueError):
    """An error in the network as a whole, such as its size; the message names no single setting."""


def typed_plan(
    game_id: str,
    game_texts: Mapping[str, str],
    learning_texts: Mapping[str, str],
    *,
    start: Profile | None = None,
    observation: str = "",
    preset_name: str = "",
    **run: Any,
) -> Plan:
    """Return the plan that typed settings describe, checked as far as possible without TensorFlow.

    Args:
        game_id: The game's id.
        game_texts: Settings of the game by name. The others come from `start`, or else from the game's defaults.
        learning_texts: Hyper-parameters by name. The others come from the preset, or else from `start`.
        start: A profile to train further.
        observation: Kind of observation; "" takes the one of `start`, or else the game's best.
        preset_name: The preset of the hyper-parameters; "" takes those of `start`, which is then required.
        run: Further fields of the plan.

    Raises:
        ValueError: A name or value is unknown or not allowed, or they do not fit each other or `start`.
        NetworkError: The network is too large to be saved.
        ProfileError: The game of `start` is not installed or refuses its settings.
    """
    game = _game(game_id, game_texts, start)
    observation = observation or (start.observation if start else default_observation(game))
    base = further(start) if start and not preset_name else preset(game, observation, preset_name)
    config = base.replace(**parse_settings(Config, dict(learning_texts)))
    architecture = Architecture.of(config, game.info.observation(observation), len(game.info.actions))
    try:
        check_limits(architecture)
    except ValueError as error:
        raise NetworkError(str(error)) from None
    if start:
        _check_fits(start, observation, architecture)
        preset_name = preset_name or start.preset
    return Plan(game, observation, config, preset=preset_name, start=start, **run)


def _game(game_id: str, texts: Mapping[str, str], start: Profile | None) -> Game:
    make(game_id)
    settings = parse_settings(game_class(game_id), dict(texts))
    if start is not None:
        if start.game_id != game_id:
            raise ValueError(f"{start.name} plays {start.game_id}, not {game_id}")
        start.game()
        settings = {**start.game_settings, **settings}
    return make(game_id, **settings)


def _check_fits(start: Profile, observation: str, architecture: Architecture) -> None:
    """Raise a `ValueError` unless the weights of `start` fit this observation and this network."""
    if start.observation != observation:
        raise ValueError(f"{start.name} sees {start.observation}, so it cannot be trained further on {observation}")
    if start.architecture != architecture:
        raise ValueError(f"{start.name} has another network: leave the settings of the network unchanged")
