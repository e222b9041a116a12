"""The commands that open the window: the arcade itself, `play`, `watch` and `race`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from agents.storage.library import open_library
from arcade.commands.common import check_game, find
from arcade.commands.console import CommandError, Console


def arcade(arguments: Namespace, console: Console) -> int:
    """Open the window at the home screen, or at the page of a game."""
    game = check_game(arguments.game) if arguments.game else None
    return _open(arguments.fullscreen, game=game)


def play(arguments: Namespace, console: Console) -> int:
    """Open the window and start a game."""
    return _open(arguments.fullscreen, play=check_game(arguments.game_id))


def watch(arguments: Namespace, console: Console) -> int:
    """Open the window and watch an agent play."""
    entry, profile = find(open_library(), arguments.agent)
    profile.game()
    return _open(arguments.fullscreen, watch=str(entry.path))


def race(arguments: Namespace, console: Console) -> int:
    """Open the window and start a race against an agent."""
    entry, profile = find(open_library(), arguments.agent)
    profile.game()
    return _open(arguments.fullscreen, race=str(entry.path))


def _open(fullscreen: bool, **start: str | None) -> int:
    # pygame imports pkg_resources, a part of setuptools, to find its own files; that takes longer than pygame itself.
    with _hidden("pkg_resources"):
        import pygame

    from arcade.window.opening import run

    try:
        return run(fullscreen=fullscreen, **start)
    except pygame.error as error:
        raise CommandError(f"the window cannot be opened: {error}") from error


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Make imports of this module fail inside the context, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # makes `import` raise ImportError
    try:
        yield
    finally:
        del sys.modules[module]
