"""Sees every text that is drawn: whether it is whole, apart from others, and readable on what lies below it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pygame

from arcade.ui.style import Colour, Theme, contrast

LEAST_CONTRAST = 4.5
_TOUCH = 3  # pixels by which the boxes of two texts may overlap: letters do not fill them


@dataclass(frozen=True)
class Seen:
    """One text, in the pixels of the surface at the root of the one it was drawn on.

    Attributes:
        root: That surface's number.
        bounds: That surface's rectangle.
        clip: What can be drawn on there.
        wanted: The text.
        shown: What of it is shown.
        rect: Where it lies.
        colour: Its colour.
        ground: The colour that most of its place had before.
    """

    root: int
    bounds: pygame.Rect
    clip: pygame.Rect
    wanted: str
    shown: str
    rect: pygame.Rect
    colour: Colour
    ground: Colour


class Witness:
    """Collects what a theme draws."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._roots: list[pygame.Surface] = []

    def __call__(self, surface: pygame.Surface, wanted: str, shown: str, rect: pygame.Rect, colour: Colour) -> None:
        root, offset = surface.get_abs_parent(), surface.get_abs_offset()
        if not any(each is root for each in self._roots):
            self._roots.append(root)
        number = next(index for index, each in enumerate(self._roots) if each is root)
        visible = rect.clip(surface.get_clip())
        if shown.strip() and visible.width and visible.height:
            ground = _commonest(surface, visible)
            clip = surface.get_clip().move(offset)
            self.seen.append(Seen(number, root.get_rect(), clip, wanted, shown, rect.move(offset), colour, ground))

    def cut(self, free: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
        """Texts that are not shown whole. Those of `free` are a person's own and may be as long as they like."""
        words = [f"{each.wanted!r} shown as {each.shown!r}" for each in self._fixed(free) if each.shown != each.wanted]
        return words + [f"{each.shown!r} at {each.rect} leaves {each.clip}" for each in self._whole() if _leaves(each)]

    def overlapping(self) -> list[str]:
        """Pairs of texts that lie on one another."""
        found = []
        for index, one in enumerate(self.seen):
            for other in self.seen[:index]:
                if one.root == other.root and one.shown != other.shown:
                    common = one.rect.clip(one.clip).clip(other.rect.clip(other.clip))
                    if min(common.size) > _TOUCH:
                        found.append(f"{one.shown!r} at {one.rect} and {other.shown!r} at {other.rect}")
        return found

    def unreadable(self) -> list[str]:
        """Texts whose colour is too near to what lies below them."""
        return [
            f"{each.shown!r}: {each.colour} on {each.ground} has {contrast(each.colour, each.ground):.2f}"
            for each in self.seen
            if contrast(each.colour, each.ground) < LEAST_CONTRAST
        ]

    def _whole(self) -> list[Seen]:
        """Texts drawn in two parts, each with a colour of its own, put together again."""
        parts: dict[tuple[int, str, tuple[int, int, int, int]], Seen] = {}
        for each in self.seen:
            key = each.root, each.shown, (*each.rect.topleft, *each.rect.size)
            known = parts.get(key)
            parts[key] = each if known is None else replace(known, clip=known.clip.union(each.clip))
        return list(parts.values())

    def _fixed(self, free: set[str]) -> list[Seen]:
        return [each for each in self.seen if not any(words in each.wanted for words in free)]


@contextmanager
def watched(theme: Theme) -> Iterator[Witness]:
    """Watch what a theme draws."""
    theme.witness = witness = Witness()
    try:
        yield witness
    finally:
        theme.witness = None


def _leaves(text: Seen) -> bool:
    """Whether a text sticks out of its surface. What scrolls may be cut by the edge of its view."""
    across = text.rect.left < text.clip.left - 1 or text.rect.right > text.clip.right + 1
    scrolled = text.clip.height < text.bounds.height
    down = text.rect.top < text.clip.top - _TOUCH or text.rect.bottom > text.clip.bottom + _TOUCH
    return across or (down and not scrolled)


def _commonest(surface: pygame.Surface, rect: pygame.Rect) -> Colour:
    pixels = pygame.surfarray.pixels3d(surface.subsurface(rect))[::3, ::3].reshape(-1, 3)
    red, green, blue = Counter(map(tuple, pixels.tolist())).most_common(1)[0][0]
    return red, green, blue
