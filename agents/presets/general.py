"""Presets for games that have none of their own, such as third-party games, by kind and size of the observation."""

from collections.abc import Mapping
from math import prod
from typing import Any

from games.game import PIXELS, ObservationSpec

Changes = Mapping[str, Any]
"""Settings that differ from the defaults of `Config`."""

_SHORT: Changes = {}
_GRID: Changes = {"hidden": (256, 128), "frames": 500_000, "epsilon_frames": 100_000}
PIXELS_BASE: Changes = {
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
"""Shortest side of a byte observation that counts as a picture; smaller ones count as boards."""

MOST_POSITIONS = 1_000
"""Most positions (height times width) that the convolutions leave of a picture."""

REPLAY_BYTES = 500_000_000
"""Most bytes of pictures in the replay."""

_BY_KIND: Mapping[str, Mapping[str, Changes]] = {
    kind: {
        "quick": base,
        "balanced": {**base, "frames": base.get("frames", 200_000) * 4},
        "best": {**base, "frames": base.get("frames", 200_000) * 20},
    }
    for kind, base in {"short": _SHORT, "grid": _GRID, "pixels": PIXELS_BASE}.items()
}


def general_presets(spec: ObservationSpec) -> Mapping[str, Changes]:
    """Return the presets for an observation: a short vector, a grid, a picture, or the arcade's own pixels."""
    pixels, size = spec.kind == PIXELS, spec.shape[:2]
    if not pixels and spec.dtype == "uint8" and len(spec.shape) in (2, 3) and min(size) >= PICTURE:
        fitted = _for_picture(spec.shape)
        return {name: {**changes, **fitted} for name, changes in _BY_KIND["pixels"].items()}
    return _BY_KIND["pixels" if pixels else "short" if len(spec.shape) == 1 else "grid"]


def _for_picture(shape: tuple[int, ...]) -> Changes:
    """Return convolutions that leave few enough positions of a picture of any size, and a replay that fits memory."""
    sides, small = shape[:2], min(shape[:2]) < 44
    layers = [(3, 2), (3, 1)] if small else [(8, min(8, max(4, max(sides) // 21))), (4, 2)]  # kernel, stride
    while True:
        left = sides
        for kernel, stride in layers:
            left = tuple((side - kernel) // stride + 1 for side in left)
        if prod(left) <= MOST_POSITIONS or min(left) < 4:
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
