"""Trains many different networks in this process, one after the other, and prints its memory after each in MiB."""

import gc
import sys
from pathlib import Path

from agents.presets import preset
from agents.training.plan import Plan
from agents.training.session import Status, TrainingSession
from games.registry import make

GAMES = ("cartpole", "catch", "nchain")
SHORT = {
    "frames": 1_500,
    "learning_starts": 300,
    "evaluation_interval": 10**6,
    "evaluation_episodes": 1,
    "scorecard_episodes": 1,
    "evaluation_limit": 50,
}


def train(number: int, compile_mode: str) -> None:
    """Train the network of this number; no other has the same sizes."""
    game = make(GAMES[number % len(GAMES)])
    config = preset(game, "features", "quick").replace(hidden=(16 + number,), compile_mode=compile_mode, **SHORT)
    session = TrainingSession(Plan(game, "features", config, name=f"Pat {number}", seed=number))
    session.start()
    session._thread.join()
    assert session.latest.status is Status.FINISHED, session.latest.note


def memory() -> float:
    """What this process takes, in MiB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


if __name__ == "__main__":
    for index in range(int(sys.argv[1])):
        train(index, sys.argv[2])
        print(f"{memory():.1f}", flush=True)
