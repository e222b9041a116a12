"""Copies that go on from shortly before losses."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from agents.presets import preset
from agents.training.plan import Plan
from agents.training.rewinder import (
    HIGHEST_EPSILON,
    KEPT_SNAPSHOTS,
    KEPT_STARTS,
    LONGEST_EPISODE,
    SKIPPED_SNAPSHOTS,
    SNAPSHOT_INTERVAL,
    Rewinder,
)
from agents.training.trainer import Trainer
from games.batch import GameBatch, Transitions
from games.registry import make

COPIES = 8
GOING = slice(4, 8)
"""Copies that go back, where half of them do."""


def fly(**options: Any) -> GameBatch:
    return GameBatch(make("flappybird"), COPIES, 3, **options)


def play(batch: GameBatch, rewinder: Rewinder, steps: int, begun: bool = True) -> Iterator[Transitions]:
    """A player who knows how to fly but errs at times."""
    rng = np.random.default_rng(0)
    for _ in range(steps):
        low = batch.state.y > batch.state.gap_top[:, 0] + 60
        errs = rng.random(len(batch)) < 0.05
        transitions = batch.step((low ^ errs).astype(np.int64))
        rewinder.after(batch, transitions, begun)
        yield transitions


def birds(batch: GameBatch) -> list[str]:
    """[B] all there is to know of each game."""
    return [str([values[row].tolist() for values in vars(batch.state).values()]) for row in range(COPIES)]


def test_copies_go_on_from_where_games_stood_shortly_before_they_were_lost() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    visited: list[list[str]] = [[bird] for bird in birds(batch)]  # of each copy's present episode
    lost: dict[str, set[int]] = {}  # where games stood that were lost, and how many steps before
    back: list[set[int]] = []
    for transitions in play(batch, rewinder, 2_000):
        now = birds(batch)
        for row in range(COPIES):
            if transitions.terminated[row]:
                for steps, bird in enumerate(visited[row][::-1], 1):
                    lost.setdefault(bird, set()).add(steps)
        for row, bird in enumerate(now):
            if transitions.finished[row]:
                visited[row] = []
                if rewinder.rewound[row]:
                    back.append(lost[bird])
            visited[row].append(bird)
    assert len(back) > 100
    allowed = set(range(SKIPPED_SNAPSHOTS * SNAPSHOT_INTERVAL + 1, SNAPSHOT_INTERVAL * KEPT_SNAPSHOTS + 1))
    assert all(steps & allowed for steps in back)
    plain = set().union(*(steps for steps in back if len(steps) == 1))  # of places that were lost but once
    assert plain <= allowed
    assert len(plain) > SNAPSHOT_INTERVAL


def test_they_do_nothing_else_and_the_others_never_do() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    ended = 0
    for _ in play(batch, rewinder, 400, begun=False):
        assert not rewinder.rewound.any()
    for transitions in play(batch, rewinder, 1_000):
        assert rewinder.rewound[GOING].all()
        assert not rewinder.rewound[:4].any()
        assert (batch.steps[GOING] <= LONGEST_EPISODE).all() or not ended
        ended += int(transitions.finished[GOING].sum())
    assert ended > 4 * 1_000 / LONGEST_EPISODE


@pytest.mark.parametrize(("copies", "part", "expected"), [(8, 0.95, 7), (8, 0.01, 1), (2, 0.95, 1), (1, 0.95, 0)])
def test_of_several_copies_one_goes_back_but_never_all(copies: int, part: float, expected: int) -> None:
    batch, rewinder = GameBatch(make("flappybird"), copies, 3), Rewinder(copies, part, 1)
    list(play(batch, rewinder, 400))
    assert rewinder.rewound.sum() == expected


def test_games_that_do_not_count_yet_are_cut_to_begin_with() -> None:
    """A good player's game would last for the whole run otherwise."""
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    while not rewinder.get_state()["found"]:
        list(play(batch, rewinder, 20, begun=False))
    (first,) = play(batch, rewinder, 1)
    assert not first.truncated.any()
    (second,) = play(batch, rewinder, 1)
    assert (first.finished | second.finished)[GOING].all()
    assert not second.truncated[:4].any()


