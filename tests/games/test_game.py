"""States of many games as values that can be saved."""

import numpy as np
import pytest

from games.registry import make
from games.states import state_like, state_tree


def test_a_state_comes_back_from_its_tree_and_shares_nothing() -> None:
    state = make("flappybird").reset(3, np.random.default_rng(1))
    tree = state_tree(state)
    again = state_like(tree, make("flappybird").reset(3, np.random.default_rng(2)))
    for name, values in vars(again).items():
        np.testing.assert_array_equal(values, getattr(state, name))
        for other in (tree[name], getattr(state, name)):
            assert not np.shares_memory(values, other)
        assert not np.shares_memory(tree[name], getattr(state, name))


def test_a_tree_of_other_games_is_refused() -> None:
    tree = state_tree(make("flappybird").reset(3, np.random.default_rng(1)))
    with pytest.raises(ValueError, match="the saved state has"):
        state_like(tree, make("flappybird").reset(2, np.random.default_rng(1)))
