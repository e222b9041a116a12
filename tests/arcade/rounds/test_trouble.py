"""A game that fails, in each method and each scene: the arcade goes on and tells the reason by name."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pygame
import pytest

from agents.config import Config
from agents.storage.history import HistoryRecorder
from agents.training.plan import Plan, Progress
from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.input.controls import Button, Press
from arcade.scenes import places
from arcade.scenes.home.demo_scene import DemoScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.play.play_scene import PlayScene
from arcade.ui.scene import Home, Place, Push, Scene
from arcade.window.app import App
from games.batch import GameBatch
from games.border import GameError
from games.game import Game
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, settle
from tests.games.failing import METHODS, Failing, fail, installed

REASON = "the simulator has gone away"
SIZE = (1024, 640)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """With the game, an agent of it and what the agent was before."""
    pygame.display.init()
    with installed(monkeypatch, failing=Failing):
        made = make_context(tmp_path, SIZE)
        agent = make_profile("Ada", game_id="failing", frames=5_000)
        path = made.library.save(agent)
        history = HistoryRecorder(agent.id, agent.architecture, 5_000)
        history.add(0, 1.0, agent.policy())
        made.library.save_history(history.history(), path)
        yield made
        made.training = None
        made.close()
    pygame.display.quit()


class Run:
    """The arcade, and all the words that it has shown."""

    def __init__(self, context: Context) -> None:
        self.context, self.words = context, list[str]()
        self.app = App(context, [HomeScene(context)], SIZE)
        self.app._clock = SimpleNamespace(tick=lambda rate: None)  # type: ignore[assignment]
        context.theme.witness = lambda surface, wanted, shown, rect, colour: self.words.append(shown)

    def open(self, find: Callable[[], Scene | Place]) -> None:
        """Open a place, as the button of a scene does, and press a key in it."""
        with self.app._errors_shown():
            self.app.stack.obey(Push(find()))
        if not isinstance(self.app.stack.top, DemoScene):  # which any key ends
            with self.app._errors_shown():
                self.app._pass_on(Press(Button.LEFT))

    def go_on(self, frames: int = 100) -> None:
        """Let frames pass until the reason has been told, and three more."""
        left = frames
        while left:
            left = min(left, 4 if self.told else left) - 1
            with self.app._errors_shown():
                settle(self.context)
            self.app._last = time.perf_counter() - 0.1
            self.app._painter.mark_changed()
            self.app.frame()

    @property
    def told(self) -> bool:
        """Whether the reason was shown, with the game's name."""
        shown = " ".join(self.words)
        return REASON in shown and "ailing: " in shown


@pytest.fixture
def run(context: Context) -> Run:
    return Run(context)


def session(game: Game) -> FakeSession:
    """A training that goes on."""
    plan = Plan(game, "grid", Config(), name="Newcomer")
    policy, state = make_profile(game_id="failing").policy(), GameBatch(game, 9, 0).state
    return FakeSession(plan, SessionReport(Status.TRAINING, progress=Progress(), state=state, policy=policy, version=1))


PLACES: dict[str, Callable[[Context], Place]] = {
    "page": lambda context: places.GamePage("failing"),
    "play": lambda context: places.Play(make("failing")),
    "watch": lambda context: places.Play(make("failing"), ada(context)),
    "race": lambda context: places.Play(make("failing"), rival=ada(context)),
    "agents": lambda context: places.Agents("failing"),
    "attract": lambda context: places.Demo([ada(context)]),
    "learning": lambda context: places.History(context.library.find("Ada")),
    "setup": lambda context: places.TrainSetup("failing"),
    "dashboard": lambda context: places.Dashboard(),
    "home": lambda context: places.HomePage(),
}
SILENT: dict[str, Callable[[Context], Place]] = {
    "compare": lambda context: places.Compare("failing", context.library.find("Ada")),
    "scores": lambda context: places.Scores("failing", "Standard"),
    "keys": lambda context: places.KeysPage(),
    "race setup": lambda context: places.RaceSetup("failing"),
}
"""Places where no game is played."""

