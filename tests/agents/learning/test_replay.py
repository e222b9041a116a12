import numpy as np
import pytest

from agents.learning.replay import Replay, SumTree
from games.batch import Transitions
from games.game import ObservationSpec

SPEC = ObservationSpec("features", (1,))
STACK = ObservationSpec("pixels", (1, 1, 4), "uint8", 0, 255)


def _step(time: int, *, terminated: bool = False, truncated: bool = False, copies: int = 1) -> Transitions:
    """The step from state `time`, whose observation, action and reward tell the time."""
    return Transitions(
        np.full((copies, 1), time, np.float32),
        np.ones((copies, 2), np.bool_),
        np.full(copies, time % 2),
        np.full(copies, time, np.float32),
        np.full((copies, 1), time + 1, np.float32),
        np.full(copies, terminated),
        np.full(copies, truncated),
        np.zeros(copies, np.int64),
    )


def _filled(steps: int, n_step: int = 1, capacity: int = 100, **ends: set[int]) -> Replay:
    replay = Replay(SPEC, 2, capacity, 1, discount=0.5, n_step=n_step)
    for time in range(steps):
        replay.add(
            _step(time, terminated=time in ends.get("terminated", ()), truncated=time in ends.get("truncated", ()))
        )
    return replay


def _by_time(replay: Replay) -> dict[int, tuple[float, float, float, float]]:
    """Start time to (reward, discount, time of the bootstrapped state, importance) of every transition."""
    sample, _ = replay.sample(3000, np.random.default_rng(0))
    rows = zip(
        sample.observation[:, 0], sample.reward, sample.discount, sample.next_observation[:, 0], sample.importance,
        strict=True,
    )  # fmt: skip
    return {int(start): (float(r), float(d), float(end), float(w)) for start, r, d, end, w in rows}


def test_one_step_windows() -> None:
    seen = _by_time(_filled(6))
    assert set(seen) == {0, 1, 2, 3, 4}
    assert seen[3] == (3.0, 0.5, 4.0, 1.0)


def test_n_step_windows_sum_discounted_rewards() -> None:
    seen = _by_time(_filled(8, n_step=3))
    assert set(seen) == {0, 1, 2, 3, 4}
    assert seen[2] == (2 + 3 / 2 + 4 / 4, 0.125, 5.0, 1.0)


def test_a_window_ends_at_a_terminal_step_without_bootstrapping() -> None:
    seen = _by_time(_filled(9, n_step=3, terminated={4}))
    assert seen[3][:2] == (3 + 4 / 2, 0.0)
    assert seen[4][:2] == (4.0, 0.0)
    assert seen[5] == (5 + 6 / 2 + 7 / 4, 0.125, 8.0, 1.0)


def test_a_window_ends_before_a_truncated_step_and_bootstraps() -> None:
    seen = _by_time(_filled(9, n_step=3, truncated={4}))
    assert seen[2] == (2 + 3 / 2, 0.25, 4.0, 1.0)
    assert seen[3] == (3.0, 0.5, 4.0, 1.0)
    assert seen[4][3] == 0.0, "the state after a truncated step is not stored, so the step must not count"


def test_the_ring_forgets_the_oldest_and_never_mixes_old_and_new() -> None:
    seen = _by_time(_filled(250, n_step=2, capacity=100))
    assert set(seen) == set(range(150, 248))
    assert all(seen[time] == (time + (time + 1) / 2, 0.25, time + 2, 1.0) for time in seen)


def test_legal_actions_belong_to_their_states() -> None:
    replay = Replay(SPEC, 2, 100, 1, discount=0.5)
    for time in range(4):
        step = _step(time)
        step.legal[0, 0] = time != 2
        replay.add(step)
    sample, _ = replay.sample(50, np.random.default_rng(0))
    assert (sample.legal[:, 0] == (sample.observation[:, 0] != 2)).all()
    assert not sample.legal[:, 0].all()
    assert (sample.next_legal[:, 0] == (sample.next_observation[:, 0] != 2)).all()
    assert not sample.next_legal[:, 0].all()


def test_an_empty_replay_says_so() -> None:
    with pytest.raises(ValueError, match="no transition that can be sampled"):
        _filled(1).sample(4, np.random.default_rng(0))


def _stack_step(frames: list[int], finished: bool) -> Transitions:
    stack = np.array(frames, np.uint8).reshape(1, 1, 1, 4)
    flags = np.array([finished])
    return Transitions(
        stack, np.ones((1, 2), np.bool_), np.zeros(1, np.int64), np.zeros(1, np.float32), stack, flags, ~flags & False,
        np.zeros(1, np.int64),
    )  # fmt: skip


