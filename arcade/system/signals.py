"""Requests to stop: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal is closed), and Ctrl-Break on Windows.

Until a command has begun, one line is told and the process ends. Commands are then broken off by `KeyboardInterrupt`;
trainings and the window stop in order. Once a command is over, its exit status stands and further requests change
nothing.
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
"""Exit status of what was stopped before there was anything to keep."""

BUNDLE_SECONDS = 1.0
"""Requests that follow the first one within this time are one with it: a terminal that is closed sends several."""

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]

_MOMENT = 0.01  # seconds until a finaliser is surely left

_Handler = Callable[[int, Any], None]


class _Program:
    """Whether this process is the program itself, and not one that uses its functions, such as a test."""

    runs = False


def begin_program() -> None:
    """From now on, the process ends with one line when it is asked to stop. Call this before anything slow."""
    _Program.runs = True
    _install(_end)
    sys.unraisablehook = _raise_again


def end_program() -> None:
    """The exit status stands: requests that come while Python shuts down change nothing."""
    _install(signal.SIG_IGN)


@contextmanager
def interrupting() -> Iterator[None]:
    """While inside, every request raises `KeyboardInterrupt`."""
    with _handling(_interrupt):
        yield


class AtStake(Enum):
    """The loss if the process ended at once."""

    NOTHING = "nothing"  # ends at once
    WORK = "work"  # the first request is noted, a second breaks off what is being waited for
    KEEPING = "keeping"  # requests are noted; nothing breaks off what is being saved


class Stop:
    """Requests to stop in order.

    Args:
        ask: Called at each request that is noted.

    Attributes:
        requested: Whether there was one.
        at_stake: The loss if the process ended now.
        tidy: Called before the process ends at once, in the midst of whatever the main thread does: it must wait for
            nothing.
    """

    def __init__(self, ask: Callable[[], object] = lambda: None) -> None:
        self.requested = False
        self._first = math.inf  # when the first request came
        self.at_stake = AtStake.NOTHING
        self.tidy: Callable[[], object] = lambda: None
        self._ask = ask

    def handle(self, number: int, frame: object) -> None:
        """A signal has come."""
        if self.at_stake is AtStake.NOTHING:
            if _Program.runs:
                _install(_pass_over)  # tidying up in the midst of tidying up could wait for itself for ever
            self.tidy()
            _end(number, frame)
        elif self.at_stake is AtStake.WORK and time.monotonic() - self._first >= BUNDLE_SECONDS:
            raise KeyboardInterrupt
        if not self.requested:
            self.requested, self._first = True, time.monotonic()
        self._ask()

    @contextmanager
    def undivided(self) -> Iterator[None]:
        """While inside, requests are noted; what they ask for is done afterwards."""
        before, self.at_stake = self.at_stake, AtStake.KEEPING
        try:
            yield
        finally:
            self.at_stake = before
            if self.requested and before is AtStake.NOTHING:
                self.handle(0, None)

    @contextmanager
    def working(self) -> Iterator[None]:
        """While inside, a second request raises `KeyboardInterrupt`; afterwards nothing does."""
        self.at_stake = AtStake.WORK
        try:
            yield
        finally:
            self.at_stake = AtStake.KEEPING


@contextmanager
def stopping(ask: Callable[[], object] = lambda: None) -> Iterator[Stop]:
    """While inside, requests are noted; see `Stop`. Elsewhere than in the main thread, signals are left alone."""
    stop = Stop(ask)
    with _handling(stop.handle):
        yield stop


@contextmanager
def _handling(handler: _Handler) -> Iterator[None]:
    """While inside, signals are handled like this. The program needs no signals afterwards, everybody else does."""
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
    """Handle all signals like this, but not a SIGHUP that `nohup` wants ignored; returns how they were handled."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    ignored = [each for each in _SIGNALS if each.name == "SIGHUP" and signal.getsignal(each) is signal.SIG_IGN]
    return {each: signal.signal(each, handler) for each in _SIGNALS if each not in ignored}


def _pass_over(number: int, frame: object) -> None:
    """One request has been enough."""


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(number: int, frame: object) -> None:
    """End at once: there is nothing to keep, and an import might swallow an exception, or give it another name."""
    if not _Program.runs:
        raise KeyboardInterrupt
    _install(_pass_over)
    with suppress(OSError, ValueError, AttributeError):  # nobody listens
        os.write(sys.stderr.fileno(), f"dqn-arcade: {STOPPED}\n".encode())
    os._exit(FAILED)


def _raise_again(failure: Any) -> None:
    """Tell an error that cannot be raised, as in a finaliser; repeat a request to stop a moment later."""
    if failure.exc_type is KeyboardInterrupt:
        threading.Timer(_MOMENT, _interrupt_main_thread).start()
    elif not _came_too_late(failure):
        sys.__unraisablehook__(failure)


def _interrupt_main_thread() -> None:
    """Send SIGINT to the main thread, which wakes it from whatever it waits for."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _came_too_late(failure: Any) -> bool:
    """Whether a request met the instant in which requests were ruled out, of which Python complains."""
    return failure.exc_type is OSError and "ignored due to race condition" in str(failure.exc_value)
