"""Output of the command line: results on standard output, messages and progress on standard error."""

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from arcade.system.printable import printable
from arcade.system.streams import lead_nowhere, tell

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PLAIN_SECONDS = 5.0
"""Time between two lines of progress when standard error is not a terminal."""


class UsageError(ValueError):
    """An unknown or invalid argument: exit status 2."""


class CommandError(Exception):
    """A valid command that failed: exit status 1."""


class ClosedPipeError(CommandError):
    """The reader of standard output has closed the pipe: exit status 1, without a message."""


@contextmanager
def checking_usage() -> Iterator[None]:
    """Turn a `ValueError` for a wrong name or value into a `UsageError`. Storage and game errors pass unchanged."""
    from agents.errors import StorageError
    from games.border import GameError

    try:
        yield
    except (StorageError, GameError):
        raise
    except ValueError as error:
        raise UsageError(str(error)) from error


class Console:
    """The output of a command. Control characters are escaped, since names and errors may come from untrusted files.

    Args:
        as_json: Whether the result is one JSON object instead of text.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._results = sys.stdout  # kept: `redirect_stdout` replaces sys.stdout later

    def tell(self, line: str) -> None:
        """Print a line to standard error."""
        tell(line)

    def result(self, values: dict[str, Any], *lines: str) -> None:
        """Print the result to standard output: `values` as ASCII JSON if `as_json`, otherwise the lines.

        Raises:
            CommandError: It cannot be written completely.
        """
        if self.as_json:
            lines = (json.dumps(_plain(values), allow_nan=False),)
        hand_over(self._results, *map(printable, lines))

    @contextmanager
    def meter(self, total: float) -> "Iterator[Meter]":
        """Return a progress display: a bar on a terminal, otherwise a line every `PLAIN_SECONDS`.

        Args:
            total: Amount of work, in the unit of `Meter.show`.
        """
        if sys.stderr is None or not sys.stderr.isatty():
            yield Meter(self, total)
            return
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        words = TextColumn("{task.description}", markup=False)
        columns = BarColumn(), TaskProgressColumn(), words, TimeRemainingColumn()
        with Progress(*columns, console=Terminal(stderr=True), transient=True) as bar:
            yield Meter(self, total, bar)


class Meter:
    """A progress display.

    Args:
        console: Prints lines.
        total: Amount of work.
        bar: The bar on a terminal, None to print lines instead.
    """

    def __init__(self, console: Console, total: float, bar: "Bar | None" = None) -> None:
        self._console, self._bar = console, bar
        self._task = bar.add_task("", total=total) if bar else None
        self._told = time.monotonic()

    def show(self, done: float, words: str) -> None:
        """Show that `done` of the total is done. May be called at any rate."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, description=printable(words))
        elif time.monotonic() - self._told >= PLAIN_SECONDS:
            self._told = time.monotonic()
            self._console.tell(words)

    def tell(self, line: str) -> None:
        """Print a line that stays on the terminal."""
        if self._bar is not None:
            self._bar.console.print(printable(line), markup=False, highlight=False, emoji=False)
        else:
            self._console.tell(line)


def hand_over(results: TextIO | None, *lines: str) -> None:
    """Write lines to standard output and flush it.

    Args:
        results: Standard output; None, which drops the lines, if it was closed when the program started.
        lines: The lines.

    Raises:
        CommandError: They cannot be written completely; the rest is dropped.
    """
    if results is None:
        return
    try:
        for line in lines:
            print(line, file=results)
        results.flush()
    except OSError as error:
        lead_nowhere(results)
        if isinstance(error, BrokenPipeError):
            raise ClosedPipeError("the reader of the result has closed the pipe") from error
        from agents.errors import system_reason

        raise CommandError(f"the result cannot be written: {system_reason(error)}") from error


def _plain(value: Any) -> Any:
    """Return a value as JSON allows it: infinite numbers and NaN become null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
