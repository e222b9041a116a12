"""The picture of Flappy Bird: a night sky, pipes with a rim, a bird that tilts with its velocity.

The units are the pixels of the 288×512 screen of the rules.
"""

import math

import numpy as np
import pygame

from games.drawing import (
    FIELD,
    GREEN,
    GROUND,
    LIGHT,
    LINE,
    MUTED,
    ORANGE,
    YELLOW,
    Colour,
    Pen,
    Point,
    Sprite,
    backdrop,
    between,
    fineness,
    kept,
    mix,
    sprite,
    stamp,
)
from games.flappybird import rules
from games.flappybird.rules import BIRD_X, PIPE_SPEED, PIPE_WIDTH, SCREEN_HEIGHT, SCREEN_WIDTH, FlappyBird, FlappyState
from games.flappybird.shape import BEAK, BIRD_HEIGHT, BIRD_WIDTH, BODY, bird_mask

TILT = 3.0
"""Tilt of the bird in degrees per pixel of velocity."""
RIM_HEIGHT = 22
STRIPE = 37
"""Period of the stripes of the ground. It divides 296, the distance between every second pipe."""
PIPE_PLACES = (0, 144, 294, 438)
"""Distances of the first four pipes from the first one. From the third on, each is 296 behind the last but one."""
PIPE = mix(GREEN, LINE, 0.25)
STARS = ((31, 58, 1.1), (78, 132, 0.8), (121, 38, 0.9), (164, 96, 1.2), (203, 24, 0.8), (251, 74, 1.0), (228, 158, 0.8))


def draw(
    surface: pygame.Surface,
    game: FlappyBird,
    state: FlappyState,
    row: int,
    previous: FlappyState | None,
    blend: float,
) -> None:
    """Draw one copy; see `games.view`."""
    size = surface.get_size()
    scale = (size[0] / SCREEN_WIDTH, size[1] / SCREEN_HEIGHT)
    steps = fineness(size, 8)
    y, velocity, ahead = float(state.y[row]), float(state.velocity[row]), 0.0
    pipes = state.pipe_x[row].tolist()
    if previous is not None and _follows(pipes[0], previous, row):
        y, velocity = between(float(previous.y[row]), y, blend), between(float(previous.velocity[row]), velocity, blend)
        ahead = PIPE_SPEED * (1 - blend)
    surface.blit(_sky(size), (0, 0))
    for x, gap_top in zip(pipes, state.gap_top[row].tolist(), strict=True):
        if x + ahead < SCREEN_WIDTH:
            left = (x + ahead) * scale[0]
            stamp(surface, _pipe, left, gap_top * scale[1], scale, -1, steps=steps)
            stamp(surface, _pipe, left, (gap_top + game.gap) * scale[1], scale, 1, steps=steps)
    _draw_ground(surface, scale, _ground_shift(pipes[0], int(state.passed[row])) + ahead)
    middle = (BIRD_X + BIRD_WIDTH / 2) * scale[0], (y + BIRD_HEIGHT / 2) * scale[1]
    stamp(surface, _bird, *middle, scale, round(velocity), bool(state.crashed[row]), steps=steps)


def _follows(first: int, previous: FlappyState, row: int) -> bool:
    """Whether the first pipe, now at `first`, is the first or second one of the tick before."""
    return not previous.crashed[row] and first + PIPE_SPEED in previous.pipe_x[row, :2].tolist()


def _ground_shift(first: int, passed: int) -> float:
    """Return the offset of the stripes of the ground, which move with the pipes."""
    index = passed - (first <= rules.SCORE_X - PIPE_SPEED)  # of the first pipe among all pipes of the game
    return (first - PIPE_PLACES[index if index < 2 else 2 + index % 2]) % STRIPE


def _draw_ground(surface: pygame.Surface, scale: Point, shift: float) -> None:
    ground = _ground(surface.get_size())
    surface.blit(ground, (round((shift % STRIPE - STRIPE) * scale[0]), round(rules.GROUND * scale[1])))


@kept
def _sky(size: tuple[int, int]) -> pygame.Surface:
    def paint(pen: Pen) -> None:
        bands = 64
        for band in range(bands):
            height = rules.GROUND / bands
            colour = mix(mix(FIELD, GROUND, 0.5), (44, 62, 98), (band / bands) ** 1.5)
            pen.box(colour, 0, band * height, SCREEN_WIDTH, height + 1)
        for x, y, radius in STARS:
            pen.ellipse(mix(FIELD, LIGHT, 0.35), x, y, radius)

    return backdrop(size, (SCREEN_WIDTH, SCREEN_HEIGHT), paint)


@kept
def _ground(size: tuple[int, int]) -> pygame.Surface:
    """Return the ground, one period of its stripes wider than the picture."""
    width, height = SCREEN_WIDTH + STRIPE, SCREEN_HEIGHT - rules.GROUND

    def paint(pen: Pen) -> None:
        pen.box(mix(FIELD, LINE, 0.3), 0, 0, width, height)
        pen.box(mix(LINE, LIGHT, 0.1), 0, 0, width, 14)
        for left in range(-STRIPE, width + STRIPE, STRIPE):
            pen.polygon(LINE, ((left + 13, 2), (left + 31, 2), (left + 18, 14), (left, 14)))
        pen.box(mix(LINE, LIGHT, 0.45), 0, 0, width, 2.5)
        pen.box(mix(FIELD, GROUND, 0.6), 0, 14, width, 3)

    pixels = math.ceil(size[0] * width / SCREEN_WIDTH), math.ceil(size[1] * height / SCREEN_HEIGHT)
    return backdrop(pixels, (width, height), paint)


