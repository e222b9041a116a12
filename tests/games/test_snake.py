import numpy as np
import pytest

from games.batch import GameBatch
from games.snake.rules import Snake
from games.snake.state import SnakeState
from games.states import copy_state, take_rows

LEFT, RIGHT, UP, DOWN = range(4)
RNG = np.random.default_rng(0)


def _snake(cells: list[tuple[int, int]], direction: int, fruit: tuple[int, int] | None, size: int = 6) -> SnakeState:
    """A snake given head first, as (row, column)."""
    expiry = np.zeros((1, size * size), np.int32)
    for life, (row, column) in zip(range(len(cells), 0, -1), cells, strict=True):
        expiry[0, row * size + column] = life
    numbers = [np.array([value]) for value in (direction, 0 if fruit is None else fruit[0] * size + fruit[1])]
    head = np.array([cells[0][0] * size + cells[0][1]])
    nothing = np.zeros((4, 1), np.int64)
    return SnakeState(
        expiry, nothing[0].astype(np.int32), head, numbers[0], numbers[1], nothing[1] + len(cells), nothing[2].copy(),
        nothing[3].copy(), np.ones(1, bool),
    )  # fmt: skip


def _body(state: SnakeState, size: int = 6) -> set[tuple[int, int]]:
    return {divmod(int(cell), size) for cell in np.flatnonzero(state.expiry[0] > state.clock[0])}


def _step(state: SnakeState, action: int, size: int = 6) -> tuple[float, bool]:
    outcome = Snake(grid=size).step(state, np.array([action]), RNG)
    return float(outcome.reward[0]), bool(outcome.terminated[0])


def test_games_start_with_three_cells_in_a_row() -> None:
    game = Snake()
    state = game.reset(2000, np.random.default_rng(0))
    body = state.expiry > state.clock[:, None]
    assert (body.sum(axis=1) == 3).all()
    assert set(state.direction) == {LEFT, RIGHT}
    behind = np.where(state.direction == LEFT, 1, -1)
    rows = np.arange(2000)
    assert body[rows, state.head].all()
    assert body[rows, state.head + 2 * behind].all()
    assert not body[rows, state.fruit].any()
    assert len(set(state.fruit)) == 100 - 1, "fruits lie on every cell that can be free"


def test_moving_takes_the_tail_along() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (0, 0))
    assert _step(state, UP) == (0.0, False)
    assert _body(state) == {(1, 3), (2, 3), (2, 2)}


def test_eating_grows_by_one() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (2, 4))
    assert _step(state, RIGHT) == (1.0, False)
    assert _body(state) == {(2, 4), (2, 3), (2, 2), (2, 1)}
    assert state.length[0] == 4
    assert state.eaten[0] == 1
    assert divmod(int(state.fruit[0]), 6) not in _body(state)
    _step(state, UP)
    assert len(_body(state)) == 4


@pytest.mark.parametrize(("head", "action"), [((0, 3), UP), ((5, 3), DOWN), ((3, 0), LEFT), ((3, 5), RIGHT)])
def test_walls_kill(head: tuple[int, int], action: int) -> None:
    state = _snake([head], action, (2, 2))
    assert _step(state, action) == (-1.0, True)
    assert not state.alive[0]


def test_the_own_body_kills() -> None:
    spiral = [(2, 2), (2, 3), (1, 3), (1, 2), (1, 1), (2, 1)]
    state = _snake(spiral, LEFT, (5, 5))
    assert _step(state, UP) == (-1.0, True)


def test_the_tail_moves_before_the_head_arrives() -> None:
    ring = [(2, 2), (2, 3), (1, 3), (1, 2)]
    state = _snake(ring, LEFT, (5, 5))
    assert _step(state, UP) == (0.0, False)
    assert _body(state) == set(ring)


def test_reversing_is_illegal_and_ignored() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (0, 0))
    assert Snake(grid=6).legal_actions(state).tolist() == [[False, True, True, True]]
    assert _step(state, LEFT) == (0.0, False)
    assert _body(state) == {(2, 4), (2, 3), (2, 2)}
    assert state.direction[0] == RIGHT


def test_filling_the_board_wins() -> None:
    rows = [[(row, column) for column in (range(6) if row % 2 == 0 else range(5, -1, -1))] for row in range(6)]
    path = [cell for row in rows for cell in row]  # ends in the corner (5, 0)
    state = _snake(path[-2::-1], LEFT, path[-1])
    assert _step(state, LEFT) == (2.0, True)
    assert state.fruit[0] == -1
    assert state.alive[0]
    for kind in ("ahead", "grid", "centred", "features"):
        Snake(grid=6).observe(state, kind)


