"""Opening the window: the arcade itself, straight into a game, or straight into watching an agent or racing it."""

from argparse import Namespace

from arcade.commands.common import check_game, find, open_library
from arcade.console import CommandError, Console


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
    import pygame

    from arcade.opening import run

    try:
        return run(fullscreen=fullscreen, **start)
    except pygame.error as error:
        raise CommandError(f"the window cannot be opened: {error}") from error
