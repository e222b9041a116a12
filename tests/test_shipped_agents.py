"""The agents that come with the arcade play as their scorecards say."""

from pathlib import Path

import numpy as np
import pytest

from agents.acting.evaluation import evaluate
from agents.storage.profile import Profile, read
from games.registry import game_ids

FOLDER = Path(__file__).resolve().parents[1] / "saved_models"
FILES = sorted(FOLDER.glob("*/*.agent"))
BUDGET = 15 * 2**20
"""Bytes of all agents together."""

GAMES = {"catch": 200, "snake": 24, "cartpole": 20, "nchain": 4, "flappybird": 8}
LIMITS = {("flappybird", "features"): 2_000, ("flappybird", "pixels"): 300}
PIPE_EVERY, FIRST_PIPE = 37, 58
"""Ticks from pipe to pipe, and to the first, of a bird that does not crash."""

CAPPED = [path for path in FILES if path.parent.name == "flappybird"]


def _play(agent: Profile) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    limit = LIMITS.get((agent.game_id, agent.observation))
    episodes = GAMES[agent.game_id]
    return evaluate(agent.policy(), agent.game(), agent.observation, episodes=episodes, seed=7, step_limit=limit).scores


def test_every_game_has_a_beginner_a_middling_agent_and_a_good_one() -> None:
    for game_id in game_ids():
        means = sorted(read(path).scorecard["mean"] for path in FILES if path.parent.name == game_id)
        assert len(means) >= 3, game_id
        assert means[0] < means[1] < means[-1]


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES) <= BUDGET


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_how_it_was_made_and_tested(path: Path) -> None:
    agent = read(path)
    assert agent.game_id == path.parent.name
    assert agent.command.startswith(f"python main.py train {agent.game_id} ")
    assert f"--seed {agent.seed}" in agent.command
    assert agent.scorecard["episodes"] >= (100 if agent.game_id == "flappybird" else 1_000)
    assert "mean_epsilon" in agent.scorecard


@pytest.mark.parametrize("path", [path for path in FILES if path not in CAPPED], ids=lambda path: path.stem)
def test_each_plays_as_its_scorecard_says(path: Path) -> None:
    agent = read(path)
    scores, card = _play(agent), agent.scorecard
    spread = max(float(scores.std()), 0.02 * abs(card["mean"])) / np.sqrt(len(scores))
    assert abs(scores.mean() - card["mean"]) <= 4 * spread


@pytest.mark.parametrize("path", CAPPED, ids=lambda path: path.stem)
def test_each_bird_that_never_crashed_does_not_crash_at_once(path: Path) -> None:
    agent = read(path)
    scores = _play(agent)
    expected = (LIMITS[agent.game_id, agent.observation] - FIRST_PIPE) // PIPE_EVERY
    if agent.scorecard["min"] >= expected:
        assert scores.min() >= expected
    else:
        assert scores.mean() <= min(expected + 1, 2 * agent.scorecard["mean"] + 2)


def test_the_networks_of_nchain_know_the_true_values() -> None:
    optimal = np.array([[61.38, 60.58], [64.89, 61.46], [69.51, 62.61], [75.59, 64.13], [83.59, 66.13]])
    agent = read(FOLDER / "nchain" / "NChain ace.agent")
    np.testing.assert_allclose(agent.policy().q_values(np.eye(5, dtype=np.float32)), optimal, rtol=0.03)
