"""The folder of agents: list, find, save, rename, duplicate, delete, bring back, import and export.

Nothing is ever deleted for good: deleted agents lie in `trash/`, damaged ones in `quarantine/`. Agents that came with
the arcade are only read.
"""

import re
import threading
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from agents import resume
from agents.files import BACKUP, DISK, Disk, backup_of, free_path, move
from agents.profile import (
    SUFFIX,
    DamagedProfileError,
    Profile,
    ProfileError,
    check_name,
    read,
    read_header,
    write,
)
from agents.runs import Runs
from agents.snapshots import SUFFIX as SNAPSHOTS
from agents.snapshots import History, earlier_selves, path_of, read_frames
from agents.snapshots import write as write_history

MAX_STEM = 120  # bytes of a file's name, which leaves room for numbers and suffixes
COMPANIONS = (resume.SUFFIX, SNAPSHOTS)
"""Suffixes of what lies beside an agent's file. It is renamed, deleted and brought back with the agent; duplicates and
exports go without, because it belongs to one agent's run on this machine."""

STALE_SECONDS = 24 * 3600.0
"""Age at which the temporary file of a save that was killed is removed."""

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself


class UnknownAgentError(ProfileError):
    """No agent answers to what was asked for, or several do."""


@dataclass(frozen=True)
class Entry:
    """One agent of the library.

    Attributes:
        path: Its file.
        profile: What it is, without weights in lists; None if the file cannot be used.
        problem: What is wrong with the file, or was and has been mended; "" if all is well.
        shipped: Whether it came with the arcade.
    """

    path: Path
    profile: Profile | None
    problem: str = ""
    shipped: bool = False

    @property
    def name(self) -> str:
        """The name to show."""
        return self.profile.name if self.profile else self.path.stem


