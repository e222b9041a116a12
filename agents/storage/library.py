"""The folder of agents: save, rename, duplicate, delete, bring back, import and export; `catalogue` lists and finds.

Nothing is ever deleted for good: deleted agents lie in `trash/`, damaged ones in `quarantine/`. Agents that came with
the arcade are only read. Any number of programs may use one folder: what changes it happens under the folder's lock,
and an agent with what lies beside it moves as one (`agents.storage.moves`).
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
"""Age at which the temporary file of a save that was killed is removed."""


class Library(Catalogue):
    """The catalogue of agents, with all that changes the person's own. May be used from several threads.

    Args:
        folder: The folder of the person's agents; made on the first save.
        shipped: The folder of the agents that came with the arcade, with one folder per game; never written to.
        disk: The system calls that saving uses.

    Attributes:
        runs: The training runs that go on, and those that were interrupted.
        lock: Held while files change, by one thread of one program: while it is held no file moves.
        changing: See `agents.storage.shelf.Shelf.changing`.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        super().__init__(folder, shipped, disk)
        self.changing, self.lock = self._shelf.changing, self._shelf.lock
        self.runs = Runs(folder / "running", disk)

    # Saving

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Save an agent where it lies, or if it has no file yet in one named after it, and return where that is.

        An agent is known by its id. One that was renamed since it was saved to `path` keeps its new name; one that was
        deleted is brought back. A new one whose name is taken by now gets a number, as do all names that are taken.

        Raises:
            StorageError: It cannot be saved; what was there before still is.
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
        """The path of an agent that was saved to `path`; one that was deleted since is brought back.

        Raises:
            StorageError: It was deleted, and the disk refuses.
        """
        found = self.where(agent_id, path)
        if found or path is None:
            return found
        trashed = self._trashed_as(agent_id)
        return self.restore(trashed[0]) if trashed else None

    def save_history(self, history: History, path: Path) -> None:
        """Save how the agent at `path` played earlier, beside it; what was kept before a run went on stays.

        Raises:
            StorageError: It cannot be saved; what was there before still is.
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
        """Save what a run needs to go on exactly; None removes what was saved before.

        Save it before the agent itself: of the two, it is the one that fits to both versions of the other.

        Args:
            tree: See `agents.storage.resume`.
            path: Where the agent was saved last.
            profile: The agent as it will be saved there.

        Returns:
            Whether there is an agent that it lies beside.

        Raises:
            StorageError: It is larger than a file may be, or the disk refuses.
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
        """The point where the run that made one of the person's agents stopped, if it can go on exactly from there.

        Reads all that was saved of the run, up to some hundred MiB. A damaged file is set aside.

        Args:
            profile: The agent.
            path: The file that it was read from, if that is known: a run belongs to one file, not to its copies.

        Raises:
            StorageError: It was damaged, or cannot be read; says so.
        """
        agent = self.where(profile.id, path)
        if agent is None or (path is not None and agent.resolve() != path.resolve()):
            return None
        try:
            return resume.find(agent, read(agent))
        except DamagedProfileError as error:
            raise StorageError(f"{error}; it is kept as {self.set_run_aside(profile.id)}") from error

    def set_run_aside(self, agent_id: str) -> str:
        """Set aside what was saved of an agent's run, and say where it is kept, "" if nothing lies there.

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
        """Mark an agent's run as going on while inside; see `agents.storage.runs.Runs.going_on`.

        Raises:
            HeldElsewhereError: The run goes on already.
        """
        return self.runs.going_on(agent_id, self._name_of)

    def interrupted(self) -> tuple[Entry, ...]:
        """The agents whose runs were interrupted, as `entries` lists them."""
        ids = self.runs.interrupted_ids()
        return tuple(
            entry
            for entry in (self.entries() if ids else ())
            if entry.profile and entry.profile.id in ids and not entry.shipped
        )

    # Requests of a person

    def rename(self, entry: Entry, name: str) -> Path:
        """Give an agent another name, and its file too; a name that another agent bears gets a number.

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
        """Save a copy under a name of its own; one that is taken gets a number.

        Raises:
            StorageError: The name is not allowed, the file cannot be used, or the disk refuses.
        """
        profile = self.load(entry).require()
        name = check_name(name) if name else self.free_name(f"{profile.name[:50]} copy")
        return self.save(replace(profile, name=name, id=uuid.uuid4().hex))

    def delete(self, entry: Entry) -> Path:
        """Move an agent to the trash, and return where it lies there; `restore` undoes it.

        Raises:
            StorageError: It came with the arcade, or the disk refuses.
        """
        with self.changing():
            path = self._place(entry)
            return self._shelf.move(path, self.folder / TRASH / path.name)

    def restore(self, trashed: Path) -> Path:
        """Undo a deletion, and return where the agent lies now; under another name if one bears its own by now.

        Raises:
            StorageError: There is no such file, or the disk refuses.
        """
        with self.changing():
            trashed = self.folder / TRASH / trashed.name
            if not trashed.exists():
                raise StorageError(f"{trashed}: no such file; perhaps it was brought back already")
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
        """Copy an agent from anywhere into the library; out of the trash it is brought back, with its run.

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
        """Copy an agent to a file or into a folder anywhere, and return where it lies.

        Raises:
            StorageError: Something is there already, the agent cannot be used, or the disk refuses.
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
        """An agent in a file that is to be put in place while inside; only then the folder is held.

        Its bytes are made and synced before. An agent whose name was taken meanwhile is written anew.

        Args:
            wanted: Makes the agent with the name and the id that it would get now.
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
        """Put an agent's file into a place of its own: `path`, where it lay before, or one named after it."""
        named = self._named_after(profile)
        if path and path.stem == named.stem and not backup_of(path).exists():
            with suppress(FileExistsError):
                return put_new(file, path, self.disk)
        return put_free(file, lambda: free_place(named), self.disk)

    def _name_of_save(self, profile: Profile, path: Path | None) -> str:
        """The name under which an agent would be saved now: the one that it bears where it lies, or a free one."""
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
        """The path of one of the person's agents now."""
        self._check_own(entry.path)
        path = self.where(entry.profile.id, entry.path) if entry.profile else entry.path
        if path is None or not self._shelf.holds(path):
            raise ProfileError(f"{entry.name} does not lie in {self.folder}")
        return self.folder / path.name

    def _trashed_as(self, agent_id: str) -> tuple[Path, Profile] | None:
        """The file in the trash of the agent with this id, and its description."""
        for path in sorted((self.folder / TRASH).glob(f"*{SUFFIX}")):
            header = header_of(path)
            if header and header.id == agent_id:
                return path, header
        return None

    def _version_of(self, agent_id: str, path: Path) -> Profile | None:
        """The agent as it lies in its file now, None if that cannot be read."""
        for _ in range(2):  # it may be renamed after it was found
            place = self.where(agent_id, path)
            with suppress(StorageError):
                return read(place) if place else None
        return None

    def _check_own(self, path: Path) -> None:
        if self._is_shipped(path):
            raise ProfileError(f"{path.stem} came with the arcade and stays as it is: duplicate it first")

    def _sweep(self) -> None:
        """Remove what saves left that were killed, once nobody can be writing it any more."""
        for path in (*self.folder.glob(".*.tmp"), *(self.folder / TRASH).glob(".*.tmp")):
            with suppress(OSError):  # another program was faster; it is only litter
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    self.disk.remove(path)


def open_library() -> Library:
    """The library of the person who runs the program, with the agents that came with the arcade."""
    return Library(folders.agents_folder(), folders.shipped_folder())
