"""File layers that fail on purpose."""

import errno
import os
import signal
from typing import Any

from agents.storage.disk import Disk

CALLS = ("create", "write", "sync", "close", "link", "claim", "replace", "sync_folder")


class FailingDisk(Disk):
    """Notes every call and fails in one of them; tidying up does not count.

    Args:
        fail_at: Number of the call that fails, the first being 0.
        code: Of the error that it fails with.
        lasting: Whether all calls fail from then on, as on a full disk.

    Attributes:
        calls: Their names.
        failed: Whether one has failed.
    """

    def __init__(self, fail_at: int = -1, code: int = errno.ENOSPC, *, lasting: bool = False) -> None:
        self.calls: list[str] = []
        self.failed = False
        self._fail_at, self._code, self._lasting = fail_at, code, lasting

    def __getattribute__(self, name: str) -> Any:
        method = object.__getattribute__(self, name)
        if name not in CALLS:
            return method

        def call(*arguments: Any) -> Any:
            self.calls.append(name)
            number = len(self.calls) - 1
            if number == self._fail_at or (self._lasting and number > self._fail_at >= 0):
                self.failed = True
                raise OSError(self._code, os.strerror(self._code))
            return method(*arguments)

        return call


class KillingDisk(Disk):
    """Kills its own process just before one of the calls that change something.

    Args:
        kill_at: Number of the call, the first being 0.
    """

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def __getattribute__(self, name: str) -> Any:
        method = object.__getattribute__(self, name)
        if name not in (*CALLS, "make_folder", "remove"):
            return method

        def call(*arguments: Any) -> Any:
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self._left -= 1
            return method(*arguments)

        return call
