import gymnasium
import numpy as np

from games.batch import GameBatch
from games.cartpole.rules import CartPole
from games.states import copy_state

GAMES = 1000


def test_a_thousand_games_go_as_in_gymnasium() -> None:
    game, rng = CartPole(), np.random.default_rng(0)
    reference = gymnasium.make("CartPole-v1").unwrapped
    batch = GameBatch(game, GAMES, 5, autoreset=False)
    starts = batch.state.physics.copy()
    actions = rng.integers(0, 2, (500, GAMES))
    lengths, ends = np.zeros(GAMES, int), np.zeros((GAMES, 4))
    for row in range(GAMES):
        reference.reset(seed=0)
        reference.state = tuple(starts[row])
        terminated = False
        while not terminated:
            _, reward, terminated, _, _ = reference.step(int(actions[lengths[row], row]))
            assert reward == 1.0
            lengths[row] += 1
        ends[row] = reference.state
    playing = np.arange(GAMES)
    step = 0
    while len(playing):
        transitions = batch.step(actions[step, playing])
        step += 1
        done = transitions.terminated
        assert (lengths[playing[done]] == step).all()
        assert (transitions.reward == 1.0).all()
        np.testing.assert_allclose(batch.state.physics[done], ends[playing[done]], rtol=0, atol=1e-6)
        playing = playing[~done]
        if done.any() and len(playing):
            batch.keep(~done)


def test_games_end_where_gymnasiums_do() -> None:
    rng = np.random.default_rng(1)
    limits = np.array([2.4, 0.1, 12 * 2 * np.pi / 360, 0.1])
    starts = limits * rng.choice([-1.0, 0.5, 1.0], (500, 4)) + rng.uniform(-0.002, 0.002, (500, 4))
    game, reference = CartPole(), gymnasium.make("CartPole-v1").unwrapped
    state = game.reset(500, rng)
    state.physics[:] = starts
    ended = game.step(state, np.arange(500) % 2, rng).terminated
    for row in range(500):
        reference.reset(seed=0)
        reference.state = tuple(starts[row])
        assert reference.step(row % 2)[2] == ended[row], starts[row]
    assert 50 < ended.sum() < 450


def test_the_limits_are_gymnasiums() -> None:
    reference = gymnasium.make("CartPole-v1")
    game = CartPole()
    assert reference.spec is not None
    assert game.info.step_limit == reference.spec.max_episode_steps == 500
    starts = game.reset(20_000, np.random.default_rng(0)).physics
    assert -0.05 <= starts.min() < -0.0499
    assert 0.0499 < starts.max() <= 0.05


def test_the_step_limit_truncates() -> None:
    batch = GameBatch(CartPole(), 1, 0)
    batch.steps[:] = 499
    transitions = batch.step(np.array([0]))
    assert transitions.truncated[0]
    assert not transitions.terminated[0]


def test_the_score_is_the_steps_survived() -> None:
    batch = GameBatch(CartPole(), 2, 0)
    scores = [batch.step(np.array([0, 1])).score.tolist() for _ in range(3)]
    assert scores == [[1, 1], [2, 2], [3, 3]]


def test_features_look_the_same_on_both_sides_and_the_outputs_do_the_same() -> None:
    game, rng = CartPole(), np.random.default_rng(3)
    right = game.reset(64, rng)
    right.physics[:, 2] = np.abs(right.physics[:, 2])
    left = copy_state(right)
    left.physics *= -1
    for output in (0, 1, 1, 0, 0):
        np.testing.assert_allclose(game.observe(left, "features"), game.observe(right, "features"), atol=1e-6)
        assert (game.observe(right, "features")[:, 2] >= 0).all()
        for state in (left, right):
            game.step(state, game.orientation(state, "features")[:, output], rng)
        np.testing.assert_allclose(left.physics, -right.physics, atol=1e-12)


def test_the_state_is_gymnasiums_observation() -> None:
    game = CartPole()
    state = game.reset(3, np.random.default_rng(0))
    np.testing.assert_array_equal(game.observe(state, "state"), state.physics.astype(np.float32))
    assert game.orientation(state, "state").tolist() == [[0, 1]] * 3