def test_stacks_are_rebuilt_from_single_frames_and_never_cross_episodes() -> None:
    replay = Replay(STACK, 2, 40, 1, discount=0.9, single_frames=True)
    expected, frame = set(), 0
    for length in (3, 7, 5, 9, 6, 8, 7, 9, 6, 5):
        first = frame
        for age in range(length):
            stack = [max(first, frame - back) for back in (3, 2, 1, 0)]
            replay.add(_stack_step(stack, finished=age == length - 1))
            expected.add(tuple(stack))
            frame += 1
    sample, _ = replay.sample(2000, np.random.default_rng(0))
    seen = {tuple(row.ravel().tolist()) for row in sample.observation}
    assert seen <= expected
    assert len(seen) > 25


def test_sum_tree_draws_in_proportion() -> None:
    tree = SumTree(5)
    tree.set(np.arange(5), np.array([1.0, 0.0, 3.0, 0.0, 4.0]))
    assert tree.total == 8.0
    drawn = np.bincount(tree.sample(80_000, np.random.default_rng(0)), minlength=5) / 80_000
    np.testing.assert_allclose(drawn, np.array([1, 0, 3, 0, 4]) / 8, atol=0.005)


def test_sum_tree_takes_the_last_of_two_values_for_one_leaf() -> None:
    tree = SumTree(4)
    tree.set(np.array([2, 2, 1]), np.array([5.0, 1.0, 1.0]))
    assert tree.total == 2.0


def test_prioritised_replay_prefers_surprises_and_corrects_for_it() -> None:
    replay = Replay(SPEC, 2, 100, 1, discount=0.5, priority_exponent=1.0)
    for time in range(60):
        replay.add(_step(time, truncated=time == 30))
    rng = np.random.default_rng(0)
    first, slots = replay.sample(400, rng, 1.0)
    replay.set_priorities(slots, np.where(first.observation[:, 0] == 7, 9.0, 1.0).astype(np.float32))
    sample, _ = replay.sample(4000, rng, 1.0)
    times = sample.observation[:, 0].astype(int)
    share = (times == 7).mean()
    assert 0.1 < share < 0.2, "nine times as often as each of about 58 others"
    assert 30 not in times, "a truncated step must not be drawn"
    weights = {time: weight for time, weight in zip(times.tolist(), sample.importance.tolist(), strict=True)}
    assert weights[8] / weights[7] == pytest.approx(9.0, rel=0.01)


def test_overwritten_transitions_are_not_drawn_by_priority() -> None:
    replay = Replay(SPEC, 2, 50, 1, discount=0.5, n_step=2, priority_exponent=0.6)
    for time in range(180):
        replay.add(_step(time))
        if time > 10:
            sample, slots = replay.sample(8, np.random.default_rng(time))
            starts, ends = sample.observation[:, 0], sample.next_observation[:, 0]
            assert (ends == starts + 2).all()
            replay.set_priorities(slots, np.ones(8, np.float32))


@pytest.mark.parametrize("steps", [60, 130])
def test_a_state_that_is_held_never_changes_and_takes_no_memory_until_it_is_overwritten(steps: int) -> None:
    replay = _filled(steps)
    state = replay.get_state()
    before = {name: ring.copy() for name, ring in state["rings"].items()}
    assert all(np.shares_memory(ring, getattr(replay._rings, name)) for name, ring in state["rings"].items())
    for time in range(steps, 170):
        replay.add(_step(time))
    for name, ring in state["rings"].items():
        np.testing.assert_array_equal(ring, before[name])
    assert max(_by_time(replay)) == 168 and min(_by_time(replay)) == 70


def test_a_ring_is_copied_only_for_those_who_still_read_it() -> None:
    replay = _filled(60)
    ring = replay._rings.observation
    replay.get_state()
    for time in range(60, 120):
        replay.add(_step(time))
    assert replay._rings.observation is ring


def test_a_state_that_is_held_survives_that_the_replay_takes_another() -> None:
    replay, other = _filled(60), _filled(50, terminated={3, 4})
    state = replay.get_state()
    before = {name: ring.copy() for name, ring in state["rings"].items()}
    replay.set_state(other.get_state())
    assert _by_time(replay) == _by_time(other)
    for name, ring in state["rings"].items():
        np.testing.assert_array_equal(ring, before[name])
