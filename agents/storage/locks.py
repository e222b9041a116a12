"""Locks between programs. The operating system releases them when a program ends for any reason.

On disks without locks every request succeeds, so programs never wait there and are not protected from each other.
"""

import errno
import os
import sys
import threading
import time
from pathlib import Path

from agents.errors import StorageError

PATIENCE = 10.0
"""Most seconds to wait for another program that is changing the folder; it usually takes a few milliseconds."""

_BUSY = (errno.EACCES, errno.EDEADLK) if os.name == "nt" else (errno.EWOULDBLOCK, errno.EAGAIN)
_LOCK_FILE = ".lock"  # used only where the folder itself cannot be locked: on Windows, and on some network disks


class FolderLock:
    """A reentrant lock with which one thread of one program at a time changes a folder.

    Args:
        folder: The folder. While it does not exist, the lock works only between threads.
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
    """Open a file, made if it is missing, and lock it until `release`.

    Raises:
        BlockingIOError: The file is locked already.
        OSError: The file cannot be opened.
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
        os.close(file)  # its last holder removed this file meanwhile, so others would lock a new one


def release(path: Path, file: int) -> None:
    """Remove a locked file and unlock it, in this order where the system allows, so that it is never seen unlocked."""
    removed = _unlink(path)
    os.close(file)
    if not removed:
        _unlink(path)


def is_held(path: Path) -> bool:
    """Whether a file is locked. True as well if this is unknown: on disks without locks, or if it cannot be opened."""
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
    """Lock an open file until it is closed; returns False on disks without locks.

    Raises:
        BlockingIOError: The file is locked already.
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
    """Lock a folder; returns None if the folder does not exist or cannot be locked."""
    candidates = [(folder / _LOCK_FILE, os.O_CREAT | os.O_RDWR)]
    if os.name != "nt":
        candidates.insert(0, (folder, os.O_RDONLY))
    for path, flags in candidates:
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
    """Whether an open file is still the file at a path."""
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
