"""Gymnasium environments with discrete actions as games, to train, watch, and play if they suit the keys.

The interface is that of `games.game`, with these differences: rows are stepped one by one, so it is far slower than a
built-in game; the state holds environments as values (`games.gym.moment`) in an array of objects; an environment uses
its own random generator, which `reset` seeds from the generator passed in.
"""

import math
import re
from dataclasses import dataclass, make_dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from gymnasium.spaces import Discrete
from numpy.typing import NDArray

from games.border import fits, guard
from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation
from games.gym.flat import flat_space
from games.gym.living import Living, registered
from games.gym.moment import Moment
from games.promises import MOST_ACTIONS, MOST_AXES
from games.registry import GYMNASIUM_PREFIX as PREFIX
from games.seeds import GREATEST_SEED

ACTIONS = {
    "CartPole": ("left", "right"),
    "MountainCar": ("left", "coast", "right"),
    "Acrobot": ("left", "let go", "right"),
}
"""Names of actions; those of other environments are numbered."""

LARGE = 1e6
"""Bounds beyond this count as infinite, since some environments use the largest float."""

MOST_CHANNELS = 12
"""Largest number of channels of a picture, which are its first or its last axis."""

PACE, SLOWEST, FASTEST = 30.0, 1, 240
"""Steps per second if an environment states none, and the range of plausible values."""


@dataclass
class GymnasiumState:
    """B environments."""

    moment: Array  # [B] objects: `Moment`
    observation: Array  # [B, *shape] from the environments
    total: NDArray[np.float64]  # [B] summed reward


