import numpy as np
import pytest

from games.flappybird.rules import NO_PIPE, FlappyBird, FlappyState
from games.flappybird.shape import bird_mask

GLIDE, FLAP = np.array([0]), np.array([1])
RNG = np.random.default_rng(0)


def _bird(y: float = 244, velocity: int = 0, pipes: tuple[int, ...] = (288, 432), gap_top: int = 130) -> FlappyState:
    x = np.full((1, 3), NO_PIPE)
    x[0, : len(pipes)] = pipes
    return FlappyState(
        np.array([float(y)]), np.array([velocity]), x, np.full((1, 3), gap_top), np.zeros(1, int), np.zeros(1, bool)
    )


def test_games_start_as_the_rules_say() -> None:
    state = FlappyBird().reset(4000, np.random.default_rng(0))
    assert set(state.y) == {244.0}
    assert set(state.velocity) == {0}
    assert state.pipe_x[0].tolist() == [288, 432, NO_PIPE]
    assert set(state.gap_top[:, :2].ravel()) == {100, 110, 120, 130, 140, 150, 160, 170}


def test_a_flap_sets_the_velocity() -> None:
    state = _bird(velocity=7)
    FlappyBird().step(state, FLAP, RNG)
    assert (state.velocity[0], state.y[0]) == (-9, 244 - 9)


def test_without_a_flap_the_bird_falls_faster_up_to_a_limit() -> None:
    state = _bird(y=100, velocity=8)
    speeds = []
    for _ in range(4):
        FlappyBird().step(state, GLIDE, RNG)
        speeds.append(int(state.velocity[0]))
    assert speeds == [9, 10, 10, 10]
    assert state.y[0] == 100 + 9 + 10 + 10 + 10


def test_the_ceiling_does_not_kill() -> None:
    state = _bird(y=3)
    outcome = FlappyBird().step(state, FLAP, RNG)
    assert state.y[0] == 0
    assert not outcome.terminated[0]


def test_the_bird_stops_at_the_ground_and_crashes() -> None:
    state = _bird(y=378, velocity=10)
    outcome = FlappyBird().step(state, GLIDE, RNG)
    assert state.y[0] == pytest.approx(404.48 - 24)
    assert outcome.terminated[0]
    assert outcome.reward[0] == -1


@pytest.mark.parametrize(("y", "crashes"), [(379, False), (380, True)])
def test_the_ground_is_reached_one_pixel_early(y: int, crashes: bool) -> None:
    state = _bird(y=y - 1, velocity=0)
    outcome = FlappyBird().step(state, GLIDE, RNG)
    assert state.y[0] == y
    assert bool(outcome.terminated[0]) == crashes


@pytest.mark.parametrize(("x", "scores"), [(44, False), (45, True), (46, True), (48, True), (49, False)])
def test_a_pipe_counts_before_anything_moves(x: int, scores: bool) -> None:
    state = _bird(y=160, pipes=(x, 200), gap_top=120)
    outcome = FlappyBird().step(state, GLIDE, RNG)
    assert state.passed[0] == scores
    assert outcome.reward[0] == pytest.approx(1.0 if scores else 0.1)


def test_a_crash_overrides_the_point() -> None:
    state = _bird(y=244, pipes=(48, 200), gap_top=100)
    outcome = FlappyBird().step(state, GLIDE, RNG)
    assert state.passed[0] == 1
    assert outcome.reward[0] == -1


def test_pipes_move_four_pixels() -> None:
    state = _bird()
    FlappyBird().step(state, FLAP, RNG)
    assert state.pipe_x[0].tolist() == [284, 428, NO_PIPE]


@pytest.mark.parametrize(("x", "appears"), [(9, False), (8, True), (7, True), (6, True), (5, True), (4, False)])
def test_a_new_pipe_appears_when_the_first_is_about_to_leave(x: int, appears: bool) -> None:
    state = _bird(y=160, pipes=(x, 150))
    FlappyBird().step(state, GLIDE, RNG)
    assert state.pipe_x[0, 2] == (298 if appears else NO_PIPE), "and is not moved in the tick it appears"


