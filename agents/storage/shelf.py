"""The files of a folder of agents: what lies there at one instant, moving it as one, and mending what is broken."""

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
"""Suffixes of what lies beside an agent's file. It is renamed, deleted and brought back with the agent; duplicates and
exports go without, because it belongs to one agent's run on this machine."""

TRASH, QUARANTINE = "trash", "quarantine"

_SCANS = 4  # of a folder that others change meanwhile; during the last one nobody else may


class Shelf:
    """A folder of agents that several threads and programs may use at once.

    Args:
        folder: Where they lie; made when it is changed.
        disk: The system calls.

    Attributes:
        lock: Held while files change, by one thread of one program; who holds it sees none move.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self.disk = folder, disk
        self.lock = FolderLock(folder)
        self._headers = Headers()
        self._seen: tuple[dict[str, Mark], list[Entry]] = {}, []  # the last listing in which all was well

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the folder to change it, with everything in its place.

        Raises:
            StorageError: The disk refuses, or another program does not let go of the folder.
        """
        with telling(f"cannot change {self.folder}"):
            self.disk.make_folder(self.folder)
            with self.lock:
                finish_moves(self.folder, self.disk)
                yield

    def entries(self) -> list[Entry]:
        """The agents as they lay in the folder at one instant, and what had to be mended; only descriptions are read.

        A damaged file is set aside, and its backup used. A copy that was made by hand gets an id and a name of its own.
        """
        mended: dict[Path, Entry] = {}
        found: list[Entry] | None = None
        for left in reversed(range(_SCANS)):
            with ExitStack() as stack:
                if not left:
                    self._hold_if_possible(stack)
                found = self._look(mended, last=not left)
            if found is not None:
                break
        return self._told_apart(found or [])

    def usable(self, path: Path, load: Callable[[Path], Profile]) -> Entry:
        """The agent in a file as `load` reads it; damage is mended if the file lies in this folder."""
        try:
            return Entry(path, load(path))
        except DamagedProfileError as error:
            return self._mend(path, str(error), load) if self.holds(path) else Entry(path, None, str(error))
        except StorageError as error:
            return Entry(path, None, str(error))

    def holds(self, path: Path) -> bool:
        """Whether a path lies in this very folder."""
        return path.resolve().parent == self.folder.resolve()

    def move(self, path: Path, target: Path) -> Path:
        """Move an agent with all that lies beside it to a free place near `target`; returns that.

        Call it while `changing`.

        Raises:
            StorageError: The disk refuses; everything is where it was.
        """
        target = free_place(target)
        with telling(f"cannot move {path} to {target.parent}"):
            move_all(self.folder, [*zip(_beside(path), _beside(target), strict=True), (path, target)], self.disk)
        return target

    # Looking

    def _hold_if_possible(self, stack: ExitStack) -> bool:
        """Hold the folder until the stack is closed, unless somebody does not let go of it: looking goes without."""
        try:
            stack.enter_context(self.lock)
        except StorageError:
            return False
        return True

    def _look(self, mended: dict[Path, Entry], *, last: bool) -> list[Entry] | None:
        """The agents in the folder; None if it changed meanwhile. Those mended by then are remembered in `mended`."""
        marks = self._scan()
        if marks == self._seen[0]:
            return list(self._seen[1])
        entries = []
        paths = {self.folder / name: mark for name, mark in marks.items()}
        for path, mark in paths.items():
            try:
                entry = mended.get(path) or self._entry(path, mark)
            except ChangedError:
                if last:
                    continue
                return None
            if entry.problem:
                mended[path] = entry
            else:
                entries.append(entry)
        self._headers.keep_only(paths)
        if not mended and len(entries) == len(marks) and not any(map(may_change_unseen, marks.values())):
            self._seen = marks, entries
        return [*entries, *mended.values()]

    def _scan(self) -> dict[str, Mark]:
        """The names of all agents' files with their marks, after what others were killed in has been finished."""
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
        """The program was killed while it set a damaged file aside, or somebody took the file away."""
        names = set(os.listdir(self.folder))
        for name in names:
            if name.endswith(SUFFIX + BACKUP) and name.removesuffix(BACKUP) not in names:
                with suppress(StorageError):
                    move(self.folder / name, self.folder / name.removesuffix(BACKUP), self.disk)

    def _entry(self, path: Path, mark: Mark) -> Entry:
        return self.usable(path, lambda path: self._headers.read(path, mark))

    # Mending

    def _mend(self, path: Path, problem: str, load: Callable[[Path], Profile]) -> Entry:
        if is_recent(mark_of(path)):
            return Entry(path, None, f"{problem}; it may still be written, so it stays")
        try:
            with self.changing():
                if is_whole(path):  # it was mended meanwhile, or what it says is not for this program
                    return Entry(path, load(path))
                return self._recover(path, problem)
        except StorageError as error:
            return Entry(path, None, problem if str(error) in problem else f"{problem}; {error}")

    def _recover(self, path: Path, problem: str) -> Entry:
        """Set a damaged file aside and put its backup in its place, or if there is none all that lies beside it."""
        profile = self._backup_of(path)
        aside = free_place(self.folder / QUARANTINE / path.name)
        problem = f"{problem}; it is kept as {QUARANTINE}/{aside.name}"
        if profile is None:
            return Entry(self.move(path, aside), None, problem)
        move(path, aside, self.disk)
        move(backup_of(path), path, self.disk)
        return Entry(path, self._renamed(path, profile), f"{problem}, and the version before it is used")

    def _renamed(self, path: Path, profile: Profile) -> Profile:
        """Give a version from before a renaming the present name: another agent may bear the old one by now."""
        if file_stem(profile.name) == path.stem:
            return profile
        renamed = replace(profile, name=_name_for(path, profile))
        replace_file(path, [to_bytes(renamed)], self.disk, backup=False)
        return renamed

    def _backup_of(self, path: Path) -> Profile | None:
        """The agent in a file's backup; None if there is none, or if it is damaged too: then it is set aside."""
        backup = backup_of(path)
        try:
            return read(backup) if backup.exists() else None
        except DamagedProfileError:
            move(backup, free_place(self.folder / QUARANTINE / backup.stem), self.disk)
            return None

    def _told_apart(self, entries: list[Entry]) -> list[Entry]:
        """With an id of its own for every copy that was made by hand: an id belongs to one file."""
        same: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.profile:
                same.setdefault(entry.profile.id, []).append(entry)
        groups = [group for group in same.values() if len(group) > 1]
        copies = {entry.path for group in groups for entry in sorted(group, key=_likelihood)[1:]}
        taken = names_of(entries) if copies else set()
        return [self._with_own_id(entry, taken) if entry.path in copies else entry for entry in entries]

    def _with_own_id(self, entry: Entry, taken: set[str]) -> Entry:
        """A copy as an agent of its own, called after its file."""
        try:
            with self.changing():
                profile = read(entry.path)
                if entry.profile and profile.id != entry.profile.id:
                    return Entry(entry.path, read_header(entry.path), entry.problem)  # somebody else was faster
                name = numbered(_name_for(entry.path, profile), taken - {entry.path.stem.casefold()})
                taken.add(name.casefold())
                copy = replace(profile, name=name, id=uuid.uuid4().hex)
                replace_file(entry.path, [to_bytes(copy)], self.disk, backup=False)
                return Entry(entry.path, read_header(entry.path), entry.problem)
        except StorageError as error:
            return replace(entry, problem=f"is a copy of {entry.name} and cannot be told from it: {error}")


def free_place(path: Path) -> Path:
    """The path itself if nothing is there nor beside it, else with the lowest number from 2 appended to its stem."""
    return free_path(path, _beside)


def _beside(path: Path) -> list[Path]:
    """The paths of all that may lie beside an agent's file: the version before it, and its companions."""
    return [backup_of(path), *(path.with_suffix(suffix) for suffix in COMPANIONS)]


def _likelihood(entry: Entry) -> tuple[bool, int, str]:
    """Orders files of one id: the library names files after their agents, and only the first has a run beside it."""
    is_named_after = entry.path.stem == file_stem(entry.name)
    return not is_named_after, -sum(map(os.path.lexists, _beside(entry.path))), entry.path.name


def _name_for(path: Path, profile: Profile) -> str:
    try:
        return check_name(path.stem[:64])
    except StorageError:
        return profile.name
