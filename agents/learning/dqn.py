"""One DQN: double, duelling, n-step and prioritised are settings, not subclasses.

Many updates run in one compiled call, so Python takes little time and other threads can run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy, Weights
from agents.config import Config
from agents.learning.device_choice import Candidate, candidates_for, place
from agents.learning.devices import devices_for
from agents.learning.learner import Learner, UpdateRule
from agents.learning.learner_pool import LearnerPool
from agents.learning.networks import initial_weights
from agents.learning.schedules import learning_rate_at
from agents.learning.update_batch import UpdateBatch
from games.saved import whole

_LEARNERS = LearnerPool()


@dataclass(frozen=True)
class Losses:
    """The result of a call of many updates."""

    loss: float  # mean over the updates
    max_q: float  # mean of the largest Q value
    errors: NDArray[np.float32]  # [M] temporal-difference error of each transition


class DQN:
    """A Q network that learns from samples, on the fastest device and in the fastest compile mode.

    Args:
        architecture: Shape of the network.
        config: Hyper-parameters.
        seed: Seeds the weights.
        weights: Initial weights; None takes random ones.
        device: "auto", "cpu" or "gpu".

    Raises:
        ValueError: The device is missing; the message says why.
        RuntimeError: The updates run on none of the allowed devices.
    """

    def __init__(
        self,
        architecture: Architecture,
        config: Config,
        *,
        seed: int = 0,
        weights: Weights | None = None,
        device: str = "auto",
    ) -> None:
        self.architecture, self.config = architecture, config
        self.updates = 0
        start = weights or initial_weights(architecture, np.random.default_rng(seed))
        devices, found = devices_for(device)
        candidates, left_out = candidates_for(devices, architecture, config)
        rule = UpdateRule.of(config)
        candidates, spared = _LEARNERS.affordable(candidates, architecture, rule)

        def make(candidate: Candidate) -> Learner:
            learner = _LEARNERS.lend(self, architecture, rule, candidate)
            learner.begin(start, config)
            return learner

        self._learner, self.placement = place(candidates, make, found, left_out, spared)
        self._fetched: Policy | None = None

    def learn(self, sample: UpdateBatch) -> Losses:
        """Do `updates_per_call` updates on a sample of as many batches."""
        count = self.config.updates_per_call
        rates = [learning_rate_at(self.config, self.updates + index) for index in range(count)]
        batches = sample.split(count, self.config.batch_size)
        loss, max_q, errors = self._learner.update(batches, np.array(rates, np.float32))
        self.updates += count
        self._fetched = None
        return Losses(float(loss), float(max_q), errors.numpy().ravel())

    def weights(self) -> Weights:
        """Return copies of the acting weights."""
        return self._learner.acting_weights()

    def policy(self) -> Policy:
        """Return a numpy policy with the acting weights, the averaged ones if averaging is on.

        The weights are copied at most once after each call of `learn`.
        """
        if self._fetched is None:
            self._fetched = Policy(self.architecture, self._learner.acting_weights())
        return self._fetched

    def restore(self, weights: Weights) -> None:
        """Replace the weights of all networks, e.g. by those of an earlier policy; the optimiser keeps its state."""
        self._learner.set_weights(weights)
        self._fetched = None

    def get_state(self) -> dict[str, Any]:
        """Return copies of all that learning depends on."""
        return {"updates": self.updates, "learner": self._learner.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of a DQN with the same architecture and configuration.

        Raises:
            ValueError: The state belongs to another architecture or configuration.
        """
        self._learner.set_state(state["learner"])
        self.updates = whole(state["updates"])
        self._fetched = None
