"""The scene for each place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import arcade.scenes
from agents.config import Config
from agents.training.plan import Plan
from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.scenes import places
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.agents.compare_scene import CompareScene
from arcade.scenes.agents.history_scene import HistoryScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.game.scores_scene import ScoresScene
from arcade.scenes.home.demo_scene import DemoScene
from arcade.scenes.home.guests_scene import GuestsScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.lab.lab_scene import LabScene
from arcade.scenes.play.play_mode import PlayMode
from arcade.scenes.play.play_scene import PlayScene
from arcade.scenes.play.race_mode import RaceMode
from arcade.scenes.play.watch_mode import WatchMode
from arcade.scenes.settings.keys_scene import KeysScene
from arcade.scenes.settings.settings_scene import SettingsScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.ui.scene import Place
from arcade.window.navigation import scene_of
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, settle

ADA, RITA = make_profile("Ada", game_id="cartpole"), make_profile("Rita", game_id="cartpole")
GAME = make("cartpole")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    context = make_context(tmp_path)
    context.library.save(ADA)
    context.library.save(RITA)
    plan = Plan(GAME, "features", Config(), name="Newcomer")
    context.training = FakeSession(plan, SessionReport(Status.TRAINING))  # type: ignore[assignment]
    return context


def rita(context: Context) -> Any:
    return context.library.find("Rita")


SIMPLE = {
    places.HomePage(): HomeScene,
    places.Guests(): GuestsScene,
    places.Dashboard(): DashboardScene,
    places.Lab(): LabScene,
    places.SettingsPage(): SettingsScene,
    places.KeysPage(): KeysScene,
}
"""The scenes of places that say nothing more."""

Shows = Callable[[Any, Context], bool]

DETAILED: list[tuple[Callable[[Context], Place], type, Shows]] = [
    (lambda c: places.Demo([RITA, ADA]), DemoScene, lambda scene, c: scene.showcase.agent is RITA),
    (lambda c: places.GamePage("cartpole"), GamePageScene, lambda scene, c: scene.info.id == "cartpole"),
    (
        lambda c: places.Scores("flappybird", "Medium"),
        ScoresScene,
        lambda scene, c: (scene.game.value, scene.level.value) == ("flappybird", "Medium"),
    ),
    (lambda c: places.RaceSetup("cartpole", "Ada"), RaceSetupScene, lambda scene, c: scene.right.value == "Ada"),
    (lambda c: places.RaceSetup("cartpole", "Rita"), RaceSetupScene, lambda scene, c: scene.right.value == "Rita"),
    (
        lambda c: places.Play(GAME),
        PlayScene,
        lambda scene, c: scene.match.game is GAME and type(scene.mode) is PlayMode,
    ),
    (
        lambda c: places.Play(GAME, ADA),
        PlayScene,
        lambda scene, c: type(scene.mode) is WatchMode and scene.mode.agent is ADA,
    ),
    (
        lambda c: places.Play(GAME, ADA, RITA),
        PlayScene,
        lambda scene, c: type(scene.mode) is RaceMode and [lane.name for lane in scene.mode.lanes] == ["Ada", "Rita"],
    ),
    (
        lambda c: places.TrainSetup("cartpole"),
        TrainSetupScene,
        lambda scene, c: scene.info.id == "cartpole" and scene.start is None,
    ),
    (lambda c: places.TrainSetup("cartpole", ADA), TrainSetupScene, lambda scene, c: scene.start is ADA),
    (lambda c: places.Agents(), AgentsScene, lambda scene, c: len(scene.list.items) == 2),
    (lambda c: places.Agents("snake"), AgentsScene, lambda scene, c: not scene.list.items),
    (lambda c: places.History(rita(c)), HistoryScene, lambda scene, c: scene.entry.name == "Rita"),
    (lambda c: places.Compare("cartpole", rita(c)), CompareScene, lambda scene, c: scene.list.selected.name == "Rita"),
]
"""A place that says more, its scene, and whether that shows what was said."""


@pytest.mark.parametrize("kind", Place.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_place_has_a_scene(kind: type[Place]) -> None:
    assert kind in scene_of.registry


def test_every_scene_has_a_place() -> None:
    led_to = {kind.__module__.rpartition(".")[2] for kind in (*SIMPLE.values(), *(kind for _, kind, _ in DETAILED))}
    modules = {path.stem for path in Path(arcade.scenes.__path__[0]).rglob("*_scene.py")}
    assert led_to == modules - {"cards_scene", "letters_scene"}, "these are a base of others and lie over another scene"


@pytest.mark.parametrize("place", SIMPLE, ids=lambda place: type(place).__name__)
def test_a_place_leads_to_its_own_scene(context: Context, place: Place) -> None:
    assert type(scene_of(place, context)) is SIMPLE[place]


@pytest.mark.parametrize(("find", "kind", "shows"), DETAILED)
def test_a_scene_shows_what_its_place_says(
    context: Context, find: Callable[[Context], Place], kind: type, shows: Shows
) -> None:
    scene = scene_of(find(context), context)
    scene.enter()
    settle(context)
    assert type(scene) is kind
    assert shows(scene, context)


def test_a_place_that_nobody_knows_is_told_by_name(context: Context) -> None:
    with pytest.raises(LookupError, match="Place"):
        scene_of(Place(), context)
