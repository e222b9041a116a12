"""Gymnasium's environments as games of ours: the contract holds for them too."""

import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from games import registry
from games.batch import GameBatch
from games.border import GameError
from games.game import Game
from games.gym.game import GymnasiumGame
from games.gym.moment import Moment
from games.registry import game_class, make
from games.settings import settings_of
from games.states import copy_state, take_rows
from tests.games import test_contract as contract

IDS = ("gym:MountainCar-v0", "gym:Acrobot-v1", "gym:CartPole-v1", "gym:FrozenLake-v1", "gym:Blackjack-v1")
RULES = (
    contract.test_games_are_values,
    contract.test_every_array_of_a_state_has_the_batch_axis,
    contract.test_the_same_seed_and_actions_give_the_same_arrays,
    contract.test_another_seed_gives_another_game,
    contract.test_outcomes_have_the_declared_types,
    contract.test_scores_are_numbers_of_their_own,
    contract.test_transitions_hang_together_and_stay_as_they_were,
)


@pytest.mark.parametrize("game_id", IDS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_contract(rule: Any, game_id: str) -> None:
    rule(make(game_id))


KINDS = ("features", "features", "state", "features", "state")


@pytest.mark.parametrize(("game_id", "kind"), zip(IDS, KINDS, strict=True))
def test_observations(game_id: str, kind: str) -> None:
    contract.test_observations_are_as_described(game_id, kind)
    contract.test_an_observation_is_a_fresh_array(game_id, kind)


def test_it_steps_as_gymnasium_does() -> None:
    env = gymnasium.make("MountainCar-v0")
    batch = GameBatch(make("gym:MountainCar-v0"), 2, 0, observation="state", autoreset=False)
    env.reset(seed=batch.state.moment[1].seed)
    for action in np.random.default_rng(1).integers(0, 3, 200).tolist():
        observation, reward, terminated, truncated, _ = env.step(action)
        transitions = batch.step(np.array([2 - action, action]))
        np.testing.assert_array_equal(transitions.next_observation[1], observation)
        assert (transitions.reward[1], transitions.terminated[1], transitions.truncated[1]) == (
            reward, terminated, truncated,
        )  # fmt: skip
    assert truncated
    assert transitions.score[1] == -200


def test_scores_are_sums_that_are_not_rounded() -> None:
    game = make("gym:MountainCar-v0")
    state = game.reset(2, np.random.default_rng(0))
    state.total[:] = 0.3, -0.6
    assert game.score(state).tolist() == [0.3, -0.6]


def test_features_are_scaled_to_one() -> None:
    game = make("gym:MountainCar-v0")
    state = game.reset(3, np.random.default_rng(0))
    place, speed = state.observation.T
    np.testing.assert_allclose(game.observe(state, "features"), np.stack([(place + 0.3) / 0.9, speed / 0.07], 1), 1e-5)


def test_a_moment_is_a_value_however_often_it_is_stepped() -> None:
    start = Moment("CartPole-v1", 7, (4,))
    one = start.after(1)[0].after(0)[0]
    other = start.after(0)[0]  # the environment has gone on with the first line: the second plays it again
    again = start.after(1)[0].after(0)[0]
    np.testing.assert_array_equal(one.observation, again.observation)
    assert one == again != other
    assert (start.actions, one.actions, other.actions) == ([], [1, 0], [0])


def test_a_copy_of_a_state_goes_its_own_way() -> None:
    game = make("gym:MountainCar-v0")
    rng = np.random.default_rng(0)
    state = game.reset(2, rng)
    kept, alone = copy_state(state), take_rows(state, [1])
    for _ in range(5):
        game.step(state, np.array([2, 2]), rng)
    for _ in range(5):
        game.step(alone, np.array([2]), rng)
    np.testing.assert_array_equal(alone.observation[0], state.observation[1])
    assert kept.moment[1].actions == [] and kept.total.tolist() == [0, 0]


class _Chance(gymnasium.Env[Any, Any]):
    """Actions 5 to 8, bytes, and chance while it runs."""

    action_space = gymnasium.spaces.Discrete(4, start=5)
    observation_space = gymnasium.spaces.Box(0, 255, (8, 8, 3), np.uint8)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return np.zeros((8, 8, 3), np.uint8), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        picture = self.np_random.integers(0, 256, (8, 8, 3)).astype(np.uint8)
        return picture, float(action), False, False, {}


@pytest.fixture
def chance() -> Any:
    gymnasium.register("Chance-v0", _Chance)
    yield GymnasiumGame("Chance-v0")
    del gymnasium.registry["Chance-v0"]


def test_pictures_other_numbers_of_actions_and_chance(chance: Game) -> None:
    assert chance.info.kinds == ("image", "pixels")
    assert chance.info.play.buttons == {"left": 1, "right": 2, "up": 3}
    assert chance.info.solved.mean == float("inf")
    rng = np.random.default_rng(0)
    state = chance.reset(2, rng)
    before = copy_state(state)
    reward = chance.step(state, np.array([0, 3]), rng).reward
    assert reward.tolist() == [5, 8]
    chance.step(before, np.array([0, 3]), rng)
    np.testing.assert_array_equal(chance.observe(state, "image"), chance.observe(before, "image"))


class _Wordy(_Chance):
    observation_space = gymnasium.spaces.Text(8)


class _Stacked(_Chance):
    observation_space = gymnasium.spaces.Box(0, 255, (4, 24, 24, 3), np.uint8)


@pytest.fixture
def wordy() -> Any:
    gymnasium.register("Wordy-v0", _Wordy)
    gymnasium.register("Stacked-v0", _Stacked)
    yield
    del gymnasium.registry["Wordy-v0"], gymnasium.registry["Stacked-v0"]


@pytest.mark.usefixtures("wordy")
@pytest.mark.parametrize(
    ("env_id", "line"),
    [
        ("Pendulum-v1", r"game = 'gym:Pendulum-v1': actions must be Discrete, not Box"),
        ("Wordy-v0", r"game = 'gym:Wordy-v0': observations must be numbers or choices, not Text"),
        ("Stacked-v0", r"game = 'gym:Stacked-v0': Box\(.* has 4 axes: must be at most 3"),
        ("CartPole-v7", r"game = 'gym:CartPole-v7': no such environment is registered here \(there is CartPole-v1\)"),
        ("Nothing-v0", r"game = 'gym:Nothing-v0': no such environment is registered here \(`--import MODULE`"),
        ("", r"game = 'gym:': no such environment is registered here"),
        ("gymnasium:CartPole-v1", r"game = 'gym:gymnasium:CartPole-v1': no such environment is registered here"),
    ],
)
def test_what_cannot_be_a_game_is_refused_in_one_line(env_id: str, line: str) -> None:
    with pytest.raises(ValueError, match=line) as told:
        make(f"gym:{env_id}")
    assert "\n" not in str(told.value)


def test_an_id_loads_no_module_unless_a_person_typed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "import gymnasium", "gymnasium.register('Typed/Chance-v3', 'tests.games.gym.test_game:_Chance')"
    (tmp_path / "registers_one.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="no such environment"):
        make("gym:registers_one:Typed/Chance-v3")
    assert "registers_one" not in sys.modules
    assert registry.typed_game("gym:registers_one:Typed/Chance-v3") == "gym:Typed/Chance-v3"
    assert "registers_one" in sys.modules
    assert make("gym:Typed/Chance-v3").info.id == registry.typed_game("gym:Typed/Chance") == "gym:Typed/Chance-v3"
    del gymnasium.registry["Typed/Chance-v3"], sys.modules["registers_one"]


def test_an_id_without_version_takes_the_latest() -> None:
    assert registry.typed_game("gym:MountainCar") == "gym:MountainCar-v0"
    assert make("gym:CartPole").info.id == "gym:CartPole-v1"
    assert registry.typed_game("catch") == "catch"


def test_a_function_of_a_module_may_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "gymnasium.register('Typed/Chance-v4', 'tests.games.gym.test_game:_Chance')"
    (tmp_path / "registers_late.py").write_text(f"import gymnasium\ndef register():\n    {line}")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="no such environment"):
        registry.typed_game("gym:registers_late:Typed/Chance-v4")
    assert registry.typed_game("gym:registers_late:register:Typed/Chance") == "gym:Typed/Chance-v4"
    with pytest.raises(GameError, match="module 'registers_late:nothing': AttributeError"):
        registry.load_module("registers_late:nothing")
    del gymnasium.registry["Typed/Chance-v4"], sys.modules["registers_late"]


def test_a_module_that_fails_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wants_licence.py").write_text("raise SystemExit('first line\\nsecond line')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(GameError, match="module 'wants_licence': SystemExit: first line second line"):
        registry.load_module("wants_licence")
    with pytest.raises(GameError, match="module 'not_there': ModuleNotFoundError"):
        registry.typed_game("gym:not_there:X-v0")


def test_the_registry_makes_a_class_without_settings() -> None:
    cls = game_class("gym:MountainCar-v0")
    assert settings_of(cls) == {}
    assert cls() == make("gym:MountainCar-v0")
    assert "gym:MountainCar-v0" not in registry.game_ids()


def test_without_gymnasium_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "GYMNASIUM_CLASSES", "games.gymless.game:game_class")
    with pytest.raises(ValueError, match="game = 'gym:CartPole-v1': needs the extra 'gymnasium'"):
        make("gym:CartPole-v1")


def test_it_is_drawn_as_it_draws_itself() -> None:
    import pygame

    from games.view import draw

    game = make("gym:MountainCar-v0")
    rng = np.random.default_rng(0)
    state = game.reset(2, rng)
    surface = pygame.Surface((600, 400), 0, 32)
    pictures = []
    for _ in range(3):
        game.step(state, np.array([2, 0]), rng)
        kept = copy_state(state)
        game.step(state, np.array([2, 0]), rng)
        for each in (state, kept, state):  # back in time and forth again
            draw(surface, game, each, 1)
            pictures.append(pygame.surfarray.array3d(surface))
    np.testing.assert_array_equal(pictures[-1], pictures[-3])
    assert (pictures[-1] != pictures[-2]).any()
    env = gymnasium.make("MountainCar-v0", render_mode="rgb_array")
    env.reset(seed=state.moment[1].seed)
    for _ in range(6):
        env.step(0)
    np.testing.assert_array_equal(np.swapaxes(pictures[-1], 0, 1), np.asarray(env.render()))
