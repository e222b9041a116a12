"""The descriptions of the agents in a folder, each read again only once its file has changed."""

import os
import time
from collections.abc import Collection
from pathlib import Path

from agents.errors import StorageError
from agents.storage.profile import Profile, read_header

RECENT_SECONDS = 10.0
"""A file that changed so lately may still be written: it is no damaged file yet."""

_SETTLED_SECONDS = 2.0  # a file may change again without its times telling, on disks that count whole seconds

Mark = tuple[int, ...]
"""Size, time of the last change and number of a file: another file, or one that changed, has another mark."""


class ChangedError(Exception):
    """A file is not the one any more that was seen in its folder."""


class Headers:
    """Remembers the descriptions of agents by the marks of their files. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Mark, Profile]] = {}

    def keep(self, paths: Collection[Path]) -> None:
        """These are all the files that there are: forget others."""
        if len(self._known) > len(paths):
            self._known = {path: known for path, known in self._known.copy().items() if path in paths}

    def read(self, path: Path, mark: Mark) -> Profile:
        """The description of the agent in a file, without weights.

        Raises:
            StorageError: The file cannot be used.
            ChangedError: It is gone, or another one lies there.
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
    """The mark of a file, None if there is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def header_of(path: Path) -> Profile | None:
    """The description of the agent in a file, None if it cannot be used."""
    try:
        return read_header(path)
    except StorageError:
        return None


def is_recent(mark: Mark | None) -> bool:
    """Whether a file changed so lately that it may still be written."""
    return mark is not None and _age(mark) < RECENT_SECONDS


def may_change_unseen(mark: Mark) -> bool:
    """Whether a file changed so lately that its mark may not tell of another change."""
    return _age(mark) < _SETTLED_SECONDS


def _age(mark: Mark) -> float:
    """Seconds since a file changed; clocks of disks may be ahead of ours."""
    return abs(time.time() - mark[1] / 1e9)