def test_starving_truncates_and_does_not_terminate() -> None:
    game = Snake(grid=6, starve_after=5)
    state = _snake([(2, 2), (2, 3), (1, 3), (1, 2)], LEFT, (5, 5))
    outcomes = [game.step(state, np.array([action]), RNG) for action in (UP, RIGHT, DOWN, LEFT, UP)]
    assert [bool(outcome.truncated[0]) for outcome in outcomes] == [False] * 4 + [True]
    assert not any(outcome.terminated[0] for outcome in outcomes)


def test_the_limit_without_fruit_is_twice_the_cells() -> None:
    game = Snake(grid=6)
    state = _snake([(2, 2), (2, 3), (1, 3), (1, 2)], LEFT, (5, 5))
    state.hunger[:] = 2 * 36 - 2
    assert not game.step(state, np.array([UP]), RNG).truncated[0]
    assert game.step(state, np.array([RIGHT]), RNG).truncated[0]


def test_hunger_starts_again_with_each_fruit() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (2, 4))
    state.hunger[:] = 71
    outcome = Snake(grid=6).step(state, np.array([RIGHT]), RNG)
    assert not outcome.truncated[0]
    assert state.hunger[0] == 0


def test_a_death_leaves_the_board_as_it_was() -> None:
    state = _snake([(0, 3), (1, 3), (1, 2)], UP, (5, 5))
    expiry, clock, head = state.expiry.copy(), state.clock.copy(), state.head.copy()
    assert _step(state, UP) == (-1.0, True)
    np.testing.assert_array_equal(state.expiry, expiry)
    assert (state.clock, state.head) == (clock, head)


def test_a_starving_snake_that_dies_is_terminated() -> None:
    state = _snake([(0, 3), (1, 3), (1, 2)], UP, (5, 5))
    state.hunger[:] = 71
    outcome = Snake(grid=6).step(state, np.array([UP]), RNG)
    assert outcome.terminated[0]
    assert not outcome.truncated[0]


def test_a_new_fruit_is_uniform_over_free_cells() -> None:
    count = 16_000
    state = take_rows(_snake([(2, 3), (2, 2), (2, 1)], RIGHT, (2, 4)), np.zeros(count, int))
    Snake(grid=6).step(state, np.full(count, RIGHT), np.random.default_rng(0))
    counts = np.bincount(state.fruit, minlength=36)
    body = [2 * 6 + column for column in (1, 2, 3, 4)]
    assert counts[body].sum() == 0
    np.testing.assert_allclose(np.delete(counts, body) / count, 1 / 32, rtol=0.2)


def test_the_first_fruit_is_uniform_over_free_cells() -> None:
    game = Snake(grid=6)
    fruits = game.reset(60_000, np.random.default_rng(1)).fruit
    counts = np.bincount(fruits, minlength=36)
    open_cells = [cell for cell in range(36) if cell // 6 != 3]
    share = counts[open_cells] / 60_000
    np.testing.assert_allclose(share, 1 / 33, rtol=0.12)


def test_the_grid_tells_body_head_fruit_and_wall_apart() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (0, 0))
    planes = Snake(grid=6).observe(state, "grid")[0]
    body = planes[1:-1, 1:-1, 0]
    assert {(int(row), int(column)) for row, column in np.argwhere(body)} == _body(state)
    assert body[2, 3] > body[2, 2] > body[2, 1] >= 128, "the head stays longest"
    assert np.argwhere(planes[..., 1]).tolist() == [[3, 4]]
    assert np.argwhere(planes[..., 2]).tolist() == [[1, 1]]
    assert planes[..., 3].astype(bool).sum() == 8 * 8 - 36


def test_the_centred_view_is_the_board_moved_under_the_head() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (0, 5))
    planes = Snake(grid=6).observe(state, "centred")[0]
    board = Snake(grid=6).observe(state, "grid")[0]
    for row in range(6):
        for column in range(6):
            y, x = row - 2 + 5, column - 3 + 5
            assert planes[y, x].tolist() == board[row + 1, column + 1, [0, 2, 3]].tolist()
    inside = np.zeros((11, 11), bool)
    inside[3:9, 2:8] = True
    np.testing.assert_array_equal(planes[..., 2] == 255, ~inside)


