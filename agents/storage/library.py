"""The library of agents: save, rename, duplicate, delete, restore, import and export; `catalogue` lists and finds.

Nothing is deleted for good: deleted agents are moved to `trash/`, damaged ones to `quarantine/`. Agents shipped with
the arcade are only read. Any number of programs may use one folder: all changes happen under the folder's lock, and an
agent is moved together with the files beside it (`agents.storage.moves`).
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from agents.errors import DamagedProfileError, ProfileError, StorageError, system_reason
from agents.storage import folders, resume
from agents.storage.catalogue import Catalogue
from agents.storage.disk import (
    DISK,
    Disk,
    backup_of,
    draft,
    kept_open,
    move,
    put,
    put_free,
    put_new,
    replace_file,
    telling,
)
from agents.storage.entries import Entry, UnknownAgentError, file_stem
from agents.storage.headers import header_of
from agents.storage.history import History, path_of
from agents.storage.history import to_bytes as history_to_bytes
from agents.storage.profile import SUFFIX, Profile, check_name, read, to_bytes, write
from agents.storage.runs import Runs
from agents.storage.shelf import COMPANIONS, QUARANTINE, TRASH, free_place

__all__ = [
    "COMPANIONS",
    "QUARANTINE",
    "STALE_SECONDS",
    "TRASH",
    "Entry",
    "Library",
    "UnknownAgentError",
    "file_stem",
    "open_library",
]

STALE_SECONDS = 3600.0
"""Age at which a temporary file is removed, because the program that wrote it was killed."""


class Library(Catalogue):
    """The catalogue of agents, with all operations that change the user's own. It may be used from several threads.

    Args:
        folder: The folder of the user's agents; made on the first save.
        shipped: The folder of the shipped agents, with one folder for each game; never written to.
        disk: The system calls for saving.

    Attributes:
        runs: The active and the interrupted training runs.
        lock: Held by one thread of one program while it changes files.
        changing: See `agents.storage.shelf.Shelf.changing`.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        super().__init__(folder, shipped, disk)
        self.changing, self.lock = self._shelf.changing, self._shelf.lock
        self.runs = Runs(folder / "running", disk)

    # Saving

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Save an agent to its file, or to a new one named after it, and return the path.

        The agent's file is found by the agent's id. An agent that was renamed since it was saved to `path` keeps its
        new name. An agent that was deleted since is restored. A name that is taken gets a number.

        Raises:
            StorageError: The agent cannot be saved; its file is unchanged.
        """
        if path is not None:
            self._check_own(path)
        self._sweep()
        with self._written(lambda: replace(profile, name=self._name_of_save(profile, path))) as (named, file):
            place = self.place_of(profile.id, path)
            if place is None:
                return self._put_new(named, file, path)
            put(file, place, self.disk)
            return place

    def place_of(self, agent_id: str, path: Path | None) -> Path | None:
        """Return the current path of an agent that was saved to `path`; if it was deleted since, it is restored.

        Raises:
            StorageError: The agent was deleted, and the disk refuses to restore it.
        """
        found = self.where(agent_id, path)
        if found or path is None:
            return found
        trashed = self._trashed_as(agent_id)
        return self.restore(trashed[0]) if trashed else None

    def save_history(self, history: History, path: Path) -> None:
        """Save the snapshots of the agent at `path` beside it; those from before a resumed run stay.

        Raises:
            StorageError: They cannot be saved; the file is unchanged.
        """
        if not history.moments:
            return
        self._check_own(path)
        parts = [history_to_bytes(history.after(path_of(path)))]
        with telling(f"cannot save {path_of(path)}"), draft(path_of(path), parts, self.disk) as file, self.changing():
            place = self.where(history.agent, path)
            if place:
                put(file, path_of(place), self.disk, backup=False)

    # Training runs

    def save_run(self, tree: resume.Tree | None, path: Path, profile: Profile) -> bool:
        """Save the state of a run, to resume it exactly; None removes an earlier one.

        Save the state before the agent: the state fits both the old and the new version of the agent.

        Args:
            tree: See `agents.storage.resume`.
            path: The agent's last known path.
            profile: The agent as it will be saved there.

        Returns:
            Whether the agent has a file beside which the state can lie.

        Raises:
            StorageError: The state is larger than a file may be, or the disk refuses.
        """
        with kept_open(path.with_suffix(resume.SUFFIX)), self.changing():
            agent = self.place_of(profile.id, path)
            if agent and tree is None:
                self.disk.remove(agent.with_suffix(resume.SUFFIX))
        if agent is None or tree is None:
            return agent is not None
        parts = resume.to_parts(tree, profile, self._version_of(profile.id, agent))
        target = agent.with_suffix(resume.SUFFIX)
        drafted = draft(target, parts, self.disk)
        with telling(f"cannot save {target}"), drafted as file, kept_open(target), self.changing():
            place = self.where(profile.id, agent)
            if place:
                put(file, place.with_suffix(resume.SUFFIX), self.disk, backup=False)
            return place is not None

    def resume_point(self, profile: Profile, path: Path | None = None) -> resume.ResumePoint | None:
        """Return the point from which the run of one of the user's agents can be resumed exactly, or None.

        This reads the whole state of the run, up to some hundred MiB. A damaged file is moved to the quarantine.

        Args:
            profile: The agent.
            path: The agent's file, if known, since a run belongs to one file and not to its copies.

        Raises:
            StorageError: The state is damaged or cannot be read; the message says which.
        """
        agent = self.where(profile.id, path)
        if agent is None or (path is not None and agent.resolve() != path.resolve()):
            return None
        try:
            return resume.find(agent, read(agent))
        except DamagedProfileError as error:
            raise StorageError(f"{error}; it is kept as {self.set_run_aside(profile.id)}") from error

    def set_run_aside(self, agent_id: str) -> str:
        """Move the saved state of an agent's run to the quarantine; returns its new place, "" if there is none.

        Raises:
            StorageError: The disk refuses.
        """
        with self.changing():
            agent = self.where(agent_id)
            unusable = agent.with_suffix(resume.SUFFIX) if agent else None
            if unusable is None or not unusable.exists():
                return ""
            aside = move(unusable, self.folder / QUARANTINE / unusable.name, self.disk)
        return f"{aside.parent.name}/{aside.name}"

    def going_on(self, agent_id: str) -> AbstractContextManager[None]:
        """Mark an agent's run as active within the context; see `agents.storage.runs.Runs.going_on`.

        Raises:
            HeldElsewhereError: The run is active already.
        """
        return self.runs.going_on(agent_id, self._name_of)

    def interrupted(self) -> tuple[Entry, ...]:
        """Return the agents whose runs were interrupted, in the order of `entries`."""
        ids = self.runs.interrupted_ids()
        return tuple(
            entry
            for entry in (self.entries() if ids else ())
            if entry.profile and entry.profile.id in ids and not entry.shipped
        )

    # Requests of the user

    def rename(self, entry: Entry, name: str) -> Path:
        """Rename an agent and its file; a name that another agent has gets a number.

        Raises:
            StorageError: The name is not allowed, the agent came with the arcade, or the disk refuses.
        """
        name = check_name(name)
        with self.changing():
            path = self._place(entry)
            before = self.load(Entry(path, None)).require()
            renamed = before.renamed(self._number(name, path))
            target = self._named_after(renamed)
            moved = path if target == path else self._shelf.move(path, target)
            try:
                write(renamed, moved, self.disk)
            except StorageError:
                with suppress(StorageError):
                    replace_file(moved, [to_bytes(before)], self.disk, backup=False)
                if moved != path:
                    self._shelf.move(moved, path)
                raise
            return moved

    def duplicate(self, entry: Entry, name: str | None = None) -> Path:
        """Save a copy of an agent under another name; a name that is taken gets a number.

        Raises:
            StorageError: The name is not allowed, the file cannot be used, or the disk refuses.
        """
        profile = self.load(entry).require()
        name = check_name(name) if name else self.free_name(f"{profile.name[:50]} copy")
        return self.save(replace(profile, name=name, id=uuid.uuid4().hex))

    def delete(self, entry: Entry) -> Path:
        """Move an agent to the trash and return its path there; `restore` undoes this.

        Raises:
            StorageError: The agent came with the arcade, or the disk refuses.
        """
        with self.changing():
            path = self._place(entry)
            return self._shelf.move(path, self.folder / TRASH / path.name)

    def restore(self, trashed: Path) -> Path:
        """Undo a deletion and return the agent's path; its name gets a number if another agent has it now.

        Raises:
            StorageError: There is no such file in the trash, or the disk refuses.
        """
        with self.changing():
            trashed = self.folder / TRASH / trashed.name
            if not trashed.exists():
                raise StorageError(f"{trashed}: no such file; perhaps it was restored already")
            profile = header_of(trashed)
            if profile is None:
                return self._shelf.move(trashed, self.folder / trashed.name)
            name = self._number(profile.name)
            new_id = uuid.uuid4().hex if self.where(profile.id) else profile.id
            if (name, new_id) != (profile.name, profile.id):
                changed = to_bytes(replace(read(trashed), name=name, id=new_id))
                replace_file(trashed, [changed], self.disk, backup=False)
            return self._shelf.move(trashed, self.folder / (file_stem(name) + SUFFIX))

    def import_file(self, path: Path) -> Path:
        """Copy an agent from any file into the library; a file in the trash is restored, with its run.

        Raises:
            StorageError: The file cannot be used, or the disk refuses.
        """
        if path.resolve().parent == (self.folder / TRASH).resolve():
            return self.restore(path)
        profile, new_id = read(path), uuid.uuid4().hex

        def imported() -> Profile:
            known = any(entry.profile and entry.profile.id == profile.id for entry in self.entries())
            known = known or self._trashed_as(profile.id) is not None
            return replace(profile, name=self._number(profile.name), id=new_id if known else profile.id)

        with self._written(imported) as (named, file):
            return self._put_new(named, file)

    def export(self, entry: Entry, path: Path) -> Path:
        """Copy an agent to any file or folder, and return the new file's path.

        Raises:
            StorageError: The file exists already, the agent cannot be used, or the disk refuses.
        """
        profile = self.load(entry).require()
        if path.is_dir():
            path = path / (file_stem(profile.name) + SUFFIX)
        elif path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if not path.parent.is_dir():
            raise StorageError(f"{path.parent}: no such folder")
        try:
            with draft(path, [to_bytes(profile)], self.disk) as file:
                return put_new(file, path, self.disk)
        except FileExistsError:
            raise StorageError(f"{path} exists already: choose another name") from None
        except OSError as error:
            raise StorageError(f"cannot save {path}: {system_reason(error)}") from error

    # Helpers

    @contextmanager
    def _written(self, wanted: Callable[[], Profile]) -> Iterator[tuple[Profile, Path]]:
        """Write an agent to a temporary file, then yield both while the folder is locked, to put the file in place.

        The file is written and synced before the folder is locked. If the name was taken meanwhile, it is written
        again.

        Args:
            wanted: Returns the agent with the name and the id that it would get now.
        """
        while True:
            profile = wanted()
            place = self._named_after(profile)
            with telling(f"cannot save {place}"), draft(place, [to_bytes(profile)], self.disk) as file, self.changing():
                now = wanted()
                if (now.name, now.id) == (profile.name, profile.id):
                    yield profile, file
                    return

    def _put_new(self, profile: Profile, file: Path, path: Path | None = None) -> Path:
        """Put an agent's file to its former path `path` if that is free, else to a free path named after the agent."""
        named = self._named_after(profile)
        if path and path.stem == named.stem and not backup_of(path).exists():
            with suppress(FileExistsError):
                return put_new(file, path, self.disk)
        return put_free(file, lambda: free_place(named), self.disk)

    def _name_of_save(self, profile: Profile, path: Path | None) -> str:
        """Return the name under which an agent would be saved now: that of its file, or else a free one."""
        place = self.where(profile.id, path)
        header = header_of(place) if place else None
        if header:
            return header.name
        trashed = self._trashed_as(profile.id) if path else None
        return self._number(trashed[1].name if trashed else profile.name)

    def _named_after(self, profile: Profile) -> Path:
        return self.folder / (file_stem(profile.name) + SUFFIX)

    def _name_of(self, agent_id: str) -> str:
        path = self.where(agent_id)
        header = header_of(path) if path else None
        return header.name if header else "this agent"

    def _place(self, entry: Entry) -> Path:
        """Return the current path of one of the user's agents."""
        self._check_own(entry.path)
        path = self.where(entry.profile.id, entry.path) if entry.profile else entry.path
        if path is None or not self._shelf.holds(path):
            raise ProfileError(f"{entry.name} is not in {self.folder}")
        return self.folder / path.name

    def _trashed_as(self, agent_id: str) -> tuple[Path, Profile] | None:
        """Return the file in the trash of the agent with this id, and its description; None if there is none."""
        for path in sorted((self.folder / TRASH).glob(f"*{SUFFIX}")):
            header = header_of(path)
            if header and header.id == agent_id:
                return path, header
        return None

    def _version_of(self, agent_id: str, path: Path) -> Profile | None:
        """Return the agent in its file, None if the file cannot be read."""
        for _ in range(2):  # it may be renamed after it was found
            place = self.where(agent_id, path)
            with suppress(StorageError):
                return read(place) if place else None
        return None

    def _check_own(self, path: Path) -> None:
        if self._is_shipped(path):
            raise ProfileError(f"{path.stem} came with the arcade and cannot be changed: duplicate it first")

    def _sweep(self) -> None:
        """Remove old temporary files of programs that were killed."""
        for path in (*self.folder.glob(".*.tmp"), *(self.folder / TRASH).glob(".*.tmp")):
            with suppress(OSError):  # another program may have removed the file first
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    self.disk.remove(path)


def open_library() -> Library:
    """Return the library of the current user, with the agents shipped with the arcade."""
    return Library(folders.agents_folder(), folders.shipped_folder())
