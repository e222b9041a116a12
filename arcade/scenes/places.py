"""The destinations of navigation, as values: a screen returns a place, and the window opens the scene for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agents.storage.entries import Entry
from agents.storage.profile import Profile
from arcade.ui.scene import Place
from games.game import Game


@dataclass(frozen=True)
class HomePage(Place):
    """The first screen."""


@dataclass(frozen=True)
class Demo(Place):
    """The demo that starts after a while without input.

    Attributes:
        players: The agents that play, with weights; at least one.
    """

    players: Sequence[Profile]


@dataclass(frozen=True)
class Guests(Place):
    """The Gymnasium games."""


@dataclass(frozen=True)
class GamePage(Place):
    """The page of a game."""

    game_id: str


@dataclass(frozen=True)
class Scores(Place):
    """The high scores of people and agents.

    Attributes:
        game_id: The game shown first; None shows the first of the list.
        level: The level shown first; None shows the level last played.
    """

    game_id: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class RaceSetup(Place):
    """The choice of the two sides of a race.

    Attributes:
        game_id: The game.
        rival: Name of the opponent selected at first; "" selects the first agent of the list.
    """

    game_id: str
    rival: str = ""


@dataclass(frozen=True)
class Play(Place):
    """A game for a person, for an agent, or for both in a race.

    Attributes:
        game: The rules, with the level's settings.
        agent: The agent that plays; None lets the person play.
        rival: An agent that races against the player; None for no race.
    """

    game: Game
    agent: Profile | None = None
    rival: Profile | None = None


@dataclass(frozen=True)
class TrainSetup(Place):
    """The set-up of a training run.

    Attributes:
        game_id: The game to learn.
        start: An agent to train further; None trains a new one.
    """

    game_id: str
    start: Profile | None = None


@dataclass(frozen=True)
class Dashboard(Place):
    """The dashboard of the current training run, or of the one that ended last."""


@dataclass(frozen=True)
class Agents(Place):
    """The list of agents.

    Attributes:
        game_id: Only agents of this game; None shows all.
    """

    game_id: str | None = None


@dataclass(frozen=True)
class History(Place):
    """The snapshots of an agent's training."""

    entry: Entry


@dataclass(frozen=True)
class Compare(Place):
    """Agents of one game side by side.

    Attributes:
        game_id: Their game.
        entry: The first agent of the comparison.
    """

    game_id: str
    entry: Entry


@dataclass(frozen=True)
class Lab(Place):
    """The lab of NChain."""


@dataclass(frozen=True)
class SettingsPage(Place):
    """The person's preferences."""


@dataclass(frozen=True)
class KeysPage(Place):
    """The keys of the games."""


LABS: Mapping[str, Place] = MappingProxyType({"nchain": Lab()})
"""The lab of each game that has one."""
