"""Fixed-seed scorecards: the only figures by which agents are compared and kept."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import QFunction, epsilon_greedy
from games.batch import GameBatch
from games.figures import figure, plain, reaches
from games.game import Game
from games.registry import is_ours
from games.saved import number, scores_like, whole

EVALUATION_SEED = 1_000_003
"""Seed of the evaluations during training: never the seed of the training games."""

MOST_AT_ONCE = 128
"""Games of others that are played side by side: each may hold an environment open until it ends."""

STEPS_AT_ONCE = 4
"""Steps between two pauses of an evaluation: even a hundred pixel games are paused within a tenth of a second."""


@dataclass(frozen=True)
class Scorecard:
    """The scores of some games with a fixed seed."""

    seed: int
    epsilon: float
    scores: NDArray[np.float64]  # [episodes] in the order in which the games were set up

    @property
    def episodes(self) -> int:
        """Number of games."""
        return len(self.scores)

    @property
    def mean(self) -> float:
        """Mean score."""
        return float(self.scores.mean())

    @property
    def ci95(self) -> float:
        """Half-width of the mean's 95% confidence interval (normal approximation); 0 for a single game."""
        if self.episodes < 2:
            return 0.0
        return float(1.96 * self.scores.std(ddof=1) / np.sqrt(self.episodes))

    def solves(self, game: Game) -> bool:
        """Whether these games meet the game's own definition of solved."""
        solved = game.info.solved
        return self.epsilon == 0 and self.episodes >= solved.episodes and reaches(self.mean, solved.mean)

    def verdict(self, game: Game) -> str:
        """The result in two or three words."""
        if self.episodes < game.info.solved.episodes:
            return "too few games to tell whether solved"
        return "solved" if self.solves(game) else "not solved"

    def words(self, game: Game, decimals: int | None = None) -> str:
        """The mean and the number of games."""
        return f"{self.mean_words(game, decimals)} {game.info.score_name} over {self.games(game)}"

    def games(self, game: Game) -> str:
        """The number of games, and whether these are too few to count."""
        needed, games = game.info.solved.episodes, "1 game" if self.episodes == 1 else f"{self.episodes} games"
        return games if self.episodes >= needed else f"{games}, too few to count as solved ({needed:,})"

    def mean_words(self, game: Game, decimals: int | None = None) -> str:
        """The mean, which never looks like one that solves the game if it does not."""
        return figure(self.mean, game.info.solved.mean, decimals)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: episodes, seed, epsilon, mean, median, min, max, ci95."""
        return {
            "episodes": self.episodes,
            "seed": self.seed,
            "epsilon": self.epsilon,
            "mean": self.mean,
            "median": float(np.median(self.scores)),
            "min": plain(self.scores.min()),
            "max": plain(self.scores.max()),
            "ci95": self.ci95,
        }

    def get_state(self) -> dict[str, Any]:
        """The card as plain values and an array; `from_state` turns them back."""
        return {"seed": self.seed, "epsilon": self.epsilon, "scores": self.scores}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Scorecard":
        """The card that `get_state` described.

        Raises:
            ValueError: The scores are none.
        """
        scores = scores_like(state["scores"])
        if not len(scores):
            raise ValueError("the saved state has a scorecard of no games")
        return cls(whole(state["seed"]), number(state["epsilon"], high=1), scores)


def evaluate(policy: QFunction, game: Game, observation: str, **settings: Any) -> Scorecard:
    """Play games side by side, one each, and note their scores; the settings are those of `evaluating`."""
    steps = evaluating(policy, game, observation, **settings)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            card: Scorecard = done.value
            return card


def evaluating(
    policy: QFunction,
    game: Game,
    observation: str,
    *,
    episodes: int,
    seed: int = 0,
    epsilon: float = 0.0,
    step_limit: int | None = None,
) -> Generator[None, None, Scorecard]:
    """Play `episodes` games, pausing every few steps so that its driver can do other things.

    Our own are played side by side, those of others in groups of `MOST_AT_ONCE`.

    Args:
        policy: Values the actions.
        game: The rules.
        observation: The kind of observation the policy was trained on.
        episodes: Number of games, at least 1.
        seed: Seeds the games and the random moves.
        epsilon: Part of random moves, uniform over legal actions.
        step_limit: Steps after which a game is cut; None takes the game's own limit, or where it has none the arcade's.

    Returns:
        Their scores.

    Raises:
        ValueError: There are no games to play.
    """
    if episodes < 1:
        raise ValueError(f"episodes = {episodes}: must be at least 1")
    limit = step_limit or game.info.longest_game
    at_once = episodes if is_ours(type(game)) else MOST_AT_ONCE
    games, moves = np.random.default_rng(seed), np.random.default_rng((seed, 1))
    scores = np.zeros(episodes)
    for first in range(0, episodes, at_once):
        some = scores[first : first + at_once]
        batch = GameBatch(game, len(some), games, observation=observation, autoreset=False, step_limit=limit)
        yield from _playing(policy, batch, epsilon, moves, some)
    return Scorecard(seed, epsilon, scores)


def _playing(
    policy: QFunction, batch: GameBatch, epsilon: float, rng: np.random.Generator, scores: NDArray[np.float64]
) -> Generator[None, None, None]:
    """Play a batch to its end and note the scores."""
    playing = np.arange(len(batch))  # [B] which game each remaining row is
    for step in count(1):
        q_values = batch.in_game_order(policy.q_values(batch.observe()))
        transitions = batch.step(epsilon_greedy(q_values, batch.legal_actions(), epsilon, rng))
        finished = transitions.finished
        if finished.any():
            scores[playing[finished]] = transitions.score[finished]
            playing = playing[~finished]
            if not len(playing):
                break
            batch.keep(~finished)
        if step % STEPS_AT_ONCE == 0:
            yield


class RandomPolicy:
    """A policy with random Q values, which plays at random: the baseline of every chart.

    Args:
        actions: Number of actions.
        seed: Seeds the values.
    """

    def __init__(self, actions: int, seed: int = 0) -> None:
        self._actions = actions
        self._rng = np.random.default_rng(seed)

    def q_values(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """[B, A] random values."""
        return self._rng.random((len(observations), self._actions), np.float32)
