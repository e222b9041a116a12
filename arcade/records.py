"""What people and agents have reached in a game, in words; the same on cards, pages and lists."""

from dataclasses import dataclass

from agents.library import Entry
from arcade.scores import ScoreStore
from games.game import GameInfo


def amount(value: float) -> str:
    """A score with as many digits as tell something: 7.25, 31.2, 486."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def counted(value: float, noun: str) -> str:
    """A score with its noun, which is given in the plural."""
    single = value == 1 and noun.endswith("s")
    return f"{amount(value)} {noun[:-1] if single else noun}"


def entry_mean(entry: Entry) -> float | None:
    """The mean score of an agent's fixed-seed evaluation, None if it was never evaluated."""
    card = entry.profile.scorecard if entry.profile else {}
    return float(card["mean"]) if "mean" in card else None


@dataclass(frozen=True)
class Records:
    """The records of one game.

    Attributes:
        own: The best score of a person, None before the first.
        agent: The name of the best agent, "" if there is none.
        mean: Its mean score, None if there is none.
        agents: How many agents there are.
    """

    own: int | None = None
    agent: str = ""
    mean: float | None = None
    agents: int = 0

    def own_words(self, info: GameInfo) -> str:
        """A person's record as a sentence."""
        return "Not played yet" if self.own is None else f"Your best: {counted(self.own, info.score_name)}"

    def agent_words(self, info: GameInfo) -> str:
        """The best agent's record as a sentence, for as many episodes as a person's round has."""
        if self.mean is None:
            return "No trained agent yet" if not self.agents else "Its agents are not tested yet"
        return f"Best agent: {counted(self.mean * info.play.episodes, info.score_name)}"


def records_of(game_id: str, scores: ScoreStore, entries: tuple[Entry, ...]) -> Records:
    """The records of a game, from the scores and the agents there are."""
    own = [entry for entry in entries if entry.profile and entry.profile.game_id == game_id]
    rated = [(mean, entry.name) for entry in own if (mean := entry_mean(entry)) is not None]
    mean, name = max(rated, default=(None, ""))
    return Records(scores.best(game_id), name, mean, len(own))
