"""Computes saliency in the background: the gradient of the best action's value by each input of the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import Policy
from agents.acting.saliency import input_gradient
from arcade.context import Context
from arcade.rounds.controllers import TrainedAgent
from games.game import Array

EVERY_FRAMES = 8
"""Least number of frames between two computations: about seven per second, as many as a person can follow."""


@dataclass(frozen=True)
class Saliency:
    """One observation and its saliency: the effect of each input on the best action's Q value.

    `moves` has the shape of the observation and is scaled so that the strongest input is 1 or -1.
    """

    observation: Array
    moves: NDArray[np.float32]


class SaliencyWorker:
    """A worker that keeps computing the saliency of an agent's latest choice while it is enabled.

    Args:
        context: Does the work in the background.
        agent: The agent that plays.
        policy: The agent's network.
    """

    def __init__(self, context: Context, agent: TrainedAgent, policy: Policy) -> None:
        self.latest: Saliency | None = None  # the latest result, None while disabled
        self.enabled = False
        self._context, self._agent, self._policy = context, agent, policy
        self._busy = False
        self._frames = EVERY_FRAMES

    def toggle(self) -> None:
        """Switches the computation on or off."""
        self.enabled = not self.enabled
        self.latest = None
        self._frames = EVERY_FRAMES

    def update(self) -> None:
        """Starts a computation if it is time and the observation is new. Called once per frame."""
        self._frames += 1
        seen, output = self._agent.observation, self._agent.output
        if not self.enabled or self._busy or self._frames < EVERY_FRAMES or seen is None or output is None:
            return
        if self.latest is not None and self.latest.observation is seen:
            return
        self._busy, self._frames = True, 0
        self._context.background(lambda: _saliency_of(self._policy, seen, output), self._take)

    def _take(self, saliency: Saliency) -> None:
        self._busy = False
        self.latest = saliency if self.enabled else None


def _saliency_of(policy: Policy, observation: Array, output: int) -> Saliency:
    gradient = input_gradient(policy, observation, output)
    return Saliency(observation, gradient / (np.abs(gradient).max() or np.float32(1)))
