"""The folder of agents: list, find, save, rename, duplicate, delete, bring back, import and export.

Nothing is ever deleted for good: deleted agents lie in `trash/`, damaged ones in `quarantine/`. Agents that came with
the arcade are only read. Any number of programs may use one folder: what changes it happens under the folder's lock,
and an agent with what lies beside it moves as one (`agents.storage.moves`).
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from agents.errors import ProfileError, system_reason
from agents.storage.disk import DISK, Disk, backup_of, draft, put, put_free, put_new, replace_file, telling
from agents.storage.entries import Entry, UnknownAgentError, file_stem, in_order, mean_score, names_of, numbered, pick
from agents.storage.headers import ChangedError, Headers, Mark, mark_of
from agents.storage.history import History, earlier_selves, path_of, read_frames
from agents.storage.history import to_bytes as history_to_bytes
from agents.storage.profile import SUFFIX, Profile, check_name, read, read_header, to_bytes, write
from agents.storage.runs import Runs
from agents.storage.shelf import COMPANIONS, QUARANTINE, TRASH, Shelf, free_place

__all__ = [
    "COMPANIONS",
    "QUARANTINE",
    "STALE_SECONDS",
    "TRASH",
    "Entry",
    "Library",
    "UnknownAgentError",
    "file_stem",
]

STALE_SECONDS = 3600.0
"""Age at which the temporary file of a save that was killed is removed."""


@dataclass(frozen=True)
class _Draft:
    """An agent that is written already, but in no place yet."""

    profile: Profile
    file: Path


class Library:
    """The agents in a folder of the person's and those that came with the arcade. May be used from several threads.

    Args:
        folder: Where the person's agents lie; made on the first save.
        shipped: Where agents that came with the arcade lie, in one folder per game; never written to.
        disk: The system calls that saving uses.

    Attributes:
        runs: What is known of the agents' training runs.
        lock: Held while files change, by one thread of one program; who holds it sees none move.
        changing: See `agents.storage.shelf.Shelf.changing`.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        self.folder, self._shipped, self.disk = folder, shipped, disk
        self._shelf = Shelf(folder, disk)
        self._shipped_headers = Headers()
        self.changing, self.lock = self._shelf.changing, self._shelf.lock
        self.runs = Runs(self)

    # Listing and finding

    def entries(self, game_id: str | None = None) -> tuple[Entry, ...]:
        """All agents, or those of one game; sorted by game and then time, newest first, unusable ones last.

        Only descriptions are read. A damaged file is set aside, and its backup used. A copy that was made by hand gets
        an id and a name of its own.
        """
        entries = in_order([*self._read_shipped(), *self._shelf.entries()])
        return tuple(each for each in entries if game_id is None or (each.profile and each.profile.game_id == game_id))

    def load(self, entry: Entry) -> Entry:
        """The same agent with its weights; one that was renamed since it was listed is found by its id.

        Raises:
            ProfileError: The file cannot be used; says why.
        """
        path = entry.path
        if entry.profile and not path.exists():
            path = self.where(entry.profile.id) or path
        loaded = replace(self._shelf.usable(path, read), shipped=self._is_shipped(path))
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
        entries = self.entries(game_id)
        if path.suffix == SUFFIX and path.is_file():
            return self.load(Entry(path, None))
        return self.load(pick(entries, text, f" of {game_id}" if game_id else ""))

    def best(
        self,
        game_id: str,
        check: Callable[[Profile], object] = Profile.game,
        among: Iterable[Entry] | None = None,
    ) -> Entry | None:
        """The agent of a game with the highest evaluated mean score, with its weights; None if there is none.

        Args:
            game_id: The game.
            check: Raises a `ProfileError` for agents that are to be passed over; at least they have to fit the game.
            among: Its agents, where they have been listed just now.
        """
        entries = self.entries(game_id) if among is None else among
        rated = [entry for entry in entries if entry.profile and entry.profile.scorecard]
        for entry in sorted(rated, key=mean_score, reverse=True):
            try:
                loaded = self.load(entry)
                if loaded.profile and check(loaded.profile):
                    return loaded
            except ProfileError:
                continue  # the next best will do; the list of agents tells what is wrong
        return None

    def free_name(self, name: str) -> str:
        """The name itself if no agent bears it, else with the lowest number from 2 appended."""
        return numbered(check_name(name), names_of(self.entries()))

    def unique_name(self, name: str) -> str:
        """The name itself if none of the person's own agents bears it, else with the lowest number from 2 appended."""
        return self._number(check_name(name))

    def where(self, agent_id: str, path: Path | None = None) -> Path | None:
        """Where the person's agent with this id lies now; `path`, where it was seen last, is looked at first."""
        header = _header(path) if path and self._shelf.holds(path) else None
        if header and header.id == agent_id:
            return path
        own = (entry for entry in self._shelf.entries() if entry.profile)
        return next((entry.path for entry in own if entry.profile and entry.profile.id == agent_id), None)

    def size_of(self, folder: str) -> tuple[int, int]:
        """How many agents lie in `trash` or `quarantine`, and how many bytes that folder takes."""
        files = [path for path in (self.folder / folder).glob("*") if path.is_file()]
        marks = [mark for mark in map(mark_of, files) if mark]
        return sum(path.suffix == SUFFIX for path in files), sum(mark[0] for mark in marks)

    # Saving

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        """Save an agent where it lies, or if it has no file yet in one named after it, and return where that is.

        An agent is known by its id. One that was renamed since it was saved to `path` keeps its new name; one that was
        deleted is brought back. A new one whose name is taken by now gets a number, as do all names that are taken.

        Raises:
            ProfileError: It cannot be saved; what was there before still is.
        """
        if path is not None:
            self._check_own(path)
        known = _header(path) if path else None
        name = known.name if known and known.id == profile.id else profile.name
        self._sweep()
        with self._drafted(replace(profile, name=name)) as drafted, self.changing():
            place = self.place_of(profile.id, path)
            if place is None:
                return self._put_new(replace(profile, name=self._number(profile.name)), drafted, path)
            with self._as(replace(profile, name=read_header(place).name), drafted) as file:
                put(file, place, self.disk)
            return place

    def place_of(self, agent_id: str, path: Path | None) -> Path | None:
        """Where an agent lies that was saved to `path`; one that was deleted since is brought back.

        Raises:
            ProfileError: It was deleted, and the disk refuses.
        """
        found = self.where(agent_id, path)
        if found or path is None:
            return found
        trashed = next((path for path, profile in self._trashed() if profile.id == agent_id), None)
        return self.restore(trashed) if trashed else None

    def save_history(self, history: History, path: Path) -> None:
        """Save how the agent at `path` played earlier, beside it; what was kept before a run went on stays.

        Raises:
            ProfileError: It cannot be saved; what was there before still is.
        """
        if not history.moments:
            return
        self._check_own(path)
        parts = [history_to_bytes(history.after(path_of(path)))]
        with telling(f"cannot save {path_of(path)}"), draft(path_of(path), parts, self.disk) as file, self.changing():
            place = self.where(history.agent, path)
            if place:
                put(file, path_of(place), self.disk, backup=False)

    def earlier_selves(self, entry: Entry) -> tuple[Profile, ...]:
        """An agent as it played at each moment that its run has kept, oldest first; none without snapshots.

        Raises:
            ProfileError: The agent or its snapshots cannot be used; says why.
        """
        loaded = self.load(entry)
        return earlier_selves(_whole(loaded), loaded.path)

    def earlier_frames(self, entry: Entry) -> tuple[int, ...]:
        """The frames that an agent had seen at each of those moments, read much faster than the moments themselves.

        Raises:
            ProfileError: The snapshots cannot be used; says why.
        """
        path = path_of(entry.path)
        return read_frames(path) if path.exists() else ()

    # What a person does with agents

    def rename(self, entry: Entry, name: str) -> Path:
        """Give an agent another name, and its file too; a name that another agent bears gets a number.

        Raises:
            ProfileError: The name is not allowed, the agent came with the arcade, or the disk refuses.
        """
        name = check_name(name)
        with self.changing():
            path = self._place(entry)
            before = _whole(self.load(Entry(path, None)))
            renamed = before.renamed(self._number(name, path))
            target = self._named_after(renamed)
            moved = path if target == path else self._shelf.move(path, target)
            try:
                write(renamed, moved, self.disk)
            except ProfileError:
                with suppress(ProfileError):
                    replace_file(moved, [to_bytes(before)], self.disk, backup=False)
                if moved != path:
                    self._shelf.move(moved, path)
                raise
            return moved

    def duplicate(self, entry: Entry, name: str | None = None) -> Path:
        """Save a copy under a name of its own; one that is taken gets a number.

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
        with self.changing():
            path = self._place(entry)
            return self._shelf.move(path, self.folder / TRASH / path.name)

    def restore(self, trashed: Path) -> Path:
        """Undo a deletion, and return where the agent lies now; under another name if one bears its own by now.

        Raises:
            ProfileError: There is no such file, or the disk refuses.
        """
        with self.changing():
            trashed = self.folder / TRASH / trashed.name
            if not trashed.exists():
                raise ProfileError(f"{trashed}: no such file; perhaps it was brought back already")
            profile = _header(trashed)
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
            ProfileError: The file cannot be used, or the disk refuses.
        """
        if path.resolve().parent == (self.folder / TRASH).resolve():
            return self.restore(path)
        profile = read(path)
        with self._drafted(profile) as drafted, self.changing():
            everybody = [*self.entries(), *(Entry(path, profile) for path, profile in self._trashed())]
            known = any(entry.profile and entry.profile.id == profile.id for entry in everybody)
            new_id = uuid.uuid4().hex if known else profile.id
            return self._put_new(replace(profile, name=self._number(profile.name), id=new_id), drafted)

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
        if not path.parent.is_dir():
            raise ProfileError(f"{path.parent}: no such folder")
        try:
            with draft(path, [to_bytes(profile)], self.disk) as file:
                return put_new(file, path, self.disk)
        except FileExistsError:
            raise ProfileError(f"{path} exists already: choose another name") from None
        except OSError as error:
            raise ProfileError(f"cannot save {path}: {system_reason(error)}") from error

    # Helpers

    def _read_shipped(self) -> list[Entry]:
        paths = sorted(self._shipped.glob(f"*/*{SUFFIX}")) if self._shipped else []
        return [self._shipped_entry(path, mark) for path in paths if (mark := mark_of(path))]

    def _shipped_entry(self, path: Path, mark: Mark) -> Entry:
        try:
            return Entry(path, self._shipped_headers.read(path, mark), shipped=True)
        except (ProfileError, ChangedError) as error:
            return Entry(path, None, str(error), shipped=True)

    @contextmanager
    def _drafted(self, profile: Profile) -> Iterator[_Draft]:
        """An agent written to the disk before anybody has to wait for that, and put in place by who goes on."""
        place = self._named_after(profile)
        with telling(f"cannot save {place}"), draft(place, [to_bytes(profile)], self.disk) as file:
            yield _Draft(profile, file)

    @contextmanager
    def _as(self, profile: Profile, drafted: _Draft) -> Iterator[Path]:
        """The draft's file, or if it would not be quite that agent another one."""
        if (profile.name, profile.id) == (drafted.profile.name, drafted.profile.id):
            yield drafted.file
        else:
            with self._drafted(profile) as other:
                yield other.file

    def _put_new(self, profile: Profile, drafted: _Draft, path: Path | None = None) -> Path:
        """Put an agent into a file of its own: `path`, where it lay before, or one named after it."""
        named = self._named_after(profile)
        with self._as(profile, drafted) as file:
            if path and path.stem == named.stem and not backup_of(path).exists():
                with suppress(FileExistsError):
                    return put_new(file, path, self.disk)
            return put_free(file, lambda: free_place(named), self.disk)

    def _named_after(self, profile: Profile) -> Path:
        return self.folder / (file_stem(profile.name) + SUFFIX)

    def _number(self, name: str, but: Path | None = None) -> str:
        """The name, with a number if another one of the person's agents answers to it."""
        return numbered(name, names_of(entry for entry in self._shelf.entries() if entry.path != but))

    def _place(self, entry: Entry) -> Path:
        """Where one of the person's agents lies now."""
        self._check_own(entry.path)
        path = self.where(entry.profile.id, entry.path) if entry.profile else entry.path
        if path is None or not self._shelf.holds(path):
            raise ProfileError(f"{entry.name} does not lie in {self.folder}")
        return self.folder / path.name

    def _trashed(self) -> Iterator[tuple[Path, Profile]]:
        for path in sorted((self.folder / TRASH).glob(f"*{SUFFIX}")):
            profile = _header(path)
            if profile:
                yield path, profile

    def _check_own(self, path: Path) -> None:
        if self._is_shipped(path):
            raise ProfileError(f"{path.stem} came with the arcade and stays as it is: duplicate it first")

    def _is_shipped(self, path: Path) -> bool:
        return self._shipped is not None and path.resolve().is_relative_to(self._shipped.resolve())

    def _sweep(self) -> None:
        """Remove what saves left that were killed, once nobody can be writing it any more."""
        for path in (*self.folder.glob(".*.tmp"), *(self.folder / TRASH).glob(".*.tmp")):
            with suppress(OSError):  # another program was faster; it is only litter
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    self.disk.remove(path)


def _whole(entry: Entry) -> Profile:
    if entry.profile is None:
        raise ProfileError(entry.problem)
    return entry.profile


def _header(path: Path) -> Profile | None:
    try:
        return read_header(path)
    except ProfileError:
        return None
