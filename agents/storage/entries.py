"""The agents of a library as list entries, and the search for an agent by name, id or file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.errors import ProfileError
from agents.storage.profile import SUFFIX, Profile

MAX_STEM = 120  # bytes of a file's name, which leaves room for numbers and suffixes

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself


class UnknownAgentError(ProfileError):
    """An error in a search for an agent: none matches, or several do."""


@dataclass(frozen=True)
class Entry:
    """One agent of the library.

    Attributes:
        path: The agent's file.
        profile: The agent, without weights in lists; None if the file cannot be used.
        problem: The problem with the file, even if it has been repaired; "" if there is none.
        shipped: Whether the agent came with the arcade.
    """

    path: Path
    profile: Profile | None
    problem: str = ""
    shipped: bool = False

    @property
    def name(self) -> str:
        """The name to show."""
        return self.profile.name if self.profile else self.path.stem

    def require(self) -> Profile:
        """Return the agent.

        Raises:
            ProfileError: Its file cannot be used; the message says why.
        """
        if self.profile is None:
            raise ProfileError(self.problem)
        return self.profile


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries sorted by game and then time: newest first, unusable ones last."""
    newest = sorted(entries, key=lambda entry: entry.profile.changed if entry.profile else "", reverse=True)
    return tuple(sorted(newest, key=lambda entry: (not entry.profile, entry.profile.game_id if entry.profile else "")))


def pick(entries: Iterable[Entry], text: str, of: str = "") -> Entry:
    """Return the one agent whose name, id or file is `text`.

    The user's own agents take precedence over shipped ones, and exact names over names in other letter case.

    Args:
        entries: The agents to search.
        text: The name, id or file name.
        of: Text added after "no such agent" in the error's message.

    Raises:
        UnknownAgentError: No agent matches, or several do; the message lists those to choose from.
        ProfileError: The agent's file cannot be used; the message says why.
    """
    entries = list(entries)
    usable = [entry for entry in entries if entry.profile]
    for matches in _by_closeness(usable, text.removesuffix(SUFFIX)):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownAgentError(f"agent = {text!r}: there are several: give one of {_keys(matches)}")
    for entry in entries:
        if entry.profile is None and _matches(entry, text.removesuffix(SUFFIX), folded=True):
            raise ProfileError(entry.problem)
    raise UnknownAgentError(f"agent = {text!r}: no such agent{of}, there is {_listing(usable)}")


def mean_score(entry: Entry) -> float:
    """Return the mean score of an agent's evaluation, 0 if there was none."""
    return float(entry.profile.scorecard.get("mean", 0.0)) if entry.profile else 0.0


def names_of(entries: Iterable[Entry]) -> set[str]:
    """Return all names and file names of some agents, case-folded."""
    return {word.casefold() for entry in entries for word in (entry.name, entry.path.stem)}


def numbered(name: str, taken: set[str]) -> str:
    """Return the name itself if it is free in any letter case, else with the lowest free number from 2 appended.

    Args:
        name: The preferred name.
        taken: The names in use, case-folded.
    """
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate = f"{name[:58]} {number}"
        number += 1
    return candidate


def file_stem(name: str) -> str:
    """Return a file name without suffix for a display name, safe on every system."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(character if character.isalnum() or character in " -_.()+" else "-" for character in text)
    text = text.encode()[:MAX_STEM].decode(errors="ignore").strip(" .")
    if not text or _DEVICES.fullmatch(text):
        text = f"agent {text}".strip()
    return text


def _by_closeness(entries: list[Entry], text: str) -> Iterator[list[Entry]]:
    """Yield the entries whose id, name or file is `text`: own before shipped, exact before other letter case."""
    for folded in (False, True):
        for shipped in (False, True):
            yield [entry for entry in entries if entry.shipped == shipped and _matches(entry, text, folded)]


def _matches(entry: Entry, text: str, folded: bool) -> bool:
    words = [entry.name, entry.path.stem, entry.profile.id if entry.profile else ""]
    return text.casefold() in map(str.casefold, words) if folded else text in words


def _listing(entries: list[Entry], most: int = 12) -> str:
    names = sorted({entry.name for entry in entries})
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none yet") + more


def _keys(entries: list[Entry], most: int = 6) -> str:
    """Return texts that distinguish agents of one name: their ids, or their files if copies share an id."""
    ids = [entry.profile.id for entry in entries if entry.profile]
    keys = ids if len(set(ids)) == len(entries) else [str(entry.path) for entry in entries]
    return ", ".join(keys[:most]) + (" …" if len(keys) > most else "")
