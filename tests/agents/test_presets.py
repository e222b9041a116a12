from dataclasses import replace
from math import prod
from types import SimpleNamespace
from typing import Any

import pytest

from agents.acting.architecture import Architecture
from agents.presets import DESCRIPTIONS, PRESETS, STANDARD, default_observation, preset, preset_names
from games.catch.rules import Catch
from games.game import ObservationSpec
from games.registry import game_ids, gymnasium_ids, make

ALL = [(game_id, kind) for game_id in game_ids() for kind in make(game_id).info.kinds]


@pytest.mark.parametrize(("game_id", "kind"), ALL)
def test_every_game_and_observation_has_presets_that_fit(game_id: str, kind: str) -> None:
    game = make(game_id)
    names = preset_names(game, kind)
    assert names[:3] == STANDARD
    for name in names:
        config = preset(game, kind, name)
        Architecture.of(config, game.info.observation(kind), len(game.info.actions))
        assert name in DESCRIPTIONS


def test_the_sources_are_among_the_presets() -> None:
    flappy = make("flappybird")
    config = preset(flappy, "pixels", "keras-flappybird")
    assert (config.filters, config.kernels, config.strides, config.hidden) == (
        (32, 64, 64),
        (8, 4, 3),
        (4, 2, 1),
        (512,),
    )
    assert "keon" in preset_names(make("cartpole"), "state")
    assert "qlearning4k" in preset_names(make("catch"), "grid")
    assert "qlearning4k" in preset_names(make("snake"), "grid")


def test_an_unknown_preset_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="preset = 'fast': cartpole with state has quick, balanced, best, keon"):
        preset(make("cartpole"), "state", "fast")


def test_an_unknown_observation_is_named() -> None:
    with pytest.raises(ValueError, match="observation = 'sound': cartpole has features, state, pixels"):
        preset_names(make("cartpole"), "sound")


def test_the_first_observation_is_the_default() -> None:
    assert default_observation(make("snake")) == "ahead"


@pytest.mark.parametrize("game_id", gymnasium_ids())
def test_games_of_gymnasium_that_are_shown_have_presets_of_their_own(game_id: str) -> None:
    game = make(game_id)
    observation = default_observation(game)
    assert (game_id, observation) in PRESETS
    assert [preset(game, observation, name).frames for name in STANDARD] == sorted(
        preset(game, observation, name).frames for name in preset_names(game, observation)
    )


@pytest.mark.parametrize(
    "shape", [(16, 16), (24, 24, 3), (44, 44, 1), (84, 84, 4), (210, 160, 3), (480, 640, 3), (1080, 1920, 3)]
)
def test_pictures_of_any_size_get_convolutions_that_fit_and_a_replay_that_fits(shape: tuple[int, ...]) -> None:
    info = replace(Catch().info, id="pictured", observations=(ObservationSpec("image", shape, "uint8", 0, 255),))
    game: Any = SimpleNamespace(info=info)
    for name in preset_names(game, "image"):
        config = preset(game, "image", name)
        sizes = Architecture.of(config, info.observations[0], 6).shapes()
        assert config.network == "conv" and len(config.filters) >= 2
        assert max(sizes["dense0/kernel"]) <= 65_536
        assert sum(prod(size) for size in sizes.values()) < 8_000_000
        assert config.replay * prod(shape) < 4e9 and config.replay > config.learning_starts > config.batch_size


def test_small_boards_and_floats_get_dense_networks() -> None:
    for spec in (ObservationSpec("image", (10, 10, 4), "uint8", 0, 255), ObservationSpec("image", (24, 24, 3))):
        game: Any = SimpleNamespace(info=replace(Catch().info, id="board", observations=(spec,)))
        assert preset(game, "image", "quick").network == "dense"
