"""Drawing for all views: the palette, smooth shapes in a view's own units, cached sprites, motion between ticks.

Shapes are drawn several times too large and averaged down, which gives soft edges at every scale. That is slow, so
views do it once per size and keep the result (`kept`); a picture is then put together from blits.
Surfaces have an explicit depth: nothing here needs a display, and any thread may draw on its own surfaces.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
import pygame
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Point = tuple[float, float]

GROUND: Colour = (14, 18, 29)
FIELD: Colour = (23, 30, 47)
FIELD_LIGHT: Colour = (28, 36, 56)
LINE: Colour = (52, 64, 93)
MUTED: Colour = (104, 114, 138)
LIGHT: Colour = (226, 232, 244)

# Okabe and Ito's palette, told apart by people with every kind of colour vision.
ORANGE: Colour = (230, 159, 0)
SKY_BLUE: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)

SMALL = 320
"""Pictures up to this high, in pixels, count as small: sprites are placed to a part of a pixel."""

_SHADOW_COLOUR: Colour = (4, 6, 11)
_SMALL_SPRITE = 64
"""Sprites up to this many pixels are drawn with finer edges; larger ones would gain nothing that can be seen."""


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """The colour that lies `part`, 0 … 1, of the way from the first to the second."""
    (red, green, blue), (to_red, to_green, to_blue) = first, second
    return (
        round(red + (to_red - red) * part),
        round(green + (to_green - green) * part),
        round(blue + (to_blue - blue) * part),
    )


def between(first: float, second: float, blend: float) -> float:
    """The number that lies `blend`, 0 … 1, of the way from the first to the second."""
    return first + (second - first) * blend


class Pen:
    """Draws hard-edged shapes, given in a view's own units, on a surface.

    Args:
        surface: What is drawn on.
        scale: Pixels per unit, across and down.
        origin: Where the units' (0, 0) lies, in pixels.
    """

    def __init__(self, surface: pygame.Surface, scale: Point, origin: Point = (0.0, 0.0)) -> None:
        self.surface = surface
        self.scale = scale
        self._origin = origin

    def at(self, x: float, y: float) -> Point:
        """The pixel position of a point in units."""
        return self._origin[0] + x * self.scale[0], self._origin[1] + y * self.scale[1]

    def polygon(self, colour: Sequence[int], points: Sequence[Point]) -> None:
        """A filled polygon."""
        pygame.draw.polygon(self.surface, colour, [self.at(x, y) for x, y in points])

    def ellipse(self, colour: Sequence[int], x: float, y: float, across: float, down: float | None = None) -> None:
        """A filled ellipse around (x, y) with the given radii; a disc when `down` is left out."""
        down = across if down is None else down
        left, top = self.at(x - across, y - down)
        right, bottom = self.at(x + across, y + down)
        box = (round(left), round(top), max(1, round(right) - round(left)), max(1, round(bottom) - round(top)))
        pygame.draw.ellipse(self.surface, colour, box)

    def box(self, colour: Sequence[int], x: float, y: float, width: float, height: float, radius: float = 0.0) -> None:
        """A filled rectangle from its top left corner (x, y), with rounded corners."""
        if radius:
            self.polygon(colour, _rounded(x, y, width, height, min(radius, width / 2, height / 2)))
            return
        left, top = self.at(x, y)
        right, bottom = self.at(x + width, y + height)
        rect = (round(left), round(top), round(right) - round(left), round(bottom) - round(top))
        pygame.draw.rect(self.surface, colour, rect)

    def line(self, colour: Sequence[int], points: Sequence[Point], width: float) -> None:
        """A line through points, with round joints and ends."""
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            dx, dy = (y0 - y1) / length * width / 2, (x1 - x0) / length * width / 2
            self.polygon(colour, ((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)))
        for x, y in points:
            self.ellipse(colour, x, y, width / 2)


def arc(x: float, y: float, radius: float, start: float, end: float, count: int = 24) -> list[Point]:
    """Points on a circle around (x, y), from one angle to another: degrees, 0 to the right, growing clockwise."""
    angles = np.radians(np.linspace(start, end, count))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    right, bottom = x + width - radius, y + height - radius
    corners = ((right, bottom, 0), (x + radius, bottom, 90), (x + radius, y + radius, 180), (right, y + radius, 270))
    return [point for cx, cy, angle in corners for point in arc(cx, cy, radius, angle, angle + 90, 9)]


@dataclass(frozen=True)
class Sprite:
    """A small picture with soft edges; `left` and `top` lead from its anchor to its corner, in pixels."""

    surface: pygame.Surface
    left: int
    top: int


Picture = TypeVar("Picture", pygame.Surface, Sprite)
Arguments = TypeVarTuple("Arguments")


class Album:
    """Pictures that may be wanted again, whoever drew them. The one unused the longest makes room for a new one.

    A cache that counts pictures holds anything from a few kilobytes to a whole screen in each of its places.

    Args:
        limit: Bytes that all pictures together may take, or three times what the largest takes if that is more: a
            ground as large as a very large screen and what moves on it must not drive each other out in every frame.
    """

    def __init__(self, limit: int) -> None:
        self.taken = 0
        self._limit = limit
        self._pictures: OrderedDict[Hashable, Any] = OrderedDict()  # the one unused the longest first
        self._sizes: dict[Hashable, int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pictures)

    def find(self, key: Hashable) -> Any:
        """The picture kept under a key, or None."""
        try:  # without the lock, for this is asked many times a frame: a picture thrown away in between is not there
            self._pictures.move_to_end(key)
            return self._pictures[key]
        except KeyError:
            return None

    def add(self, key: Hashable, picture: pygame.Surface | Sprite) -> None:
        """Keep a picture."""
        surface = picture.surface if isinstance(picture, Sprite) else picture
        size = surface.get_height() * surface.get_pitch() + _BESIDE_PIXELS
        with self._lock:
            if key in self._sizes:  # another thread has drawn it, too
                return
            self._pictures[key], self._sizes[key] = picture, size
            self.taken += size
            while self.taken > max(self._limit, 3 * max(self._sizes.values())):
                longest, _ = self._pictures.popitem(last=False)
                self.taken -= self._sizes.pop(longest)


_BESIDE_PIXELS = 1024
"""Bytes that a picture takes beside its pixels, about."""

_album = Album(48 * 2**20)


def kept(make: Callable[[*Arguments], Picture]) -> Callable[[*Arguments], Picture]:
    """Let a function that draws a picture draw it once for the same arguments; the views share the room for them."""

    @wraps(make)
    def look_up(*parts: *Arguments) -> Picture:
        key = make, parts
        picture: Picture | None = _album.find(key)
        if picture is None:
            picture = make(*parts)
            _album.add(key, picture)
        return picture

    return look_up


Paint = Callable[[Pen], None]


def backdrop(size: tuple[int, int], units: Point, paint: Paint) -> pygame.Surface:
    """A whole smooth picture without holes; `units` is how many units it measures across and down."""
    factor = 4 if max(size) <= 400 else 2
    large = pygame.Surface((size[0] * factor, size[1] * factor), 0, 32)
    paint(Pen(large, (large.get_width() / units[0], large.get_height() / units[1])))
    small = pygame.Surface(size, 0, 32)
    pygame.transform.smoothscale(large, size, small)
    # One long run of opaque pixels is blitted through the cache, a plain surface past it: reading that back is slow.
    runs = pygame.Surface(size, pygame.SRCALPHA, 32)
    runs.blit(small, (0, 0))
    runs.set_alpha(255, pygame.RLEACCEL)
    return runs


@dataclass(frozen=True)
class Shadow:
    """A soft shadow: how far it falls down, how soft it is (both in units, down) and how dark, 0 … 1."""

    drop: float
    softness: float
    strength: float = 0.55


def sprite(
    bounds: tuple[float, float, float, float],
    scale: Point,
    paint: Paint,
    phase: Point = (0.0, 0.0),
    shadow: Shadow | None = None,
) -> Sprite:
    """Draw a sprite.

    Args:
        bounds: Left, top, right and bottom of what `paint` draws, in units around the anchor (0, 0).
        scale: Pixels per unit, across and down.
        paint: Draws the shapes.
        phase: The part of a pixel, 0 … 1, by which the anchor lies right of and below a pixel's corner.
        shadow: Drawn beneath.
    """
    reach = (shadow.drop + 2 * shadow.softness) if shadow else 0.0
    left, top = math.floor((bounds[0] - reach) * scale[0]) - 1, math.floor((bounds[1] - reach) * scale[1]) - 1
    right, bottom = math.ceil((bounds[2] + reach) * scale[0]) + 2, math.ceil((bounds[3] + reach) * scale[1]) + 2
    size = (right - left, bottom - top)
    factor = 8 if max(size) <= _SMALL_SPRITE else 4
    large = pygame.Surface((size[0] * factor, size[1] * factor), pygame.SRCALPHA, 32)
    origin = (phase[0] - left) * factor, (phase[1] - top) * factor
    paint(Pen(large, (scale[0] * factor, scale[1] * factor), origin))
    surface = shrink(large, factor)
    if shadow:
        surface = _shaded(surface, scale, shadow)
    surface.set_alpha(255, pygame.RLEACCEL)  # runs of opaque and of empty pixels are blitted several times faster
    return Sprite(surface, left, top)


def shrink(large: pygame.Surface, factor: int) -> pygame.Surface:
    """Average a surface with transparency down by a whole factor; transparent pixels lend no colour."""
    size = large.get_width() // factor, large.get_height() // factor
    small = pygame.transform.smoothscale(large.premul_alpha(), size)
    alpha = pygame.surfarray.array_alpha(small)[..., None].astype(np.float32)
    colours = pygame.surfarray.pixels3d(small)
    colours[:] = np.clip(colours * (255.0 / np.maximum(alpha, 1.0)), 0, 255).round()
    return small


def _shaded(surface: pygame.Surface, scale: Point, shadow: Shadow) -> pygame.Surface:
    alpha = pygame.surfarray.array_alpha(surface).astype(np.float32)  # [width, height]
    soft = _spread(alpha.T, shadow.softness * scale[1], shadow.drop * scale[1])
    soft = _spread(soft.T, shadow.softness * scale[0], 0.0)
    shaded = pygame.Surface(surface.get_size(), pygame.SRCALPHA, 32)
    shaded.fill(_SHADOW_COLOUR)
    pygame.surfarray.pixels_alpha(shaded)[:] = (soft * shadow.strength).astype(np.uint8)
    shaded.blit(surface, (0, 0))
    return shaded


def _spread(values: NDArray[np.float32], width: float, shift: float) -> NDArray[np.float32]:
    """Blur an array along its first axis with a Gaussian of the given width, and shift it."""
    width = max(width, 0.3)
    reach = math.ceil(3 * width + shift)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(((offsets + shift) / width) ** 2) / 2)
    weights /= weights.sum()
    wide = np.pad(values, ((reach, reach), (0, 0)))
    spread = np.zeros_like(values)
    for index, weight in enumerate(weights.astype(np.float32)):
        spread += weight * wide[index : index + len(values)]
    return spread


def fineness(size: tuple[int, int], small: int = 4) -> int:
    """Into how many steps a pixel is split for sprites on a picture of this size: `small` on a small one, else 1."""
    return small if size[1] <= SMALL else 1


def stamp(surface: pygame.Surface, maker: Callable[..., Sprite], x: float, y: float, *key: Any, steps: int = 4) -> None:
    """Blit a cached sprite with its anchor at the pixel position (x, y), to a part of a pixel.

    Args:
        surface: What is drawn on.
        maker: Called with the key and the phase; returns the sprite, best from a cache.
        x: Pixels from the left.
        y: Pixels from the top.
        key: What the maker needs.
        steps: Positions told apart within a pixel. Large pictures can do with one, which keeps the cache small.
    """
    across, down = math.floor(x * steps + 0.5), math.floor(y * steps + 0.5)
    made = maker(*key, (across % steps / steps, down % steps / steps))
    surface.blit(made.surface, (across // steps + made.left, down // steps + made.top))


def smooth_bar(surface: pygame.Surface, colour: Colour, start: Point, end: Point, width: float) -> None:
    """A straight bar with soft edges at exact pixel positions, for one that turns too freely to be cached.

    Args:
        surface: What is drawn on.
        colour: The bar's colour.
        start: The middle of one end, in pixels.
        end: The middle of the other.
        width: In pixels, as it would be if the bar stood upright.
    """
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    right, down = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    reach = width / 2 + 1
    left, top = math.floor(min(start[0], end[0]) - reach), math.floor(min(start[1], end[1]) - reach)
    x = np.arange(left, math.ceil(max(start[0], end[0]) + reach), dtype=np.float32) + (0.5 - start[0])
    y = np.arange(top, math.ceil(max(start[1], end[1]) + reach), dtype=np.float32) + (0.5 - start[1])
    # The share of a pixel that an edge covers is close to the distance of the pixel's middle from the edge.
    cover = (width / 2 + 0.5) * 255 - np.abs((x * (255 * down))[:, None] - y * (255 * right))
    along = (x * (255 * right))[:, None] + y * (255 * down)
    np.minimum(cover, np.minimum(along, 255 * length - along) + 127.5, out=cover)
    bar = pygame.Surface(cover.shape, pygame.SRCALPHA, 32)
    bar.fill(colour)
    pygame.surfarray.pixels_alpha(bar)[:] = cover.clip(0, 255, out=cover)
    surface.blit(bar, (left, top))
