"""Presets of CartPole."""

from collections.abc import Mapping

from agents.presets.general import Changes

_CARTPOLE: Changes = {
    "hidden": (128, 128),
    "batch_size": 128,
    "discount": 0.99,
    "n_step": 10,
    "target_interval": 256,
    "frames_per_update": 2.0,
    "updates_per_call": 32,
    "epsilon_frames": 8_000,
    "epsilon_end": 0.2,
    "learning_rate_updates": 20_000,
    "averaging": 0.99,
    "frames": 40_000,
    "evaluation_interval": 1_000,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("cartpole", "features"): {
        "quick": {**_CARTPOLE, "goal": 500.0},
        "balanced": {**_CARTPOLE, "frames": 100_000},
        "best": {**_CARTPOLE, "frames": 200_000, "scorecard_episodes": 1_000},
    },
    ("cartpole", "state"): {
        "quick": {**_CARTPOLE, "frames": 100_000, "goal": 500.0},
        "balanced": {**_CARTPOLE, "frames": 200_000},
        "best": {**_CARTPOLE, "frames": 400_000},
        "keon": {
            "hidden": (24, 24), "double": False, "loss": "squared", "gradient_clip": 0.0, "learning_rate": 1e-3,
            "learning_rate_updates": 0, "batch_size": 32, "discount": 0.95, "target_interval": 1, "copies": 1,
            "frames_per_update": 1.0, "updates_per_call": 8, "replay": 2_000, "learning_starts": 32,
            "epsilon_start": 1.0, "epsilon_end": 0.01, "epsilon_frames": 900, "epsilon_schedule": "exponential",
            "frames": 100_000, "evaluation_interval": 5_000,
        },
    },
}  # fmt: skip
