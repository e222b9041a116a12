"""Requests to stop: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal is closed), and Ctrl-Break on Windows.

Before a command starts, a request prints one line and ends the process. During a command it raises `KeyboardInterrupt`;
training and the window save first and stop in order. After a command, requests are ignored.
"""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any

STOPPED = "stopped before it was done"
FAILED = 1
"""Exit status of a process that was stopped before there was anything to save."""

BUNDLE_SECONDS = 1.0
"""Requests within this time after the first one count as one: a closing terminal sends several signals."""

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]

_MOMENT = 0.01  # seconds after which a finaliser has surely returned

_Handler = Callable[[int, Any], None]


class _Program:
    """Whether this process is the program itself, and not a test or script that calls its functions."""

    runs = False


def begin_program() -> None:
    """Make requests to stop print one line and end the process. Call this before any slow import."""
    _Program.runs = True
    _install(_end)
    sys.unraisablehook = _raise_again


def end_program() -> None:
    """Ignore requests to stop while Python shuts down, so that they do not change the exit status."""
    _install(signal.SIG_IGN)


@contextmanager
def interrupting() -> Iterator[None]:
    """Make every request raise `KeyboardInterrupt` inside the context."""
    with _handling(_interrupt):
        yield


class AtStake(Enum):
    """The reaction to a request, by what would be lost if the process ended at once."""

    NOTHING = "nothing"  # the process ends at once
    WORK = "work"  # the first request is recorded, a second interrupts the current step
    KEEPING = "keeping"  # requests are recorded; nothing interrupts saving


class Stop:
    """Records requests to stop, so that the program can save before it ends.

    Args:
        ask: Called for each recorded request.

    Attributes:
        requested: Whether there was a request.
        at_stake: The present reaction to a request.
        tidy: Called in a signal handler before the process ends at once, so it must never block.
    """

    def __init__(self, ask: Callable[[], object] = lambda: None) -> None:
        self.requested = False
        self._first = math.inf  # time of the first request
        self.at_stake = AtStake.NOTHING
        self.tidy: Callable[[], object] = lambda: None
        self._ask = ask

    def handle(self, number: int, frame: object) -> None:
        """Handle a signal."""
        if self.at_stake is AtStake.NOTHING:
            if _Program.runs:
                _install(_pass_over)  # a second `tidy` inside the first could deadlock
            self.tidy()
            _end(number, frame)
        elif self.at_stake is AtStake.WORK and time.monotonic() - self._first >= BUNDLE_SECONDS:
            raise KeyboardInterrupt
        if not self.requested:
            self.requested, self._first = True, time.monotonic()
        self._ask()

    @contextmanager
    def undivided(self) -> Iterator[None]:
        """Record requests inside the context, and act on them when it ends."""
        before, self.at_stake = self.at_stake, AtStake.KEEPING
        try:
            yield
        finally:
            self.at_stake = before
            if self.requested and before is AtStake.NOTHING:
                self.handle(0, None)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Make a second request raise `KeyboardInterrupt` inside the context; afterwards, none does."""
        self.at_stake = AtStake.WORK
        try:
            yield
        finally:
            self.at_stake = AtStake.KEEPING


@contextmanager
def stopping(ask: Callable[[], object] = lambda: None) -> Iterator[Stop]:
    """Record requests inside the context, see `Stop`. In other threads than the main one, this does nothing."""
    stop = Stop(ask)
    with _handling(stop.handle):
        yield stop


@contextmanager
def _handling(handler: _Handler) -> Iterator[None]:
    """Install a handler inside the context. Afterwards the program ignores signals; other processes restore theirs."""
    previous = _install(handler)
    try:
        yield
    finally:
        if _Program.runs:
            end_program()
        else:
            for number, before in previous.items():
                signal.signal(number, signal.SIG_DFL if before is None else before)


def _install(handler: _Handler | signal.Handlers) -> dict[signal.Signals, Any]:
    """Install a handler for all signals, except a SIGHUP that `nohup` ignores; returns the previous handlers."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    ignored = [each for each in _SIGNALS if each.name == "SIGHUP" and signal.getsignal(each) is signal.SIG_IGN]
    return {each: signal.signal(each, handler) for each in _SIGNALS if each not in ignored}


def _pass_over(number: int, frame: object) -> None:
    """Ignore further requests."""


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(number: int, frame: object) -> None:
    """End the process at once. An exception instead might be swallowed or renamed by the import that it interrupts."""
    if not _Program.runs:
        raise KeyboardInterrupt
    _install(_pass_over)
    with suppress(OSError, ValueError, AttributeError):  # standard error is closed
        os.write(sys.stderr.fileno(), f"dqn-arcade: {STOPPED}\n".encode())
    os._exit(FAILED)


def _raise_again(failure: Any) -> None:
    """Handle an exception that Python cannot raise, as in a finaliser: repeat a request to stop, print other errors."""
    if failure.exc_type is KeyboardInterrupt:
        threading.Timer(_MOMENT, _interrupt_main_thread).start()
    elif not _came_too_late(failure):
        sys.__unraisablehook__(failure)


def _interrupt_main_thread() -> None:
    """Send SIGINT to the main thread, which also ends a blocking wait."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _came_too_late(failure: Any) -> bool:
    """Whether a request arrived just as its handler was replaced, which Python reports as an error."""
    return failure.exc_type is OSError and "ignored due to race condition" in str(failure.exc_value)
