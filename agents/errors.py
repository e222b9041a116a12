"""The errors that users see, and functions that turn any error into one line, even a page from TensorFlow or Keras."""

import errno
import re
from collections.abc import Iterator

from games.words import one_line

LONGEST = 240
"""Most characters of a reason."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LOCATION = re.compile(r"\s*(for '\{\{node [^}]*\}\} = [^']*'|\[?\[?\{\{(function_)?node [^}]*\}\}\]?\]?|\[Op:\w+\])")
_KIND = re.compile(r"(?:\w+\.)*([A-Z]\w*(?:Error|Exception)): ?(.*)")
_HEADING = re.compile(
    r"in user code:|graph execution error:|exception encountered when calling .*|detected at node .*|"
    r"could not automatically infer .* error encountered:|traceback \(most recent call last\):|"
    r"stack trace for op definition:|\d+ root error\(s\) found\.?|\(\d+\) \w+:?",
    re.IGNORECASE,
)
_FRAME = re.compile(r'\s*File "[^"]*", line \d+')


class StorageError(ValueError):
    """An error while reading, saving or moving files; its message is one line that says what is wrong."""


class ProfileError(StorageError):
    """An error in a profile that makes it unusable; its message is one line that says what is wrong."""


class DamagedProfileError(ProfileError):
    """A damaged file: cut short, changed, or never a file of the expected kind."""


class DivergedError(ArithmeticError, ValueError):
    """A network whose loss or weights are no longer finite, so that it cannot learn any more.

    The message is one line: when this was found, and what to do about it.
    """


def reason_of(error: BaseException) -> str:
    """Return the kind of an error and its message in one line, without headings, stacks and code locations."""
    kind, said = type(error).__name__, ""
    for line in _lines(_message(error)):
        if found := _KIND.fullmatch(line):
            kind, line = found.groups()
        if line and not _HEADING.fullmatch(line):
            said = f"{said} {line}".strip()
            if not said.endswith(":"):
                break
    return one_line(f"{kind}: {said}" if said else kind, LONGEST)


def in_words(error: BaseException) -> str:
    """Return the reason of a failure: the message alone if it was written for users, else with the error's kind."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # the latter is TensorFlow's
        return one_line(f"not enough memory: {error}".removesuffix(": "))
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.filename}: {system_reason(error)}" if error.filename else system_reason(error))
    if isinstance(error, OSError | ValueError):
        return one_line(str(error) or type(error).__name__)
    return reason_of(error)


def system_reason(error: OSError) -> str:
    """Return in plain words why the operating system refused."""
    words = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "no permission",
        errno.EPERM: "no permission",
        errno.ENOENT: "no such file or folder",
        errno.EISDIR: "it is a folder",
        errno.ENAMETOOLONG: "the name is too long",
    }
    return words.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__


def _message(error: BaseException) -> str:
    """Return the message of an error; `str` of a KeyError would quote it and escape its line breaks."""
    first = error.args[0] if isinstance(error, KeyError) and error.args else None
    return first if isinstance(first, str) and "\n" in first else str(error)


def _lines(message: str) -> Iterator[str]:
    """Yield the lines of a message without its stack traces: neither locations nor the code quoted below them."""
    frame = None
    for line in _COLOUR.sub("", message).splitlines():
        depth = len(line) - len(line.lstrip())
        if _FRAME.match(line):
            frame = depth
        elif line.strip() and (frame is None or depth <= frame):
            yield " ".join(_LOCATION.sub("", line).split())
            frame = None
