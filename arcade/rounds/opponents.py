"""Against whom one can race: every agent of a game that can be used, and how it played earlier in its training.

The one place that knows them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agents.errors import StorageError
from agents.storage.library import Entry, Library
from agents.storage.profile import Profile
from games.game import Game
from games.registry import info_of, make

EARLIER_SELVES = 4
"""How many earlier selves of an agent are offered, spread over its training."""


@dataclass(frozen=True)
class Opponent:
    """An agent that one may race against.

    Attributes:
        name: Shown to people.
        profile: What it is; without weights.
        load: Reads the agent with its weights from the disk; raises `StorageError` if that is not possible any more.
    """

    name: str
    profile: Profile
    load: Callable[[], Profile]


def opponents(library: Library, game_id: str) -> tuple[Opponent, ...]:
    """All opponents in a game, in the library's order and each with a name of its own. Reads the disk."""
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
    """The levels of a game on which all these agents can play.

    Where agents were trained on settings that are no level, those are one more, named "As trained".
    """
    games = {name: make(game_id, **settings) for name, settings in info_of(game_id).levels.items()}
    for agent in agents:
        if agent.game() not in games.values():
            games["As trained"] = agent.game()
    return {name: game for name, game in games.items() if all(fits(agent, game) for agent in agents)}


def fits(agent: Profile, game: Game) -> bool:
    """Whether an agent understands what it sees of a game: a larger board, for one, looks different."""
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
            raise StorageError(f"{profile.name} cannot be read any more")
        return loaded

    return Opponent(name, profile, load)


def _earlier_selves(library: Library, name: str, entry: Entry, profile: Profile) -> list[Opponent]:
    """The agent as it was at a few times of its training; none if that was not kept or cannot be read."""
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
            raise StorageError(f"how {profile.name} played earlier cannot be read any more")
        return selves[index]

    return Opponent(f"{name} at {frames:,} frames", replace(profile, frames=frames), load)
