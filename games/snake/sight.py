"""What an agent sees of Snake.

Body cells show how long they will still be body: 128 is the tail, brighter is later, so that body and free cells are
easily told apart and the way the tail will take can be read.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from games.snake.rules import SnakeState

FEATURES = 13
"""Numbers in a `features` observation."""

_DIRECTIONS = ((0, -1), (0, 1), (-1, 0), (1, 0))  # row and column step of each action


def grid(state: "SnakeState", size: int) -> NDArray[np.uint8]:
    """[B, n+2, n+2, 4] the board and its walls in planes: body, head, fruit, wall."""
    count, width = len(state.head), size + 2
    planes = np.zeros((count, width, width, 4), np.uint8)
    planes[:, 1:-1, 1:-1, 0] = _body(state, size).reshape(count, size, size)
    planes[:, [0, -1], :, 3] = 255
    planes[:, :, [0, -1], 3] = 255
    flat = planes.reshape(count, -1)
    rows = np.arange(count)
    flat[rows, _bordered(state.head, size) * 4 + 1] = 255
    fed = (state.fruit >= 0).nonzero()[0]
    flat[fed, _bordered(state.fruit[fed], size) * 4 + 2] = 255
    return planes


def centred(state: "SnakeState", size: int) -> NDArray[np.uint8]:
    """[B, 2n−1, 2n−1, 3] the same around the head, which is always in the middle: body, fruit, wall."""
    count, width = len(state.head), 2 * size - 1
    cells, walls = _windows(size)
    body = np.zeros((count, size**2 + 1), np.uint8)  # one more cell stands for everything beyond the edge
    body[:, :-1] = _body(state, size)
    planes = np.zeros((count, width**2, 3), np.uint8)
    first = np.arange(0, body.size, body.shape[1])[:, None]
    planes[:, :, 0] = body.reshape(-1)[cells[state.head] + first]
    planes[:, :, 2] = walls[state.head]
    fed = (state.fruit >= 0).nonzero()[0]
    row, column = np.divmod(state.fruit[fed], size)
    head_row, head_column = np.divmod(state.head[fed], size)
    planes[fed, (row - head_row + size - 1) * width + column - head_column + size - 1, 1] = 255
    return planes.reshape(count, width, width, 3)


def features(state: "SnakeState", size: int) -> NDArray[np.float32]:
    """[B, 13] nearness of the next obstacle in each direction, direction, way to the fruit and its signs, length."""
    count = len(state.head)
    blocked = np.ones((count, size**2 + 1), np.bool_)
    blocked[:, :-1] = state.expiry > state.clock[:, None]
    first = np.arange(0, blocked.size, blocked.shape[1])[:, None, None]
    distance = blocked.reshape(-1)[_rays(size)[state.head] + first].argmax(axis=2) + 1  # [B, 4]
    row, column = np.divmod(np.where(state.fruit < 0, state.head, state.fruit), size)
    head_row, head_column = np.divmod(state.head, size)
    values = np.zeros((count, FEATURES), np.float32)
    values[:, :4] = 1 / distance
    values[np.arange(count), 4 + state.direction] = 1
    values[:, 8] = (row - head_row) / size
    values[:, 9] = (column - head_column) / size
    values[:, 10:12] = np.sign(values[:, 8:10])
    values[:, 12] = state.length / size**2
    return values


def _body(state: "SnakeState", size: int) -> NDArray[np.uint8]:
    """[B, n·n] 0 where there is no body, else 128 … 255."""
    life = state.expiry - state.clock[:, None]
    brightness = 128 + life * 127 // size**2
    brightness *= life > 0
    return brightness.astype(np.uint8)


def _bordered(cell: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Number of a cell on the board with its walls."""
    row, column = np.divmod(cell, size)
    return (row + 1) * (size + 2) + column + 1


def _neighbourhood(size: int, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """[n·n, M] the cells that lie M steps (row, column) away from each cell, n·n for those off the board."""
    row, column = np.divmod(np.arange(size**2)[:, None], size)
    row, column = row + steps[:, 0], column + steps[:, 1]
    inside = (row >= 0) & (row < size) & (column >= 0) & (column < size)
    return np.where(inside, row * size + column, size**2)


@cache
def _windows(size: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """[n·n, (2n−1)²] for each place of the head, the cells around it, and the walls around it at 255."""
    reach = np.arange(1 - size, size)
    steps = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
    cells = _neighbourhood(size, steps)
    return cells, np.where(cells == size**2, 255, 0).astype(np.uint8)


@cache
def _rays(size: int) -> NDArray[np.int64]:
    """[n·n, 4, n] the cells passed on the way from each cell in each direction."""
    steps = np.array([(row * far, column * far) for row, column in _DIRECTIONS for far in range(1, size + 1)])
    return _neighbourhood(size, steps).reshape(size**2, 4, size)
