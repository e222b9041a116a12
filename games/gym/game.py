"""Any Gymnasium environment with discrete actions as a game: to train, to watch, and to play where keys make sense.

It keeps the contract of `games.game`, with these differences: rows are stepped one by one, so it is far slower than a
game of ours; the state holds environments as values (`games.gym.moment`) in an array of objects; what an environment
draws by chance while it runs comes from its own generator, which `reset` seeds from the one that is passed in.
"""

import math
import re
from dataclasses import dataclass, make_dataclass
from functools import cache
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray

from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation
from games.gym.moment import Moment, make_env

PREFIX = "gym:"
"""What the ids of these games begin with: `gym:MountainCar-v0`."""

ACTIONS = {
    "CartPole": ("left", "right"),
    "MountainCar": ("left", "coast", "right"),
    "Acrobot": ("left", "let go", "right"),
}
"""Names of actions; other environments number theirs."""

LARGE = 1e6
"""Bounds beyond this are none: some environments give the largest float."""

MAX_SEED = 2**31
"""Seeds of resets are below."""


@dataclass
class GymnasiumState:
    """B environments."""

    moment: Array  # [B] objects: `Moment`
    observation: Array  # [B, *shape] as the environments gave them
    total: NDArray[np.float64]  # [B] summed reward


@dataclass(frozen=True)
class GymnasiumGame:
    """One environment as a game.

    Attributes:
        env_id: Its id in Gymnasium's registry, like "MountainCar-v0".

    Raises:
        ValueError: There is no such environment, it does not load, or its spaces are of another kind.
    """

    env_id: str
    view: ClassVar[str] = "games.gym.view:draw"

    def __post_init__(self) -> None:
        _describe(self.env_id)

    @property
    def info(self) -> GameInfo:
        """What the rest of the program knows."""
        return _describe(self.env_id).info

    def reset(self, count: int, rng: np.random.Generator) -> GymnasiumState:
        """Start `count` environments, each with a seed of its own."""
        described = _describe(self.env_id)
        moments = np.empty(count, object)
        moments[:] = [Moment(self.env_id, int(seed)) for seed in rng.integers(0, MAX_SEED, count)]
        return GymnasiumState(moments, described.stack(moments), np.zeros(count))

    def step(self, state: GymnasiumState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Step the environments one by one; the reward is theirs."""
        described, count = _describe(self.env_id), len(state.moment)
        check_actions(actions, count, len(described.info.actions))
        reward, terminated, truncated = np.zeros(count), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for row, action in enumerate((actions.astype(np.int64) + described.first_action).tolist()):
            state.moment[row], reward[row], terminated[row], truncated[row] = state.moment[row].after(action)
        state.observation = described.stack(state.moment)
        state.total += reward
        return Outcome(reward.astype(np.float32), terminated, truncated & ~terminated)

    def observe(self, state: GymnasiumState, kind: str) -> Array:
        """`state` and `image` are the environment's own numbers, `features` are scaled to ±1 where they are bounded."""
        described = _describe(self.env_id)
        if kind == "features":
            scaled: Array = ((state.observation - described.centre) * described.scale).astype(np.float32)
            return scaled
        if kind not in described.info.kinds[:-1]:
            raise unknown_observation(described.info, kind)
        return state.observation.astype(described.info.observation(kind).dtype)

    def score(self, state: GymnasiumState) -> NDArray[np.float64]:
        """Summed reward."""
        return state.total.copy()

    def legal_actions(self, state: GymnasiumState) -> NDArray[np.bool_]:
        """All, always."""
        return np.ones((len(state.moment), len(self.info.actions)), np.bool_)


@cache
def game_class(game_id: str) -> type[GymnasiumGame]:
    """The class of the games of one environment, with nothing left to set, for the registry.

    Raises:
        ValueError: See `GymnasiumGame`.
    """
    env_id = game_id.removeprefix(PREFIX)
    _describe(env_id)
    return make_dataclass("GymnasiumGame", [("env_id", str, env_id)], bases=(GymnasiumGame,), frozen=True)


@dataclass(frozen=True)
class _Description:
    """What is read off an environment once."""

    info: GameInfo
    first_action: int
    centre: Array  # [*shape] subtracted from observations to make `features`
    scale: Array  # [*shape] and multiplied then

    def stack(self, moments: Array) -> Array:
        return np.stack([moment.observation for moment in moments])


@cache
def _describe(env_id: str) -> _Description:
    try:
        env = make_env(env_id)
    except Exception as error:  # what strangers' environments raise is up to them
        raise ValueError(f"game = {PREFIX + env_id!r}: {' '.join(str(error).split())}") from None
    actions, space = env.action_space, env.observation_space
    if not isinstance(actions, Discrete):
        raise ValueError(f"game = {PREFIX + env_id!r}: actions must be Discrete, not {actions}")
    if not isinstance(space, Box):
        raise ValueError(f"game = {PREFIX + env_id!r}: observations must be a Box, not {space}")
    low, high = space.low.astype(np.float64), space.high.astype(np.float64)
    bounded = (np.abs(low) < LARGE) & (np.abs(high) < LARGE) & (high > low)
    centre = np.where(bounded, (np.where(bounded, high, 0) + np.where(bounded, low, 0)) / 2, 0.0)
    scale = np.where(bounded, 2 / np.where(bounded, high - low, 1), 1.0)
    info = _info(env_id, env, _observations(space, bool(bounded.all())), int(actions.n))
    return _Description(info, int(actions.start), centre, scale)


def _observations(space: Box, bounded: bool) -> tuple[ObservationSpec, ...]:
    if space.dtype == np.uint8:
        return (ObservationSpec("image", space.shape, "uint8", 0, 255),)
    # An environment may leave its bounds by the rounding of a float32.
    limit = 1.001 if bounded else math.inf
    return (
        ObservationSpec("state", space.shape, low=-math.inf, high=math.inf),
        ObservationSpec("features", space.shape, low=-limit, high=limit),
    )


def _info(env_id: str, env: Any, observations: tuple[ObservationSpec, ...], count: int) -> GameInfo:
    spec = gymnasium.spec(env_id)
    threshold = spec.reward_threshold
    return GameInfo(
        id=PREFIX + env_id,
        title=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", spec.name),
        rules=(f"Gymnasium's environment {env_id}.", "The score is the sum of its rewards."),
        actions=ACTIONS.get(spec.name) or tuple(f"action {number}" for number in range(count)),
        observations=observations,
        ticks_per_second=env.metadata.get("render_fps") or 30,
        score_name="reward",
        solved=Solved(math.inf if threshold is None else float(threshold)),
        play=_play(count),
        step_limit=spec.max_episode_steps,
        aspect=_aspect(env.unwrapped),
        accent=(0, 158, 115),
    )


def _play(count: int) -> Play:
    """Left and right for two or three actions; from four on, the first is idle and as many as there are keys follow."""
    if count == 2:
        return Play({"left": 0, "right": 1})
    if count == 3:
        return Play({"left": 0, "right": 2}, idle=1)
    buttons = ("left", "right", "up", "down", "primary")
    return Play(dict(zip(buttons, range(1, count), strict=False)), idle=0)


def _aspect(env: Any) -> tuple[int, int]:
    width, height = getattr(env, "screen_width", None), getattr(env, "screen_height", None)
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
        return 1, 1
    divisor = math.gcd(width, height)
    return width // divisor, height // divisor
