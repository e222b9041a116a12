"""The picture of CartPole: a rail with its two ends marked, a cart on wheels, a pole on a shiny joint."""

import math

import pygame

from games.cartpole.rules import ANGLE_LIMIT, X_LIMIT, CartPole, CartPoleState
from games.drawing import (
    FIELD,
    FIELD_LIGHT,
    GROUND,
    LIGHT,
    LINE,
    MUTED,
    SKY_BLUE,
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
    smooth_bar,
    sprite,
    stamp,
)

VIEW = (5.6, 5.6 / 1.5)
"""Width and height of the picture in metres."""
RAIL = 2.98
"""Metres from the top of the picture to the rail."""
PIVOT = 0.4
"""Metres from the rail up to the joint."""
LEANS = 10
"""Distinct angles of the pole per degree in small pictures."""
POLE, POLE_WIDTH = 1.85, 0.12
"""Length and width of the drawn pole, longer than the real 1 m so that its angle is easier to see."""


def draw(
    surface: pygame.Surface,
    game: CartPole,
    state: CartPoleState,
    row: int,
    previous: CartPoleState | None,
    blend: float,
) -> None:
    """Draw one copy; see `games.view`."""
    size = surface.get_size()
    scale = (size[0] / VIEW[0], size[1] / VIEW[1])
    steps = fineness(size)
    x, _, angle, _ = state.physics[row].tolist()
    fallen = abs(x) > X_LIMIT or abs(angle) > ANGLE_LIMIT
    if previous is not None and previous.steps[row] + 1 == state.steps[row]:
        x_before, _, angle_before, _ = previous.physics[row].tolist()
        x, angle = between(x_before, x, blend), between(angle_before, angle, blend)
    surface.blit(_scene(size), (0, 0))
    left, top = (x + VIEW[0] / 2) * scale[0], (RAIL - PIVOT) * scale[1]
    push = int(state.push[row]) * 2 - 1 if state.steps[row] and not fallen else 0
    stamp(surface, _cart, left, RAIL * scale[1], scale, push, fallen, steps=steps)
    for wheel in (-0.24, 0.24):
        stamp(surface, _wheel, left + wheel * scale[0], (RAIL - 0.11) * scale[1], scale, _wheel_turn(x), steps=steps)
    stamp(surface, _gauge, left, top, scale, _lean(angle) if fallen else 0, steps=steps)
    _draw_pole(surface, (left, top), scale, angle, fallen, steps)


def _lean(angle: float) -> int:
    """Return the side, −1 or 1, on which the pole has fallen; 0 while it stands."""
    return (angle > ANGLE_LIMIT) - (angle < -ANGLE_LIMIT)


def _wheel_turn(x: float) -> int:
    """Return the rotation of the wheels in twelfths of a third of a turn, after which they look the same."""
    return math.floor(x / 0.11 / (2 * math.pi / 3) * 12) % 12


def _draw_pole(surface: pygame.Surface, pivot: Point, scale: Point, angle: float, fallen: bool, steps: int) -> None:
    if steps > 1:  # small pictures: a few hundred cached sprites cover all visible angles
        stamp(surface, _pole, *pivot, scale, round(math.degrees(angle) * LEANS), fallen, steps=steps)
    else:
        tip = pivot[0] + POLE * math.sin(angle) * scale[0], pivot[1] - POLE * math.cos(angle) * scale[1]
        smooth_bar(surface, _pole_colour(fallen), pivot, tip, POLE_WIDTH * scale[0])
        stamp(surface, _tip, *tip, scale, fallen, steps=steps)
    stamp(surface, _joint, *pivot, scale, round(math.degrees(angle) / 3), steps=steps)


def _pole_colour(fallen: bool) -> Colour:
    return mix(SKY_BLUE, MUTED, 0.75) if fallen else SKY_BLUE


@kept
def _scene(size: tuple[int, int]) -> pygame.Surface:
    middle, height = VIEW[0] / 2, VIEW[1]

    def paint(pen: Pen) -> None:
        pen.box(FIELD, 0, 0, VIEW[0], height)
        for side in (-1, 1):
            edge = middle + side * X_LIMIT
            pen.box(mix(FIELD, GROUND, 0.6), min(edge, edge + side), 0, 1, RAIL)
        pen.box(mix(FIELD, GROUND, 0.75), 0, RAIL, VIEW[0], height - RAIL)
        for tick in range(-4, 5):
            long = 0.16 if tick == 0 else 0.1
            pen.box(LINE, middle + tick * 0.6 - 0.015, RAIL + 0.16, 0.03, long, 0.015)
        pen.box(LINE, 0, RAIL, VIEW[0], 0.07)
        pen.box(mix(LINE, LIGHT, 0.25), 0, RAIL, VIEW[0], 0.02)
        for side in (-1, 1):
            edge = middle + side * X_LIMIT
            pen.box(VERMILION, edge - 0.035, RAIL - 0.3, 0.07, 0.37, 0.035)

    return backdrop(size, VIEW, paint)


