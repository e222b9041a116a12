"""The contest of the tabular methods, and the reward of a table that plays."""

import numpy as np
import pytest

from agents.nchain.contest import Contest, play
from agents.nchain.tables import TABULAR, Parameters, relative_error
from games.nchain.optimum import optimal_values
from games.nchain.rules import NChain


def test_a_falling_rate_comes_close_to_the_true_values() -> None:
    """On a chain of three that looks less far ahead, a few thousand steps are enough, chance averaged over learners."""
    game = NChain(states=3)
    parameters = Parameters(discount=0.8, halving=10)
    contest = Contest(game, TABULAR, parameters, trials=8, learning_steps=6_000, seed=1)
    while not contest.done:
        contest.step()
    optimal = optimal_values(game, 0.8)
    learnt = np.mean([contest.tables(trial)[2] for trial in range(8)], axis=0)
    assert relative_error(learnt, optimal).max() < 0.03
    assert contest.wins.tolist()[2] >= 6
    assert contest.wins.sum() == 8
    assert contest.reward_per_step[2] > contest.reward_per_step[:2].max()


def test_playing_the_best_policy_earns_what_is_known() -> None:
    game = NChain()
    assert play(game, optimal_values(game, 0.95), games=200) == pytest.approx(3.66, abs=0.05)
