"""Presets of Gymnasium's games."""

from collections.abc import Mapping

from agents.presets.general import Changes

_ACROBOT: Changes = {
    "hidden": (64, 64),
    "discount": 0.99,
    "n_step": 3,
    "target_interval": 250,
    "epsilon_frames": 10_000,
    "epsilon_end": 0.05,
    "learning_rate_updates": 20_000,
    "averaging": 0.99,
    "frames": 80_000,
    "evaluation_interval": 16_000,
    "evaluation_episodes": 10,
}

# Single random moves never reach the top; random moves held for up to 40 frames reach it in 15% of the games. Seeds 0
# and 2 solve the game (-106.2, -107.8), seed 1 does not quite (-114.5); see docs/journal.md.
_MOUNTAIN_CAR: Changes = {
    "hidden": (64, 64),
    "discount": 0.99,
    "n_step": 5,
    "target_interval": 250,
    "exploration_hold": 40,
    "epsilon_frames": 40_000,
    "epsilon_end": 0.1,
    "learning_rate_updates": 25_000,
    "averaging": 0.99,
    "frames": 100_000,
    "evaluation_interval": 10_000,
    "evaluation_episodes": 20,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("gym:Acrobot-v1", "state"): {
        "quick": _ACROBOT,
        "balanced": {**_ACROBOT, "frames": 160_000, "learning_rate_updates": 40_000},
        "best": {**_ACROBOT, "frames": 320_000, "learning_rate_updates": 80_000},
    },
    ("gym:MountainCar-v0", "state"): {
        "quick": _MOUNTAIN_CAR,
        "balanced": {**_MOUNTAIN_CAR, "frames": 200_000, "learning_rate_updates": 50_000},
        "best": {**_MOUNTAIN_CAR, "frames": 400_000, "learning_rate_updates": 100_000},
    },
}  # fmt: skip
