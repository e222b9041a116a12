"""Temporal-difference targets and losses as pure functions of tensors."""

from typing import Any

from agents.learning.devices import tensorflow

MASKED = -1e9
"""Stands for the value of an illegal action: below any real one, yet finite."""


def bootstrap_value(next_q: Any, chooser_q: Any, legal: Any) -> Any:
    """[B] value of the state at the end of a window: `next_q` at the legal action that `chooser_q` likes best.

    With the target network as chooser this is the maximum of the plain DQN (Mnih et al. 2015), with the online network
    double DQN (van Hasselt et al. 2016).

    Args:
        next_q: [B, A] values by the target network.
        chooser_q: [B, A] values by the network that chooses.
        legal: [B, A] actions that may be chosen.
    """
    tf = tensorflow()
    chosen = tf.argmax(tf.where(legal, chooser_q, MASKED), axis=-1)  # [B]
    return tf.gather(next_q, chosen, batch_dims=1)


def shortfall(q: Any, action: Any, legal: Any) -> Any:
    """[B] by how much what was done is worth less than the best action: max Q(s, ·) − Q(s, a), at least 0.

    Advantage learning takes a part of it off the target (Baird 1999; Bellemare et al. 2016, "Increasing the Action
    Gap"): bad actions come to look worse than they are, so that small errors confuse them with good ones less often.

    Args:
        q: [B, A] values by the target network where the action was done.
        action: [B] what was done.
        legal: [B, A] actions that might have been done.
    """
    tf = tensorflow()
    best = tf.reduce_max(tf.where(legal, q, MASKED), axis=-1)
    return tf.nn.relu(best - tf.gather(q, action, batch_dims=1))


def td_error(q: Any, action: Any, reward: Any, discount: Any, value: Any) -> Any:
    """[B] target minus estimate: reward + discount · value − Q(s, a).

    Args:
        q: [B, A] values by the online network.
        action: [B] what was done.
        reward: [B] discounted sum over the window.
        discount: [B] factor of `value`; 0 after a terminal step.
        value: [B] bootstrapped value.
    """
    tf = tensorflow()
    return reward + discount * tf.stop_gradient(value) - tf.gather(q, action, batch_dims=1)


def goals(q: Any, action: Any, target: Any, counts: Any) -> Any:
    """[B, A] what a network should have said: what it says, but the target for what was done.

    Args:
        q: [B, A] what the network says.
        action: [B] what was done.
        target: [B] what that was worth.
        counts: [B] whether that is known; where it is not, the network is right.
    """
    tf = tensorflow()
    said = tf.stop_gradient(q if q.dtype == tf.float64 else tf.cast(q, tf.float32))
    done = tf.one_hot(action, q.shape[-1], on_value=True, off_value=False) & counts[:, None]
    return tf.where(done, tf.cast(tf.stop_gradient(target), said.dtype)[:, None], said)


def huber(error: Any) -> Any:
    """Half the square up to 1, then straight on (Huber 1964)."""
    tf = tensorflow()
    size = tf.abs(error)
    return tf.where(size <= 1.0, 0.5 * tf.square(error), size - 0.5)


def squared(error: Any) -> Any:
    """Half the square."""
    return 0.5 * tensorflow().square(error)
