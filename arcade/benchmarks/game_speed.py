"""Measures the frames per second of the games."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from games.batch import GameBatch
from games.game import Game
from games.registry import game_ids, make

COPIES = (1, 16, 256, 1024, 4096)
Tell = Callable[[str], None]


def bench_games(quick: bool, tell: Tell) -> dict[str, Any]:
    """Measure the frames per second of every game and observation kind with random actions, observations included.

    Args:
        quick: Whether to measure each for a fraction of a second.
        tell: Called with each result in words.
    """
    results = []
    for game in map(make, game_ids()):
        for kind in game.info.kinds:
            for copies in COPIES:
                speed = frames_per_second(game, kind, copies, 0.15 if quick else 1.0)
                results.append(
                    {"game": game.info.id, "observation": kind, "copies": copies, "frames_per_second": round(speed)}
                )
                tell(f"{game.info.id:<12}{kind:<10}{copies:>6} copies{speed:>14,.0f} frames/s")
    return {"results": results}


def frames_per_second(game: Game, kind: str, copies: int, seconds: float) -> float:
    """Measure the frames per second over all copies: the median of three measurements within `seconds`."""
    batch = GameBatch(game, copies, seed=0, observation=kind)
    actions = np.random.default_rng(0).integers(0, len(game.info.actions), (64, copies))
    batch.step(actions[0])
    return statistics.median(_round(batch, actions, seconds / 3) for _ in range(3))


def _round(batch: GameBatch, actions: np.ndarray[Any, Any], seconds: float) -> float:
    steps, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < seconds or not steps:
        batch.step(actions[steps % len(actions)])
        steps += 1
    return steps * len(batch) / spent
