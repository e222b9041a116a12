"""The oriented observation of Snake: rotated so that the snake moves up, mirrored so that the fruit is never left.

Boards that differ only by rotation or reflection look the same, so all eight are learnt at once. A board has eight
orientations, with indices 0 to 7: two for each direction, unchanged and mirrored.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.game import Array
from games.snake.state import STEPS, SnakeState

NEAR = 11
"""Width of the window around the head. Farther away, the exact shape of the body matters little."""

_RIGHT = np.array([(-1, 0), (1, 0), (0, 1), (0, -1)])  # row and column step to the right, for each direction


def observation_length(size: int) -> int:
    """Return the length of an observation of a board of `size` × `size` cells."""
    return _Offsets(size).end


def observe(state: SnakeState, size: int) -> NDArray[np.uint8]:
    """[B, `observation_length(size)`] the cells near the head, positions as one-hot vectors, and the whole board.

    First the cells around the head in two layers: obstacles, walls included, and how long a body cell will stay, as a
    fraction of the snake's length. Body that will be gone before the head can be there is not an obstacle. Then one-hot
    vectors: the wall ahead, the wall to the right, row and column of the fruit, row and column of the tail. Then the
    whole board in three layers: body, how long it will stay, head. Last the length.
    """
    tables, parts, turned = _tables(size), _Offsets(size), _orientation_index(state, size)
    place = turned * size**2 + state.head
    seen = tables.empty.take(place, axis=0)
    life = np.zeros((len(place), size**2 + 1), np.int32)  # the last cell is that beyond the walls
    np.maximum(state.expiry - state.clock[:, None], 0, out=life[:, :-1])
    near = np.take_along_axis(life, tables.near.take(place, axis=0), axis=1)
    seen[:, 0 : parts.walls : 2] |= _marked(near > tables.distance)
    seen[:, 1 : parts.walls : 2] = _body_time(near, state)
    fed = np.flatnonzero(state.fruit >= 0)
    _mark(seen, tables.fruit, fed, place[fed], state.fruit[fed])
    _mark(seen, tables.tail, np.arange(len(place)), place, (life == 1).argmax(axis=1))
    board = np.take_along_axis(life, tables.board.take(turned, axis=0), axis=1)
    layers = seen[:, parts.board : -1].reshape(len(place), 3, size**2)
    layers[:, 0], layers[:, 1] = _marked(board > 0), _body_time(board, state)
    layers[:, 2] = _marked(board == state.length[:, None])
    seen[:, -1] = state.length * 255 // size**2
    return seen


def orientation(state: SnakeState, size: int) -> NDArray[np.int64]:
    """[B, 4] the actions of left, right, up and down in this view."""
    return _turned_actions().take(_orientation_index(state, size), axis=0)


class _Offsets:
    """The start index of each part of an observation."""

    def __init__(self, size: int) -> None:
        self.walls = 2 * NEAR**2
        self.fruit = self.walls + 2 * size
        self.tail = self.fruit + (2 * size - 1) + size
        self.board = self.tail + 2 * (2 * size - 1)
        self.end = self.board + 3 * size**2 + 1


def _marked(seen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return seen.astype(np.uint8) * np.uint8(255)


def _body_time(life: NDArray[np.int32], state: SnakeState) -> NDArray[np.int64]:
    """[B, …] how long body cells stay as a fraction of the snake's length, 56 … 255; 0 for no body."""
    time_left: NDArray[np.int64] = (life > 0) * (55 + 200 * life // state.length[:, None])
    return time_left


def _mark(seen: NDArray[np.uint8], spots: NDArray[np.int64], rows: Array, place: Array, cell: Array) -> None:
    """Mark the row and the column of a cell in the view."""
    for each in spots:
        seen[rows, each[place, cell]] = 255


def _orientation_index(state: SnakeState, size: int) -> NDArray[np.int64]:
    """[B] the orientation, 0 to 7: twice the direction, plus 1 for a mirrored board."""
    row, column = np.divmod(state.fruit, size)
    head_row, head_column = np.divmod(state.head, size)
    right_row, right_column = _RIGHT.take(state.direction, axis=0).T
    to_the_left = (row - head_row) * right_row + (column - head_column) * right_column < 0
    index: NDArray[np.int64] = 2 * state.direction + to_the_left
    return index


def _sides() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two arrays [8, 2]: the row and column steps of up and of right in the view, for each orientation."""
    return np.repeat(STEPS, 2, axis=0), np.repeat(_RIGHT, 2, axis=0) * np.tile([1, -1], 4)[:, None]


@cache
def _turned_actions() -> NDArray[np.int64]:
    """[8, 4] the actions of left, right, up and down in the view, for each orientation."""
    ahead, right = _sides()
    steps = np.stack((-right, right, ahead, -ahead), axis=1)  # [8, 4, 2]
    same = (steps[:, :, None] == STEPS).all(axis=-1)  # [8, 4, 4]
    actions: NDArray[np.int64] = same.argmax(axis=-1)
    return actions


class _Tables(NamedTuple):
    """Lookup tables for W = 8·n² pairs of orientation and head, and P = NEAR² cells around the head."""

    empty: NDArray[np.uint8]  # [W, length] only the walls
    near: NDArray[np.int64]  # [W, P] the cell at each position; n² beyond the walls
    distance: NDArray[np.int64]  # [P] steps from the head
    fruit: NDArray[np.int64]  # [2, W, n·n] indices of the marks of the fruit's row and column
    tail: NDArray[np.int64]  # [2, W, n·n] the same for the tail
    board: NDArray[np.int64]  # [8, n·n] the cell at each position of the rotated board


@cache
def _tables(size: int) -> _Tables:
    parts, middle = _Offsets(size), size - 1
    reach = np.arange(NEAR) - NEAR // 2
    up, along = -np.repeat(reach, NEAR), np.tile(reach, NEAR)  # [P]
    near, (rows, columns) = _near_cells(size, up, along), _ways_to_cells(size)
    # A fruit on the left is mirrored to the right, so the columns on the left are never used.
    fruit = np.stack((middle + rows, 2 * size - 1 + np.maximum(columns, 0)))
    tail = np.stack((middle + rows, 2 * size - 1 + middle + columns))
    distance = np.abs(up) + np.abs(along)
    empty = _walls(near, rows, columns, size)
    return _Tables(empty, near, distance, parts.fruit + fruit, parts.tail + tail, _turned_boards(size))


def _near_cells(size: int, up: NDArray[np.int64], along: NDArray[np.int64]) -> NDArray[np.int64]:
    """[W, P] the cells at these distances ahead of and right of the head; n² beyond the walls."""
    ahead, right = (side[:, None, None] for side in _sides())  # [8, 1, 1, 2]
    head = np.stack(np.divmod(np.arange(size**2), size), axis=-1)[:, None]  # [n·n, 1, 2]
    cells = head + up[:, None] * ahead + along[:, None] * right  # [8, n·n, P, 2]
    inside = ((cells >= 0) & (cells < size)).all(axis=-1)
    return np.where(inside, cells @ (size, 1), size**2).reshape(8 * size**2, -1)


def _ways_to_cells(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two arrays [W, n·n]: the rows below and the columns right of the head of each cell in the view."""
    cells = np.stack(np.divmod(np.arange(size**2), size), axis=-1)
    way = cells - cells[:, None]  # [n·n, n·n, 2] from each head to each cell
    ahead, right = (way @ side[:, None, :, None] for side in _sides())  # [8, n·n, n·n, 1]
    return -ahead.reshape(8 * size**2, -1), right.reshape(8 * size**2, -1)


def _walls(near: Array, rows: Array, columns: Array, size: int) -> NDArray[np.uint8]:
    """[W, length] observations of only the walls."""
    parts, each = _Offsets(size), np.arange(len(near))
    empty = np.zeros((len(near), parts.end), np.uint8)
    empty[:, 0 : parts.walls : 2] = _marked(near == size**2)
    empty[each, parts.walls - rows.min(axis=1)] = 255
    empty[each, parts.walls + size + columns.max(axis=1)] = 255
    return empty


def _turned_boards(size: int) -> NDArray[np.int64]:
    """[8, n·n] the cell at each position of the rotated board, row by row, for each orientation."""
    ahead, right = (side[:, None] for side in _sides())  # [8, 1, 2]
    middle = (size - 1) / 2
    row, column = np.divmod(np.arange(size**2), size)
    cells = middle + (middle - row)[:, None] * ahead + (column - middle)[:, None] * right  # [8, n·n, 2]
    turned: NDArray[np.int64] = cells.round().astype(np.int64) @ (size, 1)
    return turned
