"""The pages for people, taken apart: fenced blocks, commands, links, and the anchors of headings."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_SHELLS = ("sh", "bat")
_PROGRAMS = ("python ", "python3 ", "make ", "pip ", "source ", ".venv/")


def documents() -> list[Path]:
    """README, CHANGELOG and every page below docs/."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, "" if none is named, and its text."""

    language: str
    text: str


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page."""
    return [Block(*match) for match in _FENCE.findall(path.read_text("utf-8"))]


def commands(path: Path) -> list[str]:
    """What a page tells people to type: every line of its shell blocks, and inline code that begins with a program."""
    told = [line for block in blocks(path) if block.language in _SHELLS for line in block.text.splitlines()]
    told += [code for code in _INLINE.findall(_prose(path)) if code.startswith(_PROGRAMS)]
    return [line.strip() for line in told if line.strip()]


def links(path: Path) -> list[str]:
    """Targets of a page's links and pictures."""
    return [str(target) for target in _LINK.findall(_INLINE.sub("", _prose(path)))]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    for heading in _HEADING.findall(_prose(path)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
    return {anchor if not index else f"{anchor}-{index}" for anchor, most in found.items() for index in range(most + 1)}


def _prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text("utf-8"))
