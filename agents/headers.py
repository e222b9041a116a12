"""The descriptions of the agents in a folder, each read again only once its file has changed."""

import os
import time
from pathlib import Path

from agents.profile import Profile, read_header

RECENT_SECONDS = 10.0
"""A file that changed so lately may still be written: it is no damaged file yet."""

_SETTLED_SECONDS = 2.0  # a file may change again without its times telling, on disks that count whole seconds

Mark = tuple[int, int, int]
"""Size, time of the last change and number of a file: another file, or one that changed, has another mark."""


class ChangedError(Exception):
    """A file is not the one any more that was seen in its folder."""


class Headers:
    """Remembers the descriptions of agents by the marks of their files. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Mark, Profile]] = {}

    def read(self, path: Path, mark: Mark) -> Profile:
        """The description of the agent in a file, without weights.

        Raises:
            ProfileError: The file cannot be used.
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
        if not is_recent(mark, _SETTLED_SECONDS):
            self._known[path] = mark, profile
        return profile


def mark_of(path: Path) -> Mark | None:
    """The mark of a file, None if there is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def is_recent(mark: Mark | None, seconds: float = RECENT_SECONDS) -> bool:
    """Whether a file changed within the last seconds."""
    return mark is not None and abs(time.time() - mark[1] / 1e9) < seconds
