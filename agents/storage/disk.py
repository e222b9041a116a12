"""Reading strangers' files with care, and replacing files so that they are always the old or the new one, whole."""

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agents.errors import DamagedProfileError, StorageError, system_reason
from agents.storage.container import PREFIX, PROFILE, Limits, Pieces, header_stop

BACKUP = ".bak"
"""Appended to a file's name for the version before the last."""

_WINDOWS = os.name == "nt"
_TRIES = 100  # names tried for a new file while others take them


class Disk:
    """The few system calls that saving is made of, apart so that their faults can be tested."""

    def create(self, path: Path) -> int:
        """Create a file that must not exist yet, and open it for writing."""
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)

    def write(self, file: int, data: memoryview) -> int:
        """Write a part of the data and return its length."""
        return os.write(file, data)

    def sync(self, file: int) -> None:
        """Wait until a file's bytes have reached the disk."""
        os.fsync(file)

    def close(self, file: int) -> None:
        """Close a file."""
        os.close(file)

    def link(self, path: Path, other: Path) -> None:
        """Give a file a second name, or where that is not possible a copy."""
        try:
            os.link(path, other)
        except OSError:
            shutil.copyfile(path, other)

    def claim(self, path: Path, other: Path) -> None:
        """Give a file a name that nobody has, in one instant; it keeps the name that it had where the disk allows two.

        Raises:
            FileExistsError: Somebody has the name.
        """
        try:
            os.link(path, other)
        except FileExistsError:
            raise
        except OSError:  # no file has two names on such a disk
            if os.path.lexists(other):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(other)) from None
            os.rename(path, other)

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, as far as they are missing."""
        folder.mkdir(parents=True, exist_ok=True)

    def replace(self, path: Path, other: Path) -> None:
        """Rename a file over another in one instant."""
        for _ in range(20 if _WINDOWS else 0):  # a virus scanner may hold the file for a moment
            try:
                return os.replace(path, other)
            except PermissionError:
                time.sleep(0.02)
        os.replace(path, other)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the names in a folder have reached the disk; Windows has no such call."""
        if _WINDOWS:
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks have no such call either
                raise
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file, if it exists."""
        path.unlink(missing_ok=True)


DISK = Disk()


def replace_file(path: Path, parts: Pieces, disk: Disk = DISK, *, backup: bool = True) -> None:
    """As `write_file`, for agents.

    Raises:
        StorageError: The disk is full, the folder read-only, or the like; `path` is as it was, or if only the syncing
            of its folder failed, the new file.
    """
    with telling(f"cannot save {path}"):
        write_file(path, parts, disk, backup=backup)


def write_file(path: Path, parts: Pieces, disk: Disk = DISK, *, backup: bool = True) -> None:
    """Make `path` hold some bytes, keeping what it held before in `path` + ".bak".

    At every instant `path` is the old or the new file, whole. When this returns, the new one has reached the disk.

    Args:
        path: The file.
        parts: Its new bytes, in order.
        disk: The system calls.
        backup: Whether to keep what it held before.

    Raises:
        OSError: The disk is full, the folder read-only, or the like; `path` is as it was, or if only the syncing of
            its folder failed, the new file.
    """
    with draft(path, parts, disk) as temporary:
        put(temporary, path, disk, backup=backup)


@contextmanager
def draft(path: Path, parts: Pieces, disk: Disk = DISK) -> Iterator[Path]:
    """A file beside `path` whose bytes have reached the disk, to be put in place; left there, it is removed.

    Raises:
        OSError: The disk is full, the folder read-only, or the like.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        disk.make_folder(path.parent)
        _write(temporary, parts, disk)
        yield temporary
    finally:
        _tidy(disk, temporary)


def put(temporary: Path, path: Path, disk: Disk = DISK, *, backup: bool = True) -> None:
    """Put a draft in the place of `path`; see `write_file`."""
    spare = temporary.with_suffix(".old.tmp")
    try:
        if backup and path.exists():
            disk.link(path, spare)
        disk.replace(temporary, path)
        if spare.exists():
            _keep(spare, path, disk)
        disk.sync_folder(path.parent)
    finally:
        _tidy(disk, spare)


