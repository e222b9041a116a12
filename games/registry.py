"""Finds games by their ids: built-in games (`games.built_in`), installed ones and Gymnasium environments.

Third-party games are found through the entry-point group `dqn_arcade.games`. The name of an entry point is the id of
the game, its value a `Game` class (see `games.game`) that names its view. A game that cannot be loaded is listed in
`broken_games` and does not affect the others. Gymnasium environments have ids like `gym:MountainCar-v0`; their classes
are made on demand.

Ids may come from untrusted files, so they are only looked up among installed and registered games, and import nothing.
Modules are imported only if the user names them: `load_module` and `typed_game`.
"""

import importlib
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from games.border import GameError, checked_info, guard, with_checked_info
from games.built_in import BUILT_IN
from games.game import Game, GameInfo
from games.settings import settings_of
from games.words import one_line

ENTRY_POINT_GROUP = "dqn_arcade.games"

GYMNASIUM_PREFIX, GYMNASIUM_CLASSES, GYMNASIUM_ID = (
    "gym:",
    "games.gym.game:game_class",
    "games.gym.living:registered_id",
)

GYMNASIUM_GAMES = ("gym:MountainCar-v0", "gym:Acrobot-v1")
"""Gymnasium environments with presets."""

_PARTS = ("reset", "step", "observe", "score", "legal_actions")


def load(reference: str) -> Any:
    """Import the object that "module:name" refers to."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def game_ids() -> tuple[str, ...]:
    """Return the ids of all games that can be loaded, the built-in ones first."""
    return tuple(_classes())


def game_class(game_id: str) -> type[Game]:
    """Return the class of a game.

    Raises:
        ValueError: There is no such game; the message lists the games.
    """
    if game_id.startswith(GYMNASIUM_PREFIX):
        return _gymnasium_class(game_id)
    classes = _classes()
    if game_id not in classes:
        broken = _discover()[1].get(game_id)
        reason = f" (it did not load: {broken})" if broken else ""
        raise ValueError(f"game = {game_id!r}: must be one of {', '.join(classes)}{reason}")
    return classes[game_id]


def load_module(text: str) -> None:
    """Import a module that registers environments. With "MODULE:FUNCTION", also call the function.

    Raises:
        GameError: It cannot be imported, or fails.
    """
    module, _, function = text.partition(":")
    with guard(f"module {text!r}"):
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()


def typed_game(text: str) -> str:
    """Return the id of a typed game. "gym:MODULE:ENV" imports the module, "gym:ENV" may omit the version.

    Raises:
        ValueError: There is no such environment, or the module cannot be imported. Other ids are not checked.
    """
    if not text.startswith(GYMNASIUM_PREFIX):
        return text
    registered_id = _gymnasium(text, GYMNASIUM_ID)
    module, _, env_id = text.removeprefix(GYMNASIUM_PREFIX).rpartition(":")
    if module:
        load_module(module)
    return GYMNASIUM_PREFIX + str(registered_id(env_id))


def make(game_id: str, /, **settings: Any) -> Game:
    """Make a game with the given settings and defaults for the others.

    Raises:
        ValueError: The game or a setting is unknown, or a value is not allowed.
        GameError: A third-party game fails.
    """
    cls = game_class(game_id)
    known = settings_of(cls)
    for name in settings:
        if name not in known:
            raise ValueError(f"unknown setting {name!r}: {game_id} has {', '.join(known) or 'none'}")
    if is_ours(cls):
        return cls(**settings)
    with guard(game_id, "make", but=(ValueError,)):  # raised for settings that are not allowed
        game = cls(**settings)
    checked_info(game_id, lambda: game.info)
    return game


@cache
def is_ours(cls: type) -> bool:
    """Whether a game is built in, and so trusted."""
    return f"{cls.__module__}:{cls.__qualname__}" in BUILT_IN.values()


def info_of(game_id: str) -> GameInfo:
    """Return the description of a game with its default settings. That of installed games is cached.

    Raises:
        ValueError: There is no such game.
    """
    known = _discover()[2].get(game_id)
    return known or make(game_id).info


def level_name(game: Game) -> str:
    """Return the level with the settings of a game, "Custom" if there is none."""
    known = settings_of(type(game))
    for name, settings in game.info.levels.items():
        if all(getattr(game, key) == settings.get(key, each.default) for key, each in known.items()):
            return name
    return "Custom"


def gymnasium_ids() -> tuple[str, ...]:
    """Return the ids of Gymnasium games with presets; none if it is not installed. This does not import it."""
    return GYMNASIUM_GAMES if find_spec("gymnasium") else ()


def broken_games() -> dict[str, str]:
    """Return the third-party games that could not be loaded: id to the reason in one line."""
    return dict(_discover()[1])


def _gymnasium_class(game_id: str) -> type[Game]:
    cls: type[Game] = _gymnasium(game_id, GYMNASIUM_CLASSES)(game_id)
    return cls


def _gymnasium(game_id: str, reference: str) -> Any:
    """Import an object of the package `games.gym`, which imports Gymnasium."""
    try:
        return load(reference)
    except ImportError as error:
        raise ValueError(f"game = {game_id!r}: needs the extra 'gymnasium' ({error})") from None


def _classes() -> dict[str, type[Game]]:
    return _discover()[0]


@cache
def _discover() -> tuple[dict[str, type[Game]], dict[str, str], dict[str, GameInfo]]:
    classes: dict[str, type[Game]] = {game_id: load(reference) for game_id, reference in BUILT_IN.items()}
    broken: dict[str, str] = {}
    infos = {game_id: cls().info for game_id, cls in classes.items()}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            with guard():  # third-party packages may raise anything
                infos[point.name] = _take(point.name, with_checked_info(point.load()), classes)
        except GameError as error:
            broken[one_line(point.name)] = str(error)
    return classes, broken, infos


def _take(name: str, cls: type[Game], classes: dict[str, type[Game]]) -> GameInfo:
    """Add a third-party game to the classes; returns its info."""
    info = checked_info(cls.__name__, lambda: cls().info)
    identity = info.id
    if identity != name or identity in classes:
        raise ValueError(f"its id {identity!r} must be its entry point's name and taken by no other game")
    for part in _PARTS:
        if not callable(getattr(cls, part, None)):
            raise ValueError(f"it has no {part}")
    if not isinstance(getattr(cls, "view", None), str) or ":" not in cls.view:
        raise ValueError('its view must be text like "module:function"')
    settings_of(cls)
    classes[identity] = cls
    return info
