"""One Gymnasium environment at one moment, as a value that never changes."""

from typing import Any

import gymnasium


class Moment:
    """An environment after a seed and some actions.

    Environments change when they are stepped, and many cannot be copied; a moment can be kept, copied and stepped from
    again and again. It hands its living environment on to the first moment that follows; whoever comes later plays
    the same seed and actions once more, which leads to the same place. Only the thread that steps may call `after`.

    Args:
        env_id: The environment.
        seed: Of its reset.
    """

    def __init__(self, env_id: str, seed: int) -> None:
        self.env_id, self.seed = env_id, seed
        self._history: list[Any] = []  # shared by the moments of one line; each knows how much of it is its own
        self._length = 0
        self._env: Any = make_env(env_id)
        self.observation: Any = self._env.reset(seed=seed)[0]

    @property
    def actions(self) -> list[Any]:
        """What was done since the reset."""
        return self._history[: self._length]

    def after(self, action: Any) -> tuple["Moment", float, bool, bool]:
        """The next moment, its reward, and whether it is terminated or truncated."""
        env, self._env = self._env, None
        if env is None:
            env = replayed(make_env(self.env_id), self.seed, self.actions)
        observation, reward, terminated, truncated, _ = env.step(action)
        following = object.__new__(Moment)
        following.env_id, following.seed = self.env_id, self.seed
        following._history = self._history if len(self._history) == self._length else self.actions
        following._history.append(action)
        following._length = self._length + 1
        following._env, following.observation = env, observation
        return following, float(reward), bool(terminated), bool(truncated)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Moment):
            return NotImplemented
        return (self.env_id, self.seed, self.actions) == (other.env_id, other.seed, other.actions)

    def __hash__(self) -> int:
        return hash((self.env_id, self.seed, self._length))


def make_env(env_id: str, **options: Any) -> Any:
    """An environment without its time limit, which `GameBatch` sets, and without Gymnasium's own checks."""
    return gymnasium.make(env_id, disable_env_checker=True, max_episode_steps=-1, **options)


def replayed(env: Any, seed: int, actions: list[Any]) -> Any:
    """The environment after a seed and some actions."""
    env.reset(seed=seed)
    for action in actions:
        env.step(action)
    return env
