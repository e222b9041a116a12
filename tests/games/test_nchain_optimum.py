import numpy as np
import pytest

from games.nchain.optimum import average_reward, optimal_values
from games.nchain.rules import NChain
from tests.games.test_nchain import OPTIMAL

FORWARD, BACK = np.zeros(5, np.int64), np.ones(5, np.int64)


def test_the_true_values_are_the_known_ones() -> None:
    np.testing.assert_allclose(optimal_values(NChain(), 0.95), OPTIMAL, atol=0.006)


def test_without_a_future_a_value_is_the_reward_to_be_expected() -> None:
    values = optimal_values(NChain(states=3), 0.0)
    np.testing.assert_allclose(values, [[0.4, 1.6], [0.4, 1.6], [8.4, 3.6]])


def test_long_run_rewards_are_the_known_ones() -> None:
    assert average_reward(NChain(), FORWARD) == pytest.approx(3.68, abs=0.005)
    assert average_reward(NChain(), BACK) == pytest.approx(1.60, abs=0.005)


def test_parts_of_the_chain_that_are_never_reached_do_not_count() -> None:
    assert average_reward(NChain(slip=0.0), BACK) == pytest.approx(2.0)
    assert average_reward(NChain(slip=0.0), FORWARD) == pytest.approx(10.0, abs=0.01)


@pytest.mark.parametrize("discount", [1.0, -0.1, float("nan")])
def test_a_discount_that_never_ends_is_refused(discount: float) -> None:
    with pytest.raises(ValueError, match="from 0 to below 1"):
        optimal_values(NChain(), discount)
