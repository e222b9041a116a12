"""The standard streams of the process. A closed or broken stream never ends a command.

Standard output carries only the result of the command, standard error its messages. Output of games, libraries and
subprocesses goes to standard error. Output of native libraries, such as TensorFlow's startup messages, goes to a file.
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
"""Size in bytes above which the file of native output is emptied."""


class LastingStream(io.TextIOWrapper):
    """A text stream that drops what cannot be written, for example after its reader has closed the pipe."""

    def write(self, text: str, /) -> int:
        """Write text, or drop it."""
        try:
            return super().write(text)
        except (OSError, ValueError):
            lead_nowhere(self)
            return len(text)

    def flush(self) -> None:
        """Flush the buffer, or drop it."""
        try:
            super().flush()
        except (OSError, ValueError):
            lead_nowhere(self)


def tell(line: str) -> None:
    """Print a line, escaped, to standard error; drop it if the stream is closed."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(printable(line), file=sys.stderr, flush=True)


def lead_nowhere(stream: TextIO) -> None:
    """Redirect a stream to the null device, which drops its buffer and all later output."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def claim_streams() -> None:
    """Reserve the standard streams for this program. Call this once, at the start.

    `sys.stdout` and `sys.stderr` get new file descriptors. Output of other code to descriptors 1 and 2 goes to standard
    error. Python reports crashes of native code there as well (`faulthandler`).
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
    """Whether this process has claimed its streams, which only the program does, not a test or script."""
    return isinstance(sys.stderr, LastingStream)


def lead_noise(path: Path) -> None:
    """Redirect the output of native libraries to a file, or drop it if the file cannot be opened.

    Does nothing unless the streams are claimed: otherwise the messages of the program would go there, too.
    """
    if not are_claimed():
        return
    noise = _open_noise(path)
    os.dup2(noise, 2)
    os.close(noise)


def _open(descriptor: int) -> None:
    """Open a closed descriptor, so that no file opened later gets its number and the output meant for it."""
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
        if path.is_file() or not path.exists():  # writing to a full pipe would block for ever
            fresh = os.O_TRUNC if path.exists() and path.stat().st_size > _MOST_NOISE else 0
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | fresh, 0o666)
    except OSError:
        pass
    return os.open(os.devnull, os.O_RDWR)
