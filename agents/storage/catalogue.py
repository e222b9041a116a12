"""The catalogue of agents: lists, finds and loads the user's own agents and those shipped with the arcade."""

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
    """A catalogue of the agents in the user's folder and of those shipped with the arcade, to list and to load.

    It changes no files except to repair damaged ones. It may be used from several threads.

    Args:
        folder: The folder of the user's agents; it need not exist.
        shipped: The folder of the shipped agents, with one folder for each game; never written to.
        disk: The system calls for repairs.
    """

    def __init__(self, folder: Path, shipped: Path | None = None, disk: Disk = DISK) -> None:
        self.folder, self._shipped, self.disk = folder, shipped, disk
        self._shelf = Shelf(folder, disk)
        self._shipped_headers = Headers()

    def entries(self, game_id: str | None = None) -> tuple[Entry, ...]:
        """Return all agents, or those of one game, sorted by game and then time: newest first, unusable ones last.

        Only descriptions are read. A damaged file is moved to the quarantine, and its backup is used. A copy that was
        made outside the arcade gets an id and a name of its own.
        """
        entries = in_order([*self._read_shipped(), *self._shelf.entries()])
        return tuple(each for each in entries if game_id is None or (each.profile and each.profile.game_id == game_id))

    def load(self, entry: Entry) -> Entry:
        """Return the same agent with its weights; an agent that was renamed since it was listed is found by its id.

        Raises:
            StorageError: The file cannot be used; the message says why.
        """
        path = entry.path
        if entry.profile and not path.exists():
            path = self.where(entry.profile.id) or path
        loaded = replace(self._shelf.usable(path, read), shipped=self._is_shipped(path))
        loaded.require()
        return replace(loaded, problem=loaded.problem or entry.problem)

    def find(self, text: str, game_id: str | None = None) -> Entry:
        """Return the agent with this name, id or path, with its weights.

        The user's own agents take precedence over shipped ones, and exact names over names in other letter case.

        Raises:
            UnknownAgentError: No agent matches, or several do; the message lists those to choose from.
            StorageError: The file cannot be used; the message says why.
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
        """Return the agent of a game with the highest evaluated mean score, with its weights; None if there is none.

        Args:
            game_id: The game's id.
            check: Raises a `StorageError` for agents to skip; by default those that do not fit the game.
            among: The agents of the game, if they were listed just before.
        """
        entries = self.entries(game_id) if among is None else among
        rated = [entry for entry in entries if entry.profile and entry.profile.scorecard]
        for entry in sorted(rated, key=mean_score, reverse=True):
            try:
                loaded = self.load(entry)
                if loaded.profile and check(loaded.profile):
                    return loaded
            except StorageError:
                continue  # the next best is taken; the list of agents shows the problem
        return None

    def free_name(self, name: str) -> str:
        """Return the name itself if no agent has it, else the name with the lowest free number from 2."""
        return numbered(check_name(name), names_of(self.entries()))

    def unique_name(self, name: str) -> str:
        """Return the name itself if none of the user's own agents has it, else with the lowest free number from 2."""
        return self._number(check_name(name))

    def where(self, agent_id: str, path: Path | None = None) -> Path | None:
        """Return the path of the user's agent with this id; `path`, its last known path, is tried first."""
        header = header_of(path) if path and self._shelf.holds(path) else None
        if header and header.id == agent_id:
            return path
        own = (entry for entry in self._shelf.entries() if entry.profile)
        return next((entry.path for entry in own if entry.profile and entry.profile.id == agent_id), None)

    def size_of(self, folder: str) -> tuple[int, int]:
        """Return the number of agents in `trash` or `quarantine`, and the size of that folder in bytes."""
        files = [path for path in (self.folder / folder).glob("*") if path.is_file()]
        marks = [mark for mark in map(mark_of, files) if mark]
        return sum(path.suffix == SUFFIX for path in files), sum(mark[0] for mark in marks)

    def earlier_selves(self, entry: Entry) -> tuple[Profile, ...]:
        """Return an agent as it played at each of its snapshots, oldest first.

        Raises:
            StorageError: The agent or its snapshots cannot be used; the message says why.
        """
        loaded = self.load(entry)
        return earlier_selves(loaded.require(), loaded.path)

    def earlier_frames(self, entry: Entry) -> tuple[int, ...]:
        """Return the frames of an agent's snapshots, which is much faster than reading the snapshots.

        Raises:
            StorageError: The snapshots cannot be used; the message says why.
        """
        path = path_of(entry.path)
        return read_frames(path) if path.exists() else ()

    def _number(self, name: str, but: Path | None = None) -> str:
        """Return the name, with a number if another of the user's agents has it."""
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
