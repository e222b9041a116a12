"""The descriptions of the agents in a folder, cached until their files change."""

import os
import time
from collections.abc import Collection
from pathlib import Path

from agents.errors import StorageError
from agents.storage.profile import Profile, read_header

RECENT_SECONDS = 10.0
"""Seconds after its last change during which an incomplete file counts as being written, not as damaged."""

_SETTLED_SECONDS = 2.0  # disks that count whole seconds may show the same time after another change

Mark = tuple[int, ...]
"""Size, modification time and inode number of a file; a changed or another file has another mark."""


class ChangedError(Exception):
    """An error for a file that changed or disappeared since its folder was listed."""


class Headers:
    """A cache of agents' descriptions by the marks of their files. It may be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Mark, Profile]] = {}

    def keep_only(self, paths: Collection[Path]) -> None:
        """Drop all files but these from the cache."""
        if len(self._known) > len(paths):
            self._known = {path: known for path, known in self._known.copy().items() if path in paths}

    def read(self, path: Path, mark: Mark) -> Profile:
        """Return the description of the agent in a file, without weights.

        Raises:
            StorageError: The file cannot be used.
            ChangedError: The file is gone or does not have this mark any more.
        """
        known = self._known.get(path)
        if known and known[0] == mark:
            return known[1]
        try:
            profile = read_header(path)
        finally:
            if mark_of(path) != mark:
                raise ChangedError(path)
        if not may_change_unseen(mark):
            self._known[path] = mark, profile
        return profile


def mark_of(path: Path | str) -> Mark | None:
    """Return the mark of a file, None if the file does not exist."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def header_of(path: Path) -> Profile | None:
    """Return the description of the agent in a file, None if the file cannot be used."""
    try:
        return read_header(path)
    except StorageError:
        return None


def is_recent(mark: Mark | None) -> bool:
    """Whether a file changed so recently that a program may still be writing it."""
    return mark is not None and _age(mark) < RECENT_SECONDS


def may_change_unseen(mark: Mark) -> bool:
    """Whether a file changed so recently that another change may leave its mark the same."""
    return _age(mark) < _SETTLED_SECONDS


def _age(mark: Mark) -> float:
    """Return the seconds since a file changed; the disk's clock may be ahead of ours."""
    return abs(time.time() - mark[1] / 1e9)
