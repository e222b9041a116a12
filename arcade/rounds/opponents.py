"""The opponents in a race: every usable agent of a game, and earlier versions of it from its training."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agents.errors import StorageError
from agents.storage.library import Entry, Library
from agents.storage.profile import Profile
from games.game import Game
from games.registry import info_of, make

EARLIER_SELVES = 4
"""Number of earlier versions of an agent that are offered, spread evenly over its training."""


@dataclass(frozen=True)
class Opponent:
    """An agent to race against.

    Attributes:
        name: The name on the screen.
        profile: The agent without its weights.
        load: Reads the agent with its weights from the disk; raises `StorageError` if that fails.
    """

    name: str
    profile: Profile
    load: Callable[[], Profile]


def opponents(library: Library, game_id: str) -> tuple[Opponent, ...]:
    """Return all opponents in a game, in the order of the library and with unique names. Reads the disk."""
    found: dict[str, Opponent] = {}
    for entry in library.entries(game_id):
        if entry.profile is not None and _is_playable(entry.profile):
            name, number = entry.profile.name, 2
            while name in found:
                name, number = f"{entry.profile.name} ({number})", number + 1
            found[name] = _opponent(library, name, entry, entry.profile)
            found |= {each.name: each for each in _earlier_selves(library, name, entry, entry.profile)}
    return tuple(found.values())


def levels(agents: list[Profile], game_id: str) -> dict[str, Game]:
    """Return the levels of a game that all these agents can play.

    Settings that an agent was trained on and that are no level are added as "As trained".
    """
    games = {name: make(game_id, **settings) for name, settings in info_of(game_id).levels.items()}
    for agent in agents:
        if agent.game() not in games.values():
            games["As trained"] = agent.game()
    return {name: game for name, game in games.items() if all(fits(agent, game) for agent in agents)}


def fits(agent: Profile, game: Game) -> bool:
    """Whether the observations of a game have the shape of the agent's network; a larger board has another one."""
    info = game.info
    if info.id != agent.game_id or agent.observation not in info.kinds:
        return False
    return info.observation(agent.observation).shape == agent.architecture.input_shape


def _is_playable(agent: Profile) -> bool:
    try:
        return fits(agent, agent.game())
    except ValueError:
        return False


def _opponent(library: Library, name: str, entry: Entry, profile: Profile) -> Opponent:
    def load() -> Profile:
        loaded = library.load(entry).profile
        if loaded is None:
            raise StorageError(f"{profile.name} can no longer be read")
        return loaded

    return Opponent(name, profile, load)


def _earlier_selves(library: Library, name: str, entry: Entry, profile: Profile) -> list[Opponent]:
    """Return earlier versions of an agent; none if they were not kept or cannot be read."""
    try:
        frames = library.earlier_frames(entry)
    except StorageError:
        return []
    chosen = {round(part * (len(frames) - 1) / EARLIER_SELVES) for part in range(EARLIER_SELVES)} if frames else set()
    return [_earlier_self(library, name, entry, profile, index, frames[index]) for index in sorted(chosen)]


def _earlier_self(library: Library, name: str, entry: Entry, profile: Profile, index: int, frames: int) -> Opponent:
    def load() -> Profile:
        selves = library.earlier_selves(entry)
        if index >= len(selves):
            raise StorageError(f"the earlier versions of {profile.name} can no longer be read")
        return selves[index]

    return Opponent(f"{name} at {frames:,} frames", replace(profile, frames=frames), load)