@kept
def _pipe(scale: Point, way: int, phase: Point) -> Sprite:
    """Return a pipe, hanging (way −1) or standing (way 1). The anchor is its left corner at the gap."""
    length = SCREEN_HEIGHT

    def paint(pen: Pen) -> None:
        def box(colour: Colour, x: float, y: float, width: float, height: float) -> None:
            pen.box(colour, x, y if way > 0 else -y - height, width, height)

        box(PIPE, 0, 0, PIPE_WIDTH, length)
        box(mix(PIPE, LIGHT, 0.22), 5, 0, 7, length)
        box(mix(PIPE, GROUND, 0.28), PIPE_WIDTH - 13, 0, 13, length)
        box(mix(PIPE, GROUND, 0.5), 0, RIM_HEIGHT, PIPE_WIDTH, 4)
        box(mix(PIPE, LIGHT, 0.16), 0, 0, PIPE_WIDTH, RIM_HEIGHT)
        box(mix(PIPE, LIGHT, 0.45), 5, 0, 7, RIM_HEIGHT)
        box(mix(PIPE, GROUND, 0.12), PIPE_WIDTH - 13, 0, 13, RIM_HEIGHT)
        box(mix(PIPE, LIGHT, 0.5), 0, 0, PIPE_WIDTH, 2.5)

    top, bottom = (0, length) if way > 0 else (-length, 0)
    return sprite((0, top, PIPE_WIDTH, bottom), scale, paint, phase)


@kept
def _bird(scale: Point, velocity: int, crashed: bool, phase: Point) -> Sprite:
    """Return the bird, centred. Without tilt and at its native size, it covers exactly `bird_mask`."""
    angle = math.radians(TILT * velocity)
    reach = math.hypot(BIRD_WIDTH, BIRD_HEIGHT) / 2 if velocity else BIRD_WIDTH / 2
    made = sprite((-reach, -reach, reach, reach), scale, lambda pen: _paint_bird(pen, angle, velocity, crashed), phase)
    if not velocity and scale == (1.0, 1.0) and phase == (0.0, 0.0):
        left, top = -BIRD_WIDTH // 2 - made.left, -BIRD_HEIGHT // 2 - made.top
        alpha = pygame.surfarray.pixels_alpha(made.surface)
        alpha[:] = 0
        alpha[left : left + BIRD_WIDTH, top : top + BIRD_HEIGHT] = np.where(bird_mask().T, 255, 0)
    return made


def _paint_bird(pen: Pen, angle: float, velocity: int, crashed: bool) -> None:
    sine, cosine = math.sin(angle), math.cos(angle)

    def turned(x: float, y: float) -> Point:
        right, down = x - BIRD_WIDTH / 2, y - BIRD_HEIGHT / 2
        return right * cosine - down * sine, right * sine + down * cosine

    def oval(colour: Colour, x: float, y: float, across: float, down: float, lean: float = 0.0) -> None:
        steps = np.linspace(0, 2 * math.pi, 48, endpoint=False)
        lean_sine, lean_cosine = math.sin(math.radians(lean)), math.cos(math.radians(lean))
        rights, downs = across * np.cos(steps), down * np.sin(steps)
        outline = zip(rights * lean_cosine - downs * lean_sine, rights * lean_sine + downs * lean_cosine, strict=True)
        pen.polygon(colour, [turned(x + right, y + below) for right, below in outline])

    feathers = mix(YELLOW, MUTED, 0.7) if crashed else YELLOW
    beak = mix(ORANGE, MUTED, 0.5) if crashed else ORANGE
    oval(beak, *BEAK)
    pen.line(mix(beak, GROUND, 0.45), (turned(27, 14.9), turned(33, 14.9)), 1.1)
    oval(mix(feathers, ORANGE, 0.45), *BODY)
    oval(feathers, BODY[0], BODY[1] - 1.2, BODY[2] - 0.6, BODY[3] - 1.2)
    oval(mix(feathers, LIGHT, 0.5), 16.5, 18.4, 9, 4)
    lean = -38 if velocity > 2 else (24 if velocity < -4 else 0)  # down while flapping, up while falling
    oval(mix(feathers, beak, 0.75), 8, 13, 6.4, 3.9, -lean)
    oval(mix(feathers, LIGHT, 0.35), 7.6, 12.4, 5.2, 2.8, -lean)
    if crashed:
        for tilt in (-1, 1):
            pen.line(GROUND, (turned(18, 8 - 2.8 * tilt), turned(23.6, 8 + 2.8 * tilt)), 1.7)
        return
    oval(LIGHT, 20.8, 8, 4.3, 4.5)
    oval(GROUND, 22.3, 8.2, 1.9, 2.2)
