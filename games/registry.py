"""Finds games by their ids: our own (`games.built_in`), and those of others that are installed or registered.

Third-party games join through the entry-point group `dqn_arcade.games`.
An entry point's name is the game's id and its value a `Game` class (see `games.game`), which brings its own view.
A game that does not load is set aside with a reason: it never keeps the others from running.
Gymnasium's environments are games too, under ids like `gym:MountainCar-v0`; they are made when they are asked for.

An id may stand in a stranger's file, so it is only looked up among what is installed and registered, and loads nothing.
Modules are loaded where a person names them: `load_module` and `typed_game`.
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
"""Environments that have presets."""

_PARTS = ("reset", "step", "observe", "score", "legal_actions")


def load(reference: str) -> Any:
    """The object that "module:name" refers to."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def game_ids() -> tuple[str, ...]:
    """The ids of all games that load, our own first."""
    return tuple(_classes())


def game_class(game_id: str) -> type[Game]:
    """The class of a game.

    Raises:
        ValueError: No such game; names those there are.
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
    """Load a module that registers environments; with "MODULE:FUNCTION" the function is called to register them.

    Raises:
        GameError: It is not there, or fails.
    """
    module, _, function = text.partition(":")
    with guard(f"module {text!r}"):
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()


def typed_game(text: str) -> str:
    """The id of the game that a person typed: "gym:MODULE:ENV" loads the module, "gym:ENV" may lack the version.

    Raises:
        ValueError: There is no such environment, or the module does not load. Other ids are not looked up.
    """
    if not text.startswith(GYMNASIUM_PREFIX):
        return text
    registered_id = _gymnasium(text, GYMNASIUM_ID)
    module, _, env_id = text.removeprefix(GYMNASIUM_PREFIX).rpartition(":")
    if module:
        load_module(module)
    return GYMNASIUM_PREFIX + str(registered_id(env_id))


def make(game_id: str, /, **settings: Any) -> Game:
    """A game with the given settings; the others keep their defaults.

    Raises:
        ValueError: No such game, no such setting, or a value that is not allowed.
        GameError: A game of others fails.
    """
    cls = game_class(game_id)
    known = settings_of(cls)
    for name in settings:
        if name not in known:
            raise ValueError(f"unknown setting {name!r}: {game_id} has {', '.join(known) or 'none'}")
    if is_ours(cls):
        return cls(**settings)
    with guard(game_id, "make", but=(ValueError,)):  # which is how settings are refused
        game = cls(**settings)
    checked_info(game_id, lambda: game.info)
    return game


@cache
def is_ours(cls: type) -> bool:
    """Whether a game is one of those that come with the arcade, and trusted."""
    return f"{cls.__module__}:{cls.__qualname__}" in BUILT_IN.values()


def info_of(game_id: str) -> GameInfo:
    """Return the description of a game with its default settings. For installed games it is known; none is made.

    Raises:
        ValueError: No such game.
    """
    known = _discover()[2].get(game_id)
    return known or make(game_id).info


def level_name(game: Game) -> str:
    """The name of the level that a game's settings make, "Custom" if they are none of its levels."""
    known = settings_of(type(game))
    for name, settings in game.info.levels.items():
        if all(getattr(game, key) == settings.get(key, each.default) for key, each in known.items()):
            return name
    return "Custom"


def gymnasium_ids() -> tuple[str, ...]:
    """Ids of Gymnasium's games with presets; none where it is not installed. It is not loaded for this."""
    return GYMNASIUM_GAMES if find_spec("gymnasium") else ()


def broken_games() -> dict[str, str]:
    """Third-party games that did not load: id to the reason in one line."""
    return dict(_discover()[1])


def _gymnasium_class(game_id: str) -> type[Game]:
    cls: type[Game] = _gymnasium(game_id, GYMNASIUM_CLASSES)(game_id)
    return cls


def _gymnasium(game_id: str, reference: str) -> Any:
    """Load an object of the package that imports Gymnasium."""
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
            with guard():  # a stranger's package may raise anything
                infos[point.name] = _take(point.name, with_checked_info(point.load()), classes)
        except GameError as error:
            broken[one_line(point.name)] = str(error)
    return classes, broken, infos


def _take(name: str, cls: type[Game], classes: dict[str, type[Game]]) -> GameInfo:
    """Add a stranger's game to the classes; returns its info."""
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
