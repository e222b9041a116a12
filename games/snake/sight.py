"""What an agent sees of Snake.

Body cells show how long they will still be body: 128 is the tail, brighter is later, so that body and free cells are
easily told apart and the way the tail will take can be read.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from games.game import Array

if TYPE_CHECKING:
    from games.snake.rules import SnakeState

FEATURES = 13
"""Numbers in a `features` observation."""

NEAR = 11
"""Width of the window around the head in an `ahead` observation: half of it is as far as a body's folds matter."""

_DIRECTIONS = ((0, -1), (0, 1), (-1, 0), (1, 0))  # row and column step of each action
_RIGHT = np.array([(-1, 0), (1, 0), (0, 1), (0, -1)])  # row and column step to the right of each direction
_ONE_HOT = np.eye(4, dtype=np.float32)
_ALWAYS = -(2**30)  # steps; any cell outlasts it


def ahead_length(size: int) -> int:
    """How many numbers an `ahead` observation has."""
    return 2 * NEAR**2 + 2 * size + (3 * size - 1) + 2 * (2 * size - 1) + 1


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
    fed = np.flatnonzero(state.fruit >= 0)
    flat[fed, _bordered(state.fruit[fed], size) * 4 + 2] = 255
    return planes


def centred(state: "SnakeState", size: int) -> NDArray[np.uint8]:
    """[B, 2n−1, 2n−1, 3] the same around the head, which is always in the middle: body, fruit, wall.

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


def ahead(state: "SnakeState", size: int) -> NDArray[np.uint8]:
    """[B, `ahead_length`] the world as the snake sees it, turned so that it goes up and mirrored so that the fruit is
    never to its left: boards that differ only by a turn or a mirror look the same, so all eight are learnt at once.

    First the cells around the head in two layers: what is blocked, walls included, and how long body will stay, as a
    part of the snake's length. Body that will have moved on by the time the head could be there does not block. Then,
    each as a row of places of which one is marked: the wall ahead, the wall to the right, the fruit's row and column,
    the tail's row and column. Last the length.
    """
    sight = _sight_ahead(size)
    place = _way(state, size) * size**2 + state.head
    seen = sight.empty.take(place, axis=0)
    life = np.zeros((len(place), size**2 + 1), np.int32)
    np.maximum(state.expiry - state.clock[:, None], 0, out=life[:, :-1])
    near = np.take_along_axis(life, sight.cell.take(place, axis=0), axis=1)
    seen[:, 0 : 2 * NEAR**2 : 2] |= (near > sight.distance).astype(np.uint8) * 255
    seen[:, 1 : 2 * NEAR**2 : 2] = (near > 0) * (55 + 200 * near // state.length[:, None])
    fed = np.flatnonzero(state.fruit >= 0)
    _mark(seen, sight.fruit, fed, place[fed], state.fruit[fed])
    _mark(seen, sight.tail, np.arange(len(place)), place, (life == 1).argmax(axis=1))
    seen[:, -1] = state.length * 255 // size**2
    return seen


def _mark(seen: NDArray[np.uint8], spots: NDArray[np.int64], rows: Array, place: Array, cell: Array) -> None:
    """Mark the row and the column in which a cell is seen."""
    for each in spots:
        seen[rows, each[place, cell]] = 255


def orientation(state: "SnakeState", size: int) -> NDArray[np.int64]:
    """[B, 4] the action that left, right, up and down of the view of `ahead` stand for."""
    return _turned_actions().take(_way(state, size), axis=0)


def features(state: "SnakeState", size: int) -> NDArray[np.float32]:
    """[B, 13] nearness of the next obstacle in each direction, direction, way to the fruit and its signs, length.

    Body that will have moved on by the time the head could be there is no obstacle.
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


@cache
def _walled(size: int) -> NDArray[np.uint8]:
    """[3n−2, 3n−2, 3] the planes of an empty board among so much wall that every window around a head fits in."""
    planes = np.zeros((3 * size - 2, 3 * size - 2, 3), np.uint8)
    planes[:, :, 2] = 255
    planes[size - 1 : 2 * size - 1, size - 1 : 2 * size - 1, 2] = 0
    return planes


def _way(state: "SnakeState", size: int) -> NDArray[np.int64]:
    """[B] how the board is turned to be seen: twice the direction, plus 1 where it is mirrored."""
    row, column = np.divmod(state.fruit, size)
    head_row, head_column = np.divmod(state.head, size)
    right_row, right_column = _RIGHT.take(state.direction, axis=0).T
    to_the_left = (row - head_row) * right_row + (column - head_column) * right_column < 0
    return 2 * state.direction + to_the_left


