"""CartPole: the dynamics of Gymnasium's CartPole-v1, step for step, for a whole batch.

Source: Barto, Sutton and Anderson 1983, "Neuronlike adaptive elements that can solve difficult learning control
problems", with the explicit Euler integration that Gymnasium takes by default.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation

GRAVITY, CART_MASS, POLE_MASS, HALF_LENGTH = 9.8, 1.0, 0.1, 0.5  # m/s², kg, kg, m
FORCE, TAU = 10.0, 0.02  # N, s
TOTAL_MASS = CART_MASS + POLE_MASS
X_LIMIT, ANGLE_LIMIT = 2.4, 12 * 2 * np.pi / 360  # m, rad
LIMITS = np.array([X_LIMIT, ANGLE_LIMIT])
OBSERVATION_SCALE = np.array([1 / X_LIMIT, 0.5, 1 / ANGLE_LIMIT, 0.5])
NAMES = ("position", "speed", "lean", "lean speed")

INFO = GameInfo(
    id="cartpole",
    title="CartPole",
    rules=(
        "Keep the pole upright by pushing the cart left or right.",
        "The last push goes on until you push the other way.",
        "It ends when the pole leans past 12° or the cart leaves the rail.",
    ),
    actions=("left", "right"),
    observations=(
        ObservationSpec("features", (4,), low=-np.inf, high=np.inf, names=NAMES, oriented=True),
        ObservationSpec("state", (4,), low=-np.inf, high=np.inf, names=NAMES),
    ),
    ticks_per_second=50,
    score_name="steps",
    solved=Solved(475),
    # At the full pace a person's answer to what is seen comes too late: it is reached with the last step.
    play=Play({"left": 0, "right": 1}, first_pace=0.5, speed_up=0.001, assist=0.5),
    step_limit=500,
    aspect=(3, 2),
    accent=(86, 180, 233),
    version=2,  # 1 showed leans to the left as they are
)


@dataclass
class CartPoleState:
    """B carts on their rails."""

    physics: NDArray[np.float64]  # [B, 4] x in m, its speed, angle in rad, its speed
    steps: NDArray[np.int64]  # [B] steps survived
    push: NDArray[np.int64]  # [B] last action, for the view


@dataclass(frozen=True)
class CartPole:
    """The rules; there is nothing to set."""

    view: ClassVar[str] = "games.cartpole.view:draw"

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return INFO

    def reset(self, count: int, rng: np.random.Generator) -> CartPoleState:
        """Start with every number of the physics within ±0.05."""
        physics = rng.uniform(-0.05, 0.05, (count, 4))
        return CartPoleState(physics, np.zeros(count, np.int64), np.zeros(count, np.int64))

    def step(self, state: CartPoleState, actions: Array, rng: np.random.Generator) -> Outcome:
        """One push of 0.02 s; the reward is 1 a step."""
        check_actions(actions, len(state.steps), 2)
        _x, x_speed, angle, angle_speed = state.physics.T
        force = (2 * FORCE) * actions - FORCE
        sine, cosine = np.sin(angle), np.cos(angle)
        # The acceleration that the cart would have if the pole did not press on it; Gymnasium calls it `temp`.
        unloaded = (force + (POLE_MASS * HALF_LENGTH) * angle_speed**2 * sine) / TOTAL_MASS
        angle_acceleration = (GRAVITY * sine - cosine * unloaded) / (
            HALF_LENGTH * (4.0 / 3.0 - (POLE_MASS / TOTAL_MASS) * cosine**2)
        )
        acceleration = unloaded - (POLE_MASS * HALF_LENGTH / TOTAL_MASS) * angle_acceleration * cosine
        change = np.stack([x_speed, acceleration, angle_speed, angle_acceleration], axis=1)
        state.physics += TAU * change
        state.steps += 1
        state.push[:] = actions
        fallen = (np.abs(state.physics[:, 0]) > X_LIMIT) | (np.abs(state.physics[:, 2]) > ANGLE_LIMIT)
        return Outcome(np.ones(len(fallen), np.float32), fallen, np.zeros(len(fallen), np.bool_))

    def observe(self, state: CartPoleState, kind: str) -> Array:
        """Return position, speed, angle and angular speed: `state` gives Gymnasium's numbers.

        `features` are scaled to about ±1 and mirrored so that the pole never leans to the left. What is learnt for
        one side then holds for the other, and the pushes of both sides cancel, so that the cart does not drift away.
        """
        if kind == "state":
            return state.physics.astype(np.float32)
        if kind != "features":
            raise unknown_observation(INFO, kind)
        side = np.where(_leans_left(state), -1.0, 1.0)[:, None]
        features: NDArray[np.float32] = (state.physics * OBSERVATION_SCALE * side).astype(np.float32)
        return features

    def orientation(self, state: CartPoleState, kind: str) -> NDArray[np.int64]:
        """[B, 2] the action that each output stands for: mirrored where the features are."""
        mirrored = _leans_left(state) & (kind == "features")
        return np.where(mirrored[:, None], (1, 0), (0, 1))

    def score(self, state: CartPoleState) -> NDArray[np.int64]:
        """Steps survived."""
        return state.steps.copy()

    def legal_actions(self, state: CartPoleState) -> NDArray[np.bool_]:
        """Both, always."""
        return np.ones((len(state.steps), 2), np.bool_)


def _leans_left(state: CartPoleState) -> NDArray[np.bool_]:
    leans: NDArray[np.bool_] = state.physics[:, 2] < 0
    return leans
