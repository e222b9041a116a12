"""`agents`: lists and manages the agents of the library."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from agents.errors import StorageError
from agents.storage.library import QUARANTINE, TRASH, Entry, Library, open_library
from agents.storage.profile import Profile, check_name, read, read_header
from arcade.commands.common import check_game, find, tell_of_cut_off
from arcade.commands.console import CommandError, Console, UsageError
from arcade.commands.curve_files import SUFFIXES, check_curve_file, save_curves
from arcade.system.printable import printable
from games.figures import figure

MUCH = 256 * 2**20
"""Size of the trash or the quarantine, in bytes, from which `agents list` mentions it."""


def list_agents(arguments: Namespace, console: Console) -> int:
    """List all agents, or those of one game."""
    game = check_game(arguments.game) if arguments.game else None
    library = open_library()
    entries = library.entries(game)
    rows = [_row(entry) for entry in entries]
    lines = _table(rows) or ["No agents yet: train one with `python main.py train GAME`"]
    console.result({"agents": rows}, *lines)
    tell_of_cut_off(library, console)
    _tell_of_large_folders(library, console)
    return 0


def show(arguments: Namespace, console: Console) -> int:
    """Print everything known about one agent."""
    entry, profile = find(open_library(), arguments.agent)
    values = _row(entry) | {
        "game_settings": profile.game_settings,
        "rules_version": profile.rules_version,
        "seed": profile.seed,
        "updates": profile.updates,
        "device": profile.device,
        "created": profile.created,
        "app_version": profile.app_version,
        "command": profile.command,
        "parent": profile.parent,
        "architecture": profile.architecture.to_dict(),
        "config": profile.config.to_dict(),
        "scorecard": profile.scorecard,
        "curve": profile.curve,
    }
    told = values | {"command": f"{profile.command}  (according to its file)" if profile.command else ""}
    lines = [f"{key:>14}  {value}" for key, value in told.items() if key not in ("config", "architecture", "curve")]
    console.result(values, *lines, *(f"{key:>30} = {value}" for key, value in profile.config.to_dict().items()))
    return 0


def rename(arguments: Namespace, console: Console) -> int:
    """Rename an agent."""
    library = open_library()
    entry = find(library, arguments.agent)[0]
    _check_new_name(arguments.name)
    return _done(library.rename(entry, arguments.name), "Renamed", console, arguments.name)


def duplicate(arguments: Namespace, console: Console) -> int:
    """Copy an agent."""
    library = open_library()
    entry = find(library, arguments.agent)[0]
    if arguments.name is not None:
        _check_new_name(arguments.name)
    return _done(library.duplicate(entry, arguments.name), "Copied", console, arguments.name)


def delete(arguments: Namespace, console: Console) -> int:
    """Move an agent to the trash."""
    library = open_library()
    entry, profile = find(library, arguments.agent)
    path = library.delete(entry)
    if library.runs.is_going_on(profile.id):
        console.tell(f"{profile.name} is still being trained, and its next save will restore it")
    console.result(
        {"agent": profile.name, "id": profile.id, "path": str(path)},
        f"Moved {profile.name} to the trash: {path}",
        "To restore it and its run, use `agents import` with that path",
    )
    return 0


def import_agent(arguments: Namespace, console: Console) -> int:
    """Copy an agent from a file into the library, or restore it from the trash."""
    path = Path(arguments.path)
    wanted = read_header(path).name if path.exists() else None  # `import_file` reports what is wrong
    return _done(open_library().import_file(path), "Imported", console, wanted)


def export(arguments: Namespace, console: Console) -> int:
    """Copy an agent out of the library, or write its learning curve if the path ends in .csv or .png."""
    library = open_library()
    entry, profile = find(library, arguments.agent)
    if Path(arguments.path).suffix.lower() in SUFFIXES:
        return _export_curve(profile, arguments.path, console)
    return _done(library.export(entry, Path(arguments.path)), "Exported", console)


def _export_curve(profile: Profile, text: str, console: Console) -> int:
    path = check_curve_file(text)
    if not profile.curve:
        raise CommandError(f"{profile.name} has no learning curve")
    save_curves(path, {"mean": np.array(profile.curve)})
    values = {"agent": profile.name, "id": profile.id, "path": str(path)}
    console.result(values, f"The learning curve of {profile.name}: {path}")
    return 0


def _check_new_name(name: str) -> None:
    try:
        check_name(name)
    except StorageError as error:
        raise UsageError(str(error)) from None


def _done(path: Path, word: str, console: Console, wanted: str | None = None) -> int:
    profile = read(path)
    values = {"agent": profile.name, "id": profile.id, "path": str(path)}
    if wanted and profile.name != wanted.strip():
        console.tell(f"The name {wanted.strip()} is taken: this agent is called {profile.name}")
    console.result(values, f"{word} {profile.name}: {path}")
    return 0


def _tell_of_large_folders(library: Library, console: Console) -> None:
    """Mention the trash and the quarantine once they are large: the program never empties them."""
    for name in (TRASH, QUARANTINE):
        count, size = library.size_of(name)
        if size >= MUCH:
            console.tell(
                f"{library.folder / name} takes {size >> 20:,} MiB ({count} agents). You may delete what is in it"
            )


def _row(entry: Entry) -> dict[str, Any]:
    profile = entry.profile
    values: dict[str, Any] = {"name": entry.name, "path": str(entry.path), "shipped": entry.shipped}
    values["problem"] = entry.problem or None
    return values | _described(profile) if profile else values


def _described(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "game": profile.game_id,
        "observation": profile.observation,
        "preset": profile.preset,
        "frames": profile.frames,
        "seconds": profile.seconds,
        "changed": profile.changed,
        "mean": profile.scorecard.get("mean"),
        "episodes": profile.scorecard.get("episodes"),
    }


def _table(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    names = [printable(row["name"]) for row in rows]
    width = max(map(len, names))
    return [f"{name:<{width}}  {_words(row)}" for name, row in zip(names, rows, strict=True)]


def _words(row: dict[str, Any]) -> str:
    if "id" not in row:
        return str(row["problem"])
    mean = "not evaluated" if row["mean"] is None else f"mean {figure(row['mean'])}"
    origin = "shipped" if row["shipped"] else row["changed"][:10]
    problem = f"  ({row['problem']})" if row["problem"] else ""
    return f"{row['game']:<10}  {row['observation']:<8}  {mean:<16}  {row['frames']:>12,} frames  {origin}{problem}"
