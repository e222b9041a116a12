"""Opening the window: the arcade itself, straight into a game, or straight into watching an agent or racing it."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from agents.storage.library import open_library
from arcade.commands.common import check_game, find
from arcade.commands.console import CommandError, Console


def arcade(arguments: Namespace, console: Console) -> int:
    """Open the arcade, at a game's page if one is named."""
    game = check_game(arguments.game) if arguments.game else None
    return _open(arguments.fullscreen, game=game)


def play(arguments: Namespace, console: Console) -> int:
    """Open the arcade straight into a game."""
    return _open(arguments.fullscreen, play=check_game(arguments.game_id))


def watch(arguments: Namespace, console: Console) -> int:
    """Open the arcade straight into watching an agent."""
    entry, profile = find(open_library(), arguments.agent)
    profile.game()
    return _open(arguments.fullscreen, watch=str(entry.path))


def race(arguments: Namespace, console: Console) -> int:
    """Open the arcade straight into a race against an agent."""
    entry, profile = find(open_library(), arguments.agent)
    profile.game()
    return _open(arguments.fullscreen, race=str(entry.path))


def _open(fullscreen: bool, **start: str | None) -> int:
    # Where setuptools is installed, pygame loads it to look for its own files; that takes longer than all of pygame.
    with _hidden("pkg_resources"):
        import pygame

    from arcade.window.opening import run

    try:
        return run(fullscreen=fullscreen, **start)
    except pygame.error as error:
        raise CommandError(f"the window cannot be opened: {error}") from error


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let whoever imports a module that is not yet loaded believe that it is not installed."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # which is how Python notes it
    try:
        yield
    finally:
        del sys.modules[module]
