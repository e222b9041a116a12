"""Icons drawn from shapes: the font of pygame has few, and colour alone must never carry meaning."""

import math
from collections.abc import Callable
from functools import partial

import pygame

from arcade.ui.style import Colour

_Points = list[tuple[float, float]]

_SHAPES: dict[str, _Points] = {
    "play": [(0.2, 0.1), (0.9, 0.5), (0.2, 0.9)],
    "left": [(0.65, 0.15), (0.3, 0.5), (0.65, 0.85)],
    "right": [(0.35, 0.15), (0.7, 0.5), (0.35, 0.85)],
    "up": [(0.15, 0.65), (0.5, 0.3), (0.85, 0.65)],
    "down": [(0.15, 0.35), (0.5, 0.7), (0.85, 0.35)],
    "check": [(0.1, 0.52), (0.22, 0.4), (0.4, 0.6), (0.78, 0.15), (0.9, 0.27), (0.4, 0.85)],
    "warning": [(0.5, 0.05), (0.98, 0.92), (0.02, 0.92)],
    "square": [(0.12, 0.12), (0.88, 0.12), (0.88, 0.88), (0.12, 0.88)],
    "diamond": [(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)],
    "triangle": [(0.5, 0.05), (0.98, 0.9), (0.02, 0.9)],
    "plus": [
        (0.35, 0.0),
        (0.65, 0.0),
        (0.65, 0.35),
        (1.0, 0.35),
        (1.0, 0.65),
        (0.65, 0.65),
        (0.65, 1.0),
        (0.35, 1.0),
        (0.35, 0.65),
        (0.0, 0.65),
        (0.0, 0.35),
        (0.35, 0.35),
    ],
    "star": [
        (0.5 + radius * math.sin(turn * math.pi / 5), 0.53 - radius * math.cos(turn * math.pi / 5))
        for turn, radius in enumerate([0.5, 0.21] * 5)
    ],
}
_OVERSAMPLING = 4
_kept: dict[tuple[str, int, Colour], pygame.Surface] = {}

_ARROWS = ("left", "right", "up", "down")
NAMES = (
    *_SHAPES,
    *("dot", "pause", "person", "agent", "list", "curve", "quit", "race", "mouse", "gear"),
    *(f"pad {arrow}" for arrow in _ARROWS),
)
"""Names of all icons."""


def icon(name: str, size: int, colour: Colour) -> pygame.Surface:
    """Return an icon as a square surface. It is cached and shared, so it must not be changed."""
    key = (name, size, colour)
    if key not in _kept:
        if len(_kept) > 512:
            _kept.clear()
        large = pygame.Surface((size * _OVERSAMPLING, size * _OVERSAMPLING), pygame.SRCALPHA)
        large.fill((*colour, 0))
        _paint(large, name, colour)
        _kept[key] = pygame.transform.smoothscale(large, (size, size))
    return _kept[key]


def draw_icon(surface: pygame.Surface, name: str, centre: tuple[int, int], size: int, colour: Colour) -> pygame.Rect:
    """Draw an icon centred on a point; returns its rectangle."""
    image = icon(name, size, colour)
    return surface.blit(image, image.get_rect(center=centre))


def _paint(surface: pygame.Surface, name: str, colour: Colour) -> None:
    side = surface.get_width()
    if name in _SHAPES:
        pygame.draw.polygon(surface, colour, [(x * side, y * side) for x, y in _SHAPES[name]])
        if name == "warning":
            _paint_exclamation(surface, side)
    else:
        _PAINTERS[name](surface, side, colour)


def _paint_exclamation(surface: pygame.Surface, side: int) -> None:
    clear = (0, 0, 0, 0)
    surface.fill(clear, pygame.Rect(side * 0.45, side * 0.35, side * 0.1, side * 0.3))
    surface.fill(clear, pygame.Rect(side * 0.45, side * 0.72, side * 0.1, side * 0.1))


def _paint_dot(surface: pygame.Surface, side: int, colour: Colour) -> None:
    pygame.draw.circle(surface, colour, (side / 2, side / 2), side * 0.3)


def _paint_pause(surface: pygame.Surface, side: int, colour: Colour) -> None:
    for left in (0.2, 0.58):
        surface.fill(colour, pygame.Rect(side * left, side * 0.15, side * 0.22, side * 0.7))


def _paint_person(surface: pygame.Surface, side: int, colour: Colour) -> None:
    pygame.draw.circle(surface, colour, (side / 2, side * 0.28), side * 0.22)
    body = pygame.Rect(side * 0.14, side * 0.56, side * 0.72, side * 0.6)
    pygame.draw.ellipse(surface, colour, body)


