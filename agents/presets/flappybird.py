"""Presets of Flappy Bird."""

from collections.abc import Mapping

from agents.presets.general import PIXELS_BASE, Changes
from games.game import PIXELS

_FLAPPY: Changes = {
    "hidden": (128, 128),
    "batch_size": 128,
    "discount": 0.95,
    "n_step": 3,
    "target_interval": 256,
    "frames_per_update": 4.0,
    "updates_per_call": 32,
    "epsilon_frames": 20_000,
    "epsilon_end": 0.01,
    "learning_rate_updates": 80_000,
    "averaging": 0.995,
    "replay": 100_000,
    "frames": 300_000,
    "evaluation_interval": 15_000,
}

# Rare events decide in the end: the last crashes are a few among hundreds of thousands of good frames. So half of the
# copies practise them, the replay holds the whole run, the other copies hardly move at random, and the loss is squared:
# Huber would treat a state that crashes one time in three as an outlier.
_FLAPPY_RARE: Changes = {
    "n_step": 2,
    "loss": "squared",
    "advantage_learning": 0.5,
    "prioritised": True,
    "rewind": 0.5,
    "epsilon_frames": 60_000,
    "epsilon_end": 0.002,
    "averaging": 0.999,
}

_FLAPPY_LONG: Changes = {
    **_FLAPPY,
    **_FLAPPY_RARE,
    "hidden": (128, 128, 128),
    "discount": 0.98,
    "copies": 64,
    "batch_size": 256,
    "frames_per_update": 16.0,
    "updates_per_call": 8,
    "learning_rate": 2e-3,
    "final_learning_rate": 1e-4,
    "evaluation_interval": 20_000,
    "evaluation_episodes": 100,
}

# Each run fits into its replay: in longer trials scores fell once the first crashes had been overwritten. Kernels of
# width 8 and stride 8 do not overlap and cost a third of stride 4; grey levels still show where an edge lies within a
# kernel. Shifted by a few pixels, a crash teaches about all heights. With low learning rates scores stopped growing
# while 15% to 25% of the long games were lost; a long weight average steadies play without them.
_FLAPPY_PIXELS: Changes = {
    **PIXELS_BASE,
    **_FLAPPY_RARE,
    "shift": 4,
    "filters": (32, 64),
    "hidden": (256, 128),
    "kernels": (8, 3),
    "strides": (8, 1),
    "discount": 0.97,
    "batch_size": 64,
    "copies": 32,
    "frames_per_update": 8.0,
    "learning_rate": 1e-3,
    "final_learning_rate": 2e-4,
    "learning_rate_updates": 36_000,
    "averaging": 0.9995,
    "evaluation_interval": 20_000,
    "evaluation_episodes": 40,
    "evaluation_limit": 4_000,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("flappybird", "features"): {
        "quick": {
            **_FLAPPY, "copies": 64, "batch_size": 64, "learning_rate_updates": 60_000, "averaging": 0.998,
            "rewind": 0.5, "evaluation_interval": 10_000, "goal": 200.0,
        },
        "balanced": {
            **_FLAPPY_LONG, "frames": 560_000, "replay": 560_000, "learning_rate_updates": 35_000, "goal": 269.0,
        },
        "best": {
            **_FLAPPY_LONG, "frames": 960_000, "replay": 960_000, "learning_rate_updates": 60_000,
            "evaluation_interval": 40_000, "scorecard_episodes": 1_000, "finalists": 9,
        },
    },
    ("flappybird", PIXELS): {
        "quick": {**_FLAPPY_PIXELS, "frames": 60_000, "replay": 60_000, "evaluation_episodes": 20},
        "balanced": {
            **_FLAPPY_PIXELS, "frames": 160_000, "replay": 160_000, "evaluation_interval": 40_000, "finalists": 2,
        },
        "best": {
            **_FLAPPY_PIXELS, "frames": 300_000, "replay": 300_000, "evaluation_interval": 30_000,
            "evaluation_limit": 10_000, "finalists": 5,
        },
        "keras-flappybird": {
            "network": "conv", "filters": (32, 64, 64), "kernels": (8, 4, 3), "strides": (4, 2, 1), "hidden": (512,),
            "double": False, "loss": "squared", "gradient_clip": 0.0, "learning_rate": 1e-4,
            "learning_rate_updates": 0, "batch_size": 32, "discount": 0.99, "target_interval": 1, "copies": 1,
            "frames_per_update": 1.0, "updates_per_call": 4, "replay": 50_000, "learning_starts": 3_200,
            "epsilon_start": 0.1, "epsilon_end": 0.0001, "epsilon_frames": 3_000_000, "frames": 3_000_000,
            "evaluation_interval": 25_000, "evaluation_episodes": 10, "evaluation_limit": 2_000,
        },
    },
}  # fmt: skip