def test_they_move_at_random_more_than_the_others_in_equal_steps() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    assert rewinder.epsilon(0.02) == 0.02
    list(play(batch, rewinder, 400))
    expected = [0.02, 0.02, 0.02, 0.02, 0.02, HIGHEST_EPSILON / 3, HIGHEST_EPSILON * 2 / 3, HIGHEST_EPSILON]
    np.testing.assert_allclose(rewinder.epsilon(0.02), expected)
    np.testing.assert_allclose(rewinder.epsilon(0.9), [0.9] * COPIES)


def test_the_oldest_places_are_forgotten() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    while (state := rewinder.get_state())["found"] < KEPT_STARTS:
        list(play(batch, rewinder, 1, begun=False))
    while (later := rewinder.get_state())["found"] < KEPT_STARTS + 40:
        list(play(batch, rewinder, 1, begun=False))
    new = np.arange(state["found"], later["found"]) % KEPT_STARTS
    same = np.array([state["places"][name] == later["places"][name] for name in ("y", "velocity")]).all(axis=0)
    assert same.shape == (KEPT_STARTS,)
    assert not same[new].all()
    assert np.delete(same, new).all()


def test_without_a_part_no_game_is_touched() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.0, 1)
    lost = 0
    for transitions in play(batch, rewinder, 300):
        lost += int(transitions.terminated.sum())
        assert not batch.steps[transitions.finished].any()
        assert not rewinder.rewound.any()
    assert lost
    assert rewinder.epsilon(0.02) == 0.02


@pytest.mark.parametrize("steps", [5, 300])
def test_it_goes_on_from_its_state_as_if_it_had_never_stopped(steps: int) -> None:
    whole, first, second = (Rewinder(COPIES, 0.5, seed) for seed in (1, 1, 2))
    one, other = fly(), fly()
    list(play(one, whole, steps))
    list(play(other, first, steps))
    second.set_state(first.get_state(), other)
    assert birds(one) == birds(other)
    back = 0
    for ours, theirs in zip(play(one, whole, 400), play(other, second, 400), strict=True):
        back += int((ours.finished & whole.rewound).sum())
        np.testing.assert_array_equal(ours.observation, theirs.observation)
        np.testing.assert_array_equal(whole.rewound, second.rewound)
    assert back > 5


def test_a_state_of_other_games_is_refused() -> None:
    state = Rewinder(COPIES + 1, 0.5, 1).get_state()
    with pytest.raises(ValueError, match="the saved state has"):
        Rewinder(COPIES, 0.5, 1).set_state(state, fly())


def test_scores_of_copies_that_go_back_are_not_counted() -> None:
    """They would show as games that came hardly anywhere."""
    game = make("flappybird")
    changes = {"frames": 12_000, "learning_starts": 100_000, "compile_mode": "graph", "epsilon_frames": 1, "goal": 0.0}
    config = preset(game, "features", "quick").replace(
        **changes, epsilon_end=1.0, rewind=0.95, evaluation_interval=100_000
    )
    trainer = Trainer(Plan(game, "features", config, seed=1, name="Rewound"))
    ended = 0
    plain = trainer._batch.step

    def step(actions: Any) -> Transitions:
        nonlocal ended
        transitions = plain(actions)
        ended += int(transitions.finished.sum())
        return transitions

    trainer._batch.step = step  # type: ignore[method-assign]
    for progress in trainer.run():
        if progress.frames >= config.frames:
            break
    assert 0 < trainer.progress().episodes < ended / 4


def test_copies_go_back_once_random_moves_have_faded() -> None:
    game = make("flappybird")
    changes = {"frames": 24_000, "learning_starts": 100_000, "compile_mode": "graph", "goal": 0.0}
    config = preset(game, "features", "quick").replace(
        **changes, epsilon_frames=12_000, epsilon_end=0.01, rewind=0.5, evaluation_interval=100_000
    )
    trainer = Trainer(Plan(game, "features", config, seed=1, name="Rewound"))
    plain = trainer._explorer.act
    random: list[float] = []  # part of random moves of the copies that play the most at random

    def act(q_values: Any, legal: Any, epsilon: Any, *rest: Any) -> Any:
        random.append(float(np.max(epsilon)))
        return plain(q_values, legal, epsilon, *rest)

    trainer._explorer.act = act  # type: ignore[method-assign, assignment]
    for progress in trainer.run():
        assert trainer._rewinder.rewound.any() == (progress.frames > 12_000)
        if progress.frames >= config.frames:
            break
    assert random[0] == 1.0
    assert random[-1] == HIGHEST_EPSILON
