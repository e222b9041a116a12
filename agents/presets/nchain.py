"""Presets of NChain."""

from collections.abc import Mapping

from agents.presets.general import Changes

_NCHAIN: Changes = {
    "hidden": (32,),
    "batch_size": 128,
    "discount": 0.95,
    "loss": "squared",  # values lie near 80, and Huber's constant slope takes long to reach them
    "learning_rate": 3e-3,
    "learning_rate_updates": 12_000,
    "target_interval": 100,
    "averaging": 0.999,
    "epsilon_end": 0.3,  # the lab shows the values of all actions, not only of the best
    "frames": 60_000,
    "evaluation_interval": 5_000,
    "scorecard_episodes": 1_000,
}

PRESETS: Mapping[tuple[str, str], Mapping[str, Changes]] = {
    ("nchain", "features"): {
        "quick": _NCHAIN,
        "balanced": {**_NCHAIN, "frames": 80_000},
        "best": {**_NCHAIN, "frames": 120_000},
    },
}  # fmt: skip
