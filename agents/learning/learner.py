"""The online and the target network of one agent on one device, and their updates, many in one compiled call."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.acting.architecture import Architecture
from agents.acting.policy import Weights
from agents.config import Config
from agents.learning import td_targets
from agents.learning.device_choice import Candidate
from agents.learning.devices import tensorflow
from agents.learning.networks import build, get_weights, make_optimizer, set_weights, variables_of
from agents.learning.update_batch import UpdateBatch
from games.saved import array_like

AVERAGING_WARM_UP = 10
"""The moving average starts with a decay of 1 − 1 / (10 + updates), so that it does not remember the first weights."""

NUMBERS = ("target_interval", "target_mix", "gradient_clip", "averaging", "advantage_learning")
"""Hyper-parameters that are variables of a learner, so that a new value needs no new compilation."""

MEASURED_SECONDS = 0.1
"""Seconds over which updates are timed, after they are compiled."""

MEASURED_CALLS = 50
"""Most calls that are timed."""


@dataclass(frozen=True)
class UpdateRule:
    """The settings that are compiled into updates. Runs with the same rule and network can use the same learner.

    Other numbers are variables of the learner; `Learner.begin` sets them.
    """

    updates_per_call: int
    batch_size: int
    double: bool
    loss: str
    optimizer: str
    clips_gradient: bool
    averages_weights: bool
    advantage_learning: bool

    @classmethod
    def of(cls, config: Config) -> "UpdateRule":
        """Return the rule of a configuration."""
        return cls(
            updates_per_call=config.updates_per_call,
            batch_size=config.batch_size,
            double=config.double,
            loss=config.loss,
            optimizer=config.optimizer,
            clips_gradient=config.gradient_clip > 0,
            averages_weights=config.averaging > 0,
            advantage_learning=config.advantage_learning > 0,
        )


class Learner:
    """A Q network with its target network, averaged network and optimiser, on one device and in one compile mode.

    `begin` starts again from other weights without compiling again.

    Args:
        architecture: Shape of the network.
        rule: The settings of the updates.
        candidate: The device and the compile mode.
    """

    def __init__(self, architecture: Architecture, rule: UpdateRule, candidate: Candidate) -> None:
        self.architecture, self.rule, self.device = architecture, rule, candidate.device
        self._tf = tensorflow()
        with self._tf.device(self.device):
            self._build(for_xla=candidate.compile_mode == "XLA")
        # TensorFlow compiles at the first call.
        self._compiled = self._tf.function(
            self._updates, input_signature=self._signature(), jit_compile=candidate.compile_mode == "XLA"
        )

    def begin(self, weights: Weights, config: Config) -> None:
        """Start again from these weights, with a configuration that has the learner's rule.

        Raises:
            ValueError: A shape differs from the architecture's.
        """
        for variable, start in zip(self._optimizer.variables, self._start, strict=True):
            variable.assign(start)
        self._optimizer.learning_rate.assign(config.learning_rate)
        self._count.assign(0)
        for name, number in self._numbers.items():
            number.assign(getattr(config, name))
        self.set_weights(weights)

    def update(self, batches: UpdateBatch, rates: Any) -> tuple[Any, Any, Any]:
        """Do K updates.

        Args:
            batches: [K, B, …] transitions.
            rates: [K] learning rates.

        Returns:
            Mean loss, mean of the largest Q value, and the temporal-difference errors [K, B].
        """
        with self._tf.device(self.device):  # the default device may be another than that of the variables
            result: tuple[Any, Any, Any] = self._compiled(batches, rates)
        return result

    def updates_per_second(self) -> float:
        """Compile the updates and time them on NumPy arrays of zeros; the learner's state stays unchanged."""
        before = self.get_state()
        try:
            return self._time()
        finally:
            self.set_state(before)

    def variables(self) -> list[Any]:
        """Return all variables that updates change."""
        return list(self._named_variables().values())

    @property
    def nbytes(self) -> int:
        """The size in bytes of all variables that updates change."""
        return sum(math.prod(each.shape) * self._tf.as_dtype(each.dtype).size for each in self.variables())

    def get_state(self) -> dict[str, Any]:
        """Return copies of all variables that updates change: optimiser, weights of all networks, and update count."""
        return {name: np.array(variable) for name, variable in self._named_variables().items()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of a learner with the same architecture and configuration.

        Raises:
            ValueError: It has other variables.
        """
        for name, variable in self._named_variables().items():
            variable.assign(array_like(state[name], np.array(variable)))

    def acting_weights(self) -> Weights:
        """Return copies of the weights for acting: the averaged ones if averaging is on."""
        return get_weights(self._acting, self.architecture)

    def set_weights(self, weights: Weights) -> None:
        """Set the weights of all networks."""
        for model in (self._online, self._target, self._acting):
            set_weights(model, self.architecture, weights)

    def _build(self, *, for_xla: bool) -> None:
        self._online, self._target = (build(self.architecture, for_xla=for_xla) for _ in range(2))
        self._acting = build(self.architecture, for_xla=for_xla) if self.rule.averages_weights else self._online
        self._optimizer = make_optimizer(self.rule.optimizer)
        self._optimizer.build(self._weights_of(self._online))
        self._start = [np.array(variable) for variable in self._optimizer.variables]
        self._count = self._tf.Variable(0, dtype=self._tf.int64)
        self._numbers = {
            name: self._tf.Variable(1, dtype=self._tf.int64 if name == "target_interval" else self._tf.float32)
            for name in NUMBERS
        }
        self._loss = td_targets.huber if self.rule.loss == "huber" else td_targets.squared

    def _named_variables(self) -> dict[str, Any]:
        models = {"online": self._online, "target": self._target, "acting": self._acting}
        found = {f"optimizer/{index}": variable for index, variable in enumerate(self._optimizer.variables)}
        for role, model in models.items():
            found |= {f"{role}/{name}": each for name, each in variables_of(model, self.architecture).items()}
        return found | {"count": self._count}

    def _weights_of(self, model: Any) -> list[Any]:
        return list(variables_of(model, self.architecture).values())

    def _signature(self) -> tuple[UpdateBatch, Any]:
        """Return the shapes and dtypes of the arguments of `update`."""
        tf = self._tf
        batch = self.rule.updates_per_call, self.rule.batch_size
        byte = tf.uint8 if self.architecture.byte_input else tf.float32
        observation = tf.TensorSpec((*batch, *self.architecture.input_shape), byte)
        number = tf.TensorSpec(batch, tf.float32)
        legal = tf.TensorSpec((*batch, self.architecture.actions), tf.bool)
        batches = UpdateBatch(
            observation=observation,
            legal=legal,
            action=tf.TensorSpec(batch, tf.int32),
            reward=number,
            discount=number,
            next_observation=observation,
            next_legal=legal,
            importance=number,
        )
        return batches, tf.TensorSpec(batch[:1], tf.float32)

    def _updates(self, batches: UpdateBatch, rates: Any) -> tuple[Any, Any, Any]:
        """Do K updates one after the other; TensorFlow traces this once."""
        tf = self._tf
        count = self.rule.updates_per_call
        errors = tf.TensorArray(tf.float32, count, element_shape=(self.rule.batch_size,))
        loss_sum, max_q_sum = tf.constant(0.0), tf.constant(0.0)
        for index in tf.range(count):
            rate = rates[index]
            loss, max_q, error = self._one_update(batches.of_update(index))
            self._optimizer.learning_rate.assign(rate)
            errors = errors.write(index, error)
            loss_sum, max_q_sum = loss_sum + loss, max_q_sum + max_q
        return loss_sum / count, max_q_sum / count, errors.stack()

    def _one_update(self, batch: UpdateBatch) -> tuple[Any, Any, Any]:
        """Update the online network on one batch; returns the loss, the mean largest Q value and the errors [B]."""
        tf = self._tf
        next_q = self._target(batch.next_observation)  # [B, A]
        chooser_q = self._online(batch.next_observation) if self.rule.double else next_q
        value = td_targets.bootstrap_value(next_q, chooser_q, batch.next_legal)  # [B]
        reward: Any = batch.reward
        if self.rule.advantage_learning:
            gap = td_targets.gap_to_best(self._target(batch.observation), batch.action, batch.legal)  # [B]
            reward = reward - self._numbers["advantage_learning"] * gap
        variables = self._weights_of(self._online)
        with tf.GradientTape() as tape:
            q = self._online(batch.observation)  # [B, A]
            error = td_targets.td_error(q, batch.action, reward, batch.discount, value)  # [B]
            loss = tf.reduce_mean(batch.importance * self._loss(error))
        gradients = tape.gradient(loss, variables)
        if self.rule.clips_gradient:
            gradients, _ = tf.clip_by_global_norm(gradients, self._numbers["gradient_clip"])
        self._optimizer.apply(gradients, variables)
        count = self._count.assign_add(1)
        self._update_target(count)
        if self.rule.averages_weights:
            self._average_weights(count)
        return loss, tf.reduce_mean(tf.reduce_max(q, axis=-1)), error

    def _update_target(self, count: Any) -> None:
        """Move the target network towards the online network after every `target_interval` updates."""
        numbers = self._numbers
        if count % numbers["target_interval"] == 0:
            for target, online in self._pairs(self._target):
                target.assign(target + numbers["target_mix"] * (online - target))

    def _average_weights(self, count: Any) -> None:
        """Update the acting network's weights, the moving average of the online weights."""
        tf = self._tf
        decay = tf.minimum(self._numbers["averaging"], 1.0 - 1.0 / tf.cast(AVERAGING_WARM_UP + count, tf.float32))
        for average, online in self._pairs(self._acting):
            average.assign(average + (1.0 - decay) * (online - average))

    def _pairs(self, model: Any) -> list[tuple[Any, Any]]:
        """Return each weight of a network with the same weight of the online network."""
        return list(zip(self._weights_of(model), self._weights_of(self._online), strict=True))

    def _time(self) -> float:
        batches, rates = self._tf.nest.map_structure(
            lambda spec: np.zeros(spec.shape, spec.dtype.as_numpy_dtype), self._signature()
        )
        self.update(batches, rates)[0].numpy()  # compiles
        started, calls = time.perf_counter(), 0
        while calls < 1 or (calls < MEASURED_CALLS and time.perf_counter() - started < MEASURED_SECONDS):
            self.update(batches, rates)[0].numpy()  # waits until a GPU has finished
            calls += 1
        return calls * self.rule.updates_per_call / (time.perf_counter() - started)
