r"""Words of strangers made safe to show: names, files and errors may hold anything, and reach a terminal as one line.

Whatever could colour a terminal, move its cursor, turn the direction of writing, break the line or stay invisible is
written as an escape, as Python writes it in a string: `\x1b`, `\n`, `\u202e`.
"""

import os
import re
import shlex
import unicodedata

_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What Python calls printable although nothing is to be seen of it."""

_SPECIAL = re.compile("[\"'`%$^&|<>!]")
"""What means something to a shell of Windows even between quotation marks."""


def printable(text: str) -> str:
    """The text as one line in which every character is seen; what would not be is an escape."""
    if text.isascii() and text.isprintable():
        return text
    shown, stands = [], False  # whether there is a letter for a combining mark to stand on
    for character in text:
        is_mark = unicodedata.category(character)[0] == "M"
        seen = character.isprintable() and not _BLANK.match(character) and (stands or not is_mark)
        shown.append(character if seen else _escape(character))
        stands = seen and character != " "
    return "".join(shown)


def in_one_line(text: str) -> str:
    """The text of an error, which may come in several lines, as one."""
    return printable(" ".join(text.split()))


def command(*words: str) -> str:
    """A command that can be pasted into a terminal and means just these words there; "" if there is none."""
    if any(printable(word) != word for word in words):
        return ""
    if os.name != "nt":
        return shlex.join(words)
    if any(_SPECIAL.search(word) for word in words):
        return ""
    return " ".join(f'"{word}"' if " " in word or not word else word for word in words)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
