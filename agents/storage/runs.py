"""The active and the interrupted training runs.

An active run has a file in a folder, locked as long as its process lives. A file without a lock belongs to a run whose
program was killed or whose machine was switched off.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agents.errors import StorageError
from agents.storage import locks
from agents.storage.disk import DISK, Disk

_TRIES, _PAUSE = 10, 0.01  # seconds
_ID = re.compile("[0-9a-f]{32}")


class HeldElsewhereError(StorageError):
    """An error for a run that is active already, in this program or another."""


class Runs:
    """The files of the active runs, named after their agents' ids.

    Args:
        folder: The folder of these files; made when the first run begins.
        disk: The system calls.
    """

    def __init__(self, folder: Path, disk: Disk = DISK) -> None:
        self._folder, self._disk = folder, disk

    @contextmanager
    def going_on(self, agent_id: str, name_of: Callable[[str], str]) -> Iterator[None]:
        """Mark a run as active with a locked file. If the process dies, the unlocked file marks it as interrupted.

        Args:
            agent_id: The id of the run's agent.
            name_of: Returns the name of an agent by its id, for the error's message.

        Raises:
            HeldElsewhereError: The run is active already.
        """
        path = self._folder / agent_id
        try:
            self._disk.make_folder(self._folder)
            file = _hold(path)
        except BlockingIOError:
            raise HeldElsewhereError(
                f"{name_of(agent_id)} is being trained elsewhere: wait until that ends, or train a copy, made with "
                "`agents duplicate`"
            ) from None
        except OSError:
            yield  # in a folder that cannot be written to, the save will report the error
            return
        try:
            yield
        finally:
            locks.release(path, file)

    def is_going_on(self, agent_id: str) -> bool:
        """Whether the agent's run is active, in this program or another."""
        return locks.is_held(self._folder / agent_id)

    def interrupted_ids(self) -> set[str]:
        """Return the ids of the agents whose runs were interrupted."""
        paths = self._folder.glob("*")
        return {path.name for path in paths if _ID.fullmatch(path.name) and not locks.is_held(path)}

    def forget(self, agent_id: str) -> None:
        """Remove an agent's run from the interrupted ones."""
        if agent_id in self.interrupted_ids():
            with suppress(OSError):
                locks.release(self._folder / agent_id, locks.hold(self._folder / agent_id))


def _hold(path: Path) -> int:
    """Lock a run's file, with several tries, because `is_held` of another program locks it for an instant."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            return locks.hold(path)
        time.sleep(_PAUSE)
    return locks.hold(path)
