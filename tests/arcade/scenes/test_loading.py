"""Screens read in the background: the window never waits for the library, and what comes too late is dropped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.config import Config
from agents.storage.history import HistoryRecorder, path_of
from agents.storage.library import Library
from agents.storage.locks import FolderLock
from agents.training.plan import Plan
from agents.training.session import Status
from arcade.context import Context
from arcade.input.controls import Button
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.agents.compare_scene import CompareScene
from arcade.scenes.agents.history_scene import HistoryScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.places import Play, TrainSetup
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.ui import style
from arcade.ui.scene import Change, Push, Replace
from arcade.window.navigation import scene_of
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, opened_by, picture, press, settle
from tests.arcade.scenes.training.test_dashboard_scene import report

READING = ("entries", "load", "find", "best", "where", "free_name", "earlier_selves", "earlier_frames")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Two agents of CartPole: Ada, the newer one, with earlier play, and Bob."""
    context = make_context(tmp_path)
    context.library.save(make_profile("Bob", game_id="cartpole", changed="2026-01-01T00:00:00+00:00"))
    agent = make_profile("Ada", game_id="cartpole", frames=5_000, changed="2026-01-02T00:00:00+00:00")
    path = context.library.save(agent)
    made = HistoryRecorder(agent.id, agent.architecture, 5_000)
    for frames in (0, 2_000, 4_000):
        made.add(frames, 1.0, agent.policy())
    context.library.save_history(made.history(), path)
    return context


class Watch:
    """Notes what this thread, which stands for the window's, does with the library once `begin` is called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self._monkeypatch, self._thread = monkeypatch, threading.current_thread()

    def begin(self) -> None:
        for kind, names in ((FolderLock, ("__enter__",)), (Library, READING)):
            for name in names:
                self._monkeypatch.setattr(kind, name, self._watched(kind, name))

    def _watched(self, kind: type, name: str) -> Callable[..., Any]:
        real = getattr(kind, name)

        def call(*args: Any, **options: Any) -> Any:
            if threading.current_thread() is self._thread:
                self.seen.append(f"{kind.__name__}.{name}")
                raise AssertionError(f"{kind.__name__}.{name} on the window's thread")  # rather than wait for ever
            return real(*args, **options)

        return call


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


@contextmanager
def held(context: Context) -> Iterator[None]:
    """Let another thread hold the library's lock, as a save of a large run does."""
    inside, over = threading.Event(), threading.Event()

    def hold() -> None:
        with context.library.lock:
            inside.set()
            over.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(20)
    try:
        yield
    finally:
        over.set()
        thread.join()


def ada(context: Context) -> Any:
    return context.library.find("Ada")


def dashboard(context: Context) -> Any:
    plan = Plan(make("cartpole"), "features", Config(frames=120_000), name="Ada")
    shown = replace(report("cartpole"), status=Status.FINISHED, saved=ada(context).path)
    context.training = FakeSession(plan, shown)  # type: ignore[assignment]
    return DashboardScene(context)


# Each makes what opens the screen, as far as that is to be read before.
SCREENS: dict[str, Callable[[Context], Callable[[], Any]]] = {
    "home": lambda context: lambda: HomeScene(context),
    "game page": lambda context: lambda: GamePageScene(context, "cartpole"),
    "agents": lambda context: lambda: AgentsScene(context),
    "learning": lambda context: (lambda entry: lambda: HistoryScene(context, entry))(ada(context)),
    "compare": lambda context: (lambda entry: lambda: CompareScene(context, "cartpole", entry))(ada(context)),
    "race set-up": lambda context: lambda: RaceSetupScene(context, "cartpole"),
    "training set-up": lambda context: lambda: TrainSetupScene(context, "cartpole"),
    "training further": lambda context: (
        lambda agent: lambda: TrainSetupScene(context, "cartpole", agent)
    )(ada(context).profile),
    "dashboard": lambda context: (lambda scene: lambda: scene)(dashboard(context)),
}  # fmt: skip


def frames(scene: Any, count: int = 3) -> Change | None:
    """Some frames of the window; returns the change that was asked for."""
    change = None
    for _ in range(count):
        scene.context.collect()
        change = scene.update(1 / 60) or change
        picture(scene)
    return change


@pytest.mark.parametrize("name", SCREENS)
def test_no_screen_waits_for_the_library(context: Context, watch: Watch, name: str) -> None:
    open_screen = SCREENS[name](context)
    watch.begin()
    with held(context):
        scene = open_screen()
        scene.enter()
        frames(scene)
    for _ in range(3):
        settle(context)
        frames(scene)
    scene.leave()
    assert watch.seen == []


