"""Typed settings become a plan in one way, whoever has typed them."""

from typing import Any

import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.presets import preset
from agents.training.plan import further
from agents.training.typed_plan import NetworkError, typed_plan
from games.registry import make
from tests.agents.storage.profiles import make_profile


def test_texts_change_the_preset_and_the_game() -> None:
    plan = typed_plan("catch", {"grid": "12"}, {"learning_rate": "5e-4"}, preset_name="quick", seed=3, name="Anna")
    game: Any = plan.game
    assert (game.grid, plan.seed, plan.name, plan.preset, plan.start) == (12, 3, "Anna", "quick", None)
    assert plan.observation == "grid"
    assert plan.config == preset(game, "grid", "quick").replace(learning_rate=5e-4)


def test_an_agent_goes_on_with_its_own_settings() -> None:
    network = Architecture.of(Config(hidden=()), make("nchain", states=7).info.observations[0], 2)
    start = make_profile(game_settings={"states": 7, "slip": 0.1}, preset="best", architecture=network)
    plan = typed_plan("nchain", {"slip": "0.5"}, {"frames": "9000"}, start=start)
    game: Any = plan.game
    assert (game.states, game.slip, plan.preset, plan.start) == (7, 0.5, "best", start)
    assert plan.config == further(start).replace(frames=9_000)


@pytest.mark.parametrize(
    ("game_texts", "learning_texts", "told"),
    [
        ({"speed": "3"}, {}, "unknown setting 'speed'"),
        ({"grid": "3"}, {}, "grid = 3"),
        ({}, {"speed": "3"}, "unknown setting 'speed'"),
        ({}, {"learning_rate": "fast"}, "learning_rate = 'fast'"),
        ({}, {"replay": "100", "batch_size": "200"}, "replay = 100"),
        ({}, {"network": "conv"}, "no picture"),
    ],
)
def test_what_is_not_allowed_is_told(game_texts: dict[str, str], learning_texts: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        typed_plan("catch", game_texts, learning_texts, preset_name="quick", observation="features")


def test_a_network_too_large_to_be_saved_is_refused_before_it_is_trained() -> None:
    with pytest.raises(NetworkError, match="MiB: an agent may take at most 64"):
        typed_plan("cartpole", {}, {"hidden": "4096,4096,4096,4096"}, preset_name="quick")


def test_an_agent_keeps_its_game_observation_and_network() -> None:
    start = make_profile()
    with pytest.raises(ValueError, match="Pat plays nchain, not catch"):
        typed_plan("catch", {}, {}, start=start)
    with pytest.raises(ValueError, match="another network"):
        typed_plan("nchain", {}, {"hidden": "8"}, start=start)
    with pytest.raises(ValueError, match="version 99"):
        typed_plan("nchain", {}, {}, start=make_profile(rules_version=99))
    with pytest.raises(ValueError, match="sees grid, so it cannot be trained further on features"):
        typed_plan("catch", {}, {}, start=make_profile(game_id="catch"), observation="features")