class Library:
    """The agents in a folder of the person's and those that came with the arcade. May be used from several threads.

    Args:
        folder: Where the person's agents lie; made on the first save.
        shipped: Where agents that came with the arcade lie, in one folder per game; never written to.
        disk: The system calls that saving uses.

    Attributes:
        runs: What is known of the agents' training runs.
        lock: Held while files change; who holds it sees none move.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        self.folder, self._shipped, self.disk = folder, shipped, disk
        self.lock = threading.RLock()
        self.runs = Runs(self)

    def entries(self, game_id: str | None = None) -> tuple[Entry, ...]:
        """All agents, or those of one game; sorted by game and then time, newest first, unusable ones last.

        Only descriptions are read. A damaged file is set aside, and its backup used.
        """
        with self.lock:
            entries = [self._entry(path, whole=False) for path in self._paths()]
        if game_id is not None:
            entries = [entry for entry in entries if entry.profile and entry.profile.game_id == game_id]
        entries.sort(key=lambda entry: entry.profile.changed if entry.profile else "", reverse=True)
        entries.sort(key=lambda entry: (not entry.profile, entry.profile.game_id if entry.profile else ""))
        return tuple(entries)

    def load(self, entry: Entry) -> Entry:
        """The same agent with its weights.

        Raises:
            ProfileError: The file cannot be used; says why.
        """
        with self.lock:
            loaded = self._entry(entry.path, whole=True)
        if loaded.profile is None:
            raise ProfileError(loaded.problem)
        return replace(loaded, problem=loaded.problem or entry.problem)

    def find(self, text: str, game_id: str | None = None) -> Entry:
        """The agent with this name, id or path, with its weights.

        The person's own come before those of the arcade, and exact names before those in other letter case.

        Raises:
            UnknownAgentError: There is none, or there are several; names what there is.
            ProfileError: Its file cannot be used; says why.
        """
        path = Path(text)
        if path.suffix == SUFFIX and path.is_file():
            return self.load(Entry(path, None))
        entries = [entry for entry in self.entries(game_id) if entry.profile]
        for matches in _by_closeness(entries, text.removesuffix(SUFFIX)):
            if len(matches) == 1:
                return self.load(matches[0])
            if matches:
                raise UnknownAgentError(f"agent = {text!r}: there are several, give one of {_keys(matches)}")
        of_game = f" of {game_id}" if game_id else ""
        raise UnknownAgentError(f"agent = {text!r}: no such agent{of_game}, there is {_listing(entries)}")

    def best(self, game_id: str) -> Entry | None:
        """The agent of a game with the highest evaluated mean score, with its weights; None if there is none."""
        rated = [entry for entry in self.entries(game_id) if entry.profile and entry.profile.scorecard]
        for entry in sorted(rated, key=_mean_score, reverse=True):
            try:
                loaded = self.load(entry)
                if loaded.profile and loaded.profile.game():
                    return loaded
            except ProfileError:
                continue  # the next best will do; the list of agents tells what is wrong
        return None

    def free_name(self, name: str) -> str:
        """The name itself if no agent bears it, else with the lowest number from 2 appended."""
        name = check_name(name)
        taken = {word.casefold() for entry in self.entries() for word in (entry.name, entry.path.stem)}
        candidate, number = name, 2
        while candidate.casefold() in taken:
            candidate = f"{name[:58]} {number}"
            number += 1
        return candidate

    def where(self, agent_id: str, path: Path | None = None) -> Path | None:
        """Where the person's agent with this id lies now; `path`, where it was seen last, is looked at first."""
        with self.lock:
            header = _header(path) if path else None
            if path and header and header.id == agent_id and not self._is_shipped(path):
                return path
            if path and path.exists():
                return None
            own = (entry for entry in self.entries() if entry.profile and not entry.shipped)
            return next((entry.path for entry in own if entry.profile and entry.profile.id == agent_id), None)

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Save an agent in a file named after it, or over `path`, and return where it lies.

        An agent that was renamed or moved since it was saved to `path` is found by its id, and keeps its new name.

        Raises:
            ProfileError: It cannot be saved; what was there before still is.
        """
        with self.lock:
            self._sweep()
            if path is not None:
                self._check_own(path)
                path, profile = self._follow(profile, path)
            if path is None:
                path = _free_path(self.folder / (file_stem(profile.name) + SUFFIX))
            write(profile, path, self.disk)
            return path

    def save_history(self, history: History, path: Path) -> None:
        """Save how the agent at `path` played earlier, beside it; what was kept before a run went on stays.

        Raises:
            ProfileError: It cannot be saved; what was there before still is.
        """
        if history.moments:
            with self.lock:
                self._check_own(path)
                write_history(history.after(path_of(path)), path_of(path), self.disk)

    def earlier_selves(self, entry: Entry) -> tuple[Profile, ...]:
        """An agent as it played at each moment that its run has kept, oldest first; none without snapshots.

        Raises:
            ProfileError: The agent or its snapshots cannot be used; says why.
        """
        with self.lock:
            return earlier_selves(_whole(self.load(entry)), entry.path)

    def earlier_frames(self, entry: Entry) -> tuple[int, ...]:
        """The frames that an agent had seen at each of those moments, read much faster than the moments themselves.

        Raises:
            ProfileError: The snapshots cannot be used; says why.
        """
        path = path_of(entry.path)
        return read_frames(path) if path.exists() else ()

    def rename(self, entry: Entry, name: str) -> Path:
        """Give an agent another name, and its file too.

        Raises:
            ProfileError: The name is not allowed, the agent came with the arcade, or the disk refuses.
        """
        with self.lock:
            self._check_own(entry.path)
            renamed = _whole(self.load(entry)).renamed(name)
            target = entry.path.with_name(file_stem(name) + SUFFIX)
            path = entry.path if target == entry.path else self._move(entry.path, target)
            try:
                write(renamed, path, self.disk)
            except ProfileError:
                if path != entry.path:
                    self._move(path, entry.path)
                raise
            return path

    def duplicate(self, entry: Entry, name: str | None = None) -> Path:
        """Save a copy under a name of its own.

        Raises:
            ProfileError: The name is not allowed, the file cannot be used, or the disk refuses.
        """
        profile = _whole(self.load(entry))
        name = check_name(name) if name else self.free_name(f"{profile.name[:50]} copy")
        return self.save(replace(profile, name=name, id=uuid.uuid4().hex))

    def delete(self, entry: Entry) -> Path:
        """Move an agent to the trash, and return where it lies there; `restore` undoes it.

        Raises:
            ProfileError: It came with the arcade, or the disk refuses.
        """
        with self.lock:
            self._check_own(entry.path)
            return self._move(entry.path, self.folder / "trash" / entry.path.name)

    def restore(self, trashed: Path) -> Path:
        """Undo a deletion, and return where the agent lies now; under another name if one bears its own by now.

        Raises:
            ProfileError: The disk refuses.
        """
        with self.lock:
            profile = _header(trashed)
            taken = {entry.name.casefold() for entry in self.entries()}
            name = self.free_name(profile.name) if profile and profile.name.casefold() in taken else ""
            path = self._move(trashed, self.folder / trashed.name)
            try:
                return self.rename(Entry(path, profile), name) if name else path
            except ProfileError:
                with suppress(ProfileError):
                    self._move(path, trashed)
                raise

    def import_file(self, path: Path) -> Path:
        """Copy an agent from anywhere into the library.

        Raises:
            ProfileError: The file cannot be used, or the disk refuses.
        """
        profile = read(path)
        known = {entry.profile.id for entry in self.entries() if entry.profile}
        return self.save(replace(profile, id=uuid.uuid4().hex) if profile.id in known else profile)

    def export(self, entry: Entry, path: Path) -> Path:
        """Copy an agent to a file or into a folder anywhere, and return where it lies.

        Raises:
            ProfileError: Something is there already, the agent cannot be used, or the disk refuses.
        """
        profile = _whole(self.load(entry))
        if path.is_dir():
            path = path / (file_stem(profile.name) + SUFFIX)
        elif path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if path.exists():
            raise ProfileError(f"{path} exists already: choose another name")
        if not path.parent.is_dir():
            raise ProfileError(f"{path.parent}: no such folder")
        write(profile, path, self.disk)
        return path

    def _paths(self) -> Iterator[Path]:
        if self._shipped is not None:
            yield from sorted(self._shipped.glob(f"*/*{SUFFIX}"))
        for backup in self.folder.glob(f"*{SUFFIX}{BACKUP}"):
            path = backup.with_name(backup.name.removesuffix(BACKUP))
            if not path.exists():  # the program was killed while it set a damaged file aside
                with suppress(ProfileError):
                    move(backup, path, self.disk)
        yield from sorted(self.folder.glob(f"*{SUFFIX}"))

    def _entry(self, path: Path, *, whole: bool) -> Entry:
        shipped = self._is_shipped(path)
        try:
            return Entry(path, read(path) if whole else read_header(path), shipped=shipped)
        except DamagedProfileError as error:
            if path.resolve().parent == self.folder.resolve():
                return self._recover(path, str(error))
            return Entry(path, None, str(error), shipped)
        except ProfileError as error:
            return Entry(path, None, str(error), shipped)

    def _recover(self, path: Path, problem: str) -> Entry:
        """Set a damaged file aside and put its backup in its place."""
        quarantine, backup = self.folder / "quarantine", backup_of(path)
        try:
            aside = move(path, _free_path(quarantine / path.name), self.disk)
        except ProfileError as error:
            return Entry(path, None, f"{problem}; {error}")
        problem = f"{problem}; it is kept as {quarantine.name}/{aside.name}"
        try:
            profile = self._sound(backup)
            if profile:
                return Entry(move(backup, path, self.disk), profile, f"{problem}, and the version before it is used")
            self._move_beside(path, aside)
        except ProfileError as error:
            return Entry(aside, None, f"{problem}; its backup: {error}")
        return Entry(aside, None, problem)

    def _sound(self, backup: Path) -> Profile | None:
        """The agent in a backup; None if there is none, or if it is damaged too, in which case it is set aside."""
        try:
            return read(backup) if backup.exists() else None
        except DamagedProfileError:
            move(backup, _free_path(self.folder / "quarantine" / backup.stem), self.disk)
            return None

    def _follow(self, profile: Profile, path: Path) -> tuple[Path | None, Profile]:
        """Where an agent lies that was saved to `path`, and the agent under the name it bears there."""
        found = self.where(profile.id, path)
        if found:
            return found, replace(profile, name=read_header(found).name)
        return (path if path.exists() else None), profile

    def _move(self, path: Path, target: Path) -> Path:
        """Move an agent with all that lies beside it, or if the disk refuses any of it nothing at all."""
        moved = move(path, _free_path(target), self.disk)
        try:
            self._move_beside(path, moved)
        except ProfileError:
            with suppress(ProfileError):
                move(moved, path, self.disk)
            raise
        return moved

    def _move_beside(self, path: Path, target: Path) -> None:
        """Move what lies beside an agent's file to where it lies beside `target`, all of it or nothing."""
        moved: list[tuple[Path, Path]] = []
        try:
            for old, new in zip(_beside(path), _beside(target), strict=True):
                if old.exists():
                    moved.append((move(old, new, self.disk), old))
        except ProfileError:
            for new, old in moved:
                with suppress(ProfileError):
                    move(new, old, self.disk)
            raise

    def _check_own(self, path: Path) -> None:
        if self._is_shipped(path):
            raise ProfileError(f"{path.stem} came with the arcade and stays as it is: duplicate it first")

    def _is_shipped(self, path: Path) -> bool:
        return self._shipped is not None and path.resolve().is_relative_to(self._shipped.resolve())

    def _sweep(self) -> None:
        for path in self.folder.glob(".*.tmp"):
            try:
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()
            except OSError:
                continue  # another program was faster; it is only litter


