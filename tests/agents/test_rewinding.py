"""Lost games that go on from shortly before their end."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from agents.plan import Plan
from agents.presets import preset
from agents.rewinding import INTERVAL, KEPT, TOO_LATE, Rewinder
from agents.training import Trainer
from games.batch import GameBatch, Transitions
from games.registry import make

COPIES = 8


def fly(**options: Any) -> GameBatch:
    return GameBatch(make("flappybird"), COPIES, 3, **options)


def play(batch: GameBatch, rewinder: Rewinder, steps: int) -> Iterator[Transitions]:
    """A player who knows how to fly but errs at times."""
    rng = np.random.default_rng(0)
    for _ in range(steps):
        low = batch.state.y > batch.state.gap_top[:, 0] + 60
        errs = rng.random(COPIES) < 0.05
        transitions = batch.step((low ^ errs).astype(np.int64))
        rewinder.after(batch, transitions)
        yield transitions


def birds(batch: GameBatch) -> list[str]:
    """[B] all there is to know of each game."""
    return [str([values[row].tolist() for values in vars(batch.state).values()]) for row in range(COPIES)]


def test_lost_games_go_back_to_where_they_stood_shortly_before() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    visited: list[list[str]] = [[bird] for bird in birds(batch)]  # of each copy's present episode
    back: list[int] = []  # by how many steps games went back
    first: list[int] = []  # those that had not gone back before
    afresh, before = 0, rewinder.rewound.copy()
    for transitions in play(batch, rewinder, 2_000):
        for row, bird in enumerate(birds(batch)):
            if transitions.finished[row] and rewinder.rewound[row]:
                assert bird in visited[row]
                back.append(visited[row][::-1].index(bird))  # since it was there last, perhaps rewound itself
                first += [back[-1]] * (not before[row])
                assert batch.steps[row] > 0
            elif transitions.finished[row]:
                afresh += 1
                visited[row] = []
                assert batch.steps[row] == 0
            visited[row].append(bird)
        before = rewinder.rewound.copy()
    assert min(first) >= TOO_LATE * INTERVAL
    assert max(first) <= INTERVAL * KEPT
    assert len(set(first)) > INTERVAL
    assert max(back) <= INTERVAL * KEPT
    assert 0.3 < len(back) / (len(back) + afresh) < 0.6  # a little fewer than half: some are lost too early to go back


def test_a_game_counts_as_rewound_until_it_begins_anew() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.5, 1)
    marked = np.zeros(COPIES, np.bool_)
    seen = 0
    for transitions in play(batch, rewinder, 1_000):
        begun = transitions.finished & (batch.steps == 0)
        marked = (marked | (transitions.finished & ~begun)) & ~begun
        np.testing.assert_array_equal(rewinder.rewound, marked)
        seen += int(marked.any() and not marked.all())
    assert seen > 100


def test_games_cut_by_a_limit_begin_anew() -> None:
    batch, rewinder = fly(step_limit=45), Rewinder(COPIES, 1.0, 1)
    cut = 0
    for transitions in play(batch, rewinder, 200):
        cut += int(transitions.truncated.sum())
        assert not batch.steps[transitions.truncated].any()
    assert cut > COPIES


def test_without_a_chance_all_games_begin_anew() -> None:
    batch, rewinder = fly(), Rewinder(COPIES, 0.0, 1)
    lost = 0
    for transitions in play(batch, rewinder, 300):
        lost += int(transitions.terminated.sum())
        assert not batch.steps[transitions.finished].any()
        assert not rewinder.rewound.any()
    assert lost


def test_it_goes_on_from_its_state_as_if_it_had_never_stopped() -> None:
    whole, first, second = (Rewinder(COPIES, 0.5, seed) for seed in (1, 1, 2))
    one, other = fly(), fly()
    for _ in play(one, whole, 300):
        pass
    for _ in play(other, first, 300):
        pass
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


def test_scores_of_rewound_games_are_not_counted() -> None:
    """A game that loses twice would show its score twice, as if it had come so far in one go."""
    game = make("flappybird")
    changes = {"frames": 12_000, "learning_starts": 100_000, "compile_mode": "graph", "epsilon_end": 1.0, "goal": 0.0}
    config = preset(game, "features", "quick").replace(**changes, rewind=0.95, evaluation_interval=100_000)
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
    assert 0 < trainer.progress().episodes < ended
