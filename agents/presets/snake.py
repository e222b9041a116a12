"""Presets of Snake."""

from collections.abc import Mapping

from agents.presets.general import Changes

_SNAKE: Changes = {
    "hidden": (512, 256),
    "batch_size": 64,
    "discount": 0.98,
    "n_step": 3,
    "learning_rate": 5e-4,
    "final_learning_rate": 1e-5,
    "learning_rate_updates": 200_000,
    "target_interval": 500,
    "averaging": 0.999,
    "copies": 32,
    "frames_per_update": 8.0,
    "updates_per_call": 8,
    "replay": 150_000,
    "learning_starts": 5_000,
    "epsilon_frames": 200_000,
    "epsilon_end": 0.01,
    "evaluation_interval": 50_000,
    "evaluation_episodes": 50,
}

_SNAKE_AHEAD: Changes = {
    "hidden": (256, 128),
    "batch_size": 128,
    "discount": 0.99,
    "n_step": 5,
    "learning_rate": 7e-4,
    "final_learning_rate": 1e-4,
    "learning_rate_updates": 30_000,
    "target_interval": 500,
    "averaging": 0.999,
    "copies": 128,
    "frames_per_update": 32.0,
    "updates_per_call": 16,
    "replay": 300_000,
    "learning_starts": 20_000,
    "epsilon_frames": 200_000,
    "epsilon_end": 0.005,
    "frames": 1_000_000,
    "evaluation_interval": 100_000,
    "evaluation_episodes": 100,
}

# While most moves are random, returns over several of them tell of short lives only; and where every place of the head
# must be learnt by itself, a short horizon shows sooner which way the fruit is.
_SNAKE_GRID: Changes = {
    **_SNAKE,
    "network": "conv",
    "filters": (16, 32),
    "kernels": (3, 3),
    "strides": (1, 1),
    "hidden": (256,),
    "discount": 0.9,
    "n_step": 1,
    "learning_rate": 1e-3,
    "final_learning_rate": 1e-4,
    "target_interval": 250,
    "epsilon_frames": 40_000,
}

_SNAKE_FEATURES: Changes = {
    "discount": 0.98,
    "n_step": 3,
    "averaging": 0.995,
    "updates_per_call": 32,
    "learning_rate_updates": 100_000,
    "evaluation_interval": 20_000,
    "evaluation_episodes": 50,
    "frames": 400_000,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("snake", "ahead"): {
        "quick": {**_SNAKE_AHEAD, "frames": 500_000, "learning_rate_updates": 14_000, "epsilon_frames": 120_000},
        "balanced": {
            **_SNAKE_AHEAD, "hidden": (384, 256, 128), "frames": 2_000_000, "learning_rate_updates": 60_000,
            "final_learning_rate": 5e-5, "epsilon_end": 0.002, "epsilon_frames": 300_000, "replay": 400_000,
            "evaluation_interval": 125_000, "scorecard_episodes": 1_000,
        },
        "best": {
            **_SNAKE_AHEAD, "hidden": (640, 320, 128), "frames": 12_800_000, "learning_rate_updates": 398_000,
            "final_learning_rate": 1e-5, "epsilon_end": 0.001, "epsilon_frames": 300_000, "replay": 600_000,
            "evaluation_interval": 250_000, "scorecard_episodes": 1_000,
        },
    },
    ("snake", "centred"): {
        "quick": {
            **_SNAKE, "frames": 300_000, "n_step": 1, "discount": 0.95, "learning_rate": 1e-3,
            "final_learning_rate": 1e-4, "learning_rate_updates": 50_000, "epsilon_frames": 60_000,
        },
        "balanced": {**_SNAKE, "frames": 2_000_000, "epsilon_frames": 100_000},
        "best": {**_SNAKE, "frames": 20_000_000, "learning_rate_updates": 2_000_000, "hidden": (1024, 512)},
    },
    ("snake", "grid"): {
        "quick": {**_SNAKE_GRID, "frames": 200_000, "learning_rate_updates": 30_000, "evaluation_interval": 25_000},
        "balanced": {**_SNAKE_GRID, "frames": 800_000, "learning_rate_updates": 80_000, "discount": 0.95},
        "best": {
            **_SNAKE_GRID, "frames": 4_000_000, "learning_rate_updates": 400_000, "hidden": (512,), "discount": 0.98,
            "final_learning_rate": 1e-5, "replay": 400_000,
        },
        "qlearning4k": {
            "network": "conv", "filters": (16, 32), "kernels": (3, 3), "strides": (1, 1), "hidden": (256,),
            "double": False, "optimizer": "rmsprop", "learning_rate": 1e-3, "learning_rate_updates": 0,
            "gradient_clip": 0.0, "loss": "squared", "batch_size": 64, "discount": 0.8, "target_interval": 1,
            "copies": 1, "frames_per_update": 1.0, "updates_per_call": 8, "replay": 50_000, "learning_starts": 500,
            "epsilon_start": 1.0, "epsilon_end": 0.1, "epsilon_frames": 200_000, "frames": 1_000_000,
            "evaluation_interval": 50_000,
        },
    },
    ("snake", "features"): {
        "quick": _SNAKE_FEATURES,
        "balanced": {**_SNAKE_FEATURES, "frames": 2_000_000, "learning_rate_updates": 500_000},
        "best": {**_SNAKE_FEATURES, "frames": 10_000_000, "learning_rate_updates": 2_500_000, "hidden": (256, 256)},
    },
}  # fmt: skip
