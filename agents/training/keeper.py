"""Keeps the best policy of a run, by evaluations with a fixed seed."""

import time
from collections.abc import Generator, Mapping
from typing import Any

from agents.acting.evaluation import EVALUATION_SEED, Scorecard, evaluating
from agents.acting.policy import Policy
from agents.config import Config
from games.figures import reaches
from games.game import Game
from games.saved import array_like, number

RECOVERY_EPSILON = 0.01
"""Epsilon of the evaluation that shows how well an agent recovers from random moves."""


class Keeper:
    """The evaluator of a run: plays each policy in games with a fixed seed and keeps the best one.

    Args:
        game: The rules.
        observation: Kind of observation of the policies.
        config: Holds the number of games, the step limit and the goal of evaluations.
        policy: The policy kept until one is evaluated.
        step_limit: Most steps in a game; None takes the game's own limit, or else the arcade's.

    Attributes:
        policy: The best policy so far; among equals the latest.
        latest: The scorecard of the last evaluation.
        best: The scorecard of the best policy.
        solved: Whether any policy has solved the game.
        seconds: Time spent on evaluations.
    """

    def __init__(
        self, game: Game, observation: str, config: Config, policy: Policy, step_limit: int | None = None
    ) -> None:
        self._step_limit = step_limit
        self._game, self._observation, self._config = game, observation, config
        self.policy = policy
        self.latest: Scorecard | None = None
        self.best: Scorecard | None = None
        self.solved = False
        self.seconds = 0.0
        self._recovery: Scorecard | None = None
        self._finalists: list[tuple[Scorecard, Policy]] = []  # the best first; among equals the latest first

    @property
    def collapsed(self) -> bool:
        """Whether the latest policy has lost more than half of the best score, which may be negative."""
        return bool(self.best and self.latest and self.latest.mean < self.best.mean - abs(self.best.mean) / 2)

    @property
    def reached(self) -> bool:
        """Whether the best policy reaches the goal of the run over at least as many games as solving takes."""
        goal, enough = self._config.goal, self._game.info.solved.episodes
        return bool(goal and self.best and reaches(self.best.mean, goal) and self.best.episodes >= enough)

    @property
    def final_episodes(self) -> int:
        """Number of games in the final scorecard."""
        return max(self._game.info.solved.episodes, self._config.scorecard_episodes)

    def consider(self, policy: Policy) -> Generator[None, None, str]:
        """Evaluate a policy and keep it if it is the best so far; returns a message for the user."""
        config, solved = self._config, self._game.info.solved
        self.latest = yield from self._evaluate(policy, config.evaluation_episodes)
        if reaches(self.latest.mean, min(solved.mean, config.goal or solved.mean)) and not config.evaluation_limit:
            self.latest = yield from self._full(policy, self.latest, solved.episodes)
        ranking = sorted([(self.latest, policy), *self._finalists], key=lambda each: -each[0].mean)
        self._finalists = ranking[: config.finalists]
        # Of equal policies the later one stays: it has seen more.
        if self.best is None or self.latest.mean >= self.best.mean:
            self.best, self.policy = self.latest, policy
            self.solved = self.solved or self.best.solves(self._game)
        return self._words(self.latest)

    def glance(self, policy: Policy, seconds: float) -> Scorecard | None:
        """Return the scorecard of a policy if its evaluation ends within some seconds, else None; keeps neither."""
        deadline = time.perf_counter() + seconds
        work = self._evaluate(policy, self._config.evaluation_episodes)
        while time.perf_counter() < deadline:
            try:
                next(work)
            except StopIteration as done:
                card: Scorecard = done.value
                return card
        return None

    def confirm(self) -> Generator[None, None, str]:
        """Evaluate the finalists over `final_episodes` games, keep the best, and evaluate it with random moves.

        Returns a message for the user.
        """
        if self.best is None:
            return ""
        cards = []
        for card, policy in self._finalists:
            cards.append((yield from self._full(policy, card, self.final_episodes)))
        first = max(range(len(cards)), key=lambda index: cards[index].mean)
        self.best, self.policy = cards[first], self._finalists[first][1]
        self.solved = self.solved or self.best.solves(self._game)
        episodes = self._game.info.solved.episodes
        self._recovery = yield from self._evaluate(self.policy, episodes, RECOVERY_EPSILON, limited=False)
        return self._words(self.best)

    def scorecard(self) -> dict[str, object]:
        """Return plain values for the profile; empty before the first evaluation."""
        if self.best is None:
            return {}
        return self.best.to_dict() | ({"mean_epsilon": self._recovery.mean} if self._recovery else {})

    def get_state(self) -> dict[str, Any]:
        """Return the best policy, if any was evaluated, and all scorecards."""
        cards = {"latest": self.latest, "best": self.best, "shaken": self._recovery}  # saved runs have this name
        return {
            "cards": {name: card.get_state() for name, card in cards.items() if card},
            "weights": dict(self.policy.weights) if self.best else {},
            "finalists": {
                str(place): {"card": card.get_state(), "weights": dict(policy.weights)}
                for place, (card, policy) in enumerate(self._finalists)
            },
            "solved": self.solved,
            "seconds": self.seconds,
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of another keeper of the same game.

        Raises:
            ValueError: Its policy has another architecture.
        """
        cards = {name: Scorecard.from_state(card) for name, card in state["cards"].items()}
        self.latest, self.best, self._recovery = cards.get("latest"), cards.get("best"), cards.get("shaken")
        if self.best:
            self.policy = self._policy_of(state["weights"])
            self._finalists = [
                (Scorecard.from_state(each["card"]), self._policy_of(each["weights"]))
                for _, each in sorted(state.get("finalists", {}).items())
            ] or [(self.best, self.policy)]  # runs saved by earlier versions have no finalists
        self.solved, self.seconds = bool(state["solved"]), number(state["seconds"])

    def _policy_of(self, weights: Mapping[str, Any]) -> Policy:
        known = self.policy.weights
        return Policy(self.policy.architecture, {name: array_like(weights[name], known[name]) for name in known})

    def _full(self, policy: Policy, known: Scorecard, episodes: int) -> Generator[None, None, Scorecard]:
        if known.episodes >= episodes and not self._config.evaluation_limit:
            return known
        return (yield from self._evaluate(policy, episodes, limited=False))

    def _evaluate(
        self, policy: Policy, episodes: int, epsilon: float = 0.0, *, limited: bool = True
    ) -> Generator[None, None, Scorecard]:
        work = evaluating(
            policy,
            self._game,
            self._observation,
            episodes=episodes,
            seed=EVALUATION_SEED,
            epsilon=epsilon,
            step_limit=self._limit_in_training if limited else self._step_limit,
        )
        while True:
            started = time.perf_counter()  # time spent in the caller between two steps does not count
            try:
                next(work)
            except StopIteration as done:
                card: Scorecard = done.value
                return card
            finally:
                self.seconds += time.perf_counter() - started
            yield

    @property
    def _limit_in_training(self) -> int | None:
        limits = [limit for limit in (self._config.evaluation_limit, self._step_limit) if limit]
        return min(limits, default=None)

    def _words(self, card: Scorecard) -> str:
        decimals = 1 if abs(card.mean) >= 10 else 2
        mean, name = card.mean_words(self._game, decimals), self._game.info.score_name
        solved = ", solved" if card.solves(self._game) else ""
        return f"Evaluation: {mean} {name} over {card.episodes} games{solved}"
