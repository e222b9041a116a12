"""Every screen in every window and at the largest text: nothing cut, nothing on one another, everything readable."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import numpy as np
import pygame
import pytest

import arcade.scenes
from agents.acting.evaluation import Scorecard
from agents.config import Config
from agents.storage.history import HistoryRecorder
from agents.training.plan import Plan
from agents.training.session import Status
from arcade.context import Context
from arcade.input.controls import Button
from arcade.rounds.round import Phase
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.agents.compare_scene import CompareScene
from arcade.scenes.agents.history_scene import HistoryScene
from arcade.scenes.dialogs import ConfirmScene, PromptScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.game.scores_scene import ScoresScene
from arcade.scenes.home.cards_scene import CardsScene
from arcade.scenes.home.demo_scene import DemoScene
from arcade.scenes.home.guests_scene import GuestsScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.lab.lab_scene import LabScene
from arcade.scenes.letters_scene import LettersScene
from arcade.scenes.play.play_scene import PlayScene
from arcade.scenes.screen import Screen
from arcade.scenes.settings.keys_scene import KeysScene
from arcade.scenes.settings.settings_scene import SettingsScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.ui import style
from arcade.ui.hint_bar import HintBar
from arcade.ui.scene import Pop
from arcade.ui.tooltip import Tooltip
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, press, settle, wait
from tests.arcade.scenes.training.test_dashboard_scene import PROGRESS, report
from tests.arcade.scenes.witness import watched

WINDOWS = [
    pytest.param(size, scale, id=f"{size[0]}x{size[1]} text {scale:.0%}")
    for size in ((1280, 720), (1920, 1080), (800, 600))
    for scale in (1.0, 2.0)
]
GAMES = ("catch", "snake", "cartpole", "flappybird", "nchain")
OWN_WORDS = {"Agent of a long and winding name", "/home/"}
"""What a person has named may be cut."""

Maker = Callable[[Context], Iterator[Any]]


def agent(context: Context, name: str, game_id: str, **changes: Any) -> Any:
    path = context.library.save(make_profile(name, game_id=game_id, **changes))
    return context.library.find(str(path)).profile


def home(context: Context) -> Iterator[Any]:
    scene = HomeScene(context)
    yield scene
    context.scores.add("snake", "Standard", "Ada", 12)
    agent(context, "Winner", "cartpole")
    scene.enter()
    settle(context)
    yield scene


def guests(context: Context) -> Iterator[Any]:
    scene = GuestsScene(context)
    yield scene
    settle(context)
    assert len(scene.cards) >= 2
    yield scene
    agent(context, "Climber", "gym:MountainCar-v0", observation="state", game_settings={})
    scene.enter()
    settle(context)
    yield scene


def attract(context: Context) -> Iterator[Any]:
    scene = DemoScene(context, [agent(context, f"My {game_id}", game_id) for game_id in GAMES])
    for _ in GAMES:
        yield scene
        wait(scene, 21.0, step=7.0)


def game_pages(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        context.scores.add(game_id, next(iter(make(game_id).info.levels)), "Ada", 123)
        scene = GamePageScene(context, game_id)
        yield scene
        agent(context, "Agent of a long and winding name that goes on", game_id)
        scene.enter()
        settle(context)
        settle(context)
        yield scene


def play(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        scene: Any = PlayScene(context, make(game_id), seed=1)
        yield scene
        press(scene, next(Button(name) for name in scene.match.game.info.play.buttons))
        wait(scene, 0.3)
        yield scene
        if scene.match.round.phase is not Phase.OVER:
            press(scene, Button.PAUSE)
            yield scene


def play_over(context: Context) -> Iterator[Any]:
    scene: Any = PlayScene(context, make("flappybird"), seed=1)
    press(scene, Button.PRIMARY)
    for _ in range(100):
        wait(scene, 0.2)
    assert scene.mode.shows_result
    yield scene


def watch(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        profile = agent(context, "Watched", game_id)
        scene: Any = PlayScene(context, profile.game(), profile, seed=1)
        wait(scene, 0.3)
        yield scene
        scene.match.pause()
        yield scene


def agents(context: Context) -> Iterator[Any]:
    scene: Any = AgentsScene(context)
    settle(context)
    scene.enter()
    settle(context)
    yield scene
    scene = AgentsScene(context, "catch")
    scene.enter()
    settle(context)
    yield scene
    for game_id in GAMES:
        agent(context, f"My {game_id}", game_id, preset="quick", curve=((0.0, 1.0), (5e5, 480.0)))
    agent(context, "Agent of a long and winding name that goes on", "snake", scorecard={}, curve=())
    broken = context.library.save(make_profile("Broken", game_id="catch"))
    broken.write_bytes(broken.read_bytes()[:100])
    scene = AgentsScene(context)
    scene.enter()
    settle(context)
    settle(context)
    for _ in scene.list.items:
        wait(scene, 0.05)
        yield scene
        press(scene, Button.DOWN)
        settle(context)


def compare(context: Context) -> Iterator[Any]:
    names = "One", "Two", "Three", "Four", "Five", "Six"
    saved = [agent(context, name, "snake", seed=number) for number, name in enumerate(names)]
    entry = context.library.find(saved[0].name)
    scene: Any = CompareScene(context, "snake", entry)
    yield scene
    settle(context)
    yield scene
    for number in range(len(names)):
        scene.list.index = number
        if scene.list.selected not in scene._places:
            press(scene, Button.CONFIRM)
    assert context.take_notice() == "5 agents at most: remove one first"
    yield scene
    for entry in scene._compared:
        scene._toggle(entry)
    yield scene


def learning(context: Context) -> Iterator[Any]:
    for name, game_id in (("Learner", "cartpole"), ("Scholar", "flappybird")):
        profile = agent(context, name, game_id, frames=9_000, curve=((100.0, 1.0), (9_000.0, 480.0)))
        entry = context.library.find(name, game_id)
        scene: Any = HistoryScene(context, entry)
        settle(context)
        yield scene
        made = HistoryRecorder(profile.id, profile.architecture, 9_000)
        for frames in range(0, 9_000, 1_000):
            made.add(frames, 1.0, profile.policy())
        context.library.save_history(made.history(), entry.path)
        scene = HistoryScene(context, entry)
        settle(context)
        wait(scene, 0.1)
        yield scene
        press(scene, Button.LEFT)
        yield scene
        scene._toggle_tour()
        yield scene


def races(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        scene: Any = RaceSetupScene(context, game_id)
        scene.enter()
        settle(context)
        yield scene
        rival = agent(context, "Rita", game_id)
        scene.enter()
        settle(context)
        yield scene
        scene = PlayScene(context, rival.game(), seed=1, rival=rival)
        yield scene
        scene = PlayScene(context, rival.game(), rival, seed=1, rival=rival)
        wait(scene, 0.3)
        yield scene


def settings(context: Context) -> Iterator[Any]:
    scene: Any = SettingsScene(context)
    for widget in scene.focus.widgets:
        scene.focus.current = widget
        yield scene


def keys(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        yield KeysScene(context, game_id)


def letters(context: Context) -> Iterator[Any]:
    prompt = PromptScene(context, "Rename", "", "Ada", str, lambda text: Pop())
    yield LettersScene(context, prompt.field, prompt.handle)


def lab(context: Context) -> Iterator[Any]:
    scene = LabScene(context)
    yield scene
    wait(scene, 0.3)
    yield scene


def setup(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        scene: Any = TrainSetupScene(context, game_id)
        settle(context)
        yield scene
        scene._toggle_more()
        yield scene
    for _, widget in scene._fields:
        scene.focus.current = widget
        scene._reveal()
        yield scene
    yield TrainSetupScene(context, "catch", agent(context, "Start", "catch"))


def dashboard(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        plan = Plan(make(game_id), make(game_id).info.kinds[0], Config(frames=120_000), name="Ada")
        context.training = FakeSession(plan, report(game_id))  # type: ignore[assignment]
        context.scores.add(game_id, next(iter(make(game_id).info.levels)), "Ada", 123)
        scene: Any = DashboardScene(context)
        settle(context)
        for status in Status:
            best = Scorecard(0, 0.0, np.full(100, 490))
            context.training.latest = report(  # type: ignore[union-attr]
                game_id, status=status, note="Evaluation: 480.0 steps over 20 games",
                progress=PROGRESS.__class__(**{**PROGRESS.__dict__, "best": best}), error="Traceback\nLine",
            )  # fmt: skip
            scene.arrange(scene.theme.size)
            wait(scene, 0.7)
            yield scene
    for place in scene.tooltips():
        scene.focus.current = place
        yield scene


def dialogs(context: Context) -> Iterator[Any]:
    detail = "Ada is still training. Quitting ends the training and saves the agent."
    yield ConfirmScene(context, "Quit?", detail, "Save and quit", Pop)
    scene = PromptScene(context, "Rename", "", "Ada", str, lambda text: Pop())
    yield scene
    scene.field.error = "name = '': must be 1 to 64 printable characters"
    yield scene
    detail = "File to import. You can also drop a file on the window."
    yield PromptScene(context, "Import an agent", detail, "/home/person/", str, lambda text: Pop(), path=True)


def scores(context: Context) -> Iterator[Any]:
    for game_id in GAMES:
        scene = ScoresScene(context, game_id)
        yield scene
        for score in range(12):
            level = next(iter(make(game_id).info.levels))
            context.scores.add(game_id, level, "Agent of a long and winding name", score, is_agent=score % 2 == 0)
            context.scores.add(game_id, level, "Ada", 900 + score, assisted=score % 3 == 0)
        scene.enter()
        yield scene


SCREENS: dict[Maker, set[type]] = {
    home: {HomeScene},
    guests: {GuestsScene},
    attract: {DemoScene},
    game_pages: {GamePageScene},
    play: {PlayScene},
    play_over: {PlayScene},
    watch: {PlayScene},
    agents: {AgentsScene},
    setup: {TrainSetupScene},
    dashboard: {DashboardScene},
    dialogs: {ConfirmScene, PromptScene},
    scores: {ScoresScene},
    settings: {SettingsScene},
    keys: {KeysScene},
    letters: {LettersScene},
    lab: {LabScene},
    races: {RaceSetupScene, PlayScene},
    compare: {CompareScene},
    learning: {HistoryScene},
}


def test_every_scene_there_is_is_looked_at() -> None:
    found = set()
    for module in walk_packages(arcade.scenes.__path__, "arcade.scenes."):
        members = inspect.getmembers(import_module(module.name), inspect.isclass)
        found |= {kind for _, kind in members if issubclass(kind, Screen)} - {Screen, CardsScene}
    found = {kind for kind in found if not kind.__name__.startswith("_")}
    assert found == {kind for kinds in SCREENS.values() for kind in kinds}


@pytest.mark.parametrize(("size", "scale"), WINDOWS)
@pytest.mark.parametrize("maker", SCREENS, ids=lambda maker: maker.__name__)
def test_nothing_is_cut_or_on_one_another_and_all_can_be_read(
    tmp_path: Path, maker: Maker, size: tuple[int, int], scale: float
) -> None:
    context = make_context(tmp_path, size, scale)
    context.theme.motion = False
    window, bar = pygame.Surface(size), HintBar(context.theme)
    problems: list[str] = []
    for number, scene in enumerate(maker(context)):
        problems += [f"{number}: {each}" for each in look_at(scene, window, bar)]
    settle(context)
    context.close()
    assert not problems, "\n".join(dict.fromkeys(problems))


def look_at(scene: Any, window: pygame.Surface, bar: HintBar) -> list[str]:
    """What is wrong with a scene as the window shows it, hint bar and all."""
    size, theme = window.get_size(), scene.theme
    height = bar.layout(size, scene.hints(), "", scene.context.signs)
    area = window.subsurface((0, 0, size[0], size[1] - height))
    scene.draw(area)  # some things are placed only when they are drawn
    theme.version += 1  # charts are drawn anew
    window.fill(style.GROUND)
    with watched(theme) as witness:
        scene.draw(area)
        bar.draw(window)
    found = [f"cut: {each}" for each in witness.cut(OWN_WORDS)]
    if not isinstance(scene.focus.current, Tooltip):  # an explanation lies over what it explains
        found += [f"overlap: {each}" for each in witness.overlapping()]
    return [*found, *(f"contrast: {each}" for each in witness.unreadable()), *_misplaced(scene, area.get_rect())]


def _misplaced(scene: Any, area: pygame.Rect) -> list[str]:
    found, widgets = [], scene.focus.widgets
    view = scene._scroll.view if hasattr(scene, "_scroll") else area
    fixed = [getattr(scene, name, None) for name in ("_go",)]  # lies beside what scrolls
    rects = [widget.rect if widget in fixed else widget.rect.clip(view) for widget in widgets]
    for index, rect in enumerate(rects):
        if rect.size != (0, 0) and rect.collidelist(rects[:index]) >= 0:
            found.append(f"widgets overlap: {widgets[index]} at {rect}")
        if rect.left < area.left or rect.right > area.right:
            found.append(f"widget leaves the screen: {widgets[index]} at {rect}")
    return found


@pytest.mark.parametrize(
    "make_scene",
    [
        HomeScene,
        lambda context: GamePageScene(context, "flappybird"),
        lambda context: (agent(context, "One", "snake"), AgentsScene(context))[1],
        ScoresScene,
        SettingsScene,
        KeysScene,
        lambda context: next(dashboard(context)),
    ],
    ids=["home", "game page", "agents", "scores", "settings", "keys", "dashboard"],
)
def test_what_is_drawn_over_looks_as_if_all_had_been_drawn(
    make_scene: Callable[[Context], Any], tmp_path: Path
) -> None:
    context = make_context(tmp_path)
    scene = make_scene(context)
    scene.enter()
    settle(context)
    settle(context)
    shown, fresh = pygame.Surface((1280, 680)), pygame.Surface((1280, 680))
    for _ in range(10):
        scene.update(1 / 60)
        shown.fill(style.GROUND)
        scene.draw(shown)
    for _ in range(5):
        scene.update(1 / 60)
        moved = scene.redraw(shown)
        assert moved is not None and all(shown.get_rect().contains(rect) for rect in moved)
    fresh.fill(style.GROUND)
    scene.draw(fresh)
    assert pygame.image.tobytes(shown, "RGB") == pygame.image.tobytes(fresh, "RGB")