def test_the_view_ahead_tells_what_blocks_and_where_things_are() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1), (3, 1), (3, 2), (3, 3)], RIGHT, (0, 5))
    seen = Snake(grid=6).observe(state, "ahead")[0]
    cells = seen[: 2 * 11 * 11].reshape(11, 11, 2)  # it goes right, so up is right; the fruit is mirrored to the right
    body = {(5, 5), (6, 5), (7, 5), (7, 4), (6, 4), (5, 4)}
    assert {(int(row), int(column)) for row, column in np.argwhere(cells[..., 1])} == body
    assert cells[5, 5, 1] == 255 > cells[6, 5, 1] > cells[5, 4, 1] > 0, "the head stays longest"
    assert cells[5, 4, 0] == 0, "the tail has gone when the head could be there"
    assert cells[7, 5, 0] == 255
    walls = np.ones((11, 11), bool)
    walls[3:9, 2:8] = False
    assert (cells[walls] == (255, 0)).all()
    assert (cells[3:5, :, 0] == 255 * walls[3:5]).all(), "nothing blocks ahead"
    marks = [int(place) for place in np.flatnonzero(seen[242 : 242 + 51])]
    wall_ahead, wall_right, fruit_row, fruit_column, tail_row, tail_column = marks
    assert (wall_ahead, wall_right - 6) == (2, 2)
    assert (fruit_row - 12 - 5, fruit_column - 23) == (-2, 2)
    assert (tail_row - 29 - 5, tail_column - 40 - 5) == (0, -1)
    blocked, stay, head = seen[-109:-1].reshape(3, 6, 6)  # the board's right is up, its upper edge to the right
    assert {(5 - int(right), 5 - int(up)) for up, right in np.argwhere(blocked)} == _body(state)
    assert [(int(row), int(column)) for row, column in np.argwhere(head)] == [(2, 3)]
    assert stay[2, 3] == 255 and (stay > 0).tolist() == (blocked == 255).tolist()
    assert seen[-1] == 6 * 255 // 36


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_and_mirrored_boards_look_the_same_ahead(turns: int, mirrored: bool) -> None:
    def turn(cell: tuple[int, int]) -> tuple[int, int]:
        row, column = cell
        if mirrored:
            column = 5 - column
        for _ in range(turns):
            row, column = column, 5 - row
        return row, column

    game, body, fruit = Snake(grid=6), [(2, 3), (2, 2), (2, 1), (3, 1)], (4, 5)
    state = _snake(body, RIGHT, fruit)
    (head_row, head_column), (row, column) = turn(body[0]), turn(body[1])
    direction = [(0, -1), (0, 1), (-1, 0), (1, 0)].index((head_row - row, head_column - column))
    turned = _snake([turn(cell) for cell in body], direction, turn(fruit))
    np.testing.assert_array_equal(game.observe(turned, "ahead"), game.observe(state, "ahead"))
    for output in range(3):
        for each in (state, turned):
            each.direction[:] = RIGHT if each is state else direction
        cells = []
        for each in (state, turned):
            moved = copy_state(each)
            game.step(moved, game.orientation(each, "ahead")[:, output], RNG)
            cells.append(divmod(int(moved.head[0]), 6))
        assert turn(cells[0]) == cells[1], "the same output does the same"


def test_features_tell_obstacles_and_the_way_to_the_fruit() -> None:
    state = _snake([(2, 3), (2, 2), (2, 1)], RIGHT, (0, 5))
    features = Snake(grid=6).observe(state, "features")[0]
    np.testing.assert_allclose(features[:4], [1.0, 1 / 3, 1 / 3, 1 / 4])
    assert features[4:8].tolist() == [0, 1, 0, 0]
    np.testing.assert_allclose(features[8:12], [-2 / 6, 2 / 6, -1, 1])


def test_long_random_games_keep_the_body_whole() -> None:
    batch = GameBatch(Snake(grid=6), 64, 0)
    rng = np.random.default_rng(1)
    for _ in range(300):
        keys = rng.random((64, 4)) * batch.legal_actions()
        batch.step(keys.argmax(axis=1))
        state = batch.state
        body = state.expiry > state.clock[:, None]
        np.testing.assert_array_equal(body.sum(axis=1), state.length)
        np.testing.assert_array_equal(state.length, 3 + state.eaten)
        assert not body[np.arange(64), state.fruit].any()
