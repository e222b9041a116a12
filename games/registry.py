"""The only list of games. Third-party games join through the entry-point group `dqn_arcade.games`.

An entry point's name is the game's id and its value a `Game` class (see `games.game`), which brings its own view.
A game that does not load is set aside with a reason: it never keeps the others from running.
Gymnasium's environments are games too, under ids like `gym:MountainCar-v0`; they are made when they are asked for.
"""

import importlib
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from games.game import Game
from games.settings import settings_of

ENTRY_POINT_GROUP = "dqn_arcade.games"

GYMNASIUM_PREFIX, GYMNASIUM_CLASSES = "gym:", "games.gym.game:game_class"

GYMNASIUM_GAMES = ("gym:MountainCar-v0", "gym:Acrobot-v1")
"""Those for which there are presets."""

BUILT_IN = {
    "catch": "games.catch.rules:Catch",
    "snake": "games.snake.rules:Snake",
    "cartpole": "games.cartpole.rules:CartPole",
    "flappybird": "games.flappybird.rules:FlappyBird",
    "nchain": "games.nchain.rules:NChain",
}


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


def make(game_id: str, /, **settings: Any) -> Game:
    """A game with the given settings; the others keep their defaults.

    Raises:
        ValueError: No such game, no such setting, or a value that is not allowed.
    """
    cls = game_class(game_id)
    known = settings_of(cls)
    for name in settings:
        if name not in known:
            raise ValueError(f"unknown setting {name!r}: {game_id} has {', '.join(known) or 'none'}")
    return cls(**settings)


def gymnasium_ids() -> tuple[str, ...]:
    """Ids of Gymnasium's games with presets; none where it is not installed. It is not loaded for this."""
    return GYMNASIUM_GAMES if find_spec("gymnasium") else ()


def broken_games() -> dict[str, str]:
    """Third-party games that did not load: id to the reason in one line."""
    return dict(_discover()[1])


def _gymnasium_class(game_id: str) -> type[Game]:
    try:
        make_class = load(GYMNASIUM_CLASSES)
    except ImportError as error:
        raise ValueError(f"game = {game_id!r}: needs the extra 'gymnasium' ({error})") from None
    cls: type[Game] = make_class(game_id)
    return cls


def _classes() -> dict[str, type[Game]]:
    return _discover()[0]


@cache
def _discover() -> tuple[dict[str, type[Game]], dict[str, str]]:
    classes: dict[str, type[Game]] = {game_id: load(reference) for game_id, reference in BUILT_IN.items()}
    broken: dict[str, str] = {}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            cls = point.load()
            identity = cls().info.id
            if identity != point.name or identity in classes:
                raise ValueError(f"its id {identity!r} must be its entry point's name and taken by no other game")
            classes[identity] = cls
        except (Exception, SystemExit) as error:  # a stranger's package may raise anything at import
            broken[point.name] = " ".join(f"{type(error).__name__}: {error}".split())
    return classes, broken