@pytest.mark.parametrize(
    ("name", "widgets"),
    [("agents", ("watch", "further", "learning", "compare")), ("race set-up", ("start",)), ("dashboard", ("watch",))],
)
def test_no_button_waits_for_the_library(context: Context, watch: Watch, name: str, widgets: tuple[str, ...]) -> None:
    scene = SCREENS[name](context)()
    scene.enter()
    for _ in range(3):
        settle(context)
        frames(scene)
    watch.begin()
    with held(context):
        for each in widgets:
            scene.focus.current = getattr(scene, each)
            change = press(scene, Button.CONFIRM)
            frames(scene_of(change.scene, context) if change else scene)
    settle(context)
    assert watch.seen == []


def words_of(scene: Any) -> str:
    """All that a screen says."""
    words: list[str] = []
    scene.theme.witness = lambda surface, wanted, shown, rect, colour: words.append(shown)
    picture(scene)
    scene.theme.witness = None
    return "\n".join(words)


@pytest.mark.parametrize("name", ["home", "game page", "agents", "learning", "compare", "race set-up"])
def test_a_screen_says_that_it_loads_until_it_has(context: Context, name: str) -> None:
    scene = SCREENS[name](context)()
    scene.enter()
    assert style.LOADING in words_of(scene)
    assert not any(told in words_of(scene) for told in ("No agents", "None yet", "No trained", "none trained"))
    for _ in range(3):
        settle(context)
        frames(scene)
    assert style.LOADING not in words_of(scene)


def test_what_is_being_opened_is_told_beside_the_hints(context: Context) -> None:
    scene = opened_agents(context)
    press(scene, Button.CONFIRM)
    assert context.status == style.LOADING
    settle(context)
    assert context.status == ""


def opened_agents(context: Context) -> Any:
    scene = AgentsScene(context)
    scene.enter()
    settle(context)
    settle(context)
    picture(scene)
    return scene


def test_a_scene_that_has_been_left_opens_nothing_and_shows_nothing(context: Context) -> None:
    scene = opened_agents(context)
    press(scene, Button.CONFIRM)
    scene.leave()
    settle(context)
    assert scene.update(0.0) is None
    scene = AgentsScene(context)
    scene.enter()
    scene.leave()
    settle(context)
    assert scene.loading and not scene.list.items and scene.card.entry is None


def test_a_scene_that_was_covered_meanwhile_opens_nothing_when_it_is_back(context: Context) -> None:
    scene = opened_agents(context)
    press(scene, Button.CONFIRM)
    settle(context)
    scene.enter()
    assert scene.update(0.0) is None


def test_of_two_wishes_the_last_one_counts(context: Context) -> None:
    scene = opened_agents(context)
    press(scene, Button.CONFIRM)
    scene.focus.current = scene.further
    change = opened_by(scene, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, TrainSetup)
    assert scene.update(0.0) is None, "opened once"


def test_what_cannot_be_read_is_told_and_can_be_tried_again(context: Context) -> None:
    scene = opened_agents(context)
    path = ada(context).path
    kept = path.read_bytes()
    path.write_bytes(kept[:100])
    assert opened_by(scene, Button.CONFIRM) is None
    assert path.name in (context.take_notice() or "") and context.status == ""
    path.write_bytes(kept)
    change = opened_by(scene, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, Play)


def test_the_same_agent_stays_selected_when_the_list_is_in_another_order(context: Context) -> None:
    scene = opened_agents(context)
    press(scene, Button.DOWN)
    assert scene.list.selected.name == "Bob"
    scene.focus.current = scene.export
    bob = context.library.find("Bob").profile
    assert bob is not None
    context.library.save(replace(bob, changed="2026-02-01T00:00:00+00:00"))
    scene.enter()
    settle(context)
    assert [each.name for each in scene.list.items] == ["Bob", "Ada"]
    assert scene.list.selected.name == "Bob" and scene.focus.current is scene.export


def test_an_agent_that_is_gone_ends_the_loading_of_its_history(context: Context) -> None:
    entry = ada(context)
    path_of(entry.path).unlink()
    entry.path.unlink()
    scene = HistoryScene(context, entry)
    settle(context)
    assert not scene.loading and scene.selves == ()
    assert "Ada" in (context.take_notice() or "")


def test_a_finished_run_is_trained_further_in_place_of_its_dashboard(context: Context) -> None:
    scene = dashboard(context)
    frames(scene)
    scene.focus.current = scene.further
    assert isinstance(opened_by(scene, Button.CONFIRM), Replace)
