"""Presets of Catch."""

from collections.abc import Mapping

from agents.presets.general import PIXELS_BASE, Changes
from games.game import PIXELS

_CATCH: Changes = {
    "hidden": (100, 100),
    "discount": 0.95,
    "frames_per_update": 2.0,
    "updates_per_call": 32,
    "epsilon_frames": 6_000,
    "learning_rate_updates": 20_000,
    "frames": 60_000,
    "evaluation_interval": 5_000,
    "evaluation_episodes": 200,
}

_CATCH_PIXELS: Changes = {
    **PIXELS_BASE,
    "epsilon_frames": 10_000,
    "frames": 40_000,
    "evaluation_interval": 4_000,
    "evaluation_episodes": 200,
    "evaluation_limit": 0,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("catch", "grid"): {
        "quick": {**_CATCH, "goal": 1.0, "evaluation_interval": 1_000, "averaging": 0.99},
        "balanced": {**_CATCH, "frames": 30_000},
        "best": {**_CATCH, "frames": 60_000, "scorecard_episodes": 1_000},
        "qlearning4k": {
            "hidden": (100, 100), "double": False, "optimizer": "sgd", "learning_rate": 0.2,
            "learning_rate_updates": 0, "gradient_clip": 0.0, "loss": "squared", "batch_size": 50, "discount": 0.9,
            "target_interval": 1, "copies": 1, "frames_per_update": 1.0, "updates_per_call": 8, "replay": 1_000,
            "learning_starts": 100, "epsilon_start": 1.0, "epsilon_end": 0.1, "epsilon_frames": 4_500,
            "frames": 9_000, "evaluation_interval": 3_000, "evaluation_episodes": 200,
        },
    },
    ("catch", PIXELS): {
        "quick": {**_CATCH_PIXELS, "goal": 1.0},
        "balanced": _CATCH_PIXELS,
        "best": {**_CATCH_PIXELS, "frames": 80_000, "scorecard_episodes": 1_000},
    },
}  # fmt: skip
