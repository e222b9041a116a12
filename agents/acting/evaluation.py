"""Evaluation with a fixed seed: the scorecards by which agents are compared and the best policies kept."""

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
"""Most third-party games played in parallel, because each may hold an environment open until it ends."""

STEPS_AT_ONCE = 4
"""Steps between two pauses of an evaluation; with these even a hundred pixel games pause every tenth of a second."""


@dataclass(frozen=True)
class Scorecard:
    """The scores of some games with a fixed seed."""

    seed: int
    epsilon: float
    scores: NDArray[np.float64]  # [episodes] in the order of the games

    @property
    def episodes(self) -> int:
        """The number of games."""
        return len(self.scores)

    @property
    def mean(self) -> float:
        """The mean score."""
        return float(self.scores.mean())

    @property
    def ci95(self) -> float:
        """The half-width of the mean's 95% confidence interval (normal approximation); 0 for a single game."""
        if self.episodes < 2:
            return 0.0
        return float(1.96 * self.scores.std(ddof=1) / np.sqrt(self.episodes))

    def solves(self, game: Game) -> bool:
        """Whether these games satisfy the game's own definition of solved."""
        solved = game.info.solved
        return self.epsilon == 0 and self.episodes >= solved.episodes and reaches(self.mean, solved.mean)

    def verdict(self, game: Game) -> str:
        """Return in a few words whether these games solve the game."""
        if self.episodes < game.info.solved.episodes:
            return "too few games to tell whether solved"
        return "solved" if self.solves(game) else "not solved"

    def words(self, game: Game, decimals: int | None = None) -> str:
        """Return the mean and the number of games in words."""
        return f"{self.mean_words(game, decimals)} {game.info.score_name} over {self.games(game)}"

    def games(self, game: Game) -> str:
        """Return the number of games in words, with a remark if they are too few to count as solved."""
        needed, games = game.info.solved.episodes, "1 game" if self.episodes == 1 else f"{self.episodes} games"
        return games if self.episodes >= needed else f"{games}, too few to count as solved ({needed:,})"

    def mean_words(self, game: Game, decimals: int | None = None) -> str:
        """Return the mean as text, never rounded up to a mean that solves the game."""
        return figure(self.mean, game.info.solved.mean, decimals)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: episodes, seed, epsilon, mean, median, min, max, ci95."""
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
        """Return the scorecard as plain values and an array; `from_state` turns them back."""
        return {"seed": self.seed, "epsilon": self.epsilon, "scores": self.scores}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Scorecard":
        """Return the scorecard that `get_state` described.

        Raises:
            ValueError: The state is not valid.
        """
        scores = scores_like(state["scores"])
        if not len(scores):
            raise ValueError("the saved state has a scorecard without games")
        return cls(whole(state["seed"]), number(state["epsilon"], high=1), scores)


def evaluate(policy: QFunction, game: Game, observation: str, **settings: Any) -> Scorecard:
    """Play games with a fixed seed and return their scorecard; the settings are those of `evaluating`."""
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
    """Play `episodes` games, yielding every few steps so that the caller can do other work in between.

    The arcade's own games are played all in parallel, third-party games in groups of `MOST_AT_ONCE`.

    Args:
        policy: The policy to evaluate.
        game: The rules.
        observation: The kind of observation the policy was trained on.
        episodes: Number of games, at least 1.
        seed: Seeds the games and the random moves.
        epsilon: Share of random moves, uniform over legal actions.
        step_limit: Most steps in a game; None takes the game's own limit, or else the arcade's.

    Returns:
        The scorecard.

    Raises:
        ValueError: `episodes` is below 1.
    """
    if episodes < 1:
        raise ValueError(f"episodes = {episodes}: must be at least 1")
    limit = step_limit or game.info.longest_game
    at_once = episodes if is_ours(type(game)) else MOST_AT_ONCE
    games, moves = np.random.default_rng(seed), np.random.default_rng((seed, 1))
    scores = np.zeros(episodes)
    for first in range(0, episodes, at_once):
        group = scores[first : first + at_once]
        batch = GameBatch(game, len(group), games, observation=observation, autoreset=False, step_limit=limit)
        yield from _playing(policy, batch, epsilon, moves, group)
    return Scorecard(seed, epsilon, scores)


def _playing(
    policy: QFunction, batch: GameBatch, epsilon: float, rng: np.random.Generator, scores: NDArray[np.float64]
) -> Generator[None, None, None]:
    """Play a batch to its end and fill in the scores [B]."""
    playing = np.arange(len(batch))  # [B] number of the game in each remaining row
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
    """A policy with random Q values, i.e. random play; the baseline in charts.

    Args:
        actions: Number of actions.
        seed: Seeds the values.
    """

    def __init__(self, actions: int, seed: int = 0) -> None:
        self._actions = actions
        self._rng = np.random.default_rng(seed)

    def q_values(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """Return random values [B, A]."""
        return self._rng.random((len(observations), self._actions), np.float32)
