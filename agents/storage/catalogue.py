"""The agents that there are: the person's own and those that came with the arcade, listed, found and loaded."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from agents.errors import StorageError
from agents.storage.disk import DISK, Disk
from agents.storage.entries import Entry, in_order, mean_score, names_of, numbered, pick
from agents.storage.headers import ChangedError, Headers, Mark, header_of, mark_of
from agents.storage.history import earlier_selves, path_of, read_frames
from agents.storage.profile import SUFFIX, Profile, check_name, read
from agents.storage.shelf import Shelf


class Catalogue:
    """The agents in a folder of the person's and those that came with the arcade, to look at and to load.

    Nothing is changed but what was found broken. May be used from several threads.

    Args:
        folder: The folder of the person's agents; it need not exist.
        shipped: The folder of the agents that came with the arcade, with one folder per game; never written to.
        disk: The system calls that mending uses.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        self.folder, self._shipped, self.disk = folder, shipped, disk
        self._shelf = Shelf(folder, disk)
        self._shipped_headers = Headers()

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
            StorageError: The file cannot be used; says why.
        """
        path = entry.path
        if entry.profile and not path.exists():
            path = self.where(entry.profile.id) or path
        loaded = replace(self._shelf.usable(path, read), shipped=self._is_shipped(path))
        loaded.require()
        return replace(loaded, problem=loaded.problem or entry.problem)

    def find(self, text: str, game_id: str | None = None) -> Entry:
        """The agent with this name, id or path, with its weights.

        The person's own come before those of the arcade, and exact names before those in other letter case.

        Raises:
            UnknownAgentError: There is none, or there are several; names what there is.
            StorageError: Its file cannot be used; says why.
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
            check: Raises a `StorageError` for agents that are to be passed over; at least they have to fit the game.
            among: Its agents, where they have been listed just now.
        """
        entries = self.entries(game_id) if among is None else among
        rated = [entry for entry in entries if entry.profile and entry.profile.scorecard]
        for entry in sorted(rated, key=mean_score, reverse=True):
            try:
                loaded = self.load(entry)
                if loaded.profile and check(loaded.profile):
                    return loaded
            except StorageError:
                continue  # the next best will do; the list of agents tells what is wrong
        return None

    def free_name(self, name: str) -> str:
        """The name itself if no agent bears it, else with the lowest number from 2 appended."""
        return numbered(check_name(name), names_of(self.entries()))

    def unique_name(self, name: str) -> str:
        """The name itself if none of the person's own agents bears it, else with the lowest number from 2 appended."""
        return self._number(check_name(name))

    def where(self, agent_id: str, path: Path | None = None) -> Path | None:
        """The path of the person's agent with this id; `path`, the one where it was seen last, is tried first."""
        header = header_of(path) if path and self._shelf.holds(path) else None
        if header and header.id == agent_id:
            return path
        own = (entry for entry in self._shelf.entries() if entry.profile)
        return next((entry.path for entry in own if entry.profile and entry.profile.id == agent_id), None)

    def size_of(self, folder: str) -> tuple[int, int]:
        """The number of agents in `trash` or `quarantine`, and the bytes that the folder takes."""
        files = [path for path in (self.folder / folder).glob("*") if path.is_file()]
        marks = [mark for mark in map(mark_of, files) if mark]
        return sum(path.suffix == SUFFIX for path in files), sum(mark[0] for mark in marks)

    def earlier_selves(self, entry: Entry) -> tuple[Profile, ...]:
        """An agent as it played at each moment that its run has kept, oldest first; none without snapshots.

        Raises:
            StorageError: The agent or its snapshots cannot be used; says why.
        """
        loaded = self.load(entry)
        return earlier_selves(loaded.require(), loaded.path)

    def earlier_frames(self, entry: Entry) -> tuple[int, ...]:
        """The frames that an agent had seen at each of those moments, read much faster than the moments themselves.

        Raises:
            StorageError: The snapshots cannot be used; says why.
        """
        path = path_of(entry.path)
        return read_frames(path) if path.exists() else ()

    def _number(self, name: str, but: Path | None = None) -> str:
        """The name, with a number if another one of the person's agents answers to it."""
        return numbered(name, names_of(entry for entry in self._shelf.entries() if entry.path != but))

    def _read_shipped(self) -> list[Entry]:
        paths = sorted(self._shipped.glob(f"*/*{SUFFIX}")) if self._shipped else []
        return [self._shipped_entry(path, mark) for path in paths if (mark := mark_of(path))]

    def _shipped_entry(self, path: Path, mark: Mark) -> Entry:
        try:
            return Entry(path, self._shipped_headers.read(path, mark), shipped=True)
        except (StorageError, ChangedError) as error:
            return Entry(path, None, str(error), shipped=True)

    def _is_shipped(self, path: Path) -> bool:
        return self._shipped is not None and path.resolve().is_relative_to(self._shipped.resolve())