@kept
def _cart(scale: Point, push: int, fallen: bool, phase: Point) -> Sprite:
    """Return the cart, with chevrons on the pushed side. The anchor is the middle of the wheels' lower edge."""
    body = mix(LIGHT, FIELD, 0.55) if fallen else mix(LIGHT, FIELD, 0.22)

    def paint(pen: Pen) -> None:
        pen.box(mix(body, GROUND, 0.35), -0.42, -0.4, 0.84, 0.3, 0.08)
        pen.box(body, -0.42, -0.42, 0.84, 0.28, 0.08)
        for step in (0.56, 0.7) if push else ():
            x = -push * step
            points = ((x - push * 0.05, -0.36), (x + push * 0.05, -0.26), (x - push * 0.05, -0.16))
            pen.line(SKY_BLUE, points, 0.05)

    reach = 0.8 if push else 0.44
    return sprite((-reach, -0.45, reach, -0.08), scale, paint, phase, Shadow(0.03, 0.04))


@kept
def _wheel(scale: Point, turn: int, phase: Point) -> Sprite:
    """Return a wheel with three spokes, centred."""

    def paint(pen: Pen) -> None:
        pen.ellipse(GROUND, 0, 0, 0.125)
        pen.ellipse(MUTED, 0, 0, 0.085)
        for spoke in range(3):
            angle = math.radians(turn * 10 + spoke * 120)
            pen.line(GROUND, ((0, 0), (0.085 * math.cos(angle), 0.085 * math.sin(angle))), 0.028)

    return sprite((-0.13, -0.13, 0.13, 0.11), scale, paint, phase)


@kept
def _gauge(scale: Point, fallen: int, phase: Point) -> Sprite:
    """Return marks at the two limit angles, beyond the tip of the pole. The anchor is the joint."""
    limit = math.degrees(ANGLE_LIMIT)
    reach = POLE + 0.22

    def paint(pen: Pen) -> None:
        pen.line(LINE, arc(0, 0, reach, -90 - limit, -90 + limit), 0.022)
        for side in (-1, 1):
            ends = [arc(0, 0, radius, -90 + side * limit, 0, 1)[0] for radius in (reach - 0.09, reach + 0.09)]
            pen.line(VERMILION if side == fallen else MUTED, ends, 0.06 if side == fallen else 0.04)

    return sprite((-0.5, -reach - 0.12, 0.5, 0.15 - reach), scale, paint, phase)


@kept
def _pole(scale: Point, lean: int, fallen: bool, phase: Point) -> Sprite:
    """Return the pole for small pictures. The anchor is its joint."""
    angle, reach = math.radians(lean / LEANS), POLE_WIDTH / 2
    x, y = POLE * math.sin(angle), -POLE * math.cos(angle)
    bounds = min(0, x) - reach, min(0, y) - reach, max(0, x) + reach, max(0, y) + reach
    return sprite(bounds, scale, lambda pen: pen.line(_pole_colour(fallen), ((0, 0), (x, y)), POLE_WIDTH), phase)


@kept
def _tip(scale: Point, fallen: bool, phase: Point) -> Sprite:
    """Return the round end of the pole, centred."""
    reach = POLE_WIDTH / 2
    return sprite(
        (-reach, -reach, reach, reach), scale, lambda pen: pen.ellipse(_pole_colour(fallen), 0, 0, reach), phase
    )


@kept
def _joint(scale: Point, lean: int, phase: Point) -> Sprite:
    """Return the joint, centred. Its highlight moves with the angle of the pole, given in steps of 3°."""
    glint = math.radians(-120 + lean * 12)

    def paint(pen: Pen) -> None:
        pen.ellipse(mix(GROUND, FIELD_LIGHT, 0.3), 0, 0, 0.13)
        pen.ellipse(mix(SKY_BLUE, GROUND, 0.45), 0, 0, 0.095)
        pen.ellipse(LIGHT, 0.05 * math.cos(glint), 0.05 * math.sin(glint), 0.032)

    return sprite((-0.14, -0.14, 0.14, 0.14), scale, paint, phase)
