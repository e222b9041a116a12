"""NChain after Gym's NChain-v0: a small reward at once, or a large one for patience.

Source: Strens 2000, "A Bayesian framework for reinforcement learning". The lab uses this game.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from games.game import Array, GameInfo, ObservationSpec, Outcome, Play, Solved, check_actions, unknown_observation
from games.settings import check_settings, setting


@dataclass
class NChainState:
    """B positions on the chain."""

    position: NDArray[np.int64]  # [B] 0 is the first state
    total: NDArray[np.float64]  # [B] reward so far
    steps: NDArray[np.int64]  # [B]
    slipped: NDArray[np.bool_]  # [B] whether the last step went the other way


@dataclass(frozen=True)
class NChain:
    """The rules of NChain.

    Attributes:
        states: Length of the chain.
        slip: Probability that a step goes the other way.
        small: Reward for going back to the start.
        large: Reward for a step forward at the end of the chain.
    """

    states: int = setting(5, low=2, high=50, help="Length of the chain, with the large reward at its end.")
    slip: float = setting(0.2, low=0.0, high=1.0, help="Probability that a step goes the other way.")
    small: float = setting(2.0, low=0.0, high=100.0, help="Reward for going back to the start.")
    large: float = setting(10.0, low=0.0, high=1000.0, help="Reward for each step forward at the end of the chain.")

    view: ClassVar[str] = "games.nchain.view:draw"

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def info(self) -> GameInfo:
        """The description of the game."""
        return _info(self.states, self.slip)

    def reset(self, count: int, rng: np.random.Generator) -> NChainState:
        """Start every copy at the first state."""
        zeros = np.zeros(count, np.int64)
        return NChainState(zeros, np.zeros(count), zeros.copy(), np.zeros(count, np.bool_))

    def step(self, state: NChainState, actions: Array, rng: np.random.Generator) -> Outcome:
        """Move forward to the next state, or back to the first one. A slip swaps the two."""
        check_actions(actions, len(state.position), 2)
        state.slipped[:] = rng.random(len(actions)) < self.slip
        forward = (actions == 0) ^ state.slipped
        at_end = state.position == self.states - 1
        reward = np.where(forward, self.large * at_end, self.small)
        state.position[:] = np.where(forward, np.minimum(state.position + 1, self.states - 1), 0)
        state.total += reward
        state.steps += 1
        never = np.zeros(len(actions), np.bool_)
        return Outcome(reward.astype(np.float32), never, never.copy())

    def observe(self, state: NChainState, kind: str) -> Array:
        """Return `features`: a one-hot vector of the present state."""
        if kind != "features":
            raise unknown_observation(self.info, kind)
        return np.eye(self.states, dtype=np.float32)[state.position]

    def score(self, state: NChainState) -> NDArray[np.int64]:
        """Return the reward so far, rounded."""
        return np.rint(state.total).astype(np.int64)

    def legal_actions(self, state: NChainState) -> NDArray[np.bool_]:
        """Return both actions."""
        return np.ones((len(state.position), 2), np.bool_)


@cache
def _info(states: int, slip: float) -> GameInfo:
    return GameInfo(
        id="nchain",
        title="NChain",
        rules=(
            "Forward moves along the chain, back returns to its start.",
            "Going back pays a little at once; every step forward at the end pays a lot.",
            f"{slip * 100:g}% of all steps go the other way.",
        ),
        actions=("forward", "back"),
        observations=(
            ObservationSpec("features", (states,), names=tuple(f"state {index}" for index in range(states))),
        ),
        ticks_per_second=4,
        score_name="reward",
        solved=Solved(3600),
        play=Play({"right": 0, "left": 1}, hold=False, waits=True),
        step_limit=1000,
        aspect=(3, 1),
        accent=(204, 121, 167),
        sounds={"act": "turn", "point": "point"},
    )
