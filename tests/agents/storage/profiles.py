"""Small agents for tests."""

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.storage.headers import RECENT_SECONDS
from agents.storage.profile import Profile
from games.registry import make


def make_profile(name: str = "Pat", seed: int = 0, game_id: str = "nchain", **changes: Any) -> Profile:
    """An agent with random weights and no hidden layers."""
    game = make(game_id)
    config = Config(hidden=())
    spec = game.info.observations[0]
    architecture = Architecture.of(config, spec, len(game.info.actions))
    rng = np.random.default_rng(seed)
    weights = {key: rng.normal(size=shape).astype(np.float32) for key, shape in architecture.shapes().items()}
    card = {key: 1.0 for key in ("episodes", "seed", "epsilon", "mean", "median", "min", "max", "ci95", "mean_epsilon")}
    values: dict[str, Any] = {
        "game_settings": {"states": 5, "slip": 0.2},
        "rules_version": game.info.version,
        "observation": spec.kind,
        "architecture": architecture,
        "config": config,
        "weights": weights,
        "seed": seed,
        "frames": 12_000,
        "curve": ((0.0, 1.0), (100.0, 2.5)),
        "scorecard": card,
    }
    if game_id != "nchain":
        values["game_settings"] = {}
    return Profile(name=name, game_id=game_id, **(values | changes))


def age(*paths: Path) -> None:
    """Let files have changed some time ago, so that nobody can be writing them any more."""
    for path in paths:
        os.utime(path, (0, time.time() - RECENT_SECONDS - 5))


def lost_profile(name: str = "Lost", game_id: str = "cartpole", **changes: Any) -> Profile:
    """An agent whose weights are all finite, and whose Q values are not."""
    game = make(game_id)
    config = Config(hidden=(8,))
    architecture = Architecture.of(config, game.info.observations[0], len(game.info.actions))
    weights = {key: np.full(shape, 3e38, np.float32) for key, shape in architecture.shapes().items()}
    return make_profile(name, game_id=game_id, config=config, architecture=architecture, weights=weights, **changes)


def heavy_profile(name: str = "Heavy", **changes: Any) -> Profile:
    """An agent that takes long for each decision, though its file is small."""
    game = make("catch")
    config = Config(network="conv", filters=(8, 2), kernels=(1, 16), strides=(1, 1), hidden=())
    architecture = Architecture.of(config, game.info.observation("pixels"), len(game.info.actions))
    weights = {key: np.zeros(shape, np.float32) for key, shape in architecture.shapes().items()}
    values: dict[str, Any] = {
        "observation": "pixels",
        "config": config,
        "architecture": architecture,
        "weights": weights,
    }
    return make_profile(name, game_id="catch", **(values | changes))
