"""The picture of Catch: a striped field, a fruit that stretches as it falls, a basket three cells wide."""

import math

import pygame

from games.catch.rules import Catch, CatchState
from games.drawing import (
    FIELD,
    FIELD_LIGHT,
    GREEN,
    GROUND,
    LIGHT,
    LINE,
    ORANGE,
    VERMILION,
    Pen,
    Point,
    Shadow,
    Sprite,
    backdrop,
    between,
    fineness,
    kept,
    mix,
    sprite,
    stamp,
)

FLOOR = 0.12
"""Height of the floor under the basket, in cells."""


def draw(
    surface: pygame.Surface, game: Catch, state: CatchState, row: int, previous: CatchState | None, blend: float
) -> None:
    """Draw one copy; see `games.view`."""
    size, cells = surface.get_size(), game.grid
    scale = (size[0] / cells, size[1] / cells)
    steps = fineness(size)
    column, height, basket = int(state.fruit_column[row]), int(state.fruit_row[row]), float(state.basket[row])
    landed, caught = height >= cells - 1, bool(state.caught[row])
    depth = float(height)
    moving = previous is not None and int(previous.fruit_row[row]) + 1 == height
    if previous is not None and moving:
        depth = between(depth - 1, depth, blend)
        basket = between(float(previous.basket[row]), basket, blend)
    surface.blit(_field(size, cells), (0, 0))
    if not landed:
        _draw_lane(surface, scale, column, depth)
    x, floor = (column + 0.5) * scale[0], (cells - FLOOR) * scale[1]
    touching = landed and not (moving and blend < 1)
    if touching and not caught:
        stamp(surface, _splash, x, floor, scale, steps=steps)
    else:
        stretch = round(4 * math.sin(math.pi * blend)) if moving else 0
        y = min(depth + 0.54, cells - 0.82 if caught else cells)  # a caught fruit stays visible over the rim
        stamp(surface, _fruit, x, y * scale[1], scale, stretch, steps=steps)
    stamp(surface, _basket, (basket + 0.5) * scale[0], floor, scale, touching and caught, steps=steps)


def _draw_lane(surface: pygame.Surface, scale: Point, column: int, depth: float) -> None:
    """Draw a faint lane from the fruit down to where it will land."""
    left, top = round(column * scale[0]), round((depth + 0.5) * scale[1])
    bottom = surface.get_height() - round(FLOOR * scale[1])
    lane = _lane((round((column + 1) * scale[0]) - left, bottom))
    surface.blit(lane, (left, top), (0, 0, lane.get_width(), bottom - top))


@kept
def _lane(size: tuple[int, int]) -> pygame.Surface:
    lane = pygame.Surface(size, pygame.SRCALPHA, 32)
    lane.fill((*LIGHT, 13))
    return lane


@kept
def _field(size: tuple[int, int], cells: int) -> pygame.Surface:
    def paint(pen: Pen) -> None:
        pen.box(FIELD, 0, 0, cells, cells)
        for column in range(0, cells, 2):
            pen.box(FIELD_LIGHT, column, 0, 1, cells)
        pen.box(GROUND, 0, cells - FLOOR, cells, FLOOR)
        pen.box(LINE, 0, cells - FLOOR, cells, FLOOR / 3)

    return backdrop(size, (cells, cells), paint)


@kept
def _fruit(scale: Point, stretch: int, phase: Point) -> Sprite:
    """Return an orange, centred; `stretch`, 0 … 4, makes it longer and thinner."""
    thin, long = 1 - 0.03 * stretch, 1 + 0.035 * stretch

    def paint(pen: Pen) -> None:
        pen.ellipse(mix(ORANGE, VERMILION, 0.55), 0, 0, 0.39 * thin, 0.39 * long)
        pen.ellipse(ORANGE, -0.025, -0.03, 0.355 * thin, 0.355 * long)
        pen.ellipse(mix(ORANGE, LIGHT, 0.65), -0.14, -0.16 * long, 0.085, 0.065)
        top = -0.36 * long
        pen.line(mix(ORANGE, GROUND, 0.6), ((0, top + 0.04), (0.02, top - 0.08)), 0.05)
        pen.polygon(mix(GREEN, LIGHT, 0.15), _leaf(0.03, top - 0.01))

    return sprite((-0.44, -0.6, 0.44, 0.54), scale, paint, phase, Shadow(0.08, 0.06))


def _leaf(x: float, y: float) -> tuple[Point, ...]:
    outline = ((0, 0), (0.04, -0.08), (0.12, -0.13), (0.24, -0.13), (0.2, -0.04), (0.1, 0.01))
    return tuple((x + dx, y + dy) for dx, dy in outline)


@kept
def _splash(scale: Point, phase: Point) -> Sprite:
    """Return a missed fruit, squashed and dull. The anchor is the middle of its lower edge."""
    dull = mix(ORANGE, FIELD, 0.4)

    def paint(pen: Pen) -> None:
        pen.ellipse(mix(dull, VERMILION, 0.3), 0, -0.16, 0.46, 0.2)
        pen.ellipse(dull, -0.02, -0.19, 0.42, 0.16)
        pen.box(dull, -0.6, -0.08, 1.2, 0.08, 0.04)
        for x, y, radius in ((-0.5, -0.34, 0.06), (0.46, -0.42, 0.05), (0.6, -0.2, 0.045)):
            pen.ellipse(dull, x, y, radius)

    return sprite((-0.66, -0.5, 0.66, 0.04), scale, paint, phase)


@kept
def _basket(scale: Point, full: bool, phase: Point) -> Sprite:
    """Return the basket, with a bright rim after a catch. The anchor is the middle of its lower edge."""
    side, slat = mix(LIGHT, FIELD, 0.42), mix(LIGHT, FIELD, 0.66)

    def paint(pen: Pen) -> None:
        pen.polygon(side, ((-1.42, -0.6), (1.42, -0.6), (1.18, -0.08), (1.1, 0), (-1.1, 0), (-1.18, -0.08)))
        for x in (-0.95, -0.475, 0.0, 0.475, 0.95):
            pen.line(slat, ((x, -0.5), (x * 0.82, -0.08)), 0.06)
        pen.line(slat, ((-1.22, -0.26), (1.22, -0.26)), 0.06)
        pen.box(ORANGE if full else LIGHT, -1.5, -0.68, 3, 0.2, 0.1)

    return sprite((-1.52, -0.7, 1.52, 0.02), scale, paint, phase, Shadow(0.06, 0.05))
