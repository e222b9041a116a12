"""The observations of Snake: grids, the same centred on the head, and a few numbers.

Body cells show how long they will stay body: 128 is the tail, larger values stay longer. So body and free cells are
easy to distinguish, and the future path of the tail is visible.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from games.snake.state import STEPS, SnakeState

FEATURES = 13
"""Number of values in a `features` observation."""

_ONE_HOT = np.eye(4, dtype=np.float32)
_ALWAYS = -(2**30)  # steps; less than the expiry of any cell


def grid(state: SnakeState, size: int) -> NDArray[np.uint8]:
    """[B, n+2, n+2, 4] the board and its walls in layers: body, head, fruit, wall."""
    count, width = len(state.head), size + 2
    planes = np.zeros((count, width, width, 4), np.uint8)
    planes[:, 1:-1, 1:-1, 0] = _body(state, size).reshape(count, size, size)
    planes[:, [0, -1], :, 3] = 255
    planes[:, :, [0, -1], 3] = 255
    flat = planes.reshape(count, -1)
    rows = np.arange(count)
    flat[rows, _bordered(state.head, size) * 4 + 1] = 255
    fed = np.flatnonzero(state.fruit >= 0)
    flat[fed, _bordered(state.fruit[fed], size) * 4 + 2] = 255
    return planes


def centred(state: SnakeState, size: int) -> NDArray[np.uint8]:
    """[B, 2n−1, 2n−1, 3] the board centred on the head, in layers: body, fruit, wall.

    Each window is cut from a board with n−1 cells of wall on every side.
    """
    count, width = len(state.head), 2 * size - 1
    board = slice(size - 1, width)
    planes = np.empty((count, *_walled(size).shape), np.uint8)
    planes[:] = _walled(size)
    planes[:, board, board, 0] = _body(state, size).reshape(count, size, size)
    fed = np.flatnonzero(state.fruit >= 0)
    row, column = np.divmod(state.fruit[fed], size)
    planes[fed, row + size - 1, column + size - 1, 1] = 255
    windows = sliding_window_view(planes.reshape(count, len(_walled(size)), -1), (width, width * 3), axis=(1, 2))
    row, column = np.divmod(state.head, size)
    seen: NDArray[np.uint8] = windows[np.arange(count), row, column * 3]
    return seen.reshape(count, width, width, 3)


def features(state: SnakeState, size: int) -> NDArray[np.float32]:
    """[B, 13] nearness of the next obstacle in each direction, direction, vector to the fruit and its signs, length.

    Body that will be gone before the head can be there is not an obstacle.
    """
    count, rays = len(state.head), _rays(size)
    cells = rays.cell.take(state.head, axis=0) + np.arange(0, state.expiry.size, size**2)[:, None]
    stays = state.clock[:, None] + rays.distance.take(state.head, axis=0)
    blocked = state.expiry.take(cells) > stays  # [B, 4·n]
    way = rays.place.take(state.fruit, axis=0) - rays.place.take(state.head, axis=0)  # [B, 2]
    values = np.empty((count, FEATURES), np.float32)
    values[:, :4] = 1 / (blocked.reshape(count, 4, size).argmax(axis=2) + 1)
    values[:, 4:8] = _ONE_HOT.take(state.direction, axis=0)
    values[:, 8:10] = way
    values[:, 10:12] = np.sign(way)
    values[:, 12] = state.length / size**2
    return values


def _body(state: SnakeState, size: int) -> NDArray[np.uint8]:
    """[B, n·n] 128 … 255 for body, 0 for other cells."""
    life = state.expiry - state.clock[:, None]
    brightness = 128 + life * 127 // size**2
    brightness *= life > 0
    return brightness.astype(np.uint8)


def _bordered(cell: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the index of a cell on the board with its walls."""
    row, column = np.divmod(cell, size)
    return (row + 1) * (size + 2) + column + 1


@cache
def _walled(size: int) -> NDArray[np.uint8]:
    """[3n−2, 3n−2, 3] the layers of an empty board with n−1 cells of wall on every side."""
    planes = np.zeros((3 * size - 2, 3 * size - 2, 3), np.uint8)
    planes[:, :, 2] = 255
    planes[size - 1 : 2 * size - 1, size - 1 : 2 * size - 1, 2] = 0
    return planes


class _Rays(NamedTuple):
    """The n cells ahead of each cell in each direction."""

    cell: NDArray[np.int64]  # [n·n, 4·n] the cells; 0 beyond the board
    distance: NDArray[np.int32]  # [n·n, 4·n] steps to them; beyond the board, a value that is always blocked
    place: NDArray[np.float32]  # [n·n, 2] row and column of each cell, as fractions of the board


@cache
def _rays(size: int) -> _Rays:
    steps = np.array([(row * far, column * far) for row, column in STEPS for far in range(1, size + 1)])
    place = np.stack(np.divmod(np.arange(size**2), size), axis=1)  # [n·n, 2]
    row, column = np.moveaxis(place[:, None] + steps, 2, 0)  # [n·n, 4·n]
    inside = (row >= 0) & (row < size) & (column >= 0) & (column < size)
    distance = np.where(inside, np.abs(steps).sum(axis=1), _ALWAYS)
    return _Rays(np.where(inside, row * size + column, 0), distance.astype(np.int32), (place / size).astype(np.float32))
