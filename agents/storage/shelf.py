"""A folder of agents: consistent listings, moves of an agent with all its files, and repair of damaged files."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from agents.errors import DamagedProfileError, StorageError
from agents.storage import resume
from agents.storage.disk import BACKUP, Disk, backup_of, free_path, move, replace_file, telling
from agents.storage.entries import Entry, file_stem, names_of, numbered
from agents.storage.headers import ChangedError, Headers, Mark, is_recent, mark_of, may_change_unseen
from agents.storage.history import SUFFIX as SNAPSHOTS
from agents.storage.locks import FolderLock
from agents.storage.moves import finish_moves, move_all
from agents.storage.profile import SUFFIX, Profile, check_name, is_whole, read, read_header, to_bytes

COMPANIONS = (resume.SUFFIX, SNAPSHOTS)
"""Suffixes of the files beside an agent's file. They are renamed, deleted and restored with the agent, but not
duplicated or exported, because they belong to one agent's run on this machine."""

TRASH, QUARANTINE = "trash", "quarantine"

_SCANS = 4  # most scans of a folder that other programs change meanwhile; the last one holds the folder's lock


class Shelf:
    """A folder of agents that several threads and programs may use at once.

    Args:
        folder: The folder; made at the first change.
        disk: The system calls.

    Attributes:
        lock: Held by one thread of one program while it changes files; its holder sees no other changes.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self.disk = folder, disk
        self.lock = FolderLock(folder)
        self._headers = Headers()
        self._seen: tuple[dict[str, Mark], list[Entry]] = {}, []  # the last listing without problems

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Lock the folder for changes, after finishing interrupted moves.

        Raises:
            StorageError: The disk refuses, or another program holds the lock for too long.
        """
        with telling(f"cannot change {self.folder}"):
            self.disk.make_folder(self.folder)
            with self.lock:
                finish_moves(self.folder, self.disk)
                yield

    def entries(self) -> list[Entry]:
        """Return the agents in the folder at one instant, with the problems of repaired files.

        Only descriptions are read. A damaged file is moved to the quarantine, and its backup is used. A copy that was
        made outside the arcade gets an id and a name of its own.
        """
        repaired: dict[Path, Entry] = {}
        found: list[Entry] | None = None
        for left in reversed(range(_SCANS)):
            with ExitStack() as stack:
                if not left:
                    self._hold_if_possible(stack)
                found = self._look(repaired, last=not left)
            if found is not None:
                break
        return self._with_unique_ids(found or [])

    def usable(self, path: Path, load: Callable[[Path], Profile]) -> Entry:
        """Return the agent that `load` reads from a file; a damaged file is repaired if it is in this folder."""
        try:
            return Entry(path, load(path))
        except DamagedProfileError as error:
            return self._repair(path, str(error), load) if self.holds(path) else Entry(path, None, str(error))
        except StorageError as error:
            return Entry(path, None, str(error))

    def holds(self, path: Path) -> bool:
        """Whether a path is directly in this folder."""
        return path.resolve().parent == self.folder.resolve()

    def move(self, path: Path, target: Path) -> Path:
        """Move an agent and all files beside it to a free path near `target`; returns that path.

        Call it within `changing`.

        Raises:
            StorageError: The disk refuses; no file was moved.
        """
        target = free_place(target)
        with telling(f"cannot move {path} to {target.parent}"):
            move_all(self.folder, [*zip(_beside(path), _beside(target), strict=True), (path, target)], self.disk)
        return target

    # Looking

    def _hold_if_possible(self, stack: ExitStack) -> bool:
        """Lock the folder until the stack is closed; returns False if another program holds the lock for too long."""
        try:
            stack.enter_context(self.lock)
        except StorageError:
            return False
        return True

    def _look(self, repaired: dict[Path, Entry], *, last: bool) -> list[Entry] | None:
        """Return the agents in the folder, or None if it changed meanwhile; repaired agents are put into `repaired`."""
        marks = self._scan()
        if marks == self._seen[0]:
            return list(self._seen[1])
        entries = []
        paths = {self.folder / name: mark for name, mark in marks.items()}
        for path, mark in paths.items():
            try:
                entry = repaired.get(path) or self._entry(path, mark)
            except ChangedError:
                if last:
                    continue
                return None
            if entry.problem:
                repaired[path] = entry
            else:
                entries.append(entry)
        self._headers.keep_only(paths)
        if not repaired and len(entries) == len(marks) and not any(map(may_change_unseen, marks.values())):
            self._seen = marks, entries
        return [*entries, *repaired.values()]

    def _scan(self) -> dict[str, Mark]:
        """Finish the changes of programs that were killed, then return the names of all agents' files with marks."""
        if not self.folder.is_dir():
            return {}
        with ExitStack() as stack:
            if self._hold_if_possible(stack):
                with suppress(OSError):
                    finish_moves(self.folder, self.disk)
                self._take_backups_left_alone()
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(SUFFIX))
            return {name: mark for name in names if (mark := mark_of(os.path.join(self.folder, name)))}

    def _take_backups_left_alone(self) -> None:
        """Restore backups without a file, left by a program killed during a repair or by a file removed by hand."""
        names = set(os.listdir(self.folder))
        for name in names:
            if name.endswith(SUFFIX + BACKUP) and name.removesuffix(BACKUP) not in names:
                with suppress(StorageError):
                    move(self.folder / name, self.folder / name.removesuffix(BACKUP), self.disk)

    def _entry(self, path: Path, mark: Mark) -> Entry:
        return self.usable(path, lambda path: self._headers.read(path, mark))

    # Repair

    def _repair(self, path: Path, problem: str, load: Callable[[Path], Profile]) -> Entry:
        if is_recent(mark_of(path)):
            return Entry(path, None, f"{problem}; it may still be written")
        try:
            with self.changing():
                if is_whole(path):  # another program repaired it, or it has values that this program does not allow
                    return Entry(path, load(path))
                return self._recover(path, problem)
        except StorageError as error:
            return Entry(path, None, problem if str(error) in problem else f"{problem}; {error}")

    def _recover(self, path: Path, problem: str) -> Entry:
        """Move a damaged file to the quarantine and use its backup; without one, move the files beside it, too."""
        profile = self._backup_of(path)
        aside = free_place(self.folder / QUARANTINE / path.name)
        problem = f"{problem}; it is kept as {QUARANTINE}/{aside.name}"
        if profile is None:
            return Entry(self.move(path, aside), None, problem)
        move(path, aside, self.disk)
        move(backup_of(path), path, self.disk)
        return Entry(path, self._renamed(path, profile), f"{problem}, and its backup is used")

    def _renamed(self, path: Path, profile: Profile) -> Profile:
        """Give a backup from before a renaming the current name, since another agent may have the old name now."""
        if file_stem(profile.name) == path.stem:
            return profile
        renamed = replace(profile, name=_name_for(path, profile))
        replace_file(path, [to_bytes(renamed)], self.disk, backup=False)
        return renamed

    def _backup_of(self, path: Path) -> Profile | None:
        """Return the agent in a file's backup; None if there is none or it is damaged, which moves it to quarantine."""
        backup = backup_of(path)
        try:
            return read(backup) if backup.exists() else None
        except DamagedProfileError:
            move(backup, free_place(self.folder / QUARANTINE / backup.stem), self.disk)
            return None

    def _with_unique_ids(self, entries: list[Entry]) -> list[Entry]:
        """Return the entries, after giving every copy made outside the arcade an id of its own."""
        same: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.profile:
                same.setdefault(entry.profile.id, []).append(entry)
        groups = [group for group in same.values() if len(group) > 1]
        copies = {entry.path for group in groups for entry in sorted(group, key=_original_first)[1:]}
        taken = names_of(entries) if copies else set()
        return [self._with_own_id(entry, taken) if entry.path in copies else entry for entry in entries]

    def _with_own_id(self, entry: Entry, taken: set[str]) -> Entry:
        """Make a copy an agent of its own, with a new id and the name of its file."""
        try:
            with self.changing():
                profile = read(entry.path)
                if entry.profile and profile.id != entry.profile.id:
                    return Entry(entry.path, read_header(entry.path), entry.problem)  # another program was faster
                name = numbered(_name_for(entry.path, profile), taken - {entry.path.stem.casefold()})
                taken.add(name.casefold())
                copy = replace(profile, name=name, id=uuid.uuid4().hex)
                replace_file(entry.path, [to_bytes(copy)], self.disk, backup=False)
                return Entry(entry.path, read_header(entry.path), entry.problem)
        except StorageError as error:
            return replace(entry, problem=f"is a copy of {entry.name} and could not get an id of its own: {error}")


def free_place(path: Path) -> Path:
    """Return the path itself if it and its companions are free, else with the lowest free number from 2 appended."""
    return free_path(path, _beside)


def _beside(path: Path) -> list[Path]:
    """Return the paths of all files that may lie beside an agent's file: its backup and its companions."""
    return [backup_of(path), *(path.with_suffix(suffix) for suffix in COMPANIONS)]


def _original_first(entry: Entry) -> tuple[bool, int, str]:
    """Return a sort key for files of one id, which puts the original first.

    The library names files after their agents, and only the original has files beside it.
    """
    is_named_after = entry.path.stem == file_stem(entry.name)
    return not is_named_after, -sum(map(os.path.lexists, _beside(entry.path))), entry.path.name


def _name_for(path: Path, profile: Profile) -> str:
    try:
        return check_name(path.stem[:64])
    except StorageError:
        return profile.name
