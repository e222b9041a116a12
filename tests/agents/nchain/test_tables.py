"""The tabular methods: the textbook's rule, and who finds the best policy."""

import numpy as np
import pytest

from agents.nchain.tables import (
    EGREEDY,
    NAIVE,
    STEADY,
    TABLE,
    TABULAR,
    Parameters,
    TableLearners,
    learning_rate,
    q_update,
)
from games.nchain.rules import NChain

FORWARD, BACK = np.array([0]), np.array([1])


def test_the_rule_moves_a_value_part_of_the_way_to_reward_and_best_follower() -> None:
    moved = q_update(np.array([10.0]), np.array([2.0]), np.array([20.0]), 0.5, 0.9)
    assert moved.tolist() == [10 + 0.5 * (2 + 0.9 * 20 - 10)]


def test_a_steady_rate_stays_and_a_falling_one_is_halved_after_as_many_visits() -> None:
    visits = np.array([1, 21, 41])
    assert learning_rate(STEADY, visits).tolist() == [0.8, 0.8, 0.8]
    np.testing.assert_allclose(learning_rate(Parameters(halving=20), visits), [0.8, 0.4, 0.8 / 3])


def test_one_step_changes_one_number() -> None:
    learner = TableLearners(NChain(slip=0.0), [TABLE], Parameters(learning_rate=0.5, discount=0.9))
    step = learner.act(BACK)
    assert (step.state[0], step.reward[0], step.next_state[0]) == (0, 2.0, 0)
    assert learner.tables[0].tolist() == [[0.0, 1.0], *[[0.0, 0.0]] * 4]
    assert learner.visits.sum() == 1
    learner.act(FORWARD)
    assert learner.tables[0, 0].tolist() == [0.0, 1.0]  # nothing is known of the state it led to


def test_sums_only_add_up() -> None:
    learner = TableLearners(NChain(slip=0.0), [NAIVE], Parameters())
    for _ in range(3):
        learner.act(BACK)
    assert learner.tables[0, 0].tolist() == [0.0, 6.0]


def test_who_does_not_explore_stays_with_what_paid_first() -> None:
    learner = TableLearners(NChain(slip=0.0), [NAIVE, TABLE], Parameters())
    learner.act(np.array([1, 1]))
    for _ in range(50):
        assert learner.step().action.tolist() == [1, 1]


def test_who_explores_guesses_as_often_as_epsilon_says() -> None:
    learner = TableLearners(NChain(), [EGREEDY] * 200, Parameters(epsilon=0.3, epsilon_decay=1.0))
    guesses = [learner.step().guessed for _ in range(100)]
    assert np.mean(guesses[50:]) == pytest.approx(0.3, abs=0.02)


def test_episodes_end_at_the_first_state_and_epsilon_fades() -> None:
    learner = TableLearners(NChain(), [EGREEDY], Parameters(episode=10, epsilon_decay=0.9))
    for _ in range(20):
        learner.step()
    assert learner.episodes == 2 and len(learner.episode_rewards) == 2
    assert learner.state.position.tolist() == [0]
    assert learner.epsilon == pytest.approx(0.5 * 0.81)


def test_the_same_seed_learns_the_same() -> None:
    tables = []
    for seed in (3, 3, 4):
        learner = TableLearners(NChain(), TABULAR, Parameters(), seed)
        for _ in range(200):
            learner.step()
        tables.append(learner.tables)
    assert (tables[0] == tables[1]).all()
    assert (tables[0] != tables[2]).any()


def test_the_tutorials_own_rule_is_the_textbooks_with_rewards_divided_by_the_rate() -> None:
    """Which is why its values are too large by 1 / 0.8, while its policies, and its contest, are the same."""
    own, textbook = 0.0, 0.0
    for reward, follower in ((2.0, 0.0), (0.0, 3.0), (10.0, 5.0)):
        own += reward + 0.8 * (0.95 * follower / 0.8 - own)
        textbook = float(q_update(np.array(textbook), np.array(reward), np.array(follower), 0.8, 0.95))
    assert own == pytest.approx(textbook / 0.8)


def test_parameters_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"epsilon = 2: must be a number from 0.0 to 1.0|epsilon = 2"):
        Parameters(epsilon=2)
