"""The updates of a script's own Keras model: the same as by `train_on_batch`, but many in one compiled call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.errors import reason_of
from agents.learning import td_targets
from agents.learning.devices import devices_for, tensorflow
from agents.learning.keras_model import KerasModel, Variables, single
from agents.learning.update_batch import UpdateBatch
from games.game import Array


@dataclass(frozen=True)
class KerasUpdateRule:
    """The settings of a model's updates.

    Attributes:
        updates_per_call: Updates in one compiled call.
        batch_size: Transitions in each update.
        double: Whether the model chooses the next action, whose value the target network gives (double DQN).
        target_interval: Updates between two copies of the weights to the target network.
    """

    updates_per_call: int
    batch_size: int
    double: bool
    target_interval: int


class KerasLearner:
    """A learner that trains a script's model in place, with the model's own optimiser and loss.

    In each update the desired outputs are the model's own outputs, except for the action taken: there it is
    reward + discount · value of the next state. So only that one output has an error.

    Args:
        network: The model.
        rule: The settings of the updates.
        device: "auto" for the device of the model, "cpu" or "gpu".

    Raises:
        ValueError: The device is missing, or the model has nothing to train; the message says why.
    """

    def __init__(self, network: KerasModel, rule: KerasUpdateRule, device: str = "auto") -> None:
        self.network, self.rule = network, rule
        self._tf = tf = tensorflow()
        self._device = None if device == "auto" else devices_for(device)[0][0]
        self._compiled_of = network.compiled
        network.begin()
        self._count = tf.Variable(0, dtype=tf.int64)
        # A target network that is updated after every update is the model itself.
        self._target_weights = [tf.Variable(each) for each in network.model.weights] if rule.target_interval > 1 else []
        self._compiled_updates, self._compiled_values = self._updates, network.values
        if not network.model.run_eagerly:
            # No autograph, as in Keras: layers are not converted. The lambdas are new functions of this learner, since
            # TensorFlow warns of a function that is compiled again and again.
            compiled = partial(tf.function, autograph=False, reduce_retracing=True)
            self._compiled_updates = compiled(
                lambda batches: self._updates(batches), jit_compile=network.model.jit_compile
            )
            self._compiled_values = compiled(lambda observations: network.values(observations))

    def suits(self, rule: KerasUpdateRule) -> bool:
        """Whether this learner still fits a rule and its model, which may have been compiled again meanwhile."""
        now = self.network.compiled
        same = len(now) == len(self._compiled_of) and all(map(_is, now, self._compiled_of))
        return same and rule == self.rule

    def begin(self) -> None:
        """Copy the model's weights to the target network."""
        for copy, weight in zip(self._target_weights, self.network.model.weights, strict=False):
            copy.assign(weight)

    def learn(self, sample: UpdateBatch) -> float:
        """Do `updates_per_call` updates on a sample of as many batches; returns their mean loss.

        Raises:
            RuntimeError: The updates cannot be compiled or run; one line says why.
        """
        batches = sample.split(self.rule.updates_per_call, self.rule.batch_size)
        return float(self._run(self._compiled_updates, batches))

    def q_values(self, observations: Array) -> NDArray[np.float32]:
        """Return the model's Q values [B, A] for observations [B, *input_shape].

        Raises:
            RuntimeError: The model cannot be compiled or run; one line says why.
        """
        return np.asarray(self._run(self._compiled_values, observations), np.float32)

    def state(self) -> tuple[Variables, list[Array]]:
        """Return copies of the model's weights and of its optimiser's variables."""
        return self.network.weights(), [np.array(each) for each in self.network.optimizer.variables]

    def restore(self, state: tuple[Variables, list[Array]]) -> None:
        """Restore a result of `state`."""
        weights, optimizer_values = state
        self.network.set_weights(weights)
        for variable, value in zip(self.network.optimizer.variables, optimizer_values, strict=True):
            variable.assign(value)

    @contextmanager
    def with_averaged_weights(self) -> Iterator[None]:
        """Give the model its final weights within the context: averages, if its optimiser averages weights."""
        weights = self.network.weights()
        self.network.optimizer.finalize_variable_values(self.network.model.trainable_variables)
        try:
            yield
        finally:
            self.network.set_weights(weights)

    def _run(self, function: Callable[[Any], Any], arrays: Array | UpdateBatch) -> Any:
        try:
            with self._tf.device(self._device):
                return function(self._tf.nest.map_structure(self._tf.constant, arrays)).numpy()
        except Exception as error:  # layers are the caller's code, and compilers raise errors of any kind
            raise RuntimeError(f"model: does not run: {reason_of(error)}") from error

    def _updates(self, batches: UpdateBatch) -> Any:
        """Do K updates one after the other; returns their mean loss. TensorFlow traces this once."""
        tf, count = self._tf, self.rule.updates_per_call

        def one_more(index: Any, total: Any) -> tuple[Any, Any]:
            return index + 1, total + self._update(batches.of_update(index))

        return tf.while_loop(lambda index, _: index < count, one_more, (0, tf.constant(0.0)))[1] / count

    def _update(self, batch: UpdateBatch) -> Any:
        tf, network = self._tf, self.network
        target = batch.reward + batch.discount * self._value(batch.next_observation, batch.next_legal)  # [B]
        variables = network.model.trainable_variables
        with tf.GradientTape() as tape:
            outputs = network.outputs(batch.observation, training=True)
            goals = td_targets.goals(single(outputs), batch.action, target, batch.importance > 0)  # [B, A]
            loss = network.loss(batch.observation, goals, outputs)
            scaled = network.optimizer.scale_loss(loss)
        network.optimizer.apply_gradients(zip(tape.gradient(scaled, variables), variables, strict=True))
        self._update_target()
        return tf.cast(loss, tf.float32)

    def _value(self, observation: Any, legal: Any) -> Any:
        """Return the value [B] of the next state."""
        tf, network = self._tf, self.network
        if not self._target_weights:
            q = chooser = network.values(observation)
        else:
            with self._target_in_place():
                q = network.values(observation)
            chooser = network.values(observation) if self.rule.double else q
        return td_targets.bootstrap_value(tf.cast(q, tf.float32), tf.cast(chooser, tf.float32), legal)

    @contextmanager
    def _target_in_place(self) -> Iterator[None]:
        """Give the model the weights of the target network within the context."""
        weights = self.network.model.weights
        own = [self._tf.identity(weight) for weight in weights]
        for weight, copy in zip(weights, self._target_weights, strict=True):
            weight.assign(copy)
        yield
        for weight, value in zip(weights, own, strict=True):
            weight.assign(value)

    def _update_target(self) -> None:
        count = self._count.assign_add(1)
        if self._target_weights:
            due = count % self.rule.target_interval == 0
            for copy, weight in zip(self._target_weights, self.network.model.weights, strict=True):
                copy.assign(self._tf.where(due, weight, copy))


def _is(one: object, other: object) -> bool:
    return one is other