@contextmanager
def kept_open(path: Path) -> Iterator[None]:
    """Keep a file open, if there is one, so that its bytes are freed at the end even if it is replaced or removed.

    A file system takes a tenth of a second to free some hundred MiB. Enter this before a lock: whoever waits for the
    lock does not wait for that. Windows replaces no open file, so nothing is kept open there.
    """
    descriptor = None
    with suppress(OSError):
        descriptor = None if _WINDOWS else os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def put_new(temporary: Path, path: Path, disk: Disk = DISK) -> Path:
    """Put a draft in a place that nobody has taken, and return that.

    Raises:
        FileExistsError: Somebody has taken it.
        OSError: The disk refuses; nothing was put there.
    """
    disk.claim(temporary, path)
    try:
        disk.sync_folder(path.parent)
    except OSError:
        _tidy(disk, path)
        raise
    return path


def put_free(temporary: Path, free: Callable[[], Path], disk: Disk = DISK) -> Path:
    """Put a draft in a place that `free` names, which is asked again where somebody else was faster.

    Raises:
        OSError: The disk refuses, or every place was taken; nothing was put anywhere.
    """
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            return put_new(temporary, free(), disk)
    raise FileExistsError(errno.EEXIST, "others take every free name", str(temporary.parent))


def move(path: Path, target: Path, disk: Disk = DISK) -> Path:
    """Rename a file into another folder under a name that is free there; returns its new place.

    Raises:
        StorageError: The system does not allow it; the file is where it was.
    """
    with telling(f"cannot move {path} to {target.parent}"):
        disk.make_folder(target.parent)
        target = free_path(target)
        disk.replace(path, target)
        try:
            disk.sync_folder(target.parent)
        except OSError:
            disk.replace(target, path)
            raise
    return target


def free_path(path: Path, beside: Callable[[Path], Iterable[Path]] = lambda path: ()) -> Path:
    """The path itself if nothing is there, else with the lowest number from 2 appended to its stem.

    Args:
        path: The place that is wished for.
        beside: What else must be free for a place, by its path.
    """
    candidate, number = path, 2
    while any(map(os.path.lexists, (candidate, *beside(candidate)))):
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return candidate


def read_file(path: Path, *, header_only: bool = False, limits: Limits = PROFILE) -> tuple[bytes, int]:
    """The bytes of a regular file, or those up to the end of its header, and the file's size.

    Raises:
        DamagedProfileError: The file is too small or too large.
        StorageError: There is no such file, it is a link or no file at all, or it may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise StorageError("is a link: must be a regular file")
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise StorageError("is no regular file")
            if status.st_size > limits.file:
                raise DamagedProfileError(f"{status.st_size:,} bytes long, must be at most {limits.file:,}")
            stop = header_stop(file.read(PREFIX), status.st_size, limits)
            file.seek(0)
            return file.read(stop if header_only else status.st_size), status.st_size
    except OSError as error:
        raise StorageError(f"cannot be read: {system_reason(error)}") from error


def backup_of(path: Path) -> Path:
    """The path at which the version before the last of a file is kept."""
    return path.with_name(path.name + BACKUP)


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Turn what the system refuses into a `StorageError` that says what could not be done, and why."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what}: {system_reason(error)}") from error


def _write(path: Path, parts: Pieces, disk: Disk) -> None:
    file = disk.create(path)
    try:
        for part in parts:
            rest = memoryview(part)
            while rest:
                written = disk.write(file, rest)
                if written <= 0:
                    raise OSError(errno.EIO, "the disk takes no more")
                rest = rest[written:]
        disk.sync(file)
    finally:
        disk.close(file)


def _keep(spare: Path, path: Path, disk: Disk) -> None:
    """Make what `path` held before its backup; if the disk refuses, `path` holds it again.

    Only now: a backup that is one and the same file as `path` would be damaged along with it.
    """
    try:
        disk.replace(spare, backup_of(path))
    except OSError:
        disk.replace(spare, path)
        raise


def _tidy(disk: Disk, *paths: Path) -> None:
    for path in paths:
        with suppress(OSError):  # the error that led here is the one worth telling
            disk.remove(path)
