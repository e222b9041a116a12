"""The runs of the library's agents: what lies beside an agent to go on exactly, and which runs were cut off.

A run that goes on holds a small file in `running/`, locked for as long as its process lives. A file there that nobody
holds is that of a run whose program was killed, or whose machine went off.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agents import resume
from agents.container import DamagedProfileError, ProfileError
from agents.files import move
from agents.profile import Profile, read
from agents.resume import ResumePoint, Tree

if TYPE_CHECKING:
    from agents.library import Entry, Library


class Runs:
    """What is known of the runs of a library's agents.

    Args:
        library: The agents.
    """

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._folder = library.folder / "running"

    def save(self, tree: Tree | None, path: Path, profile: Profile) -> None:
        """Save what a run needs to go on exactly; None removes what was saved before.

        Save it before the agent itself: of the two, it is the one that fits to both versions of the other.

        Args:
            tree: See `agents.resume`.
            path: Where the agent was saved last.
            profile: The agent as it will be saved there.

        Raises:
            ProfileError: It is larger than a file may be, or the disk refuses.
        """
        with self._library.lock:
            agent = self._library.where(profile.id, path)
            if agent is None:
                return
            if tree is not None:
                resume.write(tree, agent, profile, _version_at(agent), self._library.disk)
                return
            with suppress(OSError):
                self._library.disk.remove(agent.with_suffix(resume.SUFFIX))

    def resume_point(self, profile: Profile) -> ResumePoint | None:
        """Where the run that made one of the person's agents stopped, if it can go on exactly from there.

        Reads all that was saved of the run, up to some hundred MiB. What is damaged is set aside.

        Raises:
            ProfileError: It was damaged, or cannot be read; says so.
        """
        library = self._library
        with library.lock:
            path = library.where(profile.id)
            if path is None:
                return None
            try:
                return resume.find(path, read(path))
            except DamagedProfileError as error:
                damaged = path.with_suffix(resume.SUFFIX)
                aside = move(damaged, library.folder / "quarantine" / damaged.name, library.disk)
                raise ProfileError(f"{error}; it is kept as {aside.parent.name}/{aside.name}") from error

    @contextmanager
    def going_on(self, agent_id: str) -> Iterator[None]:
        """While inside, everybody can see that the agent's run goes on; whoever is killed inside leaves it cut off."""
        path = self._folder / agent_id
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_CREAT | os.O_RDWR)
        except OSError:
            yield  # where nothing can be written, nothing is missed either: saving will tell
            return
        try:
            _lock(file)
            yield
        finally:
            _remove(path, file)

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
            _remove(self._folder / agent_id)

    def _cut_off_ids(self) -> set[str]:
        return {path.name for path in self._folder.glob("*") if _is_free(path)}


def _version_at(path: Path) -> Profile | None:
    try:
        return read(path)
    except ProfileError:
        return None


def _lock(file: int) -> bool:
    """Hold a file until it is closed or the process ends; False if somebody else holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_free(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return _lock(file)
    finally:
        os.close(file)


def _remove(path: Path, file: int | None = None) -> None:
    """Remove a file and close it, in this order where the system allows, so that nobody finds it unheld."""
    removed = _unlink(path)
    if file is not None:
        os.close(file)
    if not removed:
        _unlink(path)


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
