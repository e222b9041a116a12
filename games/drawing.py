"""Drawing for all views: the palette, antialiased shapes in a view's own units, cached sprites, interpolation.

Shapes are drawn several times too large and averaged down, which gives soft edges at every scale. That is slow, so
views draw each shape once per size and cache it (`kept`); a picture is then composed of blits.
Surfaces have an explicit depth: no display is needed, and any thread may draw on its own surfaces.
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

# The palette of Okabe and Ito, distinguishable with every kind of colour vision.
ORANGE: Colour = (230, 159, 0)
SKY_BLUE: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)

SMALL = 320
"""Height in pixels up to which pictures are small: their sprites are placed at fractions of a pixel."""

_SHADOW_COLOUR: Colour = (4, 6, 11)
_SMALL_SPRITE = 64
"""Size in pixels up to which sprites have finer edges; on larger ones, the difference is invisible."""


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """Interpolate between two colours; `part` 0 gives the first, 1 the second."""
    (red, green, blue), (to_red, to_green, to_blue) = first, second
    return (
        round(red + (to_red - red) * part),
        round(green + (to_green - green) * part),
        round(blue + (to_blue - blue) * part),
    )


def between(first: float, second: float, blend: float) -> float:
    """Interpolate between two numbers; `blend` 0 gives the first, 1 the second."""
    return first + (second - first) * blend


class Pen:
    """A drawer of shapes without antialiasing, in a view's own units.

    Args:
        surface: The surface to draw on.
        scale: Pixels per unit, horizontally and vertically.
        origin: Position of (0, 0) in pixels.
    """

    def __init__(self, surface: pygame.Surface, scale: Point, origin: Point = (0.0, 0.0)) -> None:
        self.surface = surface
        self.scale = scale
        self._origin = origin

    def at(self, x: float, y: float) -> Point:
        """Return the pixel position of a point in units."""
        return self._origin[0] + x * self.scale[0], self._origin[1] + y * self.scale[1]

    def polygon(self, colour: Sequence[int], points: Sequence[Point]) -> None:
        """Draw a filled polygon."""
        pygame.draw.polygon(self.surface, colour, [self.at(x, y) for x, y in points])

    def ellipse(self, colour: Sequence[int], x: float, y: float, across: float, down: float | None = None) -> None:
        """Draw a filled ellipse around (x, y) with the given radii; a disc without `down`."""
        down = across if down is None else down
        left, top = self.at(x - across, y - down)
        right, bottom = self.at(x + across, y + down)
        box = (round(left), round(top), max(1, round(right) - round(left)), max(1, round(bottom) - round(top)))
        pygame.draw.ellipse(self.surface, colour, box)

    def box(self, colour: Sequence[int], x: float, y: float, width: float, height: float, radius: float = 0.0) -> None:
        """Draw a filled rectangle from its top left corner (x, y), with rounded corners."""
        if radius:
            self.polygon(colour, _rounded(x, y, width, height, min(radius, width / 2, height / 2)))
            return
        left, top = self.at(x, y)
        right, bottom = self.at(x + width, y + height)
        rect = (round(left), round(top), round(right) - round(left), round(bottom) - round(top))
        pygame.draw.rect(self.surface, colour, rect)

    def line(self, colour: Sequence[int], points: Sequence[Point], width: float) -> None:
        """Draw a line through points, with round joints and ends."""
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            dx, dy = (y0 - y1) / length * width / 2, (x1 - x0) / length * width / 2
            self.polygon(colour, ((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)))
        for x, y in points:
            self.ellipse(colour, x, y, width / 2)


def arc(x: float, y: float, radius: float, start: float, end: float, count: int = 24) -> list[Point]:
    """Return points of an arc around (x, y). Angles are in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, count))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    right, bottom = x + width - radius, y + height - radius
    corners = ((right, bottom, 0), (x + radius, bottom, 90), (x + radius, y + radius, 180), (right, y + radius, 270))
    return [point for cx, cy, angle in corners for point in arc(cx, cy, radius, angle, angle + 90, 9)]


@dataclass(frozen=True)
class Sprite:
    """A small antialiased picture; `left` and `top` are the offset of its corner from its anchor, in pixels."""

    surface: pygame.Surface
    left: int
    top: int


Picture = TypeVar("Picture", pygame.Surface, Sprite)
Arguments = TypeVarTuple("Arguments")


