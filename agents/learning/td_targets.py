"""Temporal-difference targets and losses as pure functions of tensors."""

from typing import Any

from agents.learning.devices import tensorflow

MASKED = -1e9
"""Q value of illegal actions: lower than any real one, yet finite."""


def bootstrap_value(next_q: Any, chooser_q: Any, legal: Any) -> Any:
    """Return the value [B] of the state at a window's end: `next_q` of the legal action with the highest `chooser_q`.

    If the target network chooses, this is the maximum of the plain DQN (Mnih et al. 2015); if the online network
    chooses, it is double DQN (van Hasselt et al. 2016).

    Args:
        next_q: [B, A] Q values of the target network.
        chooser_q: [B, A] Q values of the network that chooses the action.
        legal: [B, A] whether each action is legal.
    """
    tf = tensorflow()
    chosen = tf.argmax(tf.where(legal, chooser_q, MASKED), axis=-1)  # [B]
    return tf.gather(next_q, chosen, batch_dims=1)


def gap_to_best(q: Any, action: Any, legal: Any) -> Any:
    """Return the gap [B] between the best legal action and the action taken: max Q(s, ·) − Q(s, a), at least 0.

    Advantage learning subtracts a fraction of it from the target (Baird 1999; Bellemare et al. 2016, "Increasing the
    Action Gap"). Bad actions then get lower values than they deserve, so small errors mistake them for good ones less
    often.

    Args:
        q: [B, A] Q values of the target network in the state of the action.
        action: [B] the action taken.
        legal: [B, A] whether each action was legal.
    """
    tf = tensorflow()
    best = tf.reduce_max(tf.where(legal, q, MASKED), axis=-1)
    return tf.nn.relu(best - tf.gather(q, action, batch_dims=1))


def td_error(q: Any, action: Any, reward: Any, discount: Any, value: Any) -> Any:
    """Return the temporal-difference error [B], target minus estimate: reward + discount · value − Q(s, a).

    Args:
        q: [B, A] Q values of the online network.
        action: [B] the action taken.
        reward: [B] discounted sum over the window.
        discount: [B] factor of `value`; 0 after a terminal step.
        value: [B] bootstrapped value.
    """
    tf = tensorflow()
    return reward + discount * tf.stop_gradient(value) - tf.gather(q, action, batch_dims=1)


def goals(q: Any, action: Any, target: Any, counts: Any) -> Any:
    """Return the desired outputs [B, A] of a network: its own outputs, except the target for the action taken.

    Args:
        q: [B, A] the network's outputs.
        action: [B] the action taken.
        target: [B] the target of that action.
        counts: [B] whether the target is valid; else the outputs are kept.
    """
    tf = tensorflow()
    outputs = tf.stop_gradient(q if q.dtype == tf.float64 else tf.cast(q, tf.float32))
    taken = tf.one_hot(action, q.shape[-1], on_value=True, off_value=False) & counts[:, None]
    return tf.where(taken, tf.cast(tf.stop_gradient(target), outputs.dtype)[:, None], outputs)


def huber(error: Any) -> Any:
    """Return the Huber loss: half the square up to 1, linear beyond (Huber 1964)."""
    tf = tensorflow()
    size = tf.abs(error)
    return tf.where(size <= 1.0, 0.5 * tf.square(error), size - 0.5)


def squared(error: Any) -> Any:
    """Return half the square of an error."""
    return 0.5 * tensorflow().square(error)
