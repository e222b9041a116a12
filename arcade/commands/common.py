"""Helpers of several commands: find agents and games by name, and parse settings."""

from agents.storage.library import Entry, Library, UnknownAgentError
from agents.storage.profile import Profile
from arcade.commands.console import Console, UsageError, checking_usage
from arcade.system.printable import command
from games.game import GameInfo
from games.registry import make, typed_game

GAME_PREFIX = "game."


def find(library: Library, text: str) -> tuple[Entry, Profile]:
    """Return the agent of this name, id or file, with its weights.

    Raises:
        UsageError: No agent matches, or several do.
        StorageError: Its file cannot be used.
    """
    try:
        entry = library.find(text)
    except UnknownAgentError as error:
        raise UsageError(str(error)) from error
    return entry, entry.require()


def tell_of_cut_off(library: Library, console: Console) -> None:
    """Tell, for each agent whose training was interrupted, the command that continues it."""
    for entry in library.interrupted():
        if entry.profile:
            name = entry.name if not entry.name.startswith("-") else entry.profile.id
            words = command("train", entry.profile.game_id, "--resume", name) or f"train … --resume {entry.profile.id}"
            console.tell(f"The training of {entry.name} was interrupted. Continue it with `{words}`")


def tell_limit(info: GameInfo, chosen: int | None, console: Console) -> None:
    """Tell the default step limit, if neither the game nor the user sets one."""
    if not chosen and not info.sets_limit:
        console.tell(
            f"{info.title} has no step limit: games end after {info.longest_game:,} steps (set --step-limit N)"
        )


def check_game(text: str) -> str:
    """Return the id of the game of this name.

    Raises:
        UsageError: The name is unknown; the message lists the known games.
        GameError: The game cannot be made.
    """
    with checking_usage():
        game_id = typed_game(text)
        make(game_id)
    return game_id


def split_settings(texts: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Split KEY=VALUE texts into game settings and learning settings; the last value of a key counts.

    Raises:
        UsageError: A text does not have the form KEY=VALUE.
    """
    game: dict[str, str] = {}
    learning: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set {text!r}: must be KEY=VALUE, like learning_rate=5e-4 or game.grid=12")
        group = game if key.startswith(GAME_PREFIX) else learning
        group[key.removeprefix(GAME_PREFIX).strip()] = value.strip()
    return game, learning
