"""Locks that programs hold against each other. The system lets go of them when a program ends, however it ends.

Where a disk knows no locks, everybody is taken to hold what they ask for: nothing is held up, and nothing is promised.
"""

import errno
import os
import sys
import threading
import time
from pathlib import Path

from agents.errors import StorageError

PATIENCE = 10.0
"""Seconds to wait for another program that is changing the folder; usually it takes some thousandths."""

_BUSY = (errno.EACCES, errno.EDEADLK) if os.name == "nt" else (errno.EWOULDBLOCK, errno.EAGAIN)
_LOCK_FILE = ".lock"  # only where the folder itself cannot be locked: on Windows, and on some network disks


class FolderLock:
    """Lets one thread of one program at a time change a folder; who holds it may enter it again.

    Args:
        folder: The folder. While it does not exist, threads alone are kept apart.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if not self._depth:
                self._file = self._wait()
            self._depth += 1
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth and self._file is not None:
            os.close(self._file)
            self._file = None
        self._threads.release()

    def _wait(self) -> int | None:
        deadline, pause = time.monotonic() + PATIENCE, 0.001
        while True:
            try:
                return _hold_folder(self._folder)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    words = f"{self._folder}: another program has been changing it for {PATIENCE:.0f} s, try again"
                    raise StorageError(words) from None
            time.sleep(pause)
            pause = min(2 * pause, 0.02)


def hold(path: Path) -> int:
    """Open a file, made if it is missing, and hold it until `release`.

    Raises:
        BlockingIOError: Somebody else holds it.
        OSError: It cannot be opened.
    """
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            lock(file)
            if _is_at(file, path):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)  # whoever held it before removed it: now it is a file that nobody else will find


def release(path: Path, file: int) -> None:
    """Remove a file that is held and let go of it, in this order where the system allows: nobody finds it unheld."""
    removed = _unlink(path)
    os.close(file)
    if not removed:
        _unlink(path)


def is_held(path: Path) -> bool:
    """Whether somebody holds a file, or may: where a disk knows no locks, or the file cannot be opened."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return not lock(file)
    except BlockingIOError:
        return True
    finally:
        os.close(file)


def lock(file: int) -> bool:
    """Lock an open file until it is closed; False where the disk knows no locks.

    Raises:
        BlockingIOError: Somebody else has locked it.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            raise BlockingIOError(*error.args) from None
        return False
    return True


def _hold_folder(folder: Path) -> int | None:
    """Lock a folder; None where it does not exist, or nothing in it can be locked."""
    ways = [(folder / _LOCK_FILE, os.O_CREAT | os.O_RDWR)]
    if os.name != "nt":
        ways.insert(0, (folder, os.O_RDONLY))
    for path, flags in ways:
        try:
            file = os.open(path, flags, 0o666)
        except OSError:
            continue
        try:
            if lock(file):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
    return None


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is still the one that a path names."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except OSError:
        return False


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