@dataclass(frozen=True)
class GymnasiumGame:
    """One environment as a game.

    Attributes:
        env_id: Its id in Gymnasium's registry, like "MountainCar-v0".

    Raises:
        ValueError: There is no such environment, it cannot be loaded, or its spaces are not supported.
    """

    env_id: str
    view: ClassVar[str] = "games.gym.view:draw"

    def __post_init__(self) -> None:
        _describe(self.env_id)

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return _describe(self.env_id).info

    def reset(self, count: int, rng: np.random.Generator) -> GymnasiumState:
        """Start `count` environments with different seeds."""
        described = _describe(self.env_id)
        moments = np.empty(count, object)
        seeds = rng.integers(0, GREATEST_SEED + 1, count)
        moments[:] = [Moment(self.env_id, int(seed), described.shape) for seed in seeds]
        return GymnasiumState(moments, described.stack(moments), np.zeros(count))

    def step(self, state: GymnasiumState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Step the environments one by one."""
        described, count = _describe(self.env_id), len(state.moment)
        check_actions(actions, count, len(described.info.actions))
        reward, terminated, truncated = np.zeros(count), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for row, action in enumerate((actions.astype(np.int64) + described.first_action).tolist()):
            state.moment[row], reward[row], terminated[row], truncated[row] = state.moment[row].after(action)
        state.observation = described.stack(state.moment)
        state.total += reward
        return Outcome(reward.astype(np.float32), terminated, truncated & ~terminated)

    def observe(self, state: GymnasiumState, kind: str) -> Array:
        """Return observations. `features` are scaled to ±1 where bounded, `state` and `image` are unchanged."""
        described = _describe(self.env_id)
        if kind == "features":
            scaled: Array = ((state.observation - described.centre) * described.scale).astype(np.float32)
            return scaled
        if kind not in described.info.kinds[:-1]:
            raise unknown_observation(described.info, kind)
        spec = described.info.observation(kind)
        if not fits(state.observation, spec):
            raise ValueError(f"{kind} of {state.observation.dtype}: must be {spec.dtype}, as the space says")
        return _channels_last(state.observation) if described.channels_first else state.observation.astype(spec.dtype)

    def score(self, state: GymnasiumState) -> NDArray[np.float64]:
        """Return the summed reward."""
        return state.total.copy()

    def legal_actions(self, state: GymnasiumState) -> NDArray[np.bool_]:
        """Return all actions, or those of the `action_mask` in the environment's `info`, if it has one."""
        count = len(self.info.actions)
        told = [moment.told for moment in state.moment]
        if not any("action_mask" in each for each in told if isinstance(each, dict)):
            return np.ones((len(told), count), np.bool_)
        return np.stack([_legal(each, count) for each in told])


@cache
def game_class(game_id: str) -> type[GymnasiumGame]:
    """Return the game class of one environment, without settings, for the registry.

    Raises:
        ValueError: See `GymnasiumGame`.
    """
    env_id = game_id.removeprefix(PREFIX)
    _describe(env_id)
    return make_dataclass("GymnasiumGame", [("env_id", str, env_id)], bases=(GymnasiumGame,), frozen=True)


@dataclass(frozen=True)
class _Description:
    """The properties of an environment, which are read once."""

    info: GameInfo
    shape: tuple[int, ...]  # of its observations
    channels_first: bool  # whether they are pictures with the channels first; ours are last
    first_action: int
    centre: Array  # [*shape] subtracted from observations to make `features`
    scale: Array  # [*shape] and multiplied then

    def stack(self, moments: Array) -> Array:
        return np.stack([moment.observation for moment in moments])


@cache
def _describe(env_id: str) -> _Description:
    living = Living(env_id)
    with guard(living.name, "make", but=(ValueError,)):
        return _description(env_id, living.env)


def _description(env_id: str, env: Any) -> _Description:
    actions = env.action_space
    if not isinstance(actions, Discrete):
        raise ValueError(f"game = {PREFIX + env_id!r}: actions must be Discrete, not {actions}")
    try:
        space = flat_space(env.observation_space)
    except ValueError as error:
        raise ValueError(f"game = {PREFIX + env_id!r}: {error}") from None
    if actions.n > MOST_ACTIONS:
        raise ValueError(f"game = {PREFIX + env_id!r}: {actions} has more than {MOST_ACTIONS} actions")
    if 0 in space.shape:
        raise ValueError(f"game = {PREFIX + env_id!r}: {space} holds no number to learn from")
    if len(space.shape) > MOST_AXES:
        raise ValueError(
            f"game = {PREFIX + env_id!r}: {space} has {len(space.shape)} axes: must be at most {MOST_AXES}"
        )
    low, high = space.low.astype(np.float64), space.high.astype(np.float64)
    bounded = (np.abs(low) < LARGE) & (np.abs(high) < LARGE) & (high > low)
    centre = np.where(bounded, (np.where(bounded, high, 0) + np.where(bounded, low, 0)) / 2, 0.0)
    scale = np.where(bounded, 2 / np.where(bounded, high - low, 1), 1.0)
    shape = space.shape or (1,)
    in_bytes = space.dtype == np.uint8
    channels_first = in_bytes and len(shape) == 3 and shape[0] <= MOST_CHANNELS < min(shape[1:])
    shown = (*shape[1:], shape[0]) if channels_first else shape
    observations = _observations(shown, in_bytes, bool(bounded.all()))
    info = _info(env_id, env, observations, int(actions.n))
    return _Description(info, shape, channels_first, int(actions.start), centre, scale)


def _observations(shape: tuple[int, ...], in_bytes: bool, bounded: bool) -> tuple[ObservationSpec, ...]:
    if in_bytes:
        return (ObservationSpec("image", shape, "uint8", 0, 255),)
    # An environment may exceed its bounds by float32 rounding.
    limit = 1.001 if bounded else math.inf
    return (
        ObservationSpec("state", shape, low=-math.inf, high=math.inf),
        ObservationSpec("features", shape, low=-limit, high=limit),
    )


def _info(env_id: str, env: Any, observations: tuple[ObservationSpec, ...], count: int) -> GameInfo:
    spec = registered(env_id)
    return GameInfo(
        id=PREFIX + spec.id,
        title=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", spec.name)[:60],
        rules=(f"Gymnasium's environment {spec.id}.", "The score is the sum of its rewards."),
        actions=ACTIONS.get(spec.name) or tuple(f"action {number}" for number in range(count)),
        observations=observations,
        ticks_per_second=_pace(env.metadata),
        score_name="reward",
        solved=Solved(_threshold(spec.reward_threshold)),
        play=_play(count),
        step_limit=spec.max_episode_steps if (spec.max_episode_steps or 0) > 0 else None,
        aspect=_aspect(env.unwrapped),
        accent=(0, 158, 115),
    )


def _channels_last(pictures: Array) -> NDArray[np.uint8]:
    """Convert bytes [B, C, H, W] to [B, H, W, C]."""
    return np.ascontiguousarray(np.moveaxis(pictures, 1, -1).astype(np.uint8, copy=False))


def _legal(told: Any, count: int) -> NDArray[np.bool_]:
    """[A] whether each action is legal; all are if there is no mask or it has none, as at the end of a game."""
    mask = np.asarray(told.get("action_mask", ())) if isinstance(told, dict) else np.zeros(0)
    fine = mask.shape == (count,) and mask.dtype.kind in "biu" and mask.any()
    return mask.astype(np.bool_) if fine else np.ones(count, np.bool_)


def _threshold(value: Any) -> float:
    return float(value) if isinstance(value, int | float | np.number) and value == value else math.inf


def _play(count: int) -> Play:
    """Return the keys: left and right for two or three actions; from four on, the first is idle, the next get keys."""
    if count == 1:
        return Play({"primary": 0}, idle=0)
    if count == 2:
        return Play({"left": 0, "right": 1})
    if count == 3:
        return Play({"left": 0, "right": 2}, idle=1)
    buttons = ("left", "right", "up", "down", "primary")
    return Play(dict(zip(buttons, range(1, count), strict=False)), idle=0)


def _pace(metadata: Any) -> float:
    """Return the frames per second that an environment states, if plausible."""
    said = metadata if isinstance(metadata, dict) else {}
    wished = said.get("render_fps", said.get("video.frames_per_second"))
    return float(wished) if isinstance(wished, int | float | np.number) and SLOWEST <= wished <= FASTEST else PACE


def _aspect(env: Any) -> tuple[int, int]:
    width, height = getattr(env, "screen_width", None), getattr(env, "screen_height", None)
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
        return 1, 1
    divisor = math.gcd(width, height)
    return width // divisor, height // divisor
