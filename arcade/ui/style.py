"""The visual style: colours, text, spacing, panels and motion.

Sizes scale with the window, so that a screen looks the same at 800×600 and at 4K; text also scales with the user's text
size. Rendered text is cached, because rendering it costs more than the rest of a frame.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from enum import IntEnum
from functools import cache

import pygame

from games import drawing
from games.words import shown as without_unseen

Colour = drawing.Colour
Witness = Callable[["pygame.Surface", str, str, "pygame.Rect", "Colour"], None]
"""A function called before each text is drawn, with the surface, the text, its visible part, rectangle and colour."""

GROUND: Colour = (13, 17, 28)
BAR: Colour = (9, 12, 20)
PANEL: Colour = (24, 31, 48)
RAISED: Colour = (38, 48, 72)
LINE: Colour = (62, 75, 106)
TEXT: Colour = (233, 238, 247)
MUTED: Colour = (166, 178, 202)
DIM: Colour = (136, 147, 170)  # disabled widgets

# The palette of the games, distinguishable with every kind of colour vision.
ORANGE = drawing.ORANGE
SKY = drawing.SKY_BLUE
GREEN = drawing.GREEN
YELLOW = drawing.YELLOW
BLUE = drawing.BLUE
VERMILION = drawing.VERMILION
PURPLE = drawing.PURPLE
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
SERIES: tuple[Colour, ...] = (ORANGE, SKY, GREEN, YELLOW, PURPLE, VERMILION, BLUE)

ACCENT = SKY
GOOD = GREEN
WARNING = ORANGE
BAD: Colour = (240, 120, 50)  # vermilion, lightened until it is readable on every panel

LOADING = "Loading …"
"""Shown in place of data that is still being loaded."""

MOTION_SECONDS = 0.2
"""Duration of animations."""

_REFERENCE_HEIGHT = 1080
_REFERENCE_WIDTH = 1440  # in windows narrower than 4:3, the width decides
_FINENESS = 4
_KEPT_TEXTS = 1024
_LONGEST_TEXT = 4096  # characters; longer texts are cut before they are measured
_WIDEST_TEXT = 8192  # pixels of a rendered text, as wide as the widest screen


class Size(IntEnum):
    """The three text sizes, in pixels at a window height of 1080. Integers, as they are the fastest dictionary keys."""

    SMALL = 22
    BODY = 27
    TITLE = 46


class Theme:
    """Fonts, spacing and shapes for the size of the window and the user's preferences.

    Args:
        text_scale: Factor on the text size, 1 to 2.
        motion: Whether animations are on.
    """

    def __init__(self, text_scale: float = 1.0, motion: bool = True) -> None:
        pygame.font.init()
        self.text_scale = text_scale
        self.motion = motion
        self.witness: Witness | None = None  # tests use it to check that no text is cut or unreadable
        self.version = 0  # increases whenever layouts become outdated
        self.size = (0, 0)
        self.resize((1280, 720))

    def resize(self, size: tuple[int, int], text_scale: float | None = None) -> None:
        """Adapt the theme to a window of this size. Cheap if nothing has changed."""
        scale = self.text_scale if text_scale is None else text_scale
        if size == self.size and scale == self.text_scale and self.version:
            return
        self.size, self.text_scale = size, scale
        factor = min(size[1] / _REFERENCE_HEIGHT, size[0] / _REFERENCE_WIDTH)
        self.grid = max(4, round(12 * factor))
        self.radius = self.grid
        self._faces = {each: _Face(each.value * factor * scale) for each in Size}
        self._texts: OrderedDict[Hashable, pygame.Surface] = OrderedDict()
        self._widths: dict[Hashable, int] = {}
        self._fitted: dict[Hashable, str] = {}
        self._wrapped: dict[Hashable, tuple[str, ...]] = {}
        self._corners: dict[Hashable, pygame.Surface] = {}
        self.version += 1

    def space(self, steps: float = 1) -> int:
        """Return a distance in pixels, given in grid steps of 8 pixels at 1280×720."""
        return round(steps * self.grid)

    def line(self, size: Size = Size.BODY) -> int:
        """Return the height of a line of text."""
        return self._faces[size].line_height

    def width(self, string: str, size: Size = Size.BODY) -> int:
        """Return the width of a text."""
        key = (string, size)
        if key not in self._widths:
            if len(self._widths) > _KEPT_TEXTS:
                self._widths.clear()
            self._widths[key] = self._faces[size].width(printable(string))
        return self._widths[key]

    def render(self, string: str, size: Size = Size.BODY, colour: Colour = TEXT) -> pygame.Surface:
        """Return a text as a surface. It is cached and shared, so it must not be changed."""
        key = (string, size, colour)
        surface = self._texts.get(key)
        if surface is None:
            surface = self._faces[size].render(printable(self.fit(string, size, _WIDEST_TEXT)), colour)
            self._texts[key] = surface
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.popitem(last=False)
        else:
            self._texts.move_to_end(key)
        return surface

    def fit(self, string: str, size: Size, max_width: int) -> str:
        """Return the text, shortened with an ellipsis if it is wider than `max_width`."""
        key = (string, size, max_width)
        if key not in self._fitted:
            if len(self._fitted) > _KEPT_TEXTS:
                self._fitted.clear()
            self._fitted[key] = self._cut(string, size, max_width)
        return self._fitted[key]

    def _cut(self, string: str, size: Size, max_width: int) -> str:
        if self.width(string, size) <= max_width:
            return string
        low, high = 0, min(len(string), _LONGEST_TEXT)
        while low < high:  # find the longest prefix that fits
            middle = (low + high + 1) // 2
            if self.width(string[:middle].rstrip() + "…", size) <= max_width:
                low = middle
            else:
                high = middle - 1
        return string[:low].rstrip() + "…"

    def wrap(self, string: str, size: Size, max_width: int) -> tuple[str, ...]:
        """Break the text at spaces into lines no wider than `max_width`."""
        key = (string, size, max_width)
        if key not in self._wrapped:
            if len(self._wrapped) > _KEPT_TEXTS:
                self._wrapped.clear()
            self._wrapped[key] = tuple(self._break(string, size, max_width))
        return self._wrapped[key]

    def _break(self, string: str, size: Size, max_width: int) -> list[str]:
        lines: list[str] = []
        for paragraph in string.split("\n"):
            current = ""
            for word in paragraph.split(" "):
                longer = f"{current} {word}" if current else word
                if current and self.width(longer, size) > max_width:
                    lines.append(current)
                    current = word
                else:
                    current = longer
            lines.append(current)
        return [self.fit(line, size, max_width) for line in lines]

    def text(
        self,
        surface: pygame.Surface,
        string: str,
        position: tuple[int, int],
        size: Size = Size.BODY,
        colour: Colour = TEXT,
        align: str = "topleft",
        max_width: int | None = None,
    ) -> pygame.Rect:
        """Draw one line of text.

        Args:
            surface: The surface to draw on.
            string: The text.
            position: Position of the anchor `align`.
            size: One of the three sizes.
            colour: Colour of the text.
            align: Anchor of the text, a pygame name: "topleft", "midleft", "center", "midright", "midtop" …
            max_width: Width above which the text is shortened with an ellipsis.

        Returns:
            The rectangle of the text.
        """
        shown = string if max_width is None else self.fit(string, size, max(0, max_width))
        words = self.render(shown, size, colour)
        rect = words.get_rect(**{align: position})
        self._put(surface, words, string, shown, rect, colour)
        return rect

    def _put(
        self, surface: pygame.Surface, words: pygame.Surface, wanted: str, shown: str, rect: pygame.Rect, colour: Colour
    ) -> None:
        if self.witness is not None:
            self.witness(surface, wanted, shown, rect, colour)
        surface.blit(words, rect)

    def paragraph(
        self, surface: pygame.Surface, string: str, rect: pygame.Rect, size: Size = Size.BODY, colour: Colour = TEXT
    ) -> int:
        """Draw wrapped text from the top of a rectangle, as many lines as fit; returns the y below the last line."""
        y, height = rect.top, self.line(size)
        lines = self.wrap(string, size, rect.width)
        room = max(1, rect.height // height)
        shown = (
            lines if len(lines) <= room else (*lines[: room - 1], self.fit(lines[room - 1] + " …", size, rect.width))
        )
        for wanted, line in zip(lines, shown, strict=False):
            words = self.render(line, size, colour)
            self._put(surface, words, wanted, line, words.get_rect(topleft=(rect.left, y)), colour)
            y += height
        return y

    def panel(
        self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour = PANEL, border: Colour | None = None
    ) -> None:
        """Draw a filled rectangle with rounded corners, and a thin border if one is given."""
        if border is not None:
            self._rounded(surface, rect, border, self.radius)
            rect = rect.inflate(-2, -2)
        self._rounded(surface, rect, colour, self.radius)

    def pill(self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour) -> None:
        """Draw a filled rectangle with half-round ends."""
        self._rounded(surface, rect, colour, min(rect.size) // 2)

    def ring(self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour = ACCENT) -> None:
        """Draw the focus ring, a bold frame just outside `rect`."""
        thickness = max(2, self.grid * 3 // 8)
        rect = rect.inflate(4 * thickness, 4 * thickness)
        radius = min(self.radius + 2 * thickness, min(rect.size) // 2)
        left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
        straight = rect.inflate(-2 * radius, -2 * radius)
        for y in (top, bottom - thickness):
            _fill(surface, colour, (straight.left, y, straight.width, thickness))
        for x in (left, right - thickness):
            _fill(surface, colour, (x, straight.top, thickness, straight.height))
        self._draw_corners(surface, rect, colour, radius, thickness)

    def _rounded(self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour, radius: int) -> None:
        radius = max(0, min(radius, min(rect.size) // 2))
        _fill(surface, colour, rect.inflate(-2 * radius, 0))
        _fill(surface, colour, (rect.left, rect.top + radius, radius, rect.height - 2 * radius))
        _fill(surface, colour, (rect.right - radius, rect.top + radius, radius, rect.height - 2 * radius))
        self._draw_corners(surface, rect, colour, radius, radius)

    def _draw_corners(
        self, surface: pygame.Surface, rect: pygame.Rect, colour: Colour, radius: int, thickness: int
    ) -> None:
        """Draw antialiased quarter circles, which the rounded rectangles of pygame lack."""
        if radius < 1:
            return
        disc = self._disc(colour, radius, thickness)
        for x, source_x in ((rect.left, 0), (rect.right - radius, radius)):
            for y, source_y in ((rect.top, 0), (rect.bottom - radius, radius)):
                surface.blit(disc, (x, y), (source_x, source_y, radius, radius))

    def _disc(self, colour: Colour, radius: int, thickness: int) -> pygame.Surface:
        key = (colour, radius, thickness)
        if key not in self._corners:
            size = 2 * radius
            large = pygame.Surface((size * 4, size * 4), pygame.SRCALPHA)
            large.fill((*colour, 0))  # transparent in the same colour, so that the edge does not darken
            width = 0 if thickness >= radius else thickness * 4
            pygame.draw.circle(large, colour, (size * 2, size * 2), size * 2, width)
            self._corners[key] = pygame.transform.smoothscale(large, (size, size))
        return self._corners[key]


def ease(part: float) -> float:
    """Return the position (0 to 1) after a fraction `part` of the time, for motion that starts fast and ends slowly."""
    rest = 1.0 - min(1.0, max(0.0, part))
    return 1.0 - rest**3


def contrast(first: Colour, second: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def ink_on(colour: Colour) -> Colour:
    """Return black or white, whichever has more contrast on `colour`."""
    return BLACK if contrast(colour, BLACK) >= contrast(colour, WHITE) else WHITE


@cache
def readable(colour: Colour, ground: Colour = PANEL) -> Colour:
    """Return the colour, lightened until text in it is readable on `ground` (contrast 4.5)."""
    part = 0.0
    while contrast(drawing.mix(colour, WHITE, part), ground) < 4.5:
        part += 0.05
    return drawing.mix(colour, WHITE, part)


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _fill(surface: pygame.Surface, colour: Colour, rect: pygame.Rect | tuple[int, int, int, int]) -> None:
    """Fill the part of a rectangle inside the surface. pygame would move one that begins above or left of it."""
    surface.fill(colour, pygame.Rect(rect).clip(surface.get_rect()))


class _Face:
    """The font at one size, with letters placed at fractions of a pixel.

    SDL places letters at whole pixels, which makes small text uneven. So text is rendered `_FINENESS` times larger and
    scaled down. The theme caches the result.
    """

    def __init__(self, pixels: float) -> None:
        size = max(12, round(pixels))
        self.line_height = pygame.font.Font(pygame.font.get_default_font(), size).get_linesize()
        self._large = pygame.font.Font(pygame.font.get_default_font(), size * _FINENESS)

    def width(self, string: str) -> int:
        return -(-self._large.size(string)[0] // _FINENESS)

    def render(self, string: str, colour: Colour) -> pygame.Surface:
        width, height = self.width(string), self.line_height
        if not width:  # the font cannot render text without width
            return pygame.Surface((0, height), pygame.SRCALPHA)
        large = self._large.render(string, True, colour)
        return pygame.transform.smoothscale(large, (width, round(large.get_height() / _FINENESS)))


def printable(string: str) -> str:
    """Return a text that the font can draw: invisible characters are escaped, those beyond U+FFFF are replaced."""
    if len(string) > _LONGEST_TEXT:
        string = string[: _LONGEST_TEXT - 1] + "…"
    return "".join(c if c <= "\uffff" else "\ufffd" for c in without_unseen(string))
