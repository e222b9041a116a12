import numpy as np
import pytest

from games.batch import GameBatch
from games.catch.rules import Catch, CatchState

RNG = np.random.default_rng(0)
LEFT, STAY, RIGHT = (np.array([action]) for action in range(3))


def _state(column: int, row: int, basket: int) -> CatchState:
    return CatchState(*(np.array([value]) for value in (column, row, basket, 0)))


def test_fruits_start_in_every_column_and_baskets_everywhere() -> None:
    state = Catch(grid=7).reset(5000, np.random.default_rng(0))
    assert set(state.fruit_column) == set(range(7)), "the last column too"
    assert set(state.basket) == set(range(1, 6))
    assert set(state.fruit_row) == {0}


def test_the_fruit_lands_after_one_step_less_than_rows() -> None:
    batch = GameBatch(Catch(), 4, 0)
    flags = [batch.step(np.ones(4, int)).terminated.all() for _ in range(9)]
    assert flags == [False] * 8 + [True]


@pytest.mark.parametrize(
    ("action", "basket", "after"), [(LEFT, 5, 4), (STAY, 5, 5), (RIGHT, 5, 6), (LEFT, 1, 1), (RIGHT, 8, 8)]
)
def test_the_basket_moves_and_stops_at_the_walls(action: np.ndarray, basket: int, after: int) -> None:
    state = _state(0, 0, basket)
    Catch().step(state, action, RNG)
    assert state.basket[0] == after


@pytest.mark.parametrize(("column", "reward"), [(3, -1), (4, 1), (5, 1), (6, 1), (7, -1)])
def test_the_basket_is_three_cells_wide(column: int, reward: int) -> None:
    game, state = Catch(), _state(column, 8, 5)
    outcome = game.step(state, STAY, RNG)
    assert outcome.terminated[0]
    assert outcome.reward[0] == reward
    assert game.score(state)[0] == (reward > 0)


def test_the_basket_moves_before_the_fruit_lands() -> None:
    assert Catch().step(_state(7, 8, 5), RIGHT, RNG).reward[0] == 1


def test_nothing_is_earned_in_the_air() -> None:
    outcome = Catch().step(_state(5, 3, 5), STAY, RNG)
    assert outcome.reward[0] == 0
    assert not outcome.terminated[0]


def test_the_grid_shows_fruit_and_basket() -> None:
    grid = Catch(grid=5).observe(_state(4, 2, 1), "grid")[0]
    expected = np.zeros((5, 5))
    expected[2, 4] = expected[4, 0] = expected[4, 1] = expected[4, 2] = 1
    np.testing.assert_array_equal(grid, expected)


def test_features_are_scaled_places() -> None:
    np.testing.assert_allclose(Catch(grid=5).observe(_state(4, 2, 1), "features")[0], [1.0, 0.5, 0.25])