def _paint_agent(surface: pygame.Surface, side: int, colour: Colour) -> None:
    """Paint a small neural network: three nodes connected to two."""
    left = [(0.18, 0.15), (0.18, 0.5), (0.18, 0.85)]
    right = [(0.82, 0.32), (0.82, 0.68)]
    for start in left:
        for end in right:
            ends = [(x * side, y * side) for x, y in (start, end)]
            pygame.draw.lines(surface, colour, False, ends, max(1, side // 16))
    for x, y in left + right:
        pygame.draw.circle(surface, colour, (x * side, y * side), side * 0.15)


def _paint_list(surface: pygame.Surface, side: int, colour: Colour) -> None:
    for top in (0.16, 0.43, 0.7):
        surface.fill(colour, pygame.Rect(side * 0.08, side * top, side * 0.14, side * 0.14))
        surface.fill(colour, pygame.Rect(side * 0.32, side * top, side * 0.6, side * 0.14))


def _paint_curve(surface: pygame.Surface, side: int, colour: Colour) -> None:
    """Paint a rising curve with axes."""
    surface.fill(colour, pygame.Rect(side * 0.06, side * 0.08, side * 0.09, side * 0.84))
    surface.fill(colour, pygame.Rect(side * 0.06, side * 0.83, side * 0.88, side * 0.09))
    path = [(0.26, 0.7), (0.42, 0.6), (0.54, 0.32), (0.7, 0.2), (0.92, 0.16)]
    points = [(x * side, y * side) for x, y in path]
    pygame.draw.lines(surface, colour, False, points, max(1, side // 10))
    for point in points:
        pygame.draw.circle(surface, colour, point, side // 20)


def _paint_quit(surface: pygame.Surface, side: int, colour: Colour) -> None:
    """Paint the symbol of a power switch."""
    pygame.draw.circle(surface, colour, (side / 2, side * 0.54), side * 0.4, max(1, side // 8))
    surface.fill((*colour, 0), pygame.Rect(side * 0.34, 0, side * 0.32, side * 0.4))
    surface.fill(colour, pygame.Rect(side * 0.44, side * 0.06, side * 0.12, side * 0.42))


def _paint_race(surface: pygame.Surface, side: int, colour: Colour) -> None:
    """Paint a chequered flag."""
    surface.fill(colour, pygame.Rect(side * 0.1, side * 0.06, side * 0.1, side * 0.88))
    for row in range(3):
        for column in range(row % 2, 4, 2):
            surface.fill(
                colour, pygame.Rect(side * (0.24 + column * 0.17), side * (0.1 + row * 0.17), side * 0.17, side * 0.17)
            )


def _paint_mouse(surface: pygame.Surface, side: int, colour: Colour) -> None:
    body = pygame.Rect(side * 0.24, side * 0.06, side * 0.52, side * 0.88)
    pygame.draw.rect(surface, colour, body, max(1, side // 12), border_radius=side // 4)
    pygame.draw.line(surface, colour, (side * 0.5, side * 0.2), (side * 0.5, side * 0.42), max(1, side // 10))


def _paint_gear(surface: pygame.Surface, side: int, colour: Colour) -> None:
    centre = side / 2
    for turn in range(8):
        angle = turn * math.pi / 4
        end = centre + math.cos(angle) * side * 0.44, centre + math.sin(angle) * side * 0.44
        pygame.draw.line(surface, colour, (centre, centre), end, max(1, side // 6))
    pygame.draw.circle(surface, colour, (centre, centre), side * 0.32)
    pygame.draw.circle(surface, (*colour, 0), (centre, centre), side * 0.14)


def _paint_pad(surface: pygame.Surface, side: int, colour: Colour, arrow: str) -> None:
    """Paint a direction pad: one arm is filled, the others are outlines."""
    near, far, arm = side * 0.36, side * 0.64, max(1, side // 16)
    arms = {
        "left": pygame.Rect(side * 0.04, near, near - side * 0.04, far - near),
        "right": pygame.Rect(far, near, side * 0.96 - far, far - near),
        "up": pygame.Rect(near, side * 0.04, far - near, near - side * 0.04),
        "down": pygame.Rect(near, far, far - near, side * 0.96 - far),
    }
    for name, rect in arms.items():
        pygame.draw.rect(surface, colour, rect, 0 if name == arrow else arm)


_PAINTERS: dict[str, Callable[[pygame.Surface, int, Colour], None]] = {
    "dot": _paint_dot,
    "pause": _paint_pause,
    "person": _paint_person,
    "agent": _paint_agent,
    "list": _paint_list,
    "curve": _paint_curve,
    "quit": _paint_quit,
    "race": _paint_race,
    "mouse": _paint_mouse,
    "gear": _paint_gear,
    **{f"pad {arrow}": partial(_paint_pad, arrow=arrow) for arrow in _ARROWS},
}
