"""What the command line says and where: results on standard output, everything else on standard error."""

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agents.container import ProfileError
from games.border import GameError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PLAIN_SECONDS = 5.0
"""Pause between lines of progress where standard error is no terminal."""


class UsageError(ValueError):
    """The command was given something that it does not know or allow: exit status 2."""


class CommandError(Exception):
    """The command was right but could not be done: exit status 1."""


@contextmanager
def checking_usage() -> Iterator[None]:
    """Turn the `ValueError` of a wrong name or value into a `UsageError`; of a broken profile or game it stays."""
    try:
        yield
    except (ProfileError, GameError):
        raise
    except ValueError as error:
        raise UsageError(str(error)) from error


class Console:
    """Writes what a command has to say.

    Args:
        as_json: Whether the result is one JSON object instead of text.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._output = sys.stdout

    def tell(self, line: str) -> None:
        """One line on standard error."""
        print(line, file=sys.stderr, flush=True)

    def result(self, values: dict[str, Any], *lines: str) -> None:
        """What the command found: `values` as JSON, or else the lines, on standard output."""
        if self.as_json:
            lines = (json.dumps(_plain(values), ensure_ascii=False, allow_nan=False),)
        if self._output is None:  # it was closed
            return
        for line in lines:
            print(line, file=self._output)
        self._output.flush()

    @contextmanager
    def meter(self, total: float) -> "Iterator[Meter]":
        """A bar on a terminal, or else a line now and then.

        Args:
            total: How far the work goes.
        """
        if not sys.stderr.isatty():
            yield Meter(self, total)
            return
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
        with Progress(*columns, console=Terminal(stderr=True), transient=True) as bar:
            yield Meter(self, total, bar)


class Meter:
    """Shows how far a piece of work is.

    Args:
        console: Where lines go.
        total: How far the work goes.
        bar: A bar on a terminal, if there is one.
    """

    def __init__(self, console: Console, total: float, bar: "Bar | None" = None) -> None:
        self._console, self._bar = console, bar
        self._task = bar.add_task("", total=total) if bar else None
        self._told = time.monotonic()

    def show(self, done: float, words: str) -> None:
        """Where the work stands; may be called as often as one likes."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, description=words)
        elif time.monotonic() - self._told >= PLAIN_SECONDS:
            self._told = time.monotonic()
            self._console.tell(words)

    def tell(self, line: str) -> None:
        """One line that stays."""
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            self._console.tell(line)


def keep_errors_clean() -> None:
    """Give standard error to this program alone: what native libraries write there goes nowhere.

    TensorFlow's C++ parts write there before they can be told not to. Call this once, when a program starts.
    """
    if sys.stderr is None or os.environ.get("DQN_ARCADE_DEBUG") == "1":
        return
    try:
        own = os.dup(sys.stderr.fileno())
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
    except (OSError, ValueError):
        return  # no such descriptor: then nobody is listening either
    sys.stderr = open(own, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)  # noqa: SIM115


def keep_output_clean() -> None:
    """Give standard output to results alone: what native code and other programs write there goes to standard error.

    Python's own `print` is led there by `arcade.cli`. Call this once, when a program starts, after `keep_errors_clean`.
    """
    output, errors = sys.stdout, sys.stderr
    if output is None or errors is None:
        return
    try:
        output.flush()
        own = os.dup(output.fileno())
        os.dup2(errors.fileno(), output.fileno())
    except (OSError, ValueError):
        return  # it is no file, or closed
    sys.stdout = open(own, "w", encoding=output.encoding, errors=output.errors, buffering=1)  # noqa: SIM115


def _plain(value: Any) -> Any:
    """A value as JSON allows it: numbers that are not finite become null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
