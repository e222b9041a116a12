"""CartPole: exactly the dynamics of Gymnasium's CartPole-v1, for a batch.

Source: Barto, Sutton and Anderson 1983, "Neuronlike adaptive elements that can solve difficult learning control
problems", with the explicit Euler integration that Gymnasium uses by default.
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
    # People cannot react at the full pace, so it is reached only with the last step.
    play=Play({"left": 0, "right": 1}, first_pace=0.5, speed_up=0.001, assist=0.5),
    step_limit=500,
    aspect=(3, 2),
    accent=(86, 180, 233),
    version=2,  # version 1 did not mirror leans to the left
)


@dataclass
class CartPoleState:
    """B carts with their poles."""

    physics: NDArray[np.float64]  # [B, 4] position in m, speed, angle in rad, angular speed
    steps: NDArray[np.int64]  # [B] steps survived
    push: NDArray[np.int64]  # [B] last action, for the view


@dataclass(frozen=True)
class CartPole:
    """The rules of CartPole, which has no settings."""

    view: ClassVar[str] = "games.cartpole.view:draw"

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return INFO

    def reset(self, count: int, rng: np.random.Generator) -> CartPoleState:
        """Start with random positions, angles and speeds within ±0.05."""
        physics = rng.uniform(-0.05, 0.05, (count, 4))
        return CartPoleState(physics, np.zeros(count, np.int64), np.zeros(count, np.int64))

    def step(self, state: CartPoleState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Push for 0.02 s. The reward is 1 per step."""
        check_actions(actions, len(state.steps), 2)
        _x, x_speed, angle, angle_speed = state.physics.T
        force = (2 * FORCE) * actions - FORCE
        sine, cosine = np.sin(angle), np.cos(angle)
        # The acceleration of the cart without the force of the pole; `temp` in Gymnasium.
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

        `features` are scaled to about ±1 and mirrored so that the pole never leans to the left. So both sides share
        what is learnt, and the policy is symmetric, which keeps the cart from drifting away.
        """
        if kind == "state":
            return state.physics.astype(np.float32)
        if kind != "features":
            raise unknown_observation(INFO, kind)
        side = np.where(_leans_left(state), -1.0, 1.0)[:, None]
        features: NDArray[np.float32] = (state.physics * OBSERVATION_SCALE * side).astype(np.float32)
        return features

    def orientation(self, state: CartPoleState, kind: str) -> NDArray[np.int64]:
        """[B, 2] the action of each output, mirrored where the features are."""
        mirrored = _leans_left(state) & (kind == "features")
        return np.where(mirrored[:, None], (1, 0), (0, 1))

    def score(self, state: CartPoleState) -> NDArray[np.int64]:
        """Return the steps survived."""
        return state.steps.copy()

    def legal_actions(self, state: CartPoleState) -> NDArray[np.bool_]:
        """Return both actions."""
        return np.ones((len(state.steps), 2), np.bool_)


def _leans_left(state: CartPoleState) -> NDArray[np.bool_]:
    leans: NDArray[np.bool_] = state.physics[:, 2] < 0
    return leans
