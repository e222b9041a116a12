"""Why something failed that TensorFlow or Keras wrote a page about, in one line."""

import re
from collections.abc import Iterator

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
    told = f"{kind}: {said}" if said else kind
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def _message(error: BaseException) -> str:
    """What an error says; a KeyError shows it as one would type it, with all its lines in one."""
    first = error.args[0] if isinstance(error, KeyError) and error.args else None
    return first if isinstance(first, str) and "\n" in first else str(error)


def _lines(message: str) -> Iterator[str]:
    """What is written in a message but for its stacks: places, and lines of code below them."""
    frame = None
    for line in _COLOUR.sub("", message).splitlines():
        depth = len(line) - len(line.lstrip())
        if _FRAME.match(line):
            frame = depth
        elif line.strip() and (frame is None or depth <= frame):
            yield " ".join(_PLACE.sub("", line).split())
            frame = None