class Album:
    """A cache of pictures for all views, limited by memory. The least recently used picture is dropped first.

    A limit on the number would not do, as pictures take from a few kilobytes to the size of a screen.

    Args:
        limit: Bytes of all pictures together, or three times the largest one if that is more: the background of a very
            large screen and the sprites on it must not replace each other in every frame.
    """

    def __init__(self, limit: int) -> None:
        self.taken = 0
        self._limit = limit
        self._pictures: OrderedDict[Hashable, Any] = OrderedDict()  # least recently used first
        self._sizes: dict[Hashable, int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pictures)

    def find(self, key: Hashable) -> Any:
        """Return the picture of a key, or None."""
        try:  # without the lock, as this is called many times a frame; a picture dropped meanwhile counts as missing
            self._pictures.move_to_end(key)
            return self._pictures[key]
        except KeyError:
            return None

    def add(self, key: Hashable, picture: pygame.Surface | Sprite) -> None:
        """Add a picture."""
        surface = picture.surface if isinstance(picture, Sprite) else picture
        size = surface.get_height() * surface.get_pitch() + _BESIDE_PIXELS
        with self._lock:
            if key in self._sizes:  # another thread has drawn it as well
                return
            self._pictures[key], self._sizes[key] = picture, size
            self.taken += size
            while self.taken > max(self._limit, 3 * max(self._sizes.values())):
                longest, _ = self._pictures.popitem(last=False)
                self.taken -= self._sizes.pop(longest)


_BESIDE_PIXELS = 1024
"""Approximate bytes of a picture besides its pixels."""

_album = Album(48 * 2**20)


def kept(make: Callable[[*Arguments], Picture]) -> Callable[[*Arguments], Picture]:
    """Cache the pictures of a function by its arguments. All functions share one `Album`."""

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
    """Return an antialiased background picture; `units` is its width and height in units."""
    factor = 4 if max(size) <= 400 else 2
    large = pygame.Surface((size[0] * factor, size[1] * factor), 0, 32)
    paint(Pen(large, (large.get_width() / units[0], large.get_height() / units[1])))
    small = pygame.Surface(size, 0, 32)
    pygame.transform.smoothscale(large, size, small)
    # RLE surfaces are blitted through the CPU cache, plain ones past it, which makes reading them back slow.
    runs = pygame.Surface(size, pygame.SRCALPHA, 32)
    runs.blit(small, (0, 0))
    runs.set_alpha(255, pygame.RLEACCEL)
    return runs


@dataclass(frozen=True)
class Shadow:
    """A soft shadow: its vertical offset and its softness in units, and its darkness, 0 … 1."""

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
        bounds: Left, top, right and bottom of the drawing, in units around the anchor (0, 0).
        scale: Pixels per unit, horizontally and vertically.
        paint: Draws the shapes.
        phase: Position of the anchor within a pixel, 0 … 1 to the right and down.
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
    surface.set_alpha(255, pygame.RLEACCEL)  # RLE blits are several times faster
    return Sprite(surface, left, top)


def shrink(large: pygame.Surface, factor: int) -> pygame.Surface:
    """Scale a surface down by an integer factor by averaging; transparent pixels add no colour."""
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
    """Return the number of sprite positions within a pixel: `small` for a small picture, else 1."""
    return small if size[1] <= SMALL else 1


def stamp(surface: pygame.Surface, maker: Callable[..., Sprite], x: float, y: float, *key: Any, steps: int = 4) -> None:
    """Blit a cached sprite with its anchor at the position (x, y), at fractions of a pixel.

    Args:
        surface: The surface to draw on.
        maker: Called with the key and the phase; returns the sprite, usually from a cache.
        x: Pixels from the left.
        y: Pixels from the top.
        key: The arguments of the maker.
        steps: Number of positions within a pixel. One is enough in large pictures, and keeps the cache small.
    """
    across, down = math.floor(x * steps + 0.5), math.floor(y * steps + 0.5)
    made = maker(*key, (across % steps / steps, down % steps / steps))
    surface.blit(made.surface, (across // steps + made.left, down // steps + made.top))


def smooth_bar(surface: pygame.Surface, colour: Colour, start: Point, end: Point, width: float) -> None:
    """Draw a straight antialiased bar at exact positions, with too many possible angles to be cached.

    Args:
        surface: The surface to draw on.
        colour: The bar's colour.
        start: The middle of one end, in pixels.
        end: The middle of the other.
        width: Width in pixels of the bar when upright.
    """
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    right, down = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    reach = width / 2 + 1
    left, top = math.floor(min(start[0], end[0]) - reach), math.floor(min(start[1], end[1]) - reach)
    x = np.arange(left, math.ceil(max(start[0], end[0]) + reach), dtype=np.float32) + (0.5 - start[0])
    y = np.arange(top, math.ceil(max(start[1], end[1]) + reach), dtype=np.float32) + (0.5 - start[1])
    # The coverage of a pixel by an edge is approximated by the distance of its centre from the edge.
    cover = (width / 2 + 0.5) * 255 - np.abs((x * (255 * down))[:, None] - y * (255 * right))
    along = (x * (255 * right))[:, None] + y * (255 * down)
    np.minimum(cover, np.minimum(along, 255 * length - along) + 127.5, out=cover)
    bar = pygame.Surface(cover.shape, pygame.SRCALPHA, 32)
    bar.fill(colour)
    pygame.surfarray.pixels_alpha(bar)[:] = cover.clip(0, 255, out=cover)
    surface.blit(bar, (left, top))