@pytest.mark.parametrize(("x", "leaves"), [(-48, False), (-49, True)])
def test_a_pipe_leaves_past_its_width(x: int, leaves: bool) -> None:
    state = _bird(pipes=(x, 120, 270))
    state.gap_top[0] = (100, 110, 120)
    FlappyBird().step(state, FLAP, RNG)
    expected = [116, 266, NO_PIPE] if leaves else [x - 4, 116, 266]
    assert state.pipe_x[0].tolist() == expected
    assert state.gap_top[0, 0] == (110 if leaves else 100)


def _overlaps(x: int, y: int, gap_top: int, gap: int) -> bool:
    """The bird's pixels against the pipes' pixels, one by one."""
    screen = np.zeros((512, 800), bool)
    left = x + 200
    screen[:gap_top, left : left + 52] = True
    screen[gap_top + gap :, left : left + 52] = True
    return bool((screen[y : y + 24, 257 : 257 + 34] & bird_mask()).any())


@pytest.mark.parametrize("gap", [100, 150, 200])
def test_crashes_are_decided_to_the_pixel(gap: int) -> None:
    game = FlappyBird(gap=gap)
    rng = np.random.default_rng(2)
    count = 4000
    x, y = rng.integers(-10, 110, count), rng.integers(60, 300, count)
    state = game.reset(count, rng)
    state.pipe_x[:, 0], state.pipe_x[:, 1] = x + 4, 400
    state.y[:], state.velocity[:] = y, -1
    state.gap_top[:, 0] = rng.integers(100, 171, count)
    expected = [_overlaps(*row, gap) for row in zip(x, y, state.gap_top[:, 0].copy(), strict=True)]
    game.step(state, np.zeros(count, int), RNG)
    np.testing.assert_array_equal(state.y, y)
    np.testing.assert_array_equal(state.crashed, expected)
    assert 100 < sum(expected) < count - 100


def test_the_mask_fills_its_box() -> None:
    mask = bird_mask()
    assert mask.shape == (24, 34)
    assert mask.any(axis=1).all()
    assert mask.any(axis=0).all()


def test_larger_gaps_are_easier() -> None:
    state = _bird(y=280, pipes=(80, 224), gap_top=120)
    assert FlappyBird(gap=200).step(state, GLIDE, RNG).terminated.tolist() == [False]
    state = _bird(y=280, pipes=(80, 224), gap_top=120)
    assert FlappyBird(gap=100).step(state, GLIDE, RNG).terminated.tolist() == [True]


def test_pipes_never_run_out_in_a_long_flight() -> None:
    game, rng = FlappyBird(), np.random.default_rng(0)
    state = game.reset(2, rng)
    spacings = set()
    for _ in range(2000):
        state.y[:], state.velocity[:] = 244, 0
        state.gap_top[:] = 200  # the bird hangs in the middle of every gap
        game.step(state, np.zeros(2, int), rng)
        assert not state.crashed.any()
        x = state.pipe_x[0]
        assert x[0] >= -52
        assert x[1] < NO_PIPE
        spacings.add(int(x[1] - x[0]))
    assert spacings <= {144, 150, 152}
    assert state.passed[0] == pytest.approx(2000 * 4 / 148, abs=2)


def test_features_follow_the_next_pipe() -> None:
    game = FlappyBird()
    ahead, passed = _bird(pipes=(6, 156, 306)), _bird(pipes=(5, 155, 305))
    for state in (ahead, passed):
        state.gap_top[0] = (100, 130, 170)
    np.testing.assert_allclose(game.observe(ahead, "features")[0, 2:], [-0.51, -1.44, -1.14], atol=1e-6)
    np.testing.assert_allclose(game.observe(passed, "features")[0, 2:], [0.98, -1.14, -0.74], atol=1e-6)


def test_features_begin_with_height_and_velocity() -> None:
    features = FlappyBird().observe(_bird(y=300, velocity=-9), "features")
    np.testing.assert_allclose(features[0, :2], [0.5, -0.9], atol=1e-6)
