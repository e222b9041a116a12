"""The streams of the process. They are all there from the start, and trouble with one never ends a command.

Standard output belongs to the result of the command alone, standard error to what it tells a person. What games,
libraries and their subprocesses print, by whatever means, goes to standard error; the noise of native libraries, which
TensorFlow makes before it can be told not to, goes to a file.
"""

import atexit
import faulthandler
import io
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from arcade.shown import printable

_MOST_NOISE = 2**20  # bytes
_LOOK_SECONDS = 10.0
_life: int | None = None  # the end of a pipe that breaks off with this process


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


def claim_streams(noise: Path | None) -> None:
    """Give the standard streams to this program alone. Call this once, when it starts.

    `sys.stdout` and `sys.stderr` are then the real ones, under descriptors that nobody else knows. What is written to
    the usual descriptors goes to standard error, or from native code to a file.

    Args:
        noise: The file; None leaves what native libraries print on standard error.
    """
    for descriptor in range(3):
        _open(descriptor)
    encodings = [stream.encoding if stream else "utf-8" for stream in (sys.stdout, sys.stderr)]
    results, words = (open(os.dup(each), "wb", closefd=False) for each in (1, 2))  # noqa: SIM115
    sys.stdout = io.TextIOWrapper(results, encodings[0], "backslashreplace")
    sys.stderr = LastingStream(words, encodings[1], "backslashreplace", line_buffering=True)
    os.dup2(words.fileno(), 1)
    if noise is None or not _lead_noise(noise):
        faulthandler.enable(sys.stderr, all_threads=False)


def take_leave() -> None:
    """Say that the end that comes now is meant. Only who ends the process with `os._exit` need call this."""
    if _life is not None:
        with suppress(OSError):  # nobody waits any more
            os.write(_life, b"done")


def _open(descriptor: int) -> None:
    """Open a descriptor that was closed, so that no file of ours gets its number and other people's output."""
    try:
        os.fstat(descriptor)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)


def _lead_noise(path: Path) -> bool:
    """Lead what native libraries print to a file, and see to it that a fault of theirs is told; whether that is done.

    Without the file it goes nowhere, and without a second process to tell of a fault, Python must do it.
    """
    noise = _open_noise(path)
    os.dup2(noise, 2)
    os.close(noise)
    if not hasattr(os, "fork"):
        return False
    try:
        _watch(path)
    except OSError:  # the system allows no more processes
        return False
    faulthandler.enable(2, all_threads=False)
    return True


def _open_noise(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() or not path.exists():  # a pipe could fill up, and whoever writes would wait for ever
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    except OSError:
        pass
    return os.open(os.devnull, os.O_RDWR)


def _watch(path: Path) -> None:
    """Start a process that tells if this one ends without having said so; nobody but another process could tell.

    It is no child of this one, so that no library which waits for its own children waits for it.
    """
    start = os.fstat(2).st_size
    news, life = os.pipe()
    child = os.fork()
    if child:
        os.close(news)
        with suppress(ChildProcessError):  # where ended children are not to be waited for
            os.waitpid(child, 0)
        global _life
        _life = life
        atexit.register(take_leave)
        return
    try:
        if os.fork() == 0:
            os.close(life)
            _wait_for_end(news, path, start)
    finally:
        os._exit(0)


def _wait_for_end(news: int, path: Path, start: int) -> None:
    """Wait until the program has ended, and tell if that was sudden. Meanwhile the file of noise is kept small."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    lead_nowhere(sys.stdout)
    while not select.select([news], [], [], _LOOK_SECONDS)[0]:
        if os.fstat(2).st_size > _MOST_NOISE:
            os.ftruncate(2, 0)
    if not os.read(news, 4):
        tell(f"dqn-arcade: ended suddenly: {_last_words(path, start)}")


def _last_words(path: Path, start: int) -> str:
    """What native libraries said before the end, in one line."""
    try:
        with path.open("rb") as file:
            file.seek(start if start < os.fstat(2).st_size else 0)
            lines = file.read(_MOST_NOISE).decode(errors="replace").split("\n")
    except OSError:
        lines = []
    lines = [line for line in lines if line.strip()]
    if not lines:
        return "it was killed, or a library ended it"
    words = next((line for line in lines if line.startswith("Fatal Python error")), lines[-1])
    return f"{words} ({path} tells more)"
