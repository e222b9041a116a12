"""The plan of the run that the words of `train` ask for."""

import shlex
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.errors import ProfileError
from agents.presets import default_observation, preset
from agents.storage.library import Library
from agents.storage.profile import Profile, check_limits
from arcade.commands.common import find, parse_game_settings, split_settings
from arcade.commands.console import UsageError, checking_usage
from arcade.system.streams import tell
from games.game import Game
from games.registry import make, typed_game
from games.settings import parse_settings

if TYPE_CHECKING:
    from agents.training.plan import Plan

DEFAULT_PRESET = "quick"


def make_plan(arguments: Namespace, library: Library) -> "Plan":
    """What the arguments ask for, checked as far as that goes without TensorFlow.

    Raises:
        UsageError: A name or value is unknown or not allowed, or they do not fit each other.
        ProfileError: The agent to train further cannot be used.
    """
    from agents.training.plan import Plan

    game_texts, learning_texts = split_settings(arguments.set)
    with checking_usage():
        arguments.game = typed_game(arguments.game)
    entry, start = find(library, arguments.resume) if arguments.resume else (None, None)
    exact = _going_on(arguments, library, start, entry.path if entry else None)
    if exact:
        return exact
    with checking_usage():
        game = _game(arguments.game, game_texts, start)
        observation = arguments.observation or (start.observation if start else default_observation(game))
        spec = game.info.observation(observation)
        name = preset_name = arguments.preset or (start.preset if start else DEFAULT_PRESET)
        config = start.further() if start and not arguments.preset else preset(game, observation, name)
        if arguments.frames is not None:
            learning_texts["frames"] = arguments.frames
        config = config.replace(**parse_settings(Config, learning_texts))
        architecture = Architecture.of(config, spec, len(game.info.actions))
        check_limits(architecture)
        _check_fits(start, observation, architecture)
    try:
        name = library.unique_name(arguments.name) if arguments.name else _free_name(library, game, preset_name, start)
    except ProfileError as error:
        raise UsageError(str(error)) from None
    return Plan(
        game=game,
        observation=observation,
        config=config,
        seed=arguments.seed,
        name=name,
        preset=preset_name,
        until_solved=arguments.until_solved,
        seconds=arguments.seconds,
        step_limit=arguments.step_limit,
        device=arguments.device,
        start=start,
        command=shlex.join(["python", "main.py", *arguments.words]),
    )


def _going_on(arguments: Namespace, library: Library, start: Profile | None, path: Path | None) -> "Plan | None":
    """The plan to go on exactly where an agent's run stopped, if that was kept and nothing else is asked for."""
    from agents.training.plan import Plan

    other = arguments.preset, arguments.observation, arguments.set, arguments.name
    if start is None or any(other) or start.game_id != arguments.game or arguments.seed not in (0, start.seed):
        return None
    with checking_usage():
        frames = parse_settings(Config, {"frames": arguments.frames})["frames"] if arguments.frames else None
    try:
        point = library.runs.resume_point(start, path)
    except ProfileError as error:
        tell(f"dqn-arcade: {error}; training goes on from the weights of {start.name}")
        return None
    if point is None:
        return None
    names = "until_solved", "seconds", "step_limit", "device"
    changes = {name: getattr(arguments, name) for name in names}
    return Plan.going_on(start, point, frames, **changes)


def _game(game_id: str, texts: dict[str, str], start: Profile | None) -> Game:
    make(game_id)
    settings = parse_game_settings(game_id, texts)
    if start is not None:
        if start.game_id != game_id:
            raise UsageError(f"{start.name} plays {start.game_id}, not {game_id}")
        start.game()
        settings = {**start.game_settings, **settings}
    return make(game_id, **settings)


def _check_fits(start: Profile | None, observation: str, architecture: Architecture) -> None:
    if start is None:
        return
    if start.observation != observation:
        raise UsageError(f"{start.name} sees {start.observation}, so it cannot be trained further on {observation}")
    if start.architecture != architecture:
        raise UsageError(f"{start.name} has another network than these settings ask for: leave its network as it is")


def _free_name(library: Library, game: Game, preset_name: str, start: Profile | None) -> str:
    return library.free_name(start.name if start else f"{game.info.title} {preset_name}"[:58])
