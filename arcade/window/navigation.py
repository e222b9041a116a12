"""The ways from home, and from everywhere, to the scenes. A scene is loaded when it is first opened.

Home leads to all of them and shall be there at once; `load_scenes` fetches the rest while it is looked at.
"""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from agents.storage.profile import Profile
from arcade import scenes
from arcade.context import Context
from arcade.input.controls import Input
from arcade.ui.fields import TextField
from arcade.ui.scene import Scene
from games.game import Game


def agents(context: Context) -> Scene:
    """All agents."""
    from arcade.scenes.agents.agents_scene import AgentsScene

    return AgentsScene(context)


def attract(context: Context, players: Sequence[Profile]) -> Scene:
    """Agents at play before nobody."""
    from arcade.scenes.home.demo_scene import DemoScene

    return DemoScene(context, players)


def dashboard(context: Context) -> Scene:
    """The training that goes on, or has just ended."""
    from arcade.scenes.training.dashboard_scene import DashboardScene

    return DashboardScene(context)


def game_page(context: Context, game_id: str) -> Scene:
    """The page of a game."""
    from arcade.scenes.game.game_scene import GamePageScene

    return GamePageScene(context, game_id)


def guests(context: Context) -> Scene:
    """Games of Gymnasium."""
    from arcade.scenes.home.guests_scene import GuestsScene

    return GuestsScene(context)


def nchain_lab(context: Context) -> Scene:
    """The lab of NChain."""
    from arcade.scenes.lab.lab_scene import LabScene

    return LabScene(context)


LABS: Mapping[str, Callable[[Context], Scene]] = MappingProxyType({"nchain": nchain_lab})
"""The way to the lab of each game that has one."""


def letters(context: Context, field: TextField, type_into: Callable[[Input], object]) -> Scene:
    """Letters to fill a field with, for hands without a keyboard."""
    from arcade.scenes.letters_scene import LettersScene

    return LettersScene(context, field, type_into)


def play(context: Context, game: Game, agent: Profile | None = None, rival: Profile | None = None) -> Scene:
    """A game for a person, an agent, or both in a race."""
    from arcade.scenes.play.play_scene import PlayScene

    return PlayScene(context, game, agent, rival=rival)


def scores(context: Context) -> Scene:
    """The scores of people and agents."""
    from arcade.scenes.game.scores_scene import ScoresScene

    return ScoresScene(context)


def settings(context: Context) -> Scene:
    """The person's preferences."""
    from arcade.scenes.settings.settings_scene import SettingsScene

    return SettingsScene(context)


def training_setup(context: Context, game_id: str, start: Profile | None = None) -> Scene:
    """What is asked before an agent is trained."""
    from arcade.scenes.training.setup_scene import TrainSetupScene

    return TrainSetupScene(context, game_id, start)


def load_scenes() -> None:
    """Load all scenes, so that none holds the window up when it is opened."""
    for module in pkgutil.walk_packages(scenes.__path__, f"{scenes.__name__}."):
        import_module(module.name)
