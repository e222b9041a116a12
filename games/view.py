"""Drawing any game: finds the game's own painter and fits its picture into a surface without stretching it.

A painter is a function `draw(surface, game, state, row, previous, blend)` that fills the whole surface it is given and
takes its scale from the surface's size:

- `state`, `row`: which copy to draw.
- `previous`, `blend`: the state one tick before (or None) and how far, 0 … 1, the picture has moved on from it to
  `state`, so that 60 frames a second look smooth at 10 ticks a second. With None the state is drawn as it is.

The same painter serves play, watch, thumbnails and pixel observations, so it draws no scores and no hints.
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
    """The game's own drawing function, loaded on first use. That of a stranger raises `GameError` alone."""
    if is_ours(type(game)):
        return _load_painter(type(game).view)

    def paint(*arguments: Any) -> None:
        with guard(game.info.id, "draw"):
            _load_painter(type(game).view)(*arguments)

    return paint


def fit(size: tuple[int, int], aspect: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest centred rectangle (x, y, width, height) of the given aspect within a size, in whole pixels."""
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
    """Draw one copy of a game in the middle of a surface, as large as its aspect allows. The rest stays untouched."""
    target = surface.subsurface(fit(surface.get_size(), game.info.aspect))
    painter(game)(target, game, state, row, previous, blend)
