"""The whole way through the arcade by one device alone: home, play, train, save, watch, race, settings, quit."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pygame
import pytest

from agents.storage.library import Library
from agents.training.plan import Plan, Progress
from agents.training.session import Command, SessionReport, Status
from arcade.input.controls import KEYS, Button, Device, Keys
from arcade.input.gamepads import PAD
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.play.play_scene import PlayScene
from arcade.scenes.play.race_mode import RaceMode
from arcade.scenes.play.watch_mode import WatchMode
from arcade.scenes.settings.settings_scene import SettingsScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.window.app import App
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context

PATIENCE = 60.0


class Walker(ABC):
    """A person with one device, who looks at what is on screen."""

    device: Device

    def __init__(self, app: App) -> None:
        self.app = app
        self.frames(2)

    @property
    def scene(self) -> Any:
        """The scene on top."""
        return self.app.stack[-1]

    def frames(self, count: int = 1) -> None:
        """Let some frames pass."""
        for _ in range(count):
            if self.app.stack:
                self.app.frame()

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Let frames pass until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"waited for {what} in {type(self.scene).__name__}"
            self.frames()

    def post(self, kind: int, **details: Any) -> None:
        """Let an event happen and be seen."""
        pygame.event.post(pygame.event.Event(kind, details))
        self.frames()

    @abstractmethod
    def use(self, button: Button) -> None:
        """Press and release what stands for a button now."""

    def steer(self) -> None:
        """Do something in a game."""
        self.use(Button.LEFT)

    def choose(self, label: str) -> None:
        """Move the focus to what bears a label, then choose it."""
        self.focus(label)
        self.use(Button.CONFIRM)

    def raise_value(self, label: str) -> None:
        """Take the next choice of a stepper."""
        self.focus(label)
        self.use(Button.RIGHT)

    def focus(self, label: str) -> None:
        """Move the focus to what bears a label."""
        for _ in range(60):
            if label_of(self.scene.focus.current) == label:
                return
            self.use(Button.NEXT)
        raise AssertionError(f"{label} cannot be reached in {type(self.scene).__name__}")


class ByKeyboard(Walker):
    device = Device.KEYBOARD

    def use(self, button: Button) -> None:
        key = next(key for key, meaning in KEYS[self.scene.keys].items() if meaning is button)
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            self.post(kind, key=key, mod=0, unicode="", scancode=0)


class ByGamepad(Walker):
    device = Device.GAMEPAD
    BUTTONS = ("a", "b", "x", "y", "lb", "rb", "view", "menu", "", "l3", "r3")
    AXES = ("", "", "lt", "", "", "rt")
    HATS = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}  # noqa: RUF012

    def use(self, button: Button) -> None:
        part = next(part for part, meaning in PAD[self.scene.keys].items() if meaning is button)
        if part in self.HATS:
            for value in (self.HATS[part], (0, 0)):
                self.post(pygame.JOYHATMOTION, instance_id=0, hat=0, value=value)
        elif part in self.AXES:
            for pushed in (1.0, -1.0):
                self.post(pygame.JOYAXISMOTION, instance_id=0, axis=self.AXES.index(part), value=pushed)
        else:
            for kind in (pygame.JOYBUTTONDOWN, pygame.JOYBUTTONUP):
                self.post(kind, instance_id=0, button=self.BUTTONS.index(part))


class ByMouse(Walker):
    device = Device.MOUSE

    def click(self, position: tuple[int, int]) -> None:
        self.post(pygame.MOUSEMOTION, pos=position, rel=(0, 0), buttons=(0, 0, 0))
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            self.post(kind, pos=position, button=1)

    def widget(self, label: str) -> pygame.Rect:
        self.frames()
        rect: pygame.Rect = next(each.rect for each in self.scene.focus.widgets if label_of(each) == label)
        assert rect.width, f"{label} is not to be seen"
        return rect

    def use(self, button: Button) -> None:
        self.frames()
        self.click(next(rect.center for rect, hint in self.app._bar._keys if hint.button is button))

    def steer(self) -> None:
        rect = self.scene.match.stage.rect
        self.click((rect.left + rect.width // 4, rect.centery))

    def choose(self, label: str) -> None:
        self.click(self.widget(label).center)

    def raise_value(self, label: str) -> None:
        rect = self.widget(label)
        self.click((rect.right - rect.height // 2, rect.centery))


def label_of(widget: Any) -> str:
    """What a widget says."""
    return str(widget.info.title if hasattr(widget, "info") else getattr(widget, "label", getattr(widget, "title", "")))


class QuickLearner(FakeSession):
    """A session that has learnt at once. That of the arcade is walked through by keys in `tests/test_end_to_end.py`."""

    def __init__(self, plan: Plan, library: Library) -> None:
        super().__init__(plan, SessionReport(Status.TRAINING, progress=Progress(frames=100, updates=1)))
        self._library = library

    def start(self, niceness: int = 0) -> None:
        """There is no thread to be started."""

    def send(self, command: Command) -> None:
        """Save and stop at once."""
        if command is Command.SAVE:
            saved = self._library.save(make_profile(self.plan.name, game_id=self.plan.game.info.id))
            self.latest = replace(self.latest, saved=saved)
        elif command is Command.STOP:
            self.latest = replace(self.latest, status=Status.FINISHED)


class Hurry:
    """A clock that does not wait: each frame takes its sixtieth of a second, however soon it is done."""

    def __init__(self) -> None:
        self._now = 0.0

    def perf_counter(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def tick(self, frames_per_second: float) -> None:
        """The next frame is due."""
        self._now += 1 / frames_per_second


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    clock = Hurry()
    monkeypatch.setattr("arcade.window.app.time", clock)
    monkeypatch.setattr("pygame.time.Clock", lambda: clock)
    monkeypatch.setattr("arcade.context.TrainingSession", QuickLearner)
    pygame.display.init()
    pygame.event.clear()
    context = make_context(tmp_path)
    made = App(context, [HomeScene(context)], (1280, 720))
    yield made
    made.close()
    pygame.display.quit()


@pytest.mark.parametrize("walker", [ByKeyboard, ByMouse, ByGamepad])
def test_the_whole_way_by_one_device(app: App, walker: type[Walker]) -> None:
    hand = walker(app)
    hand.choose("CartPole")
    assert isinstance(hand.scene, GamePageScene)
    play(hand)
    train_and_save(hand)
    watch(hand)
    race(hand)
    change_settings(hand)
    assert app.context.signs.device is walker.device
    hand.choose("Quit")
    assert not app.stack


def play(hand: Walker) -> None:
    hand.choose("Play")
    assert isinstance(hand.scene, PlayScene) and hand.scene.keys is Keys.GAME
    hand.steer()
    hand.until(lambda: hand.scene.match.round.batch.steps[0] > 0, "the first step")
    hand.use(Button.PAUSE)
    hand.until(lambda: hand.scene.focus.widgets, "the menu")
    hand.choose("Leave")
    assert isinstance(hand.scene, GamePageScene)


def train_and_save(hand: Walker) -> None:
    hand.choose("Train")
    assert isinstance(hand.scene, TrainSetupScene)
    hand.choose("Start training")
    assert isinstance(hand.scene, DashboardScene)
    session = hand.scene.session
    hand.choose("Save")
    hand.until(lambda: session.latest.saved, "the agent to be saved")
    hand.choose("Stop")
    hand.choose("Stop? Press again")
    hand.until(lambda: not session.latest.status.running, "the end of the run")
    hand.use(Button.BACK)
    assert isinstance(hand.scene, GamePageScene)


def watch(hand: Walker) -> None:
    hand.until(lambda: hand.scene.watch.enabled, "an agent to watch")
    hand.choose("Watch")
    assert isinstance(hand.scene, PlayScene) and isinstance(hand.scene.mode, WatchMode)
    hand.until(lambda: hand.scene.match.round.batch.steps[0] > 0, "the first step")
    hand.use(Button.BACK)


def race(hand: Walker) -> None:
    hand.choose("Race")
    assert isinstance(hand.scene, RaceSetupScene)
    hand.until(lambda: hand.scene.opponents, "somebody to race against")
    hand.choose("Race")
    hand.until(lambda: isinstance(getattr(hand.scene, "mode", None), RaceMode), "the race")
    hand.frames()
    hand.steer()
    hand.until(lambda: all(played.batch.steps[0] > 0 for played in hand.scene.match.lockstep.rounds), "both to go")
    hand.use(Button.PAUSE)
    hand.until(lambda: hand.scene.focus.widgets, "the menu")
    hand.choose("Leave")
    hand.use(Button.BACK)
    assert isinstance(hand.scene, GamePageScene)
    hand.use(Button.BACK)


def change_settings(hand: Walker) -> None:
    hand.choose("Settings")
    assert isinstance(hand.scene, SettingsScene)
    settings = hand.app.context.settings
    before = settings.value.music
    hand.raise_value("Music")
    assert settings.value.music > before
    hand.use(Button.BACK)
    assert isinstance(hand.scene, HomeScene)
