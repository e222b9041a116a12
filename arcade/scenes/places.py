"""The destinations that screens lead to, as values: a screen names one, and the window opens the scene for it."""

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
    """The demo that runs while nobody uses the home screen.

    Attributes:
        players: The agents that play, with weights; at least one.
    """

    players: Sequence[Profile]


@dataclass(frozen=True)
class Guests(Place):
    """The games of Gymnasium."""


@dataclass(frozen=True)
class GamePage(Place):
    """The page of a game."""

    game_id: str


@dataclass(frozen=True)
class Scores(Place):
    """The high scores of people and agents.

    Attributes:
        game_id: The game shown first; None takes the first there is.
        level: Its level; None takes the one last played.
    """

    game_id: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class RaceSetup(Place):
    """The choice of the two sides of a race.

    Attributes:
        game_id: The game that is raced in.
        rival: Name of the agent chosen first; "" takes the first there is.
    """

    game_id: str
    rival: str = ""


@dataclass(frozen=True)
class Play(Place):
    """A game for a person, for an agent, or for both in a race.

    Attributes:
        game: The rules, with the level's settings.
        agent: Who plays; None lets the person play.
        rival: An agent that races against who plays; None for no race.
    """

    game: Game
    agent: Profile | None = None
    rival: Profile | None = None


@dataclass(frozen=True)
class TrainSetup(Place):
    """The choices before an agent is trained.

    Attributes:
        game_id: The game to be learnt.
        start: An agent to train further; None starts afresh.
    """

    game_id: str
    start: Profile | None = None


@dataclass(frozen=True)
class Dashboard(Place):
    """The training that goes on, or has just ended."""


@dataclass(frozen=True)
class Agents(Place):
    """The list of agents.

    Attributes:
        game_id: Only agents of this game; None shows all.
    """

    game_id: str | None = None


@dataclass(frozen=True)
class History(Place):
    """An agent at every moment that its run has kept."""

    entry: Entry


@dataclass(frozen=True)
class Compare(Place):
    """Agents of one game side by side.

    Attributes:
        game_id: Their game.
        entry: The agent to begin with.
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
