"""Errors that people see, and one line for why something failed, also where TensorFlow or Keras wrote a page."""

import errno
import re
from collections.abc import Iterator

from games.words import one_line

LONGEST = 240
"""Characters of the longest reason."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"\s*(for '\{\{node [^}]*\}\} = [^']*'|\[?\[?\{\{(function_)?node [^}]*\}\}\]?\]?|\[Op:\w+\])")
_KIND = re.compile(r"(?:\w+\.)*([A-Z]\w*(?:Error|Exception)): ?(.*)")
_HEADING = re.compile(
    r"in user code:|graph execution error:|exception encountered when calling .*|detected at node .*|"
    r"could not automatically infer .* error encountered:|traceback \(most recent call last\):|"
    r"stack trace for op definition:|\d+ root error\(s\) found\.?|\(\d+\) \w+:?",
    re.IGNORECASE,
)
_FRAME = re.compile(r'\s*File "[^"]*", line \d+')


class StorageError(ValueError):
    """Something cannot be read, saved or moved; one clear line says what is wrong."""


class ProfileError(StorageError):
    """A profile cannot be used; one clear line says what is wrong."""


class DamagedProfileError(ProfileError):
    """The file is not whole: it was cut, changed, or never was what its place says."""


class DivergedError(ArithmeticError, ValueError):
    """The numbers of a network are not finite any more, so nothing can be learnt from here on.

    One line says when that was found, and what can be done.
    """


def reason_of(error: BaseException) -> str:
    """The kind of an error and what its message says, without the headings, stacks and places around it."""
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
    """The reason of a failure: the message alone where it was written for people, else with the kind before it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # the latter is TensorFlow's
        return one_line(f"not enough memory: {error}".removesuffix(": "))
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.filename}: {system_reason(error)}" if error.filename else system_reason(error))
    if isinstance(error, OSError | ValueError):
        return one_line(str(error) or type(error).__name__)
    return reason_of(error)


def system_reason(error: OSError) -> str:
    """Say in plain words why the system refused."""
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
    """The message of an error. A KeyError shows it as one would type it, with all its lines in one."""
    first = error.args[0] if isinstance(error, KeyError) and error.args else None
    return first if isinstance(first, str) and "\n" in first else str(error)


def _lines(message: str) -> Iterator[str]:
    """The lines of a message without its stacks: the places, and the lines of code below them."""
    frame = None
    for line in _COLOUR.sub("", message).splitlines():
        depth = len(line) - len(line.lstrip())
        if _FRAME.match(line):
            frame = depth
        elif line.strip() and (frame is None or depth <= frame):
            yield " ".join(_PLACE.sub("", line).split())
            frame = None
