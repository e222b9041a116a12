from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.acting import evaluation
from agents.acting.evaluation import RandomPolicy, Scorecard, evaluate
from games.batch import GameBatch
from games.game import Game, Solved
from games.registry import make


def _card(scores: list[int], epsilon: float = 0.0) -> Scorecard:
    return Scorecard(0, epsilon, np.array(scores))


def test_figures_of_a_scorecard() -> None:
    card = _card([1, 2, 3, 10])
    figures = card.to_dict()
    assert (figures["mean"], figures["median"], figures["min"], figures["max"]) == (4.0, 2.5, 1, 10)
    assert figures["ci95"] == pytest.approx(1.96 * np.std([1, 2, 3, 10], ddof=1) / 2)
    assert _card([5]).ci95 == 0.0


def test_solved_takes_enough_greedy_games() -> None:
    game = make("cartpole")
    assert _card([500] * 100).solves(game)
    assert not _card([500] * 99).solves(game)
    assert not _card([474] * 100).solves(game)
    assert not _card([500] * 100, epsilon=0.01).solves(game)


def test_the_same_seed_gives_the_same_scores_and_another_others() -> None:
    game = make("cartpole")
    cards = [evaluate(RandomPolicy(2), game, "features", episodes=20, seed=seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(cards[0].scores, cards[1].scores)
    assert (cards[0].scores != cards[2].scores).any()


def test_every_game_is_scored_once() -> None:
    class Stay:
        def q_values(self, observations: np.ndarray) -> np.ndarray:
            return np.tile(np.array([0, 1, 0], np.float32), (len(observations), 1))

    game = make("catch")
    card = evaluate(Stay(), game, "features", episodes=3000, seed=5)
    state = game.reset(3000, np.random.default_rng(5))
    np.testing.assert_array_equal(card.scores, np.abs(state.fruit_column - state.basket) <= 1)


def test_a_limit_cuts_games() -> None:
    card = evaluate(RandomPolicy(2), make("nchain"), "features", episodes=4, seed=0, step_limit=10)
    assert card.scores.max() <= 100


def test_epsilon_adds_random_moves() -> None:
    class Balance:
        def q_values(self, observations: np.ndarray) -> np.ndarray:
            lean = observations[:, 2] + observations[:, 3]
            return np.stack([-lean, lean], axis=1)

    game = make("cartpole")
    steady = evaluate(Balance(), game, "features", episodes=50, seed=0)
    shaky = evaluate(Balance(), game, "features", episodes=50, seed=0, epsilon=0.5)
    assert steady.mean > 2 * shaky.mean


def test_scores_are_judged_before_they_are_rounded() -> None:
    game = make("catch")
    assert game.info.solved == Solved(1.0, 1_000)
    almost = Scorecard(0, 0.0, np.array([0.6] * 1_000))
    assert not almost.solves(game) and almost.verdict(game) == "not solved"
    better = Scorecard(0, 0.0, np.array([0.996] * 1_000))
    assert better.words(game) == "0.996 fruits over 1000 games"
    assert (better.to_dict()["min"], _card([1]).to_dict()["min"]) == (0.996, 1)
    assert Scorecard(0, 0.0, np.full(1_000, sum([0.1] * 10))).solves(game), (
        "the sum of ten tenths is 0.9999999999999999"
    )


def test_few_games_prove_nothing() -> None:
    game, card = make("cartpole"), _card([500] * 3)
    assert card.verdict(game) == "too few games to tell whether solved"
    assert card.words(game, 2) == "500.00 steps over 3 games, too few to count as solved (100)"
    assert _card([500]).games(game).startswith("1 game, too few")


def test_a_card_comes_back_from_its_state_and_from_that_of_whole_scores() -> None:
    card = Scorecard(3, 0.01, np.array([0.3, 2.0]))
    np.testing.assert_array_equal(Scorecard.from_state(card.get_state()).scores, card.scores)
    old = Scorecard.from_state({"seed": 3, "epsilon": 0.0, "scores": np.array([7, 9], np.int64)})
    assert old.scores.dtype == np.float64 and old.scores.tolist() == [7.0, 9.0]
    with pytest.raises(ValueError, match="the saved state has"):
        Scorecard.from_state({"seed": 3, "epsilon": 0.0, "scores": np.array(["7"])})


def test_games_of_others_are_played_in_groups_with_the_same_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def batch(game: Game, count: int, *arguments: Any, **named: Any) -> GameBatch:
        counts.append(count)
        return GameBatch(game, count, *arguments, **named)

    class LongestPole:
        """Pushes against the pole's lean, so that games end at different times."""

        def q_values(self, observations: NDArray[Any]) -> NDArray[np.float32]:
            lean = observations[:, 2]
            return np.stack([-lean, lean], 1).astype(np.float32)

    monkeypatch.setattr(evaluation, "GameBatch", batch)
    at_once = evaluate(LongestPole(), make("gym:CartPole-v1"), "state", episodes=20, seed=3)
    monkeypatch.setattr(evaluation, "MOST_AT_ONCE", 8)
    in_groups = evaluate(LongestPole(), make("gym:CartPole-v1"), "state", episodes=20, seed=3)
    np.testing.assert_array_equal(at_once.scores, in_groups.scores)
    evaluate(RandomPolicy(3), make("catch"), "grid", episodes=20)
    assert counts == [20, 8, 8, 4, 20]
    assert len(set(at_once.scores)) > 5


def test_no_games_are_no_evaluation() -> None:
    with pytest.raises(ValueError, match="episodes = 0: must be at least 1"):
        evaluate(RandomPolicy(2), make("gym:CartPole-v1"), "state", episodes=0)
