"""Safe file operations: careful reading, and atomic replacement, which leaves the old or the new file, whole."""

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
"""Suffix appended to a file's name for its previous version."""

_WINDOWS = os.name == "nt"
_TRIES = 100  # names tried for a new file while others take them


class Disk:
    """The system calls that saving uses, as methods, so that tests can make them fail."""

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
        """Give a file a second name, or copy it where that is not possible."""
        try:
            os.link(path, other)
        except OSError:
            shutil.copyfile(path, other)

    def claim(self, path: Path, other: Path) -> None:
        """Give a file another, unused name atomically; it keeps its old name as well where the disk allows two.

        Raises:
            FileExistsError: The name is in use.
        """
        try:
            os.link(path, other)
        except FileExistsError:
            raise
        except OSError:  # this disk has no hard links
            if os.path.lexists(other):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(other)) from None
            os.rename(path, other)

    def make_folder(self, folder: Path) -> None:
        """Make a folder and its parents, if they are missing."""
        folder.mkdir(parents=True, exist_ok=True)

    def replace(self, path: Path, other: Path) -> None:
        """Rename a file over another atomically."""
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
    """Write a file like `write_file`, but raise a `StorageError` if that fails.

    Raises:
        StorageError: The disk is full, the folder read-only, or the like. `path` is unchanged, or is the new file if
            only syncing its folder failed.
    """
    with telling(f"cannot save {path}"):
        write_file(path, parts, disk, backup=backup)


def write_file(path: Path, parts: Pieces, disk: Disk = DISK, *, backup: bool = True) -> None:
    """Write a file atomically, and keep its previous version as `path` + ".bak".

    At every instant `path` is the old or the new file, whole. On return the new file has reached the disk.

    Args:
        path: The file.
        parts: Its new bytes, in order.
        disk: The system calls.
        backup: Whether to keep the previous version.

    Raises:
        OSError: The disk is full, the folder read-only, or the like. `path` is unchanged, or is the new file if only
            syncing its folder failed.
    """
    with draft(path, parts, disk) as temporary:
        put(temporary, path, disk, backup=backup)


@contextmanager
def draft(path: Path, parts: Pieces, disk: Disk = DISK) -> Iterator[Path]:
    """Write a temporary file beside `path` and yield its path; it is removed at the end unless it was put in place.

    Its bytes have reached the disk when it is yielded.

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
    """Replace `path` by a draft; see `write_file`."""
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
    """Keep a file open, if it exists, so that its bytes are only freed at the end if it is replaced or removed.

    A file system takes a tenth of a second to free some hundred MiB. Enter this context before a lock, so that other
    programs do not wait for the lock during that time. Windows cannot replace open files, so none is kept open there.
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
    """Move a draft to an unused path and return that path.

    Raises:
        FileExistsError: The path is in use.
        OSError: The disk refuses; nothing was moved.
    """
    disk.claim(temporary, path)
    try:
        disk.sync_folder(path.parent)
    except OSError:
        _tidy(disk, path)
        raise
    return path


def put_free(temporary: Path, free: Callable[[], Path], disk: Disk = DISK) -> Path:
    """Move a draft to a path that `free` returns; it is called again if another program takes the path first.

    Raises:
        OSError: The disk refuses, or all paths were taken; nothing was moved.
    """
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            return put_new(temporary, free(), disk)
    raise FileExistsError(errno.EEXIST, "other programs took every free name", str(temporary.parent))


def move(path: Path, target: Path, disk: Disk = DISK) -> Path:
    """Move a file to another folder under a name that is free there; returns its new path.

    Raises:
        StorageError: The disk refuses; the file was not moved.
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
    """Return the path itself if it is free, else with the lowest free number from 2 appended to its stem.

    Args:
        path: The preferred path.
        beside: Returns further paths that must be free together with a path.
    """
    candidate, number = path, 2
    while any(map(os.path.lexists, (candidate, *beside(candidate)))):
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return candidate


def read_file(path: Path, *, header_only: bool = False, limits: Limits = PROFILE) -> tuple[bytes, int]:
    """Return the bytes of a regular file, or only those up to the end of its header, and the file's size.

    Raises:
        DamagedProfileError: The file is too small or too large.
        StorageError: The file does not exist, is a link or not a regular file, or may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise StorageError("is a link: must be a regular file")
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise StorageError("is not a regular file")
            if status.st_size > limits.file:
                raise DamagedProfileError(f"{status.st_size:,} bytes long, must be at most {limits.file:,}")
            stop = header_stop(file.read(PREFIX), status.st_size, limits)
            file.seek(0)
            return file.read(stop if header_only else status.st_size), status.st_size
    except OSError as error:
        raise StorageError(f"cannot be read: {system_reason(error)}") from error


def backup_of(path: Path) -> Path:
    """Return the path of a file's previous version."""
    return path.with_name(path.name + BACKUP)


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Turn an `OSError` into a `StorageError` that begins with `what`, the failed action, and gives the reason."""
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
    """Make the previous version of `path` its backup; if the disk refuses, put it back.

    This comes after the replacement: before, both names belong to one file, whose damage would affect both.
    """
    try:
        disk.replace(spare, backup_of(path))
    except OSError:
        disk.replace(spare, path)
        raise


def _tidy(disk: Disk, *paths: Path) -> None:
    for path in paths:
        with suppress(OSError):  # an earlier error matters more to the user
            disk.remove(path)
