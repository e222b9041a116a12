import numpy as np
import pytest

from agents.learning import td_targets
from agents.learning.devices import tensorflow

tf = tensorflow()
ALL_LEGAL = tf.ones((2, 3), tf.bool)
TARGET_Q = tf.constant([[1.0, 2.0, 3.0], [6.0, 5.0, 4.0]])
ONLINE_Q = tf.constant([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])


def test_plain_dqn_takes_the_target_networks_maximum() -> None:
    assert td_targets.bootstrap_value(TARGET_Q, TARGET_Q, ALL_LEGAL).numpy().tolist() == [3.0, 6.0]


def test_double_dqn_lets_the_online_network_choose() -> None:
    assert td_targets.bootstrap_value(TARGET_Q, ONLINE_Q, ALL_LEGAL).numpy().tolist() == [1.0, 5.0]


def test_illegal_actions_are_never_bootstrapped_from() -> None:
    legal = tf.constant([[True, True, False], [False, True, True]])
    assert td_targets.bootstrap_value(TARGET_Q, TARGET_Q, legal).numpy().tolist() == [2.0, 5.0]


def test_the_gap_to_best_compares_with_the_best_legal_action() -> None:
    action = tf.constant([0, 0])
    assert td_targets.gap_to_best(TARGET_Q, action, ALL_LEGAL).numpy().tolist() == [2.0, 0.0]
    legal = tf.constant([[True, True, False], [False, True, True]])  # what is illegal may still have been done
    assert td_targets.gap_to_best(TARGET_Q, action, legal).numpy().tolist() == [1.0, 0.0]


def test_td_error_is_target_less_estimate() -> None:
    error = td_targets.td_error(
        q=tf.constant([[1.0, 2.0], [3.0, 4.0]]),
        action=tf.constant([1, 0]),
        reward=tf.constant([10.0, -1.0]),
        discount=tf.constant([0.5, 0.0]),
        value=tf.constant([8.0, 100.0]),
    )
    assert error.numpy().tolist() == [10 + 4 - 2, -1 - 3]


def test_no_gradient_flows_through_the_target() -> None:
    value = tf.Variable([2.0])
    with tf.GradientTape() as tape:
        error = td_targets.td_error(tf.ones((1, 2)), tf.constant([0]), tf.ones(1), tf.ones(1), value)
    assert tape.gradient(error, value) is None


@pytest.mark.parametrize(("error", "expected"), [(0.5, 0.125), (-1.0, 0.5), (3.0, 2.5), (-3.0, 2.5)])
def test_huber_is_square_within_one_and_straight_beyond(error: float, expected: float) -> None:
    assert float(td_targets.huber(tf.constant(error))) == pytest.approx(expected)


def test_squared_error_is_half_the_square() -> None:
    np.testing.assert_allclose(td_targets.squared(tf.constant([2.0, -3.0])), [2.0, 4.5])


def test_goals_differ_from_what_is_said_in_what_was_done_and_is_known() -> None:
    q, worth = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), tf.constant([9.0, 9.0])
    goals = td_targets.goals(q, tf.constant([2, 0]), worth, tf.constant([True, False]))
    assert goals.numpy().tolist() == [[1.0, 2.0, 9.0], [4.0, 5.0, 6.0]]
    half = tf.cast(q, tf.float16)
    assert td_targets.goals(half, tf.constant([2, 0]), worth, tf.constant([True, True])).dtype == tf.float32
