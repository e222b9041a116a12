"""Running environments, with checked results. Unused ones are kept for reuse."""

import atexit
from collections import deque
from contextlib import suppress
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec, find_highest_version, get_env_id, parse_env_id
from gymnasium.spaces import Box, Space
from gymnasium.spaces.utils import flatten

from games.border import GameError, guard, short
from games.game import Array
from games.gym.chance import GlobalChance
from games.registry import GYMNASIUM_PREFIX as PREFIX

MOST_IDLE = 128
"""Largest number of unused environments of one id; further ones are closed."""

_idle: dict[str, tuple[EnvSpec, deque[Any]]] = {}  # append and pop of a deque are thread-safe


def registered(env_id: str) -> EnvSpec:
    """Look up an environment in Gymnasium's registry, in its latest version if the id has none.

    This imports nothing: ids may come from untrusted files, and Gymnasium would import the module of an id like
    "module:ENV".

    Raises:
        ValueError: It is not registered.
    """
    spec = gymnasium.registry.get(env_id)
    latest = env_id if spec else _latest(env_id)
    if latest.startswith(f"{env_id}-v"):
        spec = gymnasium.registry.get(latest)
    if spec is None or ":" in env_id:
        hint = "`--import MODULE` loads a module that registers some" if latest == env_id else f"there is {latest}"
        raise ValueError(f"game = {PREFIX + env_id!r}: no such environment is registered here ({hint})")
    return spec


def registered_id(env_id: str) -> str:
    """Return the registered id of an environment; see `registered`."""
    return str(registered(env_id).id)


def _latest(env_id: str) -> str:
    """Return the registered id with the highest version of this name, or the id itself."""
    try:
        namespace, name, _ = parse_env_id(env_id)
    except gymnasium.error.Error:
        return env_id
    version = find_highest_version(namespace, name)
    return env_id if version is None else get_env_id(namespace, name, version)


class Living:
    """An environment in use. When it is garbage-collected, the environment is kept for reuse.

    It has no time limit, which `GameBatch` sets, and no checks by Gymnasium.

    Args:
        env_id: Its id in Gymnasium's registry.
        draws: Whether it can render. Then it is never closed, as many environments would quit pygame and so the window.

    Raises:
        ValueError: It is not registered.
        GameError: It cannot be created.
    """

    def __init__(self, env_id: str, *, draws: bool = False) -> None:
        self.name, self._env_id, self._draws, self._failed = PREFIX + env_id, env_id, draws, False
        self._spec, self._chance = registered(env_id), GlobalChance(env_id)
        self.env: Any = None if draws else _take_idle(env_id, self._spec)
        if self.env is None:
            options = {"render_mode": "rgb_array"} if draws else {}
            with guard(self.name, "make"):
                self.env = gymnasium.make(self._spec, disable_env_checker=True, max_episode_steps=-1, **options)
        with guard(self.name, "observation_space"):
            space = self.env.observation_space
        self._mixed = None if isinstance(space, Box) else space  # its observations are flattened

    def reset(self, seed: int) -> tuple[Any, Any]:
        """Start a game; returns the first observation and the `info`."""
        made = self._ask("reset", lambda: self._chance.begin(seed, lambda: self.env.reset(seed=seed)))
        if not isinstance(made, tuple) or len(made) != 2:
            raise self._refused("reset", f"gives {short(made)}: must be (observation, info)")
        return made

    def step(self, action: Any, number: int) -> tuple[Any, float, bool, bool, Any]:
        """Step the environment; returns observation, reward, terminated, truncated and `info`.

        Args:
            action: The action.
            number: The number of this step, from 1, for error messages.
        """
        try:  # called for every step of every copy, so it makes no unnecessary calls
            made = self._chance.go_on(lambda: self.env.step(action))
        except BaseException as error:
            raise self._failure(f"step {number}", error) from error
        if not isinstance(made, tuple) or len(made) != 5:
            words = "must be (observation, reward, terminated, truncated, info)"
            raise self._refused(f"step {number}", f"gives {short(made)}: {words}")
        observation, reward, terminated, truncated, told = made
        if type(reward) is not float:
            reward = float(self._one(number, "reward", reward, "one number"))
        if type(terminated) is not bool or type(truncated) is not bool:
            terminated = bool(self._one(number, "terminated", terminated, "true or false"))
            truncated = bool(self._one(number, "truncated", truncated, "true or false"))
        return observation, reward, terminated, truncated, told

    def render(self) -> Any:
        """Return the rendered picture, unchecked."""
        return self._ask("render", self.env.render)

    def observed(self, number: int, observation: Any, shape: tuple[int, ...]) -> Array:
        """Return a copy of an observation as an array of numbers in the shape of the space.

        Args:
            number: The number of the step, 0 for the reset, for error messages.
            observation: The observation of the environment.
            shape: The shape of the space.
        """
        try:
            values = np.array(observation) if self._mixed is None else self._flat(self._mixed, number, observation)
        except BaseException as error:
            raise self._failure(_place(number), error) from error
        numbers = values.dtype.kind in "fiub"
        if not numbers or (values.shape or (1,)) != shape:
            found = f"of the shape {values.shape}" if numbers else short(observation)
            raise self._refused(_place(number), f"observation {found}: must be numbers of the shape {shape}")
        return values.reshape(shape)

    def _flat(self, space: Space[Any], number: int, observation: Any) -> Array:
        """Flatten an observation, and check its choices: `flatten` would accept −1 as the last one."""
        if not space.contains(observation):
            raise self._refused(_place(number), f"observation {short(observation)}: must be within {space}")
        made: Array = flatten(space, observation)
        return made

    def _ask(self, place: str, what: Any) -> Any:
        try:
            return what()
        except BaseException as error:
            raise self._failure(place, error) from error

    def _failure(self, place: str, error: BaseException) -> BaseException:
        """Return the `GameError` to raise instead of an environment's exception."""
        self._failed = True
        try:
            with guard(self.name, place):
                raise error
        except (GameError, KeyboardInterrupt) as told:
            return told

    def _one(self, number: int, what: str, value: Any, allowed: str) -> Any:
        """Return a single number, also from an array of one."""
        if type(value) in (float, bool, int):
            return value
        found = np.asarray(value)
        if found.size != 1 or found.dtype.kind not in "fiub":
            raise self._refused(_place(number), f"{what} {short(value)}: must be {allowed}")
        return found.reshape(())[()]

    def _refused(self, place: str, words: str) -> GameError:
        self._failed = True
        return GameError(f"{self.name}: {place}: {words}")

    def __del__(self) -> None:
        env = getattr(self, "env", None)
        if env is None or self._draws:
            return
        spec, idle = _idle.setdefault(self._env_id, (self._spec, deque()))
        if self._failed or len(idle) >= MOST_IDLE or spec is not self._spec:
            _close(env)
        else:
            idle.append(env)


def _place(number: int) -> str:
    return f"step {number}" if number else "reset"


def _take_idle(env_id: str, spec: EnvSpec) -> Any:
    """Return an unused environment, unless another one has been registered under its id meanwhile."""
    known, idle = _idle.get(env_id, (spec, deque[Any]()))
    if known is not spec:
        _close_idle(_idle.pop(env_id)[1])
        return None
    try:
        return idle.pop()
    except IndexError:
        return None


def _close(env: Any) -> None:
    with suppress(BaseException):  # errors of an unused environment do not matter
        env.close()


@atexit.register
def _close_all() -> None:
    for _, idle in _idle.values():
        _close_idle(idle)


def _close_idle(idle: deque[Any]) -> None:
    while idle:
        _close(idle.pop())
