"""The runs of the library's agents: what lies beside an agent to go on exactly, and which runs were cut off.

A run that goes on holds a small file in `running/`, locked for as long as its process lives. A file there that nobody
holds is that of a run whose program was killed, or whose machine went off.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agents.errors import DamagedProfileError, ProfileError
from agents.storage import locks, resume
from agents.storage.disk import draft, move, put, telling
from agents.storage.profile import Profile, read, read_header
from agents.storage.resume import ResumePoint, Tree

if TYPE_CHECKING:
    from agents.storage.entries import Entry
    from agents.storage.library import Library

_TRIES, _PAUSE = 10, 0.01  # seconds
_ID = re.compile("[0-9a-f]{32}")


class HeldElsewhereError(ProfileError):
    """A run goes on already: in another program, or in this one."""


class Runs:
    """What is known of the runs of a library's agents.

    Args:
        library: The agents.
    """

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._folder = library.folder / "running"

    def save(self, tree: Tree | None, path: Path, profile: Profile) -> bool:
        """Save what a run needs to go on exactly; None removes what was saved before.

        Save it before the agent itself: of the two, it is the one that fits to both versions of the other.

        Args:
            tree: See `agents.storage.resume`.
            path: Where the agent was saved last.
            profile: The agent as it will be saved there.

        Returns:
            Whether there is an agent that it lies beside.

        Raises:
            ProfileError: It is larger than a file may be, or the disk refuses.
        """
        library = self._library
        with library.changing():
            agent = library.place_of(profile.id, path)
            if agent is None:
                return False
            before = _version_at(agent)
            if tree is None:
                library.disk.remove(agent.with_suffix(resume.SUFFIX))
                return True
        parts = resume.to_parts(tree, profile, before)
        target = agent.with_suffix(resume.SUFFIX)
        with telling(f"cannot save {target}"), draft(target, parts, library.disk) as file, library.changing():
            place = library.where(profile.id, agent)
            if place:
                put(file, place.with_suffix(resume.SUFFIX), library.disk, backup=False)
            return place is not None

    def resume_point(self, profile: Profile, path: Path | None = None) -> ResumePoint | None:
        """Where the run that made one of the person's agents stopped, if it can go on exactly from there.

        Reads all that was saved of the run, up to some hundred MiB. What is damaged is set aside.

        Args:
            profile: The agent.
            path: The file that it was read from, if that is known: a run belongs to one file, not to its copies.

        Raises:
            ProfileError: It was damaged, or cannot be read; says so.
        """
        library = self._library
        agent = library.where(profile.id, path)
        if agent is None or (path is not None and agent.resolve() != path.resolve()):
            return None
        try:
            return resume.find(agent, read(agent))
        except DamagedProfileError as error:
            raise ProfileError(f"{error}; it is kept as {self.set_aside(profile.id)}") from error

    def set_aside(self, agent_id: str) -> str:
        """Set aside what was saved of an agent's run, and say where it is kept, "" if nothing lies there.

        Raises:
            ProfileError: The disk refuses.
        """
        library = self._library
        with library.changing():
            agent = library.where(agent_id)
            unusable = agent.with_suffix(resume.SUFFIX) if agent else None
            if unusable is None or not unusable.exists():
                return ""
            aside = move(unusable, library.folder / "quarantine" / unusable.name, library.disk)
        return f"{aside.parent.name}/{aside.name}"

    def free_name(self, name: str) -> str:
        """A name for an agent that is trained further: the one that it had, with a number."""
        return self._library.free_name(name)

    @contextmanager
    def going_on(self, agent_id: str) -> Iterator[None]:
        """While inside, nobody else goes on with the agent's run; whoever is killed inside leaves it cut off.

        Raises:
            HeldElsewhereError: Somebody else goes on with it.
        """
        path = self._folder / agent_id
        try:
            self._library.disk.make_folder(self._folder)
            file = self._hold(path)
        except BlockingIOError:
            raise HeldElsewhereError(
                f"{self._name_of(agent_id)} is being trained elsewhere: wait until that ends, or make a copy to train "
                "with `agents duplicate`"
            ) from None
        except OSError:
            yield  # where nothing can be written, nothing is missed either: saving will tell
            return
        try:
            yield
        finally:
            locks.release(path, file)

    def is_going_on(self, agent_id: str) -> bool:
        """Whether somebody goes on with the agent's run now."""
        return locks.is_held(self._folder / agent_id)

    def cut_off(self) -> "tuple[Entry, ...]":
        """The agents whose runs were cut off, as `Library.entries` lists them."""
        ids = self._cut_off_ids()
        return tuple(
            entry
            for entry in (self._library.entries() if ids else ())
            if entry.profile and entry.profile.id in ids and not entry.shipped
        )

    def forget(self, agent_id: str) -> None:
        """Do not list an agent's run as cut off any more."""
        if agent_id in self._cut_off_ids():
            with suppress(OSError):
                locks.release(self._folder / agent_id, locks.hold(self._folder / agent_id))

    def _name_of(self, agent_id: str) -> str:
        path = self._library.where(agent_id)
        return read_header(path).name if path else "this agent"

    @staticmethod
    def _hold(path: Path) -> int:
        """Hold a run's file; who only looks whether somebody holds it does so for an instant."""
        for _ in range(_TRIES):
            with suppress(BlockingIOError):
                return locks.hold(path)
            time.sleep(_PAUSE)
        return locks.hold(path)

    def _cut_off_ids(self) -> set[str]:
        paths = self._folder.glob("*")
        return {path.name for path in paths if _ID.fullmatch(path.name) and not locks.is_held(path)}


def _version_at(path: Path) -> Profile | None:
    try:
        return read(path)
    except ProfileError:
        return None
