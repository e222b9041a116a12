"""Helpers of several commands: the library, and the names and values that a person typed."""

from agents.storage.library import Entry, Library, UnknownAgentError
from agents.storage.profile import Profile
from arcade.commands.console import Console, UsageError, checking_usage
from arcade.system.printable import command
from games.game import GameInfo
from games.registry import make, typed_game

GAME_PREFIX = "game."


def find(library: Library, text: str) -> tuple[Entry, Profile]:
    """The agent that a person named, with its weights.

    Raises:
        UsageError: There is no such agent, or there are several.
        StorageError: Its file cannot be used.
    """
    try:
        entry = library.find(text)
    except UnknownAgentError as error:
        raise UsageError(str(error)) from error
    return entry, entry.require()


def tell_of_cut_off(library: Library, console: Console) -> None:
    """One line for each agent whose training was cut off, and how to go on with it."""
    for entry in library.interrupted():
        if entry.profile:
            name = entry.name if not entry.name.startswith("-") else entry.profile.id
            words = command("train", entry.profile.game_id, "--resume", name) or f"train … --resume {entry.profile.id}"
            console.tell(f"The training of {entry.name} was cut off: `{words}` goes on with it")


def tell_limit(info: GameInfo, chosen: int | None, console: Console) -> None:
    """Say after how many steps a game is cut, where neither it nor the person has said so."""
    if not chosen and not info.sets_limit:
        console.tell(
            f"{info.title} sets no limit: its games are cut after {info.longest_game:,} steps (--step-limit N)"
        )


def check_game(text: str) -> str:
    """The id of the game that a person typed.

    Raises:
        UsageError: There is none of that name; names those there are.
        GameError: It fails.
    """
    with checking_usage():
        game_id = typed_game(text)
        make(game_id)
    return game_id


def split_settings(texts: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Game settings and learning settings out of KEY=VALUE texts, the last of each key.

    Raises:
        UsageError: A text is no KEY=VALUE.
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
