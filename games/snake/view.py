"""The picture of Snake: a chequered board within walls, and a snake that tapers towards its tail."""

from functools import lru_cache

import pygame

from games.drawing import (
    FIELD,
    FIELD_LIGHT,
    GREEN,
    GROUND,
    LIGHT,
    LINE,
    MUTED,
    VERMILION,
    Colour,
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
from games.snake.rules import Snake
from games.snake.state import SnakeState

LEVELS = 12
"""Number of steps in thickness and colour from head to tail."""
PARTS = 16
"""Discs of a link of the body, and steps in which the ends of a moving snake grow and shrink."""
FORWARD = ((-1, 0), (1, 0), (0, -1), (0, 1))


def draw(
    surface: pygame.Surface, game: Snake, state: SnakeState, row: int, previous: SnakeState | None, blend: float
) -> None:
    """Draw one copy; see `games.view`."""
    size, cells = surface.get_size(), game.grid
    scale = (size[0] / (cells + 2), size[1] / (cells + 2))
    steps = fineness(size, 3)
    surface.blit(_board(size, cells), (0, 0))
    fruit, alive = int(state.fruit[row]), bool(state.alive[row])
    if fruit >= 0:
        x, y = _middle(fruit, cells)
        stamp(surface, _fruit, x * scale[0], y * scale[1], scale, steps=steps)
    body = _body(state, row)
    path, levels = [_middle(cell, cells) for cell in body], _levels(len(body), len(body), 1.0)
    if previous is not None:
        body_before = _body(previous, row)
        if _follows(body, body_before):
            _move(path, body_before, cells, blend)
            levels = _levels(len(body), len(body_before), round(blend * PARTS) / PARTS)
    _draw_body(surface, path, levels, scale, alive, steps)
    hunger = int(state.hunger[row])
    if state.eaten[row] and 0 < hunger < len(body):
        x, y = path[hunger]
        stamp(surface, _meal, x * scale[0], y * scale[1], scale, levels[hunger], alive, steps=steps)
    x, y = path[0]
    stamp(surface, _head, x * scale[0], y * scale[1], scale, int(state.direction[row]), alive, steps=steps)


def _body(state: SnakeState, row: int) -> list[int]:
    """Return the cells of the snake, head first."""
    left = state.expiry[row] - state.clock[row]
    cells = (left > 0).nonzero()[0]
    ordered: list[int] = cells[left[cells].argsort()[::-1]].tolist()
    return ordered


def _middle(cell: int, cells: int) -> Point:
    """Return the middle of a cell, in cells from the corner of the picture, which includes the wall."""
    row, column = divmod(cell, cells)
    return column + 1.5, row + 1.5


def _follows(body: list[int], body_before: list[int]) -> bool:
    """Whether the body is one move after the other one, and not that of a new or dead snake."""
    return len(body) - len(body_before) in (0, 1) and body[1:] == body_before[: len(body) - 1]


def _move(path: list[Point], body_before: list[int], cells: int, blend: float) -> None:
    """Move head and tail back to their positions between the two ticks."""
    growing = len(path) > len(body_before)
    path[0] = _along(path[1], path[0], blend)
    if not growing:
        path.append(_along(_middle(body_before[-1], cells), path[-1], blend))


def _along(first: Point, second: Point, blend: float) -> Point:
    return between(first[0], second[0], blend), between(first[1], second[1], blend)


@lru_cache(maxsize=1024)
def _levels(count: int, count_before: int, blend: float) -> tuple[int, ...]:
    """Return the level of each cell of a body whose length may have changed, head first, and of the old tail cell."""
    step = (LEVELS - 1) / max(1.0, between(count_before, count, blend) - 1)
    return tuple(min(LEVELS - 1, round(max(0.0, index - 1 + blend) * step)) for index in range(count + 1))


def _draw_body(
    surface: pygame.Surface, path: list[Point], levels: tuple[int, ...], scale: Point, alive: bool, steps: int
) -> None:
    """Draw a rounded link from each cell to the next, the tail first."""
    for index in range(len(path) - 1, 0, -1):
        x, y = path[index]
        right, down = path[index - 1][0] - x, path[index - 1][1] - y
        way = (2 + (down > 0)) if down else int(right > 0)
        length = round(PARTS * abs(right + down))
        if length:
            key = levels[index], levels[index - 1], alive, way, length
            stamp(surface, _link, x * scale[0], y * scale[1], scale, *key, steps=steps)


@kept
def _board(size: tuple[int, int], cells: int) -> pygame.Surface:
    whole = cells + 2

    def paint(pen: Pen) -> None:
        pen.box(GROUND, 0, 0, whole, whole)
        pen.box(mix(LINE, GROUND, 0.5), 0.3, 0.34, whole - 0.6, whole - 0.56, 0.5)
        pen.box(mix(LINE, LIGHT, 0.2), 0.3, 0.3, whole - 0.6, whole - 0.6, 0.5)
        pen.box(mix(LINE, GROUND, 0.12), 0.3, 0.36, whole - 0.6, whole - 0.66, 0.47)
        pen.box(FIELD, 1, 1, cells, cells)
        for cell in range(0, cells * cells):
            row, column = divmod(cell, cells)
            if (row + column) % 2 == 0:
                pen.box(FIELD_LIGHT, column + 1, row + 1, 1, 1)
        pen.box(mix(FIELD, GROUND, 0.7), 1, 1, cells, 0.12)

    return backdrop(size, (whole, whole), paint)


def _thickness(level: float) -> float:
    return between(0.42, 0.16, level / (LEVELS - 1))


def _colour(level: float, alive: bool) -> Colour:
    bright, dark = (mix(GREEN, LIGHT, 0.22), mix(GREEN, FIELD, 0.35)) if alive else (MUTED, mix(MUTED, FIELD, 0.4))
    return mix(bright, dark, level / (LEVELS - 1))


@kept
def _link(scale: Point, start: int, end: int, alive: bool, way: int, length: int, phase: Point) -> Sprite:
    """Return a piece of the body from (0, 0) in one direction, with thickness and colour between two levels."""
    right, down = FORWARD[way][0] * length / PARTS, FORWARD[way][1] * length / PARTS
    width = _thickness(end)

    def paint(pen: Pen) -> None:
        for step in range(PARTS + 1):
            part = step / PARTS
            level = between(start, end, part)
            pen.ellipse(_colour(level, alive), right * part, down * part, _thickness(level))

    bounds = min(0, right) - width, min(0, down) - width, max(0, right) + width, max(0, down) + width
    return sprite(bounds, scale, paint, phase)


@kept
def _meal(scale: Point, level: int, alive: bool, phase: Point) -> Sprite:
    """Return the bulge of the last eaten fruit."""
    size = _thickness(level) + 0.07
    return sprite((-size, -size, size, size), scale, lambda pen: pen.ellipse(_colour(level, alive), 0, 0, size), phase)


@kept
def _head(scale: Point, direction: int, alive: bool, phase: Point) -> Sprite:
    """Return the head, centred. Its eyes look ahead, or are crosses when it is dead."""
    ahead, across = FORWARD[direction]
    skin = mix(GREEN, LIGHT, 0.3) if alive else mix(MUTED, LIGHT, 0.15)

    def at(forward: float, side: float) -> Point:
        return forward * ahead - side * across, forward * across + side * ahead

    def paint(pen: Pen) -> None:
        pen.ellipse(skin, 0, 0, 0.46)
        pen.ellipse(skin, *at(0.1, 0), 0.42)
        for side in (-0.21, 0.21):
            if alive:
                pen.ellipse(LIGHT, *at(0.14, side), 0.155)
                pen.ellipse(GROUND, *at(0.2, side), 0.085)
            else:
                x, y = at(0.14, side)
                pen.line(GROUND, ((x - 0.09, y - 0.09), (x + 0.09, y + 0.09)), 0.06)
                pen.line(GROUND, ((x - 0.09, y + 0.09), (x + 0.09, y - 0.09)), 0.06)

    return sprite((-0.55, -0.55, 0.55, 0.55), scale, paint, phase, Shadow(0.05, 0.05, 0.4))


@kept
def _fruit(scale: Point, phase: Point) -> Sprite:
    """Return an apple, centred."""
    skin = mix(VERMILION, LIGHT, 0.22)

    def paint(pen: Pen) -> None:
        for x in (-0.09, 0.09):
            pen.ellipse(mix(VERMILION, GROUND, 0.12), x, 0.04, 0.26, 0.3)
        for x in (-0.1, 0.07):
            pen.ellipse(skin, x, 0.02, 0.235, 0.27)
        pen.ellipse(mix(VERMILION, LIGHT, 0.75), -0.17, -0.09, 0.07, 0.055)
        pen.line(mix(VERMILION, GROUND, 0.65), ((0, -0.2), (0.03, -0.36)), 0.055)
        pen.polygon(mix(GREEN, LIGHT, 0.2), ((0.04, -0.28), (0.1, -0.38), (0.28, -0.4), (0.22, -0.3), (0.12, -0.26)))

    return sprite((-0.38, -0.44, 0.38, 0.38), scale, paint, phase, Shadow(0.07, 0.05))
