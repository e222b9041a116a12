"""Random moves that are held: how many there are, how long they last, and what they are for."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.acting.exploration import Explorer
from agents.acting.policy import epsilon_greedy
from games.batch import GameBatch
from games.registry import make

COPIES, FRAMES = 500, 400


def _actions(explorer: Explorer, epsilon: float, seed: int = 0) -> NDArray[np.int64]:
    """[FRAMES, COPIES] of a game with nine actions, the last of which is the best."""
    rng = np.random.default_rng(seed)
    q_values = np.tile(np.arange(9.0), (COPIES, 1))
    legal = np.ones((COPIES, 9), np.bool_)
    return np.stack([explorer.act(q_values, legal, epsilon, rng) for _ in range(FRAMES)])


@pytest.mark.parametrize("hold", [1, 2, 15])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.5, 1.0])
def test_the_part_of_random_moves_is_epsilon_however_long_they_are_held(epsilon: float, hold: int) -> None:
    actions = _actions(Explorer(COPIES, hold), epsilon)[FRAMES // 4 :]  # held moves need some frames to become usual
    assert (actions != 8).mean() == pytest.approx(epsilon * 8 / 9, abs=0.02)


def test_without_holding_it_is_plain_epsilon_greedy() -> None:
    rng, explorer = np.random.default_rng(3), Explorer(COPIES, 1)
    q_values, legal = rng.random((COPIES, 3)), rng.random((COPIES, 3)) < 0.8
    legal[:, 0] = True
    for _ in range(20):
        one, other = np.random.default_rng(5), np.random.default_rng(5)
        expected = epsilon_greedy(q_values, legal, 0.4, one, (0.2, 0.7, 0.1))
        np.testing.assert_array_equal(explorer.act(q_values, legal, 0.4, other, (0.2, 0.7, 0.1)), expected)
        assert one.random() == other.random(), "nothing more was drawn"


def test_random_moves_are_held_for_up_to_so_many_frames() -> None:
    explorer = Explorer(1, 6)
    rng = np.random.default_rng(0)
    q_values, legal = np.zeros((1, 50)), np.ones((1, 50), np.bool_)
    actions = np.concatenate([explorer.act(q_values, legal, 1.0, rng) for _ in range(20_000)])
    lengths = np.diff(np.flatnonzero(np.diff(actions)))
    single = lengths[lengths <= 6]  # seldom the same action is drawn again
    assert len(single) / len(lengths) > 0.95
    np.testing.assert_allclose(np.bincount(single, minlength=7)[1:] / len(single), 1 / 6, atol=0.02)


def test_holding_ends_with_the_game_and_where_the_action_may_not_be_chosen() -> None:
    explorer, rng = Explorer(2, 1000), np.random.default_rng(1)
    q_values, legal = np.tile([0.0, 0.0, 1.0], (2, 1)), np.array([[True, True, False]] * 2)
    held = explorer.act(q_values, legal, 1.0, rng)
    np.testing.assert_array_equal(explorer.act(q_values, np.ones((2, 3), np.bool_), 0.0, rng), held)
    explorer.forget(np.array([True, False]))
    np.testing.assert_array_equal(explorer.act(q_values, np.ones((2, 3), np.bool_), 0.0, rng), [2, held[1]])
    forbidden = np.ones((2, 3), np.bool_)
    forbidden[1, held[1]] = False
    np.testing.assert_array_equal(explorer.act(q_values, forbidden, 0.0, rng), [2, 2])
    np.testing.assert_array_equal(explorer.act(q_values, np.ones((2, 3), np.bool_), 0.0, rng), [2, 2])


def test_what_is_held_goes_on_from_a_state() -> None:
    one, other = Explorer(COPIES, 20), Explorer(COPIES, 20)
    _actions(one, 0.7)
    other.set_state(one.get_state(), 9)
    np.testing.assert_array_equal(_actions(other, 0.3, seed=1), _actions(one, 0.3, seed=1))
    with pytest.raises(ValueError, match="the saved state has"):
        Explorer(3, 20).set_state(one.get_state(), 9)


@pytest.mark.parametrize(("hold", "reached"), [(1, False), (40, True)])
def test_mountain_car_is_climbed_by_moves_that_are_held_alone(hold: int, reached: bool) -> None:
    batch, explorer, rng = GameBatch(make("gym:MountainCar-v0"), 64, 0), Explorer(64, hold), np.random.default_rng(0)
    arrived = 0
    for _ in range(200):
        transitions = batch.step(explorer.act(np.zeros((64, 3)), batch.legal_actions(), 1.0, rng))
        explorer.forget(transitions.finished)
        arrived += int(transitions.terminated.sum())
    assert bool(arrived) == reached
