from typing import Any

import numpy as np
import pytest

from games.batch import GameBatch
from games.catch.rules import Catch
from games.game import PIXELS
from games.nchain.rules import NChain
from games.registry import make
from games.snake.rules import Snake
from games.states import copy_state, take_rows

STAY = np.ones(4, np.int64)


def held(ticks: int = 9) -> GameBatch:
    """Four games of Catch that have all just ended after nine ticks, and wait."""
    batch = GameBatch(Catch(), 4, 0, autoreset=False)
    for _ in range(ticks):
        batch.step(STAY)
    return batch


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": -1}, {"step_limit": 0}])
def test_wrong_sizes_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} = .*: must be at least 1"):
        GameBatch(Catch(), **{"count": 1, "seed": 0, **wrong})


def test_the_first_observation_is_the_default() -> None:
    assert GameBatch(Catch(), 1, 0).kind == "grid"
    assert GameBatch(Catch(), 1, 0, observation="features").observe().shape == (1, 3)


def test_finished_copies_wait_for_the_caller() -> None:
    batch = held()
    with pytest.raises(ValueError, match="finished copies"):
        batch.step(STAY)
    batch.restart(np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="finished copies"):
        batch.step(STAY)
    batch.restart(np.array([3]))
    assert not batch.step(STAY).finished.any()


def test_a_restarted_copy_begins_a_new_episode() -> None:
    batch = held(5)
    before = batch.observe().copy()
    batch.restart(np.array([2]))
    assert batch.steps.tolist() == [5, 5, 0, 5]
    assert batch.state.fruit_row.tolist() == [5, 5, 0, 5]
    np.testing.assert_array_equal(batch.observe()[[0, 1, 3]], before[[0, 1, 3]])
    np.testing.assert_array_equal(batch.observe(), batch.game.observe(batch.state, "grid"))
    ends = [batch.step(STAY).finished.tolist() for _ in range(4)]
    assert ends[-1] == [True, True, False, True]


@pytest.mark.parametrize("rows", [np.array([3, 1]), np.array([False, True, False, True])])
def test_kept_copies_go_on_in_the_order_asked_for(rows: np.ndarray[Any, Any]) -> None:
    batch = held(5)
    columns, seen = batch.state.fruit_column[rows], batch.observe()[rows]
    batch.keep(rows)
    assert len(batch) == 2
    np.testing.assert_array_equal(batch.state.fruit_column, columns)
    np.testing.assert_array_equal(batch.observe(), seen)
    assert batch.legal_actions().shape == (2, 3)
    assert [batch.step(STAY[:2]).terminated.all() for _ in range(4)] == [False] * 3 + [True]


def test_dropping_the_finished_copies_lets_the_others_go_on() -> None:
    batch = held(5)
    batch.restart(np.array([2]))
    while not (finished := batch.step(np.ones(4, np.int64)).finished).any():
        pass
    batch.keep(~finished)
    assert batch.steps.tolist() == [4]
    assert not batch.step(STAY[:1]).finished.any()


def test_a_limit_in_the_last_tick_does_not_hide_a_termination() -> None:
    batch = GameBatch(Catch(), 4, 0, step_limit=9)
    for _ in range(9):
        transitions = batch.step(STAY)
    assert transitions.terminated.all()
    assert not transitions.truncated.any()


def test_a_game_brings_its_own_limit() -> None:
    batch = GameBatch(NChain(), 2, 0)
    batch.steps[:] = 999
    assert batch.step(np.zeros(2, np.int64)).truncated.all()
    assert GameBatch(NChain(), 2, 0, step_limit=1).step(np.zeros(2, np.int64)).truncated.all()


def test_scores_are_float64_whatever_the_game_gives() -> None:
    batch = GameBatch(make("nchain"), 1, 0)
    assert batch.score().dtype == batch.step(np.array([1])).score.dtype == np.float64


def test_scores_are_those_after_the_step() -> None:
    batch = GameBatch(NChain(slip=0.0), 1, 0)
    assert [int(batch.step(np.array([1])).score[0]) for _ in range(3)] == [2, 4, 6]


