"""The reference: stable-baselines3's DQN, unmodified, on our CartPole and Catch through Gymnasium.

    python -m venv ../reference
    ../reference/bin/pip install stable-baselines3 gymnasium numpy pygame scikit-image appdirs
    ../reference/bin/python docs/studies/reference.py

It needs a separate virtual environment, since PyTorch is not a dependency of the arcade. The hyper-parameters are those
that RL Baselines3 Zoo has tuned for CartPole-v1, also for Catch. The times exclude evaluations, like ours.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import gymnasium
import numpy as np

import games.gym.envs  # noqa: F401, registers our games

TUNED: Mapping[str, Any] = {
    "learning_rate": 2.3e-3, "batch_size": 64, "buffer_size": 100_000, "learning_starts": 1_000, "gamma": 0.99,
    "target_update_interval": 10, "train_freq": 256, "gradient_steps": 128, "exploration_fraction": 0.16,
    "exploration_final_eps": 0.04, "policy_kwargs": {"net_arch": [256, 256]},
}  # fmt: skip

FRAMES = 50_000
"""Frames of the run for which the settings were tuned. Epsilon falls over a fraction of them."""

INTERVAL = 2_000
"""Frames between two evaluations."""

EPISODES = 100
EVALUATION_SEED = 1_000_003


@dataclass(frozen=True)
class Task:
    """An environment, an observation kind, and the mean score that counts as solved."""

    env: str
    observation: str
    goal: float


TASKS = Task("DQNArcade/CartPole-v0", "state", 500.0), Task("DQNArcade/Catch-v0", "grid", 1.0)


def main() -> int:
    """Train on each task with each seed, and print when it was solved."""
    parser = argparse.ArgumentParser(description="Train stable-baselines3's DQN on our environments.")
    parser.add_argument("--seeds", type=int, default=3, help="number of random seeds, from 0 on (default: 3)")
    for task in TASKS:
        for seed in range(parser.parse_args().seeds):
            print(f"{task.env}, {task.observation}, seed {seed}: {train(task, seed)}", flush=True)
    return 0


def train(task: Task, seed: int) -> str:
    """Train until solved or for `FRAMES`; returns the result in words."""
    from stable_baselines3 import DQN
    from stable_baselines3.common.callbacks import BaseCallback

    class Watch(BaseCallback):  # type: ignore[misc]
        """A callback that evaluates every `INTERVAL` frames, ends solved training and times the evaluations."""

        best, seconds = 0.0, 0.0

        def _on_step(self) -> bool:
            if self.num_timesteps % INTERVAL:
                return True
            started = time.perf_counter()
            self.best = max(self.best, mean_score(self.model, task))
            self.seconds += time.perf_counter() - started
            return self.best < task.goal

    model = DQN("MlpPolicy", gymnasium.make(task.env, observation=task.observation), seed=seed, device="cpu", **TUNED)
    watch, started = Watch(), time.perf_counter()
    model.learn(FRAMES, callback=watch)
    seconds = time.perf_counter() - started - watch.seconds
    return f"best mean {watch.best:.3f} of {EPISODES} games, {model.num_timesteps:,} frames, {seconds:.1f} s"


def mean_score(model: Any, task: Task) -> float:
    """Return the mean score of games without random moves."""
    env = gymnasium.make(task.env, observation=task.observation)
    return float(np.mean([_score(model, env, EVALUATION_SEED + episode) for episode in range(EPISODES)]))


def _score(model: Any, env: Any, seed: int) -> float:
    observation, info = env.reset(seed=seed)
    over = False
    while not over:
        action, _ = model.predict(observation, deterministic=True)
        observation, _, terminated, truncated, info = env.step(int(action))
        over = terminated or truncated
    return float(info["score"])


if __name__ == "__main__":
    sys.exit(main())
