"""The picture of NChain: a row of states, arrows forward, a lane back to the start, and a token.

The rewards are drawn as lines, since fonts may be used only in the thread of the window.
"""

import math
from itertools import pairwise

import pygame

from games.drawing import (
    FIELD,
    FIELD_LIGHT,
    GREEN,
    LIGHT,
    LINE,
    MUTED,
    PURPLE,
    SMALL,
    VERMILION,
    Colour,
    Pen,
    Point,
    Shadow,
    Sprite,
    arc,
    backdrop,
    between,
    fineness,
    kept,
    mix,
    sprite,
    stamp,
)
from games.nchain.rules import NChain, NChainState

WIDTH, HEIGHT = 3.0, 1.0
"""Size of the picture in its units."""
ROW = 0.48
"""Vertical position of the states."""
MARGIN = 0.3


def draw(
    surface: pygame.Surface, game: NChain, state: NChainState, row: int, previous: NChainState | None, blend: float
) -> None:
    """Draw one copy; see `games.view`."""
    size = surface.get_size()
    scale = (size[0] / WIDTH, size[1] / HEIGHT)
    steps = fineness(size)
    radius = _radius(game.states)
    x, y = place(int(state.position[row]), game.states), ROW
    surface.blit(_chain(size, game), (0, 0))
    gained = 0.0
    if previous is not None and previous.steps[row] + 1 == state.steps[row]:
        gained = float(state.total[row] - previous.total[row])
        x, y = _on_the_way(int(previous.position[row]), int(state.position[row]), game.states, blend)
    if gained > 0 and blend >= 0.5:
        wave = min(8, round((blend - 0.5) * 16))
        stamp(surface, _wave, x * scale[0], y * scale[1], scale, radius, wave, gained >= game.large, steps=steps)
    stamp(surface, _token, x * scale[0], y * scale[1], scale, radius, bool(state.slipped[row]), steps=steps)


def _radius(states: int) -> float:
    return min(0.15, 0.34 * (WIDTH - 2 * MARGIN) / max(1, states - 1))


def _lane(states: int) -> float:
    """Return the vertical position of the lane back."""
    return ROW + _radius(states) + 0.16


def place(position: int, states: int) -> float:
    """Return the position of a state across the picture, which is `WIDTH` wide."""
    return between(MARGIN, WIDTH - MARGIN, position / (states - 1))


def _on_the_way(before: int, after: int, states: int, blend: float) -> Point:
    """Return the position of the token between two states: it hops forward, and dips to the lane on its way back."""
    eased = blend * blend * (3 - 2 * blend)
    x = between(place(before, states), place(after, states), eased)
    arch = math.sin(math.pi * eased)
    if after > before or after == states - 1:
        return x, ROW - 1.1 * _radius(states) * arch
    return x, ROW + (_lane(states) - ROW) * min(1.0, arch * 1.4) * (1.0 if before else 0.5)


@kept
def _chain(size: tuple[int, int], game: NChain) -> pygame.Surface:
    radius, lane = _radius(game.states), _lane(game.states)
    places = [place(position, game.states) for position in range(game.states)]

    def paint(pen: Pen) -> None:
        pen.box(FIELD, 0, 0, WIDTH, HEIGHT)
        _paint_way_back(pen, places, lane, radius)
        _paint_end(pen, places[-1], radius)
        for x, following in pairwise(places):
            _paint_arrow(pen, x + radius * 1.25, following - radius * 1.25, radius)
        for index, x in enumerate(places):
            ring = GREEN if index == len(places) - 1 else mix(LINE, LIGHT, 0.18)
            pen.ellipse(mix(FIELD, (4, 6, 11), 0.45), x, ROW + radius * 0.12, radius * 1.1)
            pen.ellipse(ring, x, ROW, radius)
            pen.ellipse(mix(FIELD, LINE, 0.35), x, ROW, radius * 0.84)
        if size[1] > SMALL / 4:
            _paint_number(pen, game.large, places[-1] - radius * 0.9, ROW - radius - 0.19, mix(GREEN, LIGHT, 0.35), -1)
            _paint_number(pen, game.small, places[0], lane + 0.045, MUTED, 1)

    return backdrop(size, (WIDTH, HEIGHT), paint)


def _paint_arrow(pen: Pen, start: float, end: float, radius: float) -> None:
    head = min(radius * 0.3, (end - start) * 0.5)
    width = radius * 0.13
    pen.line(MUTED, ((start, ROW), (end - width, ROW)), width)
    pen.line(MUTED, ((end - head, ROW - head), (end - width / 2, ROW), (end - head, ROW + head)), width)


