"""One Gymnasium environment at one moment, as a value that never changes."""

from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec, find_highest_version, get_env_id, parse_env_id

from games.registry import GYMNASIUM_PREFIX


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


def registered(env_id: str) -> EnvSpec:
    """What Gymnasium's registry holds of an environment, in its latest version where the id names none.

    Nothing is loaded for this: an id may stand in a stranger's file, and Gymnasium itself would import the module of
    an id like "module:ENV".

    Raises:
        ValueError: It is not registered.
    """
    spec = gymnasium.registry.get(env_id) or gymnasium.registry.get(_latest(env_id))
    if spec is None or ":" in env_id:
        hint = "`--import MODULE` loads a module that registers some"
        raise ValueError(f"game = {GYMNASIUM_PREFIX + env_id!r}: no such environment is registered here ({hint})")
    return spec


def _latest(env_id: str) -> str:
    """The id with the highest version that is registered, or the id itself."""
    try:
        namespace, name, version = parse_env_id(env_id)
    except gymnasium.error.Error:
        return env_id
    return get_env_id(namespace, name, find_highest_version(namespace, name)) if version is None else env_id


def registered_id(env_id: str) -> str:
    """The id that an environment is registered under; see `registered`."""
    return registered(env_id).id


def make_env(env_id: str, **options: Any) -> Any:
    """An environment without its time limit, which `GameBatch` sets, and without Gymnasium's own checks."""
    return gymnasium.make(registered(env_id), disable_env_checker=True, max_episode_steps=-1, **options)


def replayed(env: Any, seed: int, actions: list[Any]) -> Any:
    """The environment after a seed and some actions."""
    env.reset(seed=seed)
    for action in actions:
        env.step(action)
    return env