def test_an_oriented_view_numbers_actions_as_it_shows_them() -> None:
    game = Snake()
    batch = GameBatch(game, 64, 0, observation="ahead")
    rng = np.random.default_rng(1)
    for _ in range(40):
        orientation = game.orientation(batch.state, "ahead")
        outputs = rng.random((64, 4), np.float32)
        in_order = batch.in_game_order(outputs)
        np.testing.assert_array_equal(np.take_along_axis(in_order, orientation, axis=1), outputs)
        actions = np.where(batch.legal_actions(), in_order, -1).argmax(axis=1)
        transitions = batch.step(actions)
        np.testing.assert_array_equal(orientation[np.arange(64), transitions.action], actions)
        assert not transitions.legal[:, 3].any() and transitions.legal[:, :3].all(), "turning back is down"


def test_other_views_keep_the_games_own_numbers() -> None:
    batch = GameBatch(Snake(), 2, 0, observation="grid")
    outputs = np.arange(8.0).reshape(2, 4)
    assert batch.in_game_order(outputs) is outputs


@pytest.mark.parametrize("kind", ["features", PIXELS])
def test_other_games_take_the_place_of_some(kind: str) -> None:
    batch = GameBatch(make("flappybird"), 3, 1, observation=kind)
    hold = np.zeros(3, np.int64)
    for _ in range(8):
        batch.step(hold)
    games, seen = copy_state(batch.state), batch.observe()
    for _ in range(7):
        handed_out = batch.step(hold).next_observation
    ahead, beyond = copy_state(batch.state), handed_out.copy()
    batch.go_on(np.array([0, 2]), take_rows(games, [1, 2]), limit=2)
    assert batch.steps.tolist() == [0, 15, 0]
    for name, values in vars(batch.state).items():
        for row, (expected, place) in enumerate(((games, 1), (ahead, 1), (games, 2))):
            np.testing.assert_array_equal(values[row], getattr(expected, name)[place])
    for row, place in ((0, 1), (2, 2)):  # of pixels only the newest frame is what it was then
        then = np.repeat(seen[place][..., -1:], 4, axis=-1) if kind == PIXELS else seen[place]
        np.testing.assert_array_equal(batch.observe()[row], then)
    np.testing.assert_array_equal(batch.observe()[1], beyond[1])
    np.testing.assert_array_equal(handed_out, beyond)  # and nobody loses what was handed out
    assert not batch.step(hold).finished.any()
    assert batch.step(hold).truncated.tolist() == [True, False, True]
    assert batch.steps.tolist() == [0, 17, 0]
    for _ in range(5):  # what begins anew has the usual limit again
        assert not batch.step(hold).truncated.any()


def test_games_that_are_cut_end_in_the_next_step() -> None:
    batch = GameBatch(make("flappybird"), 3, 1, step_limit=100)
    hold = np.zeros(3, np.int64)
    batch.step(hold)
    batch.cut(np.array([0, 2]))
    assert batch.step(hold).truncated.tolist() == [True, False, True]
    assert batch.steps.tolist() == [0, 2, 0]
    assert not batch.step(hold).finished.any()


def test_cut_games_that_crash_are_lost_not_truncated() -> None:
    batch = GameBatch(make("flappybird"), 2, 1)
    while not batch.step(np.zeros(2, np.int64)).terminated.any():
        before = batch.get_state()
    batch.set_state(before)
    batch.cut(np.array([0]))
    transitions = batch.step(np.zeros(2, np.int64))
    assert transitions.terminated.all()
    assert not transitions.truncated.any()


def test_limits_are_part_of_the_state() -> None:
    hold = np.zeros(3, np.int64)
    batch, other = (GameBatch(make("flappybird"), 3, seed, step_limit=100) for seed in (1, 2))
    batch.step(hold)
    batch.go_on(np.array([1]), take_rows(batch.state, [0]), limit=3)
    batch.cut(np.array([2]))
    other.set_state(batch.get_state())
    for _ in range(4):
        np.testing.assert_array_equal(batch.step(hold).truncated, other.step(hold).truncated)
    assert batch.steps.tolist() == [5, 1, 3]
    earlier = {name: values for name, values in batch.get_state().items() if name != "limits"}
    other.set_state(earlier)  # saved by a version in which all had the same
    assert not other.step(hold).truncated.any()


def test_limits_go_with_the_games_that_are_kept() -> None:
    batch = GameBatch(make("flappybird"), 3, 1, autoreset=False, step_limit=100)
    batch.go_on(np.array([2]), take_rows(batch.state, [0]), limit=1)
    batch.keep(np.array([1, 2]))
    assert batch.step(np.zeros(2, np.int64)).truncated.tolist() == [False, True]
