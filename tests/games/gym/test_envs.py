"""Our games as Gymnasium environments, single and in vectors."""

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from games.gym.envs import IDS, ArcadeEnv
from games.registry import make

KINDS = [(env_id, kind) for env_id, game_id in IDS.items() for kind in make(game_id).info.kinds]


def _vector(env_id: str, count: int, **options: Any) -> Any:
    return gymnasium.make_vec(env_id, num_envs=count, vectorization_mode="vector_entry_point", **options)


@pytest.mark.parametrize(("env_id", "kind"), KINDS)
def test_gymnasiums_own_check_passes(env_id: str, kind: str) -> None:
    env = gymnasium.make(env_id, observation=kind, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Bounds that are infinite are a matter of taste; everything else it warns of fails.
        warnings.filterwarnings("ignore", message=".*(minimum|maximum) value is.*infinity")
        check_env(env.unwrapped, skip_close_check=True)


@pytest.mark.parametrize("env_id", IDS)
def test_the_same_seed_plays_the_same_games(env_id: str) -> None:
    envs = [gymnasium.make(env_id) for _ in range(2)]
    rng = np.random.default_rng(0)
    for env in envs:
        env.reset(seed=5)
    for _ in range(150):
        action = int(rng.integers(envs[0].action_space.n))
        (one, *rest), (other, *others) = (env.step(action) for env in envs)
        np.testing.assert_array_equal(one, other)
        assert rest[:3] == others[:3]
        if rest[1] or rest[2]:
            begun = [env.reset()[0] for env in envs]
            np.testing.assert_array_equal(*begun)
    assert (envs[0].reset(seed=6)[0] != envs[0].reset(seed=7)[0]).any() or env_id == "DQNArcade/NChain-v0"


def test_game_settings_limits_and_observations_are_options() -> None:
    env = gymnasium.make("DQNArcade/Catch-v0", observation="grid", grid=7, step_limit=2)
    assert env.observation_space.shape == (7, 7)
    env.reset(seed=0)
    assert env.step(1)[2:4] == (False, False)
    assert env.step(1)[2:4] == (False, True)
    with pytest.raises(ValueError, match=r"the game is over: call reset\(\) first"):
        env.unwrapped.step(1)


def test_cartpole_is_gymnasiums() -> None:
    ours = gymnasium.make("DQNArcade/CartPole-v0", observation="state")
    theirs = gymnasium.make("CartPole-v1")
    seen = ours.reset(seed=1)[0]
    theirs.reset(seed=1)
    theirs.unwrapped.state = ours.unwrapped._batch.state.physics[0].copy()
    for action in (0, 1, 1, 0, 1):
        seen, reward, *ended, _ = ours.step(action)
        expected, their_reward, *their_ended, _ = theirs.step(action)
        np.testing.assert_allclose(seen, expected, rtol=1e-5)
        assert (reward, ended) == (their_reward, their_ended)


def test_actions_are_those_that_the_picture_shows() -> None:
    """CartPole's features are mirrored where the pole leans left: output 1 then pushes left."""
    env = gymnasium.make("DQNArcade/CartPole-v0")
    sides = set()
    for seed in range(20):
        env.reset(seed=seed)
        batch = env.unwrapped._batch
        leans_left = bool(batch.state.physics[0, 2] < 0)
        env.step(1)
        assert batch.state.push[0] == (0 if leans_left else 1)
        sides.add(leans_left)
    assert sides == {True, False}


def test_info_tells_score_and_legal_actions() -> None:
    env = gymnasium.make("DQNArcade/Snake-v0", observation="grid")
    _, info = env.reset(seed=0)
    assert info["score"] == 0
    assert info["action_mask"].dtype == np.int8 and info["action_mask"].shape == (env.action_space.n,)


def test_pictures_and_the_window() -> None:
    import pygame

    env = gymnasium.make("DQNArcade/CartPole-v0", render_mode="rgb_array")
    env.reset(seed=0)
    picture: Any = env.render()
    assert picture.shape == (400, 600, 3) and picture.dtype == np.uint8 and picture.std() > 1
    shown = gymnasium.make("DQNArcade/CartPole-v0", render_mode="human")
    shown.reset(seed=0)
    shown.step(0)
    assert pygame.display.get_init() and pygame.display.get_caption()[0] == "CartPole"
    shown.close()
    assert not pygame.display.get_init()
    with pytest.raises(ValueError, match="render_mode = 'ascii': must be one of rgb_array, human"):
        ArcadeEnv("cartpole", render_mode="ascii")


@pytest.mark.parametrize("env_id", IDS)
def test_a_vector_of_games(env_id: str) -> None:
    envs, again = _vector(env_id, 6), _vector(env_id, 6)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    observations, _ = envs.reset(seed=3)
    np.testing.assert_array_equal(observations, again.reset(seed=3)[0])
    assert envs.observation_space.contains(observations)
    rng = np.random.default_rng(0)
    for _ in range(60):
        actions = rng.integers(0, envs.single_action_space.n, 6)
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        np.testing.assert_array_equal(observations, again.step(actions)[0])
        assert envs.observation_space.contains(observations)
        assert (rewards.dtype, terminated.dtype, truncated.dtype) == (np.float64, np.bool_, np.bool_)
        finished = terminated | truncated
        assert ("final_obs" in infos) == finished.any()
        if finished.any():
            np.testing.assert_array_equal(infos["_final_obs"], finished)
            assert all((infos["final_obs"][row] is not None) == finished[row] for row in range(6))
            assert all(envs.single_observation_space.contains(each) for each in infos["final_obs"][finished])
    first, second = (_vector(env_id, 2).reset(seed=[1, 2])[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_gymnasiums_vector_wrappers_fit() -> None:
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(_vector("DQNArcade/Catch-v0", 4))
    envs.reset(seed=0)
    seen = 0
    for _ in range(27):
        *_, infos = envs.step(np.ones(4, np.int64))
        seen += "episode" in infos or "episode" in infos.get("final_info", {})
    assert seen == 3


@pytest.mark.parametrize("env_id", ["DQNArcade/CartPole-v0", "DQNArcade/Catch-v0"])
def test_what_stable_baselines3_asks_of_an_environment(env_id: str) -> None:
    """Its own check, as far as it can be told from its documentation: it cannot be installed here."""
    env = gymnasium.make(env_id)
    space, actions = env.observation_space, env.action_space
    assert isinstance(space, gymnasium.spaces.Box) and space.dtype == np.float32
    assert isinstance(actions, gymnasium.spaces.Discrete) and actions.start == 0
    result = env.reset(seed=0)
    assert isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict)
    assert type(result[0]) is np.ndarray and space.contains(result[0])
    for _ in range(30):
        observation, reward, terminated, truncated, info = env.step(actions.sample())
        assert type(observation) is np.ndarray and observation.dtype == space.dtype
        assert observation.shape == space.shape and space.contains(observation)
        assert type(reward) is float and type(terminated) is bool and type(truncated) is bool
        assert isinstance(info, dict)
        if terminated or truncated:
            env.reset()
    kept = observation.copy()
    env.reset()
    env.step(0)
    np.testing.assert_array_equal(observation, kept, "observations that were handed out stay as they were")


def test_actions_may_be_of_any_whole_kind() -> None:
    env: Any = gymnasium.make("DQNArcade/CartPole-v0").unwrapped
    env.reset(seed=0)
    for action in (True, False, np.int8(1), 0):
        assert len(env.step(action)) == 5


def test_gymnasiums_own_name_of_the_limit_is_known() -> None:
    envs = _vector("DQNArcade/CartPole-v0", 2, max_episode_steps=3)
    envs.reset(seed=0)
    ends = [envs.step(np.array([step % 2] * 2))[3].all() for step in range(3)]
    assert ends == [False, False, True]


def test_seeds_of_a_vector_are_one_for_each_game_or_left_to_chance() -> None:
    envs = _vector("DQNArcade/Catch-v0", 3)
    for seeds in ([1, 2], [1, 2, 3, 4], [1, -2, 3], [1, 2.5, 3], []):
        with pytest.raises(ValueError, match=r"must be a whole number of at least 0, or None, for each of 3 games"):
            envs.reset(seed=seeds)
    once, again = envs.reset(seed=[7, None, 2])[0], envs.reset(seed=[7, None, 2])[0]
    np.testing.assert_array_equal(once, again)
