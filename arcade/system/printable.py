r"""Words of strangers made safe to show: names, files and errors may hold anything, and reach a terminal as one line.

Whatever could colour a terminal, move its cursor, turn the direction of writing, break the line or stay invisible is
written as an escape, as Python writes it in a string: `\x1b`, `\n`, `\u202e`.
"""

import os
import re
import shlex

from games.words import shown as printable

__all__ = ["command", "in_one_line", "printable"]

_SPECIAL = re.compile("[\"'`%$^&|<>!]")
"""Letters that mean something to a shell of Windows even between quotation marks."""


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
