"""The best results of people and agents in a game, and the sentences that screens show for them."""

from dataclasses import dataclass

from agents.storage.library import Entry
from agents.storage.profile import Profile
from arcade.store.scores import ScoreStore
from arcade.ui.numbers import number
from arcade.ui.style import LOADING
from games.game import GameInfo


def entry_mean(entry: Entry) -> float | None:
    """Return the mean score of an agent's fixed-seed evaluation, None if it was never evaluated."""
    card = entry.profile.scorecard if entry.profile else {}
    return float(card["mean"]) if "mean" in card else None


NO_AGENT = "No trained agent yet"
"""Shown instead of the best agent's score until there is one."""


@dataclass(frozen=True)
class Records:
    """The records of one game.

    Attributes:
        own: The best score of a person, None if nobody has played.
        agent: The name of the best agent, "" if there is none.
        mean: Its mean score, None if there is none.
        agents: How many agents there are.
        loading: Whether the agents are still being listed.
    """

    own: int | None = None
    agent: str = ""
    mean: float | None = None
    agents: int = 0
    loading: bool = False

    def own_words(self, info: GameInfo) -> str:
        """Return the best score of a person as a sentence."""
        return "Not played yet" if self.own is None else f"Your best: {info.scored(number(self.own))}"

    def agent_words(self, info: GameInfo) -> str:
        """Return the best agent's mean as a sentence, scaled to the number of episodes in a person's round."""
        if self.loading:
            return LOADING
        if self.mean is None:
            return NO_AGENT if not self.agents else "Its agents are not tested yet"
        return f"Best agent: {info.scored(number(self.mean * info.play.episodes))}"


def best_entry(game_id: str, entries: tuple[Entry, ...]) -> Entry | None:
    """Return the agent of a game with the highest mean score; None if none was evaluated."""
    rated = [(mean, entry) for entry in of_game(game_id, entries) if (mean := entry_mean(entry)) is not None]
    return max(rated, key=lambda each: each[0])[1] if rated else None


def version_of(agent: Profile | None) -> tuple[str, str] | None:
    """Return a value that differs between versions of an agent; None for no agent."""
    return (agent.id, agent.changed) if agent else None


def records_of(game_id: str, scores: ScoreStore, entries: tuple[Entry, ...] | None) -> Records:
    """Return the records of a game. `entries` are all agents, None while they are being listed."""
    if entries is None:
        return Records(scores.best(game_id), loading=True)
    best = best_entry(game_id, entries)
    count = len(of_game(game_id, entries))
    if best is None:
        return Records(scores.best(game_id), agents=count)
    return Records(scores.best(game_id), best.name, entry_mean(best), count)


def of_game(game_id: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the agents that play a game."""
    return tuple(entry for entry in entries if entry.profile and entry.profile.game_id == game_id)
