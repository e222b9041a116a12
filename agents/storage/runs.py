"""The training runs that go on now, and those that were interrupted.

A run that goes on holds a file in a folder, locked for as long as its process lives. A file there without a lock
belongs to a run whose program was killed, or whose machine went off.
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
    """A run goes on already: in another program, or in this one."""


class Runs:
    """The locked files of the runs that go on, named after their agents' ids.

    Args:
        folder: The folder of these files; made when the first run begins.
        disk: The system calls.
    """

    def __init__(self, folder: Path, disk: Disk = DISK) -> None:
        self._folder, self._disk = folder, disk

    @contextmanager
    def going_on(self, agent_id: str, name_of: Callable[[str], str]) -> Iterator[None]:
        """Mark a run as going on. If the process dies meanwhile, the file without a lock marks it as interrupted.

        Args:
            agent_id: The agent whose run it is.
            name_of: Looks up an agent's name by its id, for the error's message.

        Raises:
            HeldElsewhereError: The run goes on already.
        """
        path = self._folder / agent_id
        try:
            self._disk.make_folder(self._folder)
            file = _hold(path)
        except BlockingIOError:
            raise HeldElsewhereError(
                f"{name_of(agent_id)} is being trained elsewhere: wait until that ends, or make a copy to train "
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
        """Whether the agent's run goes on now, in this program or another."""
        return locks.is_held(self._folder / agent_id)

    def interrupted_ids(self) -> set[str]:
        """The ids of the agents whose runs were interrupted."""
        paths = self._folder.glob("*")
        return {path.name for path in paths if _ID.fullmatch(path.name) and not locks.is_held(path)}

    def forget(self, agent_id: str) -> None:
        """Do not list an agent's run as interrupted any more."""
        if agent_id in self.interrupted_ids():
            with suppress(OSError):
                locks.release(self._folder / agent_id, locks.hold(self._folder / agent_id))


def _hold(path: Path) -> int:
    """Lock a run's file, with some tries: looking whether it is locked locks it for an instant."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            return locks.hold(path)
        time.sleep(_PAUSE)
    return locks.hold(path)