LATER = {"reset": 1, "draw": 5}
"""Calls that go well, for what is rarely called; of the rest a hundred do."""


def ada(context: Context) -> Any:
    return context.library.find("Ada").profile


def test_a_page_whose_game_has_failed_says_of_nobody_that_it_plays(run: Run) -> None:
    fail("draw")
    run.open(lambda: PLACES["page"](run.context))
    run.go_on()
    run.words.clear()
    run.app.draw()
    assert run.told
    assert not any("is playing" in word or "Random moves" in word for word in run.words)


@pytest.mark.parametrize("late", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("method", METHODS[2:])
def test_the_reason_is_shown_in_every_scene_that_plays(run: Run, method: str, late: bool) -> None:
    run.context.training = session(make("failing"))  # type: ignore[assignment]
    for name, find in PLACES.items():
        fail("")
        run.go_on(1)
        run.words.clear()
        fail(method, LATER.get(method, 100) if late else 0)
        run.open(lambda find=find: find(run.context))  # type: ignore[misc]
        run.go_on()
        assert run.told, (name, method, run.words[-20:])
        assert len(run.app.stack) == 2, (name, method, "the scene stays")
        fail("")
        run.app.stack.obey(Home())


@pytest.mark.parametrize("method", METHODS)
def test_scenes_that_play_no_game_go_on(run: Run, method: str) -> None:
    for find in SILENT.values():
        fail(method)
        run.open(lambda find=find: find(run.context))  # type: ignore[misc]
        run.go_on(3)
        fail("")
        run.app.stack.obey(Home())
    assert len(run.app.stack) == 1


@pytest.mark.parametrize("method", ["make", "info"])
@pytest.mark.parametrize("name", PLACES)
def test_a_game_that_can_no_longer_be_made_ends_no_scene_but_its_own(run: Run, name: str, method: str) -> None:
    run.context.training = session(make("failing"))  # type: ignore[assignment]
    fail(method, 0)
    run.open(lambda: PLACES[name](run.context))
    run.go_on(5)
    assert run.app.stack and isinstance(run.app.stack[0], HomeScene)


def test_a_persons_game_that_fails_ends_and_can_be_begun_again(run: Run) -> None:
    scene = PlayScene(run.context, make("failing"))
    fail("step", 5)
    run.open(lambda: scene)
    run.go_on(20)
    assert run.told and "Failing failed" in run.words
    assert [widget.label for widget in scene.focus.widgets] == ["Try again", "Leave"]  # type: ignore[attr-defined]
    fail("")
    run.app._pass_on(Press(Button.CONFIRM))
    run.app._pass_on(Press(Button.LEFT))
    run.go_on(3)
    assert not scene.trouble and scene.match.round.batch.steps[0] > 0
    fail("step")
    run.go_on(3)
    run.app._pass_on(Press(Button.BACK))
    assert len(run.app.stack) == 1


def test_an_agents_game_that_cannot_be_drawn_goes_on(run: Run) -> None:
    scene = PlayScene(run.context, make("failing"), ada(run.context))
    fail("draw")
    run.open(lambda: scene)
    run.go_on()
    assert run.told and not scene.trouble
    before = scene.match.round.score, len(scene.match.round.finished_scores), scene.match.round.batch.steps[0]
    run.go_on(3)
    assert (scene.match.round.score, len(scene.match.round.finished_scores), scene.match.round.batch.steps[0]) != before


def test_a_recording_of_a_game_that_cannot_be_drawn_is_told(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path))
    run.open(lambda: PlayScene(run.context, make("failing"), ada(run.context)))
    run.go_on(2)
    run.app._pass_on(Press(Button.RECORD))
    run.go_on(5)
    fail("draw")
    run.app._pass_on(Press(Button.RECORD))
    run.go_on(60)
    assert run.told


def test_what_reaches_no_scene_is_told_and_the_scene_is_left(run: Run) -> None:
    class Broken(HomeScene):
        def update(self, seconds: float) -> None:
            raise GameError("failing: step 3: " + REASON)

    run.open(lambda: Broken(run.context))
    run.go_on(5)
    assert run.told and len(run.app.stack) == 1
