import numpy as np
import pytest

from games.batch import GameBatch
from games.nchain.rules import NChain, NChainState

RNG = np.random.default_rng(0)
FORWARD, BACK = np.array([0]), np.array([1])
OPTIMAL = [[61.38, 60.58], [64.89, 61.46], [69.51, 62.61], [75.59, 64.13], [83.59, 66.13]]


def _at(position: int) -> NChainState:
    return NChainState(np.array([position]), np.zeros(1), np.zeros(1, int), np.zeros(1, bool))


@pytest.mark.parametrize(
    ("position", "action", "after", "reward"),
    [(0, FORWARD, 1, 0), (3, FORWARD, 4, 0), (4, FORWARD, 4, 10), (0, BACK, 0, 2), (4, BACK, 0, 2)],
)
def test_moves_without_slips(position: int, action: np.ndarray, after: int, reward: float) -> None:
    state = _at(position)
    outcome = NChain(slip=0.0).step(state, action, RNG)
    assert (state.position[0], outcome.reward[0]) == (after, reward)
    assert not state.slipped[0]


def test_a_slip_does_the_opposite() -> None:
    state = _at(2)
    outcome = NChain(slip=1.0).step(state, FORWARD, RNG)
    assert (state.position[0], outcome.reward[0]) == (0, 2)
    assert state.slipped[0]


def test_slips_are_as_frequent_as_set() -> None:
    game = NChain()
    state = game.reset(20_000, RNG)
    game.step(state, np.zeros(20_000, int), np.random.default_rng(1))
    assert state.slipped.mean() == pytest.approx(0.2, abs=0.01)


def test_the_optimum_is_the_known_one() -> None:
    """Value iteration over the rules themselves, with discount 0.95."""
    always, never = NChain(slip=1.0), NChain(slip=0.0)
    values = np.zeros((5, 2))
    for _ in range(600):
        best, updated = values.max(axis=1), np.zeros((5, 2))
        for position in range(5):
            for action in (0, 1):
                for game, chance in ((never, 0.8), (always, 0.2)):
                    state = _at(position)
                    reward = game.step(state, np.array([action]), RNG).reward[0]
                    updated[position, action] += chance * (reward + 0.95 * best[state.position[0]])
        values = updated
    np.testing.assert_allclose(values, OPTIMAL, atol=0.006)


def test_always_forward_earns_what_is_known() -> None:
    batch = GameBatch(NChain(), 200, 0)
    for _ in range(1000):
        transitions = batch.step(np.zeros(200, int))
    assert transitions.truncated.all()
    assert transitions.score.mean() / 1000 == pytest.approx(3.68, abs=0.05)


def test_observation_is_one_hot() -> None:
    assert NChain().observe(_at(3), "features").tolist() == [[0, 0, 0, 1, 0]]


@pytest.mark.parametrize(("slip", "words"), [(0.2, "20%"), (0.0, "0%"), (0.005, "0.5%")])
def test_the_rules_tell_the_slip_as_it_is_set(slip: float, words: str) -> None:
    assert f"{words} of all steps" in NChain(slip=slip).info.rules[-1]
