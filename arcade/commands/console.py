"""Output of the command line: results go to standard output, everything else to standard error."""

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
"""Pause between lines of progress where standard error is no terminal."""


class UsageError(ValueError):
    """The command was given something that it does not know or allow: exit status 2."""


class CommandError(Exception):
    """The command was right but could not be done: exit status 1."""


class NobodyReadsError(CommandError):
    """Nobody reads standard output any more: exit status 1, without a message."""


@contextmanager
def checking_usage() -> Iterator[None]:
    """Turn the `ValueError` of a wrong name or value into a `UsageError`; of a broken profile or game it stays."""
    from agents.errors import StorageError
    from games.border import GameError

    try:
        yield
    except (StorageError, GameError):
        raise
    except ValueError as error:
        raise UsageError(str(error)) from error


class Console:
    """Writes what a command has to say. What is told of files and errors may hold anything, so all of it is escaped.

    Args:
        as_json: Whether the result is one JSON object instead of text.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._results = sys.stdout  # whatever others will find there later

    def tell(self, line: str) -> None:
        """One line on standard error."""
        tell(line)

    def result(self, values: dict[str, Any], *lines: str) -> None:
        """Write what the command found to standard output: `values` as JSON in ASCII, or else the lines.

        Raises:
            CommandError: Not all of it can be written.
        """
        if self.as_json:
            lines = (json.dumps(_plain(values), allow_nan=False),)
        hand_over(self._results, *map(printable, lines))

    @contextmanager
    def meter(self, total: float) -> "Iterator[Meter]":
        """A bar on a terminal, or else a line now and then.

        Args:
            total: How far the work goes.
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
        """Show how far the work is; may be called as often as one likes."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, description=printable(words))
        elif time.monotonic() - self._told >= PLAIN_SECONDS:
            self._told = time.monotonic()
            self._console.tell(words)

    def tell(self, line: str) -> None:
        """One line that stays."""
        if self._bar is not None:
            self._bar.console.print(printable(line), markup=False, highlight=False, emoji=False)
        else:
            self._console.tell(line)


def hand_over(results: TextIO | None, *lines: str) -> None:
    """Write lines to standard output, and hand on what was written there before.

    Args:
        results: Standard output; None if it was closed from the start, and nobody wants a result.
        lines: What to write.

    Raises:
        CommandError: Not all could be written; what is left of it is dropped.
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
            raise NobodyReadsError("nobody reads the result") from error
        from agents.errors import system_reason

        raise CommandError(f"the result cannot be written: {system_reason(error)}") from error


def _plain(value: Any) -> Any:
    """A value as JSON allows it: numbers that are not finite become null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
