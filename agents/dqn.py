"""One DQN: double, duelling, n-step and prioritised are settings, not subclasses.

Many updates run in one compiled call, so Python and the other threads are asked for little.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents import targets
from agents.architecture import Architecture
from agents.config import Config
from agents.devices import Placement, choose_device, tensorflow
from agents.networks import build, get_weights, initial_weights, set_weights, variables_of
from agents.policy import Policy, Weights
from agents.replay import Sample
from agents.schedules import learning_rate_at

AVERAGING_WARM_UP = 10
"""The running average starts short, 1 − 1 / (10 + updates), so that it does not remember the first weights."""


@dataclass(frozen=True)
class Losses:
    """What a call of many updates reports."""

    loss: float  # mean over the updates
    max_q: float  # mean of the largest Q value
    errors: NDArray[np.float32]  # [M] temporal-difference error of each transition


class DQN:
    """A Q network, its target and averaged copies, and the compiled updates.

    Args:
        architecture: Shape of the network.
        config: Hyper-parameters.
        seed: Seeds the weights.
        weights: Weights to go on from; None starts afresh.
        device: "auto", "cpu" or "gpu".
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
        self._tf = tensorflow()
        self._device, why = choose_device(device)
        weights = weights or initial_weights(architecture, np.random.default_rng(seed))
        with self._tf.device(self._device):
            self._build(weights)
        self.placement = self._measure(why)
        self._fetched: Policy | None = None

    def learn(self, sample: Sample) -> Losses:
        """Do `updates_per_call` updates on a sample of as many batches."""
        count = self.config.updates_per_call
        rates = [learning_rate_at(self.config, self.updates + index) for index in range(count)]
        loss, max_q, errors = self._update(*self._batches(sample), np.array(rates, np.float32))
        self.updates += count
        self._fetched = None
        return Losses(float(loss), float(max_q), errors.numpy().ravel())

    def policy(self) -> Policy:
        """The acting weights, averaged if averaging is on, as a numpy policy. They are copied once after each call."""
        if self._fetched is None:
            self._fetched = Policy(self.architecture, get_weights(self._acting, self.architecture))
        return self._fetched

    def _build(self, weights: Weights) -> None:
        import keras

        tf, config = self._tf, self.config
        self._online, self._target = build(self.architecture), build(self.architecture)
        self._acting = build(self.architecture) if config.averaging else self._online
        for model in (self._online, self._target, self._acting):
            set_weights(model, self.architecture, weights)
        kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
        self._optimizer = kinds[config.optimizer](config.learning_rate)
        self._optimizer.build(self._variables(self._online))
        self._count = tf.Variable(0, dtype=tf.int64)
        self._loss = targets.huber if config.loss == "huber" else targets.squared

    @property
    def _input_type(self) -> Any:
        return self._tf.uint8 if self.architecture.byte_input else self._tf.float32

    def _variables(self, model: Any) -> list[Any]:
        return list(variables_of(model, self.architecture).values())

    def _batches(self, sample: Sample) -> tuple[Any, ...]:
        shape = self.config.updates_per_call, self.config.batch_size  # [K, B]
        parts = (
            sample.observation,
            sample.action,
            sample.reward,
            sample.discount,
            sample.next_observation,
            sample.next_legal,
            sample.importance,
        )
        return tuple(part.reshape(*shape, *part.shape[1:]) for part in parts)

    def _signature(self) -> list[Any]:
        tf = self._tf
        batch = self.config.updates_per_call, self.config.batch_size
        observation = tf.TensorSpec((*batch, *self.architecture.input_shape), self._input_type)
        number = tf.TensorSpec(batch, tf.float32)
        legal = tf.TensorSpec((*batch, self.architecture.actions), tf.bool)
        rates = tf.TensorSpec(batch[:1], tf.float32)
        return [observation, tf.TensorSpec(batch, tf.int32), number, number, observation, legal, number, rates]

    def _updates(self, *arrays: Any) -> tuple[Any, Any, Any]:
        """K updates in a row; traced once for each compile mode."""
        tf = self._tf
        count = self.config.updates_per_call
        errors = tf.TensorArray(tf.float32, count, element_shape=(self.config.batch_size,))
        loss_sum, max_q_sum = tf.constant(0.0), tf.constant(0.0)
        for index in tf.range(count):
            *batch, rate = [array[index] for array in arrays]
            loss, max_q, error = self._one_update(*batch)
            self._optimizer.learning_rate.assign(rate)
            errors = errors.write(index, error)
            loss_sum, max_q_sum = loss_sum + loss, max_q_sum + max_q
        return loss_sum / count, max_q_sum / count, errors.stack()

    def _one_update(
        self, observation: Any, action: Any, reward: Any, discount: Any, next_observation: Any, legal: Any, weight: Any
    ) -> tuple[Any, Any, Any]:
        tf = self._tf
        next_q = self._target(next_observation)  # [B, A]
        chooser_q = self._online(next_observation) if self.config.double else next_q
        value = targets.bootstrap_value(next_q, chooser_q, legal)  # [B]
        variables = self._variables(self._online)
        with tf.GradientTape() as tape:
            q = self._online(observation)  # [B, A]
            error = targets.td_error(q, action, reward, discount, value)  # [B]
            loss = tf.reduce_mean(weight * self._loss(error))
        gradients = tape.gradient(loss, variables)
        if self.config.gradient_clip:
            gradients, _ = tf.clip_by_global_norm(gradients, self.config.gradient_clip)
        self._optimizer.apply(gradients, variables)
        self._follow()
        return loss, tf.reduce_mean(tf.reduce_max(q, axis=-1)), error

    def _follow(self) -> None:
        """Let the target and the averaged network follow the online one."""
        tf, config = self._tf, self.config
        count = self._count.assign_add(1)
        online = self._variables(self._online)
        if count % config.target_interval == 0:
            for target, source in zip(self._variables(self._target), online, strict=True):
                target.assign(target + config.target_mix * (source - target))
        if config.averaging:
            memory = tf.minimum(config.averaging, 1.0 - 1.0 / tf.cast(AVERAGING_WARM_UP + count, tf.float32))
            for average, source in zip(self._variables(self._acting), online, strict=True):
                average.assign(average + (1.0 - memory) * (source - average))

    def _measure(self, why: str) -> Placement:
        """Compile the updates in each mode worth trying, time them, and keep the fastest."""
        tf = self._tf
        modes, why_these = self._modes()
        variables = [*self._optimizer.variables, self._count]
        for model in (self._online, self._target, self._acting):
            variables += self._variables(model)
        before = [tf.identity(variable) for variable in variables]
        compiled, speeds = {}, {}
        for mode in modes:
            function = tf.function(self._updates, input_signature=self._signature(), jit_compile=mode == "XLA")
            compiled[mode], speeds[mode] = function, self._time(function)
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
        best = max(speeds, key=lambda mode: speeds[mode])
        self._update = compiled[best]
        return Placement(self._device, best, f"{why}; {why_these or _compare(speeds)}", speeds)

    def _modes(self) -> tuple[tuple[str, ...], str]:
        """The compile modes to try, and why there is only one of them, if so."""
        if self.config.compile_mode != "auto":
            return (self.config.compile_mode,), f"{self.config.compile_mode} was asked for"
        if self._device == "CPU" and self.architecture.convolutions:
            return ("graph",), "XLA is not tried: it slows convolutions down on a CPU"
        return ("XLA", "graph"), ""

    def _time(self, function: Any) -> float:
        """Updates a second of a compiled call, its compiling apart."""
        dtypes = (spec.dtype.as_numpy_dtype for spec in self._signature())
        arrays = [np.zeros(spec.shape, dtype) for spec, dtype in zip(self._signature(), dtypes, strict=True)]
        with self._tf.device(self._device):
            function(*arrays)[0].numpy()
            started, calls = time.perf_counter(), 0
            while calls < 1 or (calls < 50 and time.perf_counter() - started < 0.1):
                function(*arrays)[0].numpy()
                calls += 1
        return calls * self.config.updates_per_call / (time.perf_counter() - started)


def _compare(speeds: dict[str, float]) -> str:
    return ", ".join(f"{mode} {speed:,.0f} updates/s" for mode, speed in speeds.items())
