"""Draws any game: finds the drawing function of the game and fits the picture into a surface without distortion.

A drawing function `draw(surface, game, state, row, previous, blend)` fills the whole surface and scales to its size:

- `state`, `row`: the copy to draw.
- `previous`, `blend`: the state one tick before (or None) and the position, 0 … 1, between it and `state`, so that 60
  frames per second look smooth at 10 ticks per second. With None, `state` itself is drawn.

The same function serves play, watching, thumbnails and pixel observations, so it draws no scores and no hints.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from games.border import guard
from games.game import Game, State
from games.registry import is_ours, load

if TYPE_CHECKING:
    import pygame

Painter = Callable[["pygame.Surface", Any, State, int, State | None, float], None]


@cache
def _load_painter(reference: str) -> Painter:
    painter: Painter = load(reference)
    return painter


def painter(game: Game) -> Painter:
    """Return the drawing function of a game, imported on first use. Third-party ones raise only `GameError`."""
    if is_ours(type(game)):
        return _load_painter(type(game).view)

    def paint(*arguments: Any) -> None:
        with guard(game.info.id, "draw"):
            _load_painter(type(game).view)(*arguments)

    return paint


def fit(size: tuple[int, int], aspect: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the largest centred rectangle (x, y, width, height) of an aspect ratio within a size, in pixels."""
    width, height = size
    scale = min(width / aspect[0], height / aspect[1])
    fitted = max(1, round(aspect[0] * scale)), max(1, round(aspect[1] * scale))
    return (width - fitted[0]) // 2, (height - fitted[1]) // 2, *fitted


def draw(
    surface: "pygame.Surface",
    game: Game,
    state: State,
    row: int = 0,
    previous: State | None = None,
    blend: float = 1.0,
) -> None:
    """Draw one copy of a game in the middle of a surface, as large as its aspect ratio allows."""
    target = surface.subsurface(fit(surface.get_size(), game.info.aspect))
    painter(game)(target, game, state, row, previous, blend)