def _sides() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[8, 2] twice: row and column step of what is seen upwards and to the right, for each way."""
    return np.repeat(np.array(_DIRECTIONS), 2, axis=0), np.repeat(_RIGHT, 2, axis=0) * np.tile([1, -1], 4)[:, None]


@cache
def _turned_actions() -> NDArray[np.int64]:
    """[8, 4] the actions that lead left, right, up and down as seen, for each way."""
    ahead, right = _sides()
    steps = np.stack((-right, right, ahead, -ahead), axis=1)  # [8, 4, 2]
    same = (steps[:, :, None] == np.array(_DIRECTIONS)).all(axis=-1)  # [8, 4, 4]
    actions: NDArray[np.int64] = same.argmax(axis=-1)
    return actions


class _SightAhead(NamedTuple):
    """How `ahead` is filled, for W = 8·n² pairs of way and head and P = NEAR² cells around the head."""

    empty: NDArray[np.uint8]  # [W, ahead_length] the walls, and nothing else
    cell: NDArray[np.int64]  # [W, P] the cell seen in each place; n² beyond the walls
    distance: NDArray[np.int64]  # [P] steps from the head
    fruit: NDArray[np.int64]  # [2, W, n·n] where in the observation the row and the column of a fruit are marked
    tail: NDArray[np.int64]  # [2, W, n·n] the same of the tail


@cache
def _sight_ahead(size: int) -> _SightAhead:
    ahead, right = (side[:, None] for side in _sides())  # [8, 1, 2]
    cells = np.stack(np.divmod(np.arange(size**2), size), axis=-1)  # [n·n, 2]
    reach = np.arange(NEAR) - NEAR // 2
    up, along = -np.repeat(reach, NEAR), np.tile(reach, NEAR)  # [P]
    seen = cells[:, None] + up[:, None] * ahead[:, None] + along[:, None] * right[:, None]  # [8, n·n, P, 2]
    inside = ((seen >= 0) & (seen < size)).all(axis=-1)
    cell = np.where(inside, seen @ (size, 1), size**2).reshape(8 * size**2, -1)
    way = cells - cells[:, None]  # [n·n, n·n, 2] from each head to each cell
    rows = -(way @ ahead.swapaxes(1, 2)[:, None])[..., 0].reshape(8 * size**2, -1)  # [W, n·n] downwards, as seen
    columns = (way @ right.swapaxes(1, 2)[:, None])[..., 0].reshape(8 * size**2, -1)
    empty = np.zeros((len(cell), ahead_length(size)), np.uint8)
    empty[:, 0 : 2 * NEAR**2 : 2] = 255 * (cell == size**2)
    wall = 2 * NEAR**2
    each = np.arange(len(cell))
    empty[each, wall - rows.min(axis=1)] = 255
    empty[each, wall + size + columns.max(axis=1)] = 255
    fruit, tail = wall + 2 * size, wall + 2 * size + 3 * size - 1
    middle = size - 1
    # A fruit to the left is mirrored to the right, so the columns to the left are never looked up.
    fruits = np.stack((fruit + middle + rows, fruit + 2 * size - 1 + np.maximum(columns, 0)))
    tails = np.stack((tail + middle + rows, tail + 2 * size - 1 + middle + columns))
    return _SightAhead(empty, cell, np.abs(up) + np.abs(along), fruits, tails)


class _Rays(NamedTuple):
    """What lies ahead of each cell in each direction, n cells far."""

    cell: NDArray[np.int64]  # [n·n, 4·n] the cells passed; 0 for those off the board
    distance: NDArray[np.int32]  # [n·n, 4·n] steps to them; where it is off the board, so few that it is always blocked
    place: NDArray[np.float32]  # [n·n, 2] row and column of each cell, in boards


@cache
def _rays(size: int) -> _Rays:
    steps = np.array([(row * far, column * far) for row, column in _DIRECTIONS for far in range(1, size + 1)])
    place = np.stack(np.divmod(np.arange(size**2), size), axis=1)  # [n·n, 2]
    row, column = np.moveaxis(place[:, None] + steps, 2, 0)  # [n·n, 4·n]
    inside = (row >= 0) & (row < size) & (column >= 0) & (column < size)
    distance = np.where(inside, np.abs(steps).sum(axis=1), _ALWAYS)
    return _Rays(np.where(inside, row * size + column, 0), distance.astype(np.int32), (place / size).astype(np.float32))
