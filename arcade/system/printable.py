r"""Escapes untrusted text, such as names, paths and errors, so that it is safe to print on one line of a terminal.

Control characters, line breaks, direction marks and invisible characters become Python escapes: `\x1b`, `\n`, `\u202e`.
"""

import os
import re
import shlex

from games.words import shown as printable

__all__ = ["command", "in_one_line", "printable"]

_SPECIAL = re.compile("[\"'`%$^&|<>!]")
"""Characters that Windows shells interpret even between quotation marks."""


def in_one_line(text: str) -> str:
    """Join the lines of an error message and escape it."""
    return printable(" ".join(text.split()))


def command(*words: str) -> str:
    """Return these words as a shell command that can be pasted into a terminal; "" if they cannot be quoted safely."""
    if any(printable(word) != word for word in words):
        return ""
    if os.name != "nt":
        return shlex.join(words)
    if any(_SPECIAL.search(word) for word in words):
        return ""
    return " ".join(f'"{word}"' if " " in word or not word else word for word in words)
