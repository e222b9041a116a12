"""Makes the scene for each place. A scene's module is imported when its place is first opened.

This lets home appear at once; `load_scenes` imports the other scenes after its first frame.
"""

import pkgutil
from collections.abc import Callable
from functools import singledispatch
from importlib import import_module

from arcade import scenes
from arcade.context import Context
from arcade.input.controls import Input
from arcade.scenes import places
from arcade.ui.fields import TextField
from arcade.ui.scene import Place, Scene


@singledispatch
def scene_of(place: Place, context: Context) -> Scene:
    """Makes a new scene for a place.

    Raises:
        ValueError: The place cannot be opened; the message is one line with the reason.
    """
    raise LookupError(f"no scene is known for {place}")


@scene_of.register
def _home(place: places.HomePage, context: Context) -> Scene:
    from arcade.scenes.home.home_scene import HomeScene

    return HomeScene(context)


@scene_of.register
def _demo(place: places.Demo, context: Context) -> Scene:
    from arcade.scenes.home.demo_scene import DemoScene

    return DemoScene(context, place.players)


@scene_of.register
def _guests(place: places.Guests, context: Context) -> Scene:
    from arcade.scenes.home.guests_scene import GuestsScene

    return GuestsScene(context)


@scene_of.register
def _game_page(place: places.GamePage, context: Context) -> Scene:
    from arcade.scenes.game.game_scene import GamePageScene

    return GamePageScene(context, place.game_id)


@scene_of.register
def _scores(place: places.Scores, context: Context) -> Scene:
    from arcade.scenes.game.scores_scene import ScoresScene

    return ScoresScene(context, place.game_id, place.level)


@scene_of.register
def _race_setup(place: places.RaceSetup, context: Context) -> Scene:
    from arcade.scenes.game.race_setup_scene import RaceSetupScene

    return RaceSetupScene(context, place.game_id, place.rival)


@scene_of.register
def _play(place: places.Play, context: Context) -> Scene:
    from arcade.scenes.play.play_scene import PlayScene

    return PlayScene(context, place.game, place.agent, rival=place.rival)


@scene_of.register
def _train_setup(place: places.TrainSetup, context: Context) -> Scene:
    from arcade.scenes.training.setup_scene import TrainSetupScene

    return TrainSetupScene(context, place.game_id, place.start)


@scene_of.register
def _dashboard(place: places.Dashboard, context: Context) -> Scene:
    from arcade.scenes.training.dashboard_scene import DashboardScene

    return DashboardScene(context)


@scene_of.register
def _agents(place: places.Agents, context: Context) -> Scene:
    from arcade.scenes.agents.agents_scene import AgentsScene

    return AgentsScene(context, place.game_id)


@scene_of.register
def _history(place: places.History, context: Context) -> Scene:
    from arcade.scenes.agents.history_scene import HistoryScene

    return HistoryScene(context, place.entry)


@scene_of.register
def _compare(place: places.Compare, context: Context) -> Scene:
    from arcade.scenes.agents.compare_scene import CompareScene

    return CompareScene(context, place.game_id, place.entry)


@scene_of.register
def _lab(place: places.Lab, context: Context) -> Scene:
    from arcade.scenes.lab.lab_scene import LabScene

    return LabScene(context)


@scene_of.register
def _settings(place: places.SettingsPage, context: Context) -> Scene:
    from arcade.scenes.settings.settings_scene import SettingsScene

    return SettingsScene(context)


@scene_of.register
def _keys(place: places.KeysPage, context: Context) -> Scene:
    from arcade.scenes.settings.keys_scene import KeysScene

    return KeysScene(context)


def letters(context: Context, field: TextField, type_into: Callable[[Input], object]) -> Scene:
    """Makes an on-screen keyboard for a text field."""
    from arcade.scenes.letters_scene import LettersScene

    return LettersScene(context, field, type_into)


def load_scenes() -> None:
    """Imports all scenes, so that opening one does not delay the window."""
    for module in pkgutil.walk_packages(scenes.__path__, f"{scenes.__name__}."):
        import_module(module.name)