def file_stem(name: str) -> str:
    """A file name without suffix for a display name, safe on every system."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(character if character.isalnum() or character in " -_.()+" else "-" for character in text)
    text = text.encode()[:MAX_STEM].decode(errors="ignore").strip(" .")
    if not text or _DEVICES.fullmatch(text):
        text = f"agent {text}".strip()
    return text


def _beside(path: Path) -> list[Path]:
    """What may lie beside an agent's file: the version before it, and its companions."""
    return [backup_of(path), *(path.with_suffix(suffix) for suffix in COMPANIONS)]


def _free_path(path: Path) -> Path:
    """The path itself if nothing is there nor beside it, else with the lowest number from 2 appended to its stem."""
    return free_path(path, _beside)


def _by_closeness(entries: list[Entry], text: str) -> Iterator[list[Entry]]:
    """Entries whose id, name or file is `text`: own before shipped, exact before other letter case."""
    for folded in (False, True):
        for shipped in (False, True):
            yield [entry for entry in entries if entry.shipped == shipped and _matches(entry, text, folded)]


def _matches(entry: Entry, text: str, folded: bool) -> bool:
    words = [entry.name, entry.path.stem, entry.profile.id if entry.profile else ""]
    return text.casefold() in map(str.casefold, words) if folded else text in words


def _listing(entries: list[Entry], most: int = 12) -> str:
    names = sorted({entry.name for entry in entries})
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none yet") + more


def _keys(entries: list[Entry], most: int = 6) -> str:
    """What tells agents of one name apart: their ids, or their files where copies share an id."""
    ids = [entry.profile.id for entry in entries if entry.profile]
    keys = ids if len(set(ids)) == len(entries) else [str(entry.path) for entry in entries]
    return ", ".join(keys[:most]) + (" …" if len(keys) > most else "")


def _mean_score(entry: Entry) -> float:
    return float(entry.profile.scorecard.get("mean", 0.0)) if entry.profile else 0.0


def _whole(entry: Entry) -> Profile:
    if entry.profile is None:
        raise ProfileError(entry.problem)
    return entry.profile


def _header(path: Path) -> Profile | None:
    try:
        return read_header(path)
    except ProfileError:
        return None
