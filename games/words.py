"""Makes untrusted text safe to show: invisible characters become escapes.

The characters are listed here because Python versions differ in their Unicode version, and a file written by one must
be valid for all. Characters newer than this list are shown unchanged.
"""

import re
import reprlib
import unicodedata
from collections.abc import Iterator
from typing import Any

_STEERING = (
    "\x00-\x1f\x7f-\x9f\xad"  # control characters, and the soft hyphen
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"  # joiners, directions, line ends
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    "\ud800-\udfff"  # surrogates
    "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"  # unusual spaces
)
_EMPTY = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0080-\U000e0fff"

STEERING = re.compile(f"[{_STEERING}]")
"""Control characters: they move the cursor, change the direction, join letters or end lines."""

UNSEEN = re.compile(f"[{_STEERING}{_EMPTY}]")
"""Invisible characters: `STEERING` and empty ones, which names of earlier versions may contain."""

_MOST_MARKS = 2

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 40


def shown(text: str) -> str:
    r"""Replace every invisible character, and combining marks without a letter, by an escape like \\u202e.

    More than two marks on one letter are escaped as well, since they would cover the lines above.
    """
    return text if text.isascii() and text.isprintable() else "".join(_seen(text))


def _seen(text: str) -> Iterator[str]:
    marks = _MOST_MARKS  # on the last letter; without a letter, no mark is allowed
    for letter in text:
        marks = marks + 1 if is_mark(letter) else _MOST_MARKS if letter == " " else 0
        yield _escaped(letter) if marks > _MOST_MARKS or UNSEEN.match(letter) else letter


def steers(text: str) -> bool:
    """Whether a text contains a character of `STEERING`."""
    return not (text.isascii() and text.isprintable()) and STEERING.search(text) is not None


def quoted(value: Any) -> str:
    """Return the short `repr` of a value from a file, in one line."""
    return shown(_SHORT.repr(value))


def one_line(text: str, limit: int = 300) -> str:
    """Return a message in one line of at most `limit` characters."""
    line = shown(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def is_mark(letter: str) -> bool:
    """Whether a character is a combining mark, drawn over the one before it."""
    return unicodedata.category(letter) in ("Mn", "Me")


def _escaped(letter: str) -> str:
    return ascii(letter)[1:-1]
