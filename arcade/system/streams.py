"""The streams of the process. They are all there from the start, and trouble with one never ends a command.

Standard output belongs to the result of the command alone, standard error to what it tells a person. What games,
libraries and their subprocesses print, by whatever means, goes to standard error; the noise of native libraries, which
TensorFlow makes before it can be told not to, goes to a file.
"""

import faulthandler
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from arcade.system.printable import printable

_MOST_NOISE = 2**20
"""Bytes beyond which the file of noise is begun anew."""


class LastingStream(io.TextIOWrapper):
    """A stream that whoever reads it may leave: what cannot be written is dropped."""

    def write(self, text: str, /) -> int:
        """Write a text, or drop it."""
        try:
            return super().write(text)
        except (OSError, ValueError):
            lead_nowhere(self)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, or drop it."""
        try:
            super().flush()
        except (OSError, ValueError):
            lead_nowhere(self)


def tell(line: str) -> None:
    """One line on standard error, whatever it holds and whether or not anybody listens."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(printable(line), file=sys.stderr, flush=True)


def lead_nowhere(stream: TextIO) -> None:
    """Drop what a stream still holds and all that is written to it from now on, without an error."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def claim_streams() -> None:
    """Give the standard streams to this program alone. Call this once, when it starts.

    `sys.stdout` and `sys.stderr` are then the real ones, under descriptors that nobody else knows. What is written to
    the usual descriptors goes to standard error. A fault in native code is told there, too, by Python.
    """
    for descriptor in range(3):
        _open(descriptor)
    encodings = [stream.encoding if stream else "utf-8" for stream in (sys.stdout, sys.stderr)]
    results, words = (open(os.dup(each), "wb", closefd=False) for each in (1, 2))  # noqa: SIM115
    sys.stdout = io.TextIOWrapper(results, encodings[0], "backslashreplace")
    sys.stderr = LastingStream(words, encodings[1], "backslashreplace", line_buffering=True)
    os.dup2(words.fileno(), 1)
    faulthandler.enable(sys.stderr, all_threads=False)


def are_claimed() -> bool:
    """Whether this process has claimed its streams: then it is the program, not one that uses its functions."""
    return isinstance(sys.stderr, LastingStream)


def lead_noise(path: Path) -> None:
    """Lead what native libraries print from now on into a file; where there can be none it goes nowhere.

    Only where the streams are claimed: otherwise the program's own words would go there, too.
    """
    if not are_claimed():
        return
    noise = _open_noise(path)
    os.dup2(noise, 2)
    os.close(noise)


def _open(descriptor: int) -> None:
    """Open a descriptor that was closed, so that no file of ours gets its number and other people's output."""
    try:
        os.fstat(descriptor)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)


def _open_noise(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() or not path.exists():  # a pipe could fill up, and whoever writes would wait for ever
            fresh = os.O_TRUNC if path.exists() and path.stat().st_size > _MOST_NOISE else 0
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | fresh, 0o666)
    except OSError:
        pass
    return os.open(os.devnull, os.O_RDWR)
