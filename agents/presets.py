"""Hyper-parameters that are known to work, per game and observation kind: data, with their evidence beside them.

A preset is a set of changes to `Config`'s defaults. Games without presets of their own, third-party ones among them,
get the general ones for short observations, grids, pictures or pixels. The evidence and the commands that make it again
are in `docs/results.md`.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

from agents.config import Config
from games.game import PIXELS, Game

Changes = Mapping[str, Any]

STANDARD = ("quick", "balanced", "best")

DESCRIPTIONS = {
    "quick": "Learns in seconds to a few minutes. Start here.",
    "balanced": "Takes minutes and plays well.",
    "best": "Takes its time and plays as well as we know how.",
    "qlearning4k": "The network and settings of the qlearning4k tutorial, for comparison.",
    "keras-flappybird": "The network and settings of the Keras-FlappyBird tutorial, for comparison.",
    "keon": "The network and settings of keon's CartPole tutorial, for comparison.",
}
"""One sentence for each preset, as people see it."""

_SHORT: Changes = {}
_GRID: Changes = {"hidden": (256, 128), "frames": 500_000, "epsilon_frames": 100_000}
_PIXELS: Changes = {
    "network": "conv",
    "hidden": (128,),
    "batch_size": 32,
    "learning_rate": 5e-4,
    "final_learning_rate": 1e-5,
    "learning_rate_updates": 60_000,
    "n_step": 3,
    "averaging": 0.995,
    "updates_per_call": 4,
    "replay": 50_000,
    "learning_starts": 2_000,
    "epsilon_frames": 40_000,
    "frames": 300_000,
    "evaluation_limit": 2_000,
    "evaluation_episodes": 10,
}

PICTURE = 16
"""Byte observations whose sides have at least so many numbers are pictures; smaller ones are boards."""

MOST_PLACES = 1_000
"""Of a picture, after its convolutions."""

REPLAY_BYTES = 500_000_000

_GENERAL: dict[str, dict[str, Changes]] = {
    kind: {
        "quick": base,
        "balanced": {**base, "frames": base.get("frames", 200_000) * 4},
        "best": {**base, "frames": base.get("frames", 200_000) * 20},
    }
    for kind, base in {"short": _SHORT, "grid": _GRID, "pixels": _PIXELS}.items()
}

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

# What rarely happens decides in the end: the last crashes hide among hundreds of thousands of good frames. Half of the
# copies practise them; the whole run stays in the replay, elsewhere hardly any move is random, and the loss is squared:
# to Huber's, what crashes in one of three cases is an outlier.
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

# Each run fits into its replay: in longer trials play fell once the crashes of the beginning were forgotten. Kernels
# that do not overlap cost a third of 8/4: where an edge stands within one shows in its greys. Moved a few pixels, a
# loss teaches about all heights. At low rates play stood still with 15% to 25% of the long games lost; a long average
# does for calm what they were to do.
_FLAPPY_PIXELS: Changes = {
    **_PIXELS,
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
    **_PIXELS,
    "epsilon_frames": 10_000,
    "frames": 40_000,
    "evaluation_interval": 4_000,
    "evaluation_episodes": 200,
    "evaluation_limit": 0,
}

_NCHAIN: Changes = {
    "hidden": (32,),
    "batch_size": 128,
    "discount": 0.95,
    "loss": "squared",  # values lie near 80: Huber's slope of one takes long to get there
    "learning_rate": 3e-3,
    "learning_rate_updates": 12_000,
    "target_interval": 100,
    "averaging": 0.999,
    "epsilon_end": 0.3,  # every action of every state is to be known, not only the best
    "frames": 60_000,
    "evaluation_interval": 5_000,
    "scorecard_episodes": 1_000,
}

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

# Single random moves never reach the top, those that are held for up to 40 frames do in 15% of the games. Seeds 0 and 2
# solve it (-106.2, -107.8), seed 1 does not quite (-114.5); see docs/results.md.
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

PRESETS: dict[tuple[str, str], dict[str, Changes]] = {
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
    ("nchain", "features"): {
        "quick": _NCHAIN,
        "balanced": {**_NCHAIN, "frames": 80_000},
        "best": {**_NCHAIN, "frames": 120_000},
    },
}  # fmt: skip


def default_observation(game: Game) -> str:
    """The kind of observation that learns best."""
    return game.info.kinds[0]


def preset_names(game: Game, observation: str) -> tuple[str, ...]:
    """The presets for a game and observation kind, the quickest first."""
    return tuple(_presets(game, observation))


def preset(game: Game, observation: str, name: str) -> Config:
    """The hyper-parameters of a preset.

    Raises:
        ValueError: The game has no such observation kind or preset; names those it has.
    """
    presets = _presets(game, observation)
    if name not in presets:
        raise ValueError(f"preset = {name!r}: {game.info.id} with {observation} has {', '.join(presets)}")
    return Config(**presets[name])


def _presets(game: Game, observation: str) -> Mapping[str, Changes]:
    spec = game.info.observation(observation)
    own = PRESETS.get((game.info.id, observation))
    if own is not None:
        return own
    if observation != PIXELS and spec.dtype == "uint8" and len(spec.shape) in (2, 3) and min(spec.shape[:2]) >= PICTURE:
        fitted = _for_picture(spec.shape)
        return {name: {**changes, **fitted} for name, changes in _GENERAL["pixels"].items()}
    general = "pixels" if observation == PIXELS else "short" if len(spec.shape) == 1 else "grid"
    return _GENERAL[general]


def _for_picture(shape: tuple[int, ...]) -> Changes:
    """Convolutions that leave few enough numbers of a picture of any size, and a replay that fits into the memory."""
    sides, small = shape[:2], min(shape[:2]) < 44
    layers = [(3, 2), (3, 1)] if small else [(8, min(8, max(4, max(sides) // 21))), (4, 2)]  # kernel, stride
    while True:
        left = sides
        for kernel, stride in layers:
            left = tuple((side - kernel) // stride + 1 for side in left)
        if prod(left) <= MOST_PLACES or min(left) < 4:
            break
        layers.append((4, 4))
    replay = max(500, min(50_000, REPLAY_BYTES // prod(shape)))
    return {
        "filters": (16, *[32] * (len(layers) - 1)),
        "kernels": tuple(kernel for kernel, _ in layers),
        "strides": tuple(stride for _, stride in layers),
        "replay": replay,
        "learning_starts": min(2_000, replay // 2),
    }
