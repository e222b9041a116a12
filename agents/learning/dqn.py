"""One DQN: double, duelling, n-step and prioritised are settings, not subclasses.

Many updates run in one compiled call, so Python and the other threads are asked for little.
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
    """The report of a call of many updates."""

    loss: float  # mean over the updates
    max_q: float  # mean of the largest Q value
    errors: NDArray[np.float32]  # [M] temporal-difference error of each transition


class DQN:
    """A Q network that learns from samples, on the device and in the compile mode that prove fastest.

    Args:
        architecture: Shape of the network.
        config: Hyper-parameters.
        seed: Seeds the weights.
        weights: Weights to go on from; None starts afresh.
        device: "auto", "cpu" or "gpu".

    Raises:
        ValueError: The device is not there; says why.
        RuntimeError: The updates run on no device that may be used.
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
        """Copies of the acting weights."""
        return self._learner.acting_weights()

    def policy(self) -> Policy:
        """The acting weights, averaged if averaging is on, as a numpy policy. They are copied once after each call."""
        if self._fetched is None:
            self._fetched = Policy(self.architecture, self._learner.acting_weights())
        return self._fetched

    def restore(self, weights: Weights) -> None:
        """Go on from other weights, such as those of an earlier policy. The optimiser keeps what it knows."""
        self._learner.set_weights(weights)
        self._fetched = None

    def get_state(self) -> dict[str, Any]:
        """Copies of everything that learning depends on."""
        return {"updates": self.updates, "learner": self._learner.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from where a DQN of the same architecture and configuration stood.

        Raises:
            ValueError: It was of another form.
        """
        self._learner.set_state(state["learner"])
        self.updates = whole(state["updates"])
        self._fetched = None