def _paint_way_back(pen: Pen, places: list[float], lane: float, radius: float) -> None:
    width, corner = min(0.022, radius * 0.2), min(0.1, radius)
    for x in places[1:]:
        stop = arc(x - corner, lane - corner, corner, 0, 90, 9)
        pen.line(LINE, [(x, ROW + radius), *stop], width)
    turn = arc(places[0] + corner, lane - corner, corner, 90, 180, 9)
    tip, head = ROW + radius * 1.28, radius * 0.32
    pen.line(LINE, [(places[-1] - corner, lane), *turn, (places[0], tip + width)], width)
    colour = mix(LINE, LIGHT, 0.25)
    pen.line(colour, [(places[0] - head, tip + head), (places[0], tip), (places[0] + head, tip + head)], width)


def _paint_end(pen: Pen, x: float, radius: float) -> None:
    """Paint the loop of the last state, which gives the large reward."""
    size = radius * 0.62
    middle = ROW - radius - size * 0.62
    pen.line(GREEN, arc(x, middle, size, 130, 395), radius * 0.13)
    tip, head = arc(x, middle, size, 395, 395, 1)[0], radius * 0.26
    pen.line(
        GREEN,
        ((tip[0] - head * 0.4, tip[1] - head * 1.2), tip, (tip[0] + head * 1.2, tip[1] - head * 0.7)),
        radius * 0.13,
    )


STROKES = {
    "0": ((0, 0, 1, 0, 1, 2, 0, 2, 0, 0),),
    "1": ((0.1, 0.4, 0.6, 0, 0.6, 2),),
    "2": ((0, 0, 1, 0, 1, 1, 0, 1, 0, 2, 1, 2),),
    "3": ((0, 0, 1, 0, 1, 2, 0, 2), (0.2, 1, 1, 1)),
    "4": ((0, 0, 0, 1, 1, 1), (1, 0, 1, 2)),
    "5": ((1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 0, 2),),
    "6": ((1, 0, 0, 0, 0, 2, 1, 2, 1, 1, 0, 1),),
    "7": ((0, 0, 1, 0, 1, 2),),
    "8": ((0, 0, 1, 0, 1, 2, 0, 2, 0, 0), (0, 1, 1, 1)),
    "9": ((1, 1, 0, 1, 0, 0, 1, 0, 1, 2, 0, 2),),
    "+": ((0.05, 1, 0.95, 1), (0.5, 0.55, 0.5, 1.45)),
    ".": ((0.4, 2, 0.4, 2),),
    "e": ((0, 1, 1, 1, 1, 0.6, 0, 0.6, 0, 2, 1, 2),),
    "-": ((0.1, 1, 0.9, 1),),
}
"""Digits as lines through points (x, y, x, y, …) on a grid one wide and two high."""


def _paint_number(pen: Pen, value: float, x: float, y: float, colour: Colour, side: int) -> None:
    """Paint a reward with its sign. (x, y) is its upper left (side 1) or upper right (side −1) corner."""
    size, text = 0.06, f"+{value:g}"
    if side < 0:
        x -= (len(text) * 1.75 - 0.75) * size
    for index, figure in enumerate(text):
        left = x + index * size * 1.75
        for stroke in STROKES[figure]:
            points = [(left + a * size, y + b * size) for a, b in zip(stroke[::2], stroke[1::2], strict=True)]
            pen.line(colour, points, size * 0.34)


@kept
def _token(scale: Point, radius: float, slipped: bool, phase: Point) -> Sprite:
    """Return the token, centred, with a bolt above it after a slip."""
    size = radius * 0.68

    def paint(pen: Pen) -> None:
        pen.ellipse(mix(PURPLE, FIELD, 0.3), 0, 0, size)
        pen.ellipse(PURPLE, 0, -size * 0.05, size * 0.93)
        pen.ellipse(mix(PURPLE, LIGHT, 0.6), -size * 0.34, -size * 0.4, size * 0.22, size * 0.17)
        if slipped:
            bolt = ((0.35, -1.0), (-0.75, 0.2), (-0.05, 0.2), (-0.35, 1.0), (0.75, -0.25), (0.05, -0.25))
            pen.polygon(VERMILION, [(x * size * 0.75, y * size * 0.75 - radius * 1.95) for x, y in bolt])

    return sprite((-radius, -2.6 * radius, radius, radius), scale, paint, phase, Shadow(radius * 0.15, radius * 0.12))


@kept
def _wave(scale: Point, radius: float, step: int, large: bool, phase: Point) -> Sprite:
    """Return the ring around the token after a reward, which widens in steps 0 … 8."""
    reach = radius * (1.0 + step * (0.1 if large else 0.05))
    colour = mix(GREEN if large else MUTED, FIELD_LIGHT, step / 8)

    def paint(pen: Pen) -> None:
        pen.line(colour, arc(0, 0, reach, 0, 360, 64), radius * 0.12)

    return sprite((-reach * 1.1, -reach * 1.1, reach * 1.1, reach * 1.1), scale, paint, phase)
