"""The loop: the stack of scenes, keys and mouse to the right place, news, the badge, closing."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygame
import pytest

from agents.config import Config
from agents.storage.library import Library
from agents.training.plan import Plan, Progress
from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.input.controls import Button, Device, FocusLost, Hint, Input, Keys, Pointer, Press, Release, Typed
from arcade.scenes.dialogs import PromptScene
from arcade.scenes.letters_scene import LettersScene
from arcade.scenes.training.dashboard_scene import DashboardScene
from arcade.ui.scene import Change, Home, Pop, Push, Quit, Replace
from arcade.window.app import App
from arcade.window.painter import SMALLEST
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import FakeSession, make_context, settle


@dataclass
class Stub:
    """A scene that notes what happens to it and answers as it is told."""

    name: str
    log: list[str]
    answer: Change | None = None
    keys: Keys = Keys.MENU
    moved: Sequence[pygame.Rect] | None = None
    game_played: str = ""
    shows_training: bool = False
    focused: object = None

    def __post_init__(self) -> None:
        self.inputs: list[Input] = []
        self.seconds = 0.0
        self.drawn: pygame.Rect | None = None
        self.redrawn = 0

    def enter(self) -> None:
        self.log.append(f"{self.name} enters")

    def leave(self) -> None:
        self.log.append(f"{self.name} leaves")

    def handle(self, event: Input) -> Change | None:
        self.inputs.append(event)
        return self.answer if isinstance(event, Press) else None

    def update(self, seconds: float) -> Change | None:
        self.seconds += seconds
        return None

    def draw(self, surface: pygame.Surface) -> None:
        self.drawn = surface.get_rect()

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        self.redrawn += 1
        return self.moved

    def hints(self) -> tuple[Hint, ...]:
        return (Hint(Button.CONFIRM, "Choose"), Hint(Button.PAUSE, "Pause"))


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    context = make_context(tmp_path)
    monkeypatch.setattr(context, "warm_up", lambda: setattr(context, "status", "warming"))
    return context


@pytest.fixture
def app(context: Context, log: list[str]) -> Iterator[Any]:
    pygame.display.init()
    made = App(context, [Stub("home", log), Stub("page", log)], (1280, 720))
    made.draw()
    yield made
    made.close()
    pygame.display.quit()


def key(app: Any, code: int, **more: Any) -> None:
    """Press and release a key."""
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        if app.stack:
            details: dict[str, Any] = {"key": code, "mod": 0, "unicode": "", **more}
            app._take(pygame.event.Event(kind, details))


def click(app: Any, position: tuple[int, int]) -> None:
    app._take(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=position, button=1))


def train(context: Context, status: Status = Status.TRAINING, frames: int = 43_000) -> FakeSession:
    plan = Plan(make("cartpole"), "features", Config(frames=100_000), name="Newcomer")
    session = FakeSession(plan, SessionReport(status, progress=Progress(frames=frames)))
    context.training = session  # type: ignore[assignment]
    return session


# The stack


def test_only_the_top_scene_enters_at_the_start(app: Any, log: list[str]) -> None:
    assert log == ["page enters"]


@pytest.mark.parametrize(
    ("change", "names", "happened"),
    [
        (lambda new: Push(new), ["home", "page", "new"], ["new enters"]),
        (lambda new: Replace(new), ["home", "new"], ["page leaves", "new enters"]),
        (lambda new: Pop(), ["home"], ["page leaves", "home enters"]),
        (lambda new: Home(), ["home"], ["page leaves", "home enters"]),
        (lambda new: Quit(), [], ["page leaves", "home leaves"]),
    ],
    ids=["push", "replace", "pop", "home", "quit"],
)
def test_changes_of_the_stack(
    app: Any, log: list[str], change: Callable[[Any], Change], names: list[str], happened: list[str]
) -> None:
    log.clear()
    app.stack.top.answer = change(Stub("new", log))
    key(app, pygame.K_RETURN)
    assert [scene.name for scene in app.stack] == names
    assert log == happened


def test_the_last_scene_popped_ends_the_loop(app: Any) -> None:
    for scene in app.stack:
        scene.answer = Pop()
    key(app, pygame.K_RETURN)
    key(app, pygame.K_RETURN)
    app.run()
    assert not app.stack


def test_closing_the_window_ends_the_loop(app: Any, log: list[str]) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    app.run()
    assert log[-2:] == ["page leaves", "home leaves"]


# Input


def test_keys_are_read_as_the_scene_wants_them(app: Any) -> None:
    scene = app.stack.top
    for scene.keys in (Keys.GAME, Keys.MENU, Keys.TEXT):
        key(app, pygame.K_s)
    app._take(pygame.event.Event(pygame.TEXTINPUT, text="s"))
    down = [Press(Button.DOWN), Release(Button.DOWN)]
    assert scene.inputs == [*down, Press(Button.SAVE), Release(Button.SAVE), Typed("s")]


def test_a_click_on_a_hint_is_a_press_of_its_key(app: Any) -> None:
    rect = next(rect for rect, hint in app._bar._keys if hint.button is Button.PAUSE)
    click(app, rect.center)
    assert app.stack.top.inputs == [Press(Button.PAUSE), Release(Button.PAUSE)]


def test_a_click_above_the_bar_goes_to_the_scene(app: Any) -> None:
    click(app, (200, 100))
    assert app.stack.top.inputs == [Pointer((200, 100), pressed=1)]


def test_another_window_in_front_is_told(app: Any) -> None:
    app._take(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert app.stack.top.inputs == [FocusLost()]


def test_alt_enter_fills_the_screen_and_goes_back(app: Any, context: Context) -> None:
    key(app, pygame.K_RETURN, mod=pygame.KMOD_LALT)
    assert app.is_fullscreen
    assert context.settings.value.fullscreen
    key(app, pygame.K_F11)
    assert not app.is_fullscreen
    assert pygame.display.get_window_size() == (1280, 720)
    assert app.stack.top.inputs == []


# Drawing


def test_the_scene_is_drawn_above_the_hint_bar(app: Any) -> None:
    assert app.stack.top.drawn == pygame.Rect(0, 0, 1280, 720 - app._bar.rect.height)
    assert app._bar.rect.bottom == 720


def test_a_tiny_window_shows_a_smaller_picture(app: Any) -> None:
    pygame.display.set_mode((320, 200))
    app.draw()
    assert app.stack.top.drawn.width == SMALLEST[0]
    click(app, (160, 50))
    assert app.stack.top.inputs == [Pointer((320, 100), pressed=1)]


def test_the_windows_size_is_remembered(app: Any, context: Context) -> None:
    app._take(pygame.event.Event(pygame.VIDEORESIZE, size=(900, 650), w=900, h=650))
    app.close()
    assert (context.settings.value.width, context.settings.value.height) == (900, 650)


# Time


def frames(app: Any, count: int) -> None:
    """Let frames pass without the events of the system."""
    for _ in range(count):
        app.advance(1 / 60)
        app._show()


def test_what_does_not_move_is_left_standing(app: Any) -> None:
    page = app.stack.top
    page.moved, page.drawn = (), None
    frames(app, 3)
    assert (page.redrawn, page.drawn) == (3, None)


def test_what_has_moved_alone_is_shown(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(pygame.display, "update", shown.append)
    monkeypatch.setattr(pygame.display, "flip", lambda: shown.append("all"))
    app.stack.top.moved = moved = [pygame.Rect(1, 2, 3, 4)]
    frames(app, 1)
    assert shown == [moved]
    app.stack.top.moved = None
    frames(app, 1)
    assert shown == [moved, "all"]


@pytest.mark.parametrize(
    "happens",
    [
        lambda app: app._take(pygame.event.Event(pygame.WINDOWEXPOSED)),
        lambda app: app._pass_on(Press(Button.NEXT)),
        lambda app: app.context.notice("News"),
        lambda app: app.context.change_settings(motion=False),
        lambda app: app.stack.obey(Push(Stub("new", [], moved=()))),
        lambda app: setattr(app.context, "status", "Loading"),
        lambda app: train(app.context),
        lambda app: app.set_fullscreen(True),
    ],
    ids=["uncovered", "press", "news", "settings", "scene", "status", "badge", "fullscreen"],
)
def test_whatever_happens_is_seen_in_the_next_frame(app: Any, happens: Callable[[Any], object]) -> None:
    app.stack.top.moved = ()
    frames(app, 1)
    happens(app)
    app.stack.top.drawn = None
    frames(app, 1)
    assert app.stack.top.drawn is not None


def test_work_done_in_the_background_is_seen_in_the_next_frame(app: Any, context: Context) -> None:
    app.stack.top.moved = ()
    frames(app, 1)
    context.background(int)
    context.jobs._workers["library"].submit(int).result()
    app.stack.top.drawn = None
    frames(app, 1)
    assert app.stack.top.drawn is not None


def test_everything_is_drawn_anew_a_few_times_a_second(app: Any) -> None:
    page = app.stack.top
    page.moved, page.drawn = (), None
    frames(app, 15)
    assert page.drawn is not None


def test_a_stall_is_not_passed_on(app: Any) -> None:
    app._last = time.perf_counter() - 60
    app.frame()
    assert app.stack.top.seconds < 0.5


def test_frames_keep_their_pace_and_are_recorded(app: Any, context: Context) -> None:
    times = app.run_for(0.3)
    assert 10 <= len(times) <= 20
    assert list(context.frame_times)[-len(times) :] == times


def test_tensorflow_is_loaded_when_nothing_fast_goes_on(app: Any, context: Context) -> None:
    app.stack.top.keys = Keys.GAME
    app.advance(10.0)
    assert context.status == ""
    app.stack.top.keys = Keys.MENU
    key(app, pygame.K_RETURN)
    app.advance(0.1)
    assert context.status == ""
    app.advance(10.0)
    assert context.status == "warming"


# News and training


def test_news_are_shown_one_after_the_other(app: Any, context: Context) -> None:
    context.notice("one")
    context.notice("two")
    app.advance(0.1)
    assert app._news.toast.text == "one"
    app.advance(10)
    assert app._news.toast.text == "two"


def test_trouble_with_scores_is_told_once(app: Any, context: Context) -> None:
    context.scores.problem = "Scores are not saved: disk full"
    for _ in range(3):
        app.advance(0.1)
    assert app._news.toast.text == context.scores.problem
    assert context.take_notice() is None


def test_the_badge_shows_a_running_training_and_leads_to_it(app: Any, context: Context) -> None:
    train(context)
    app.advance(0.1)
    app.draw()
    assert app._bar.badge.text == "Newcomer  43%"
    click(app, app._bar.badge.rect.center)
    assert isinstance(app.stack.top, DashboardScene)
    app.advance(0.1)
    assert app._bar.badge.text == ""


def test_f2_pauses_what_it_covers(app: Any, context: Context) -> None:
    train(context)
    below = app.stack.top
    key(app, pygame.K_F2)
    assert below.inputs == [FocusLost()]
    assert isinstance(app.stack.top, DashboardScene)
    key(app, pygame.K_F2)
    assert len(app.stack) == 3


def test_f2_without_a_training_does_nothing(app: Any) -> None:
    key(app, pygame.K_F2)
    assert len(app.stack) == 2


@pytest.mark.parametrize("status", [Status.STARTING, Status.PAUSED])
def test_the_badge_has_words_for_every_state(app: Any, context: Context, status: Status) -> None:
    session = train(context, status)
    if status is Status.STARTING:
        session.latest = SessionReport(status)
    app.advance(0.1)
    assert app._bar.badge.text.startswith("Newcomer")


def test_the_end_of_a_training_is_told_elsewhere(app: Any, context: Context) -> None:
    session = train(context)
    app.advance(0.1)
    session.latest = SessionReport(Status.FINISHED, progress=Progress())
    app.advance(0.1)
    assert app._news.toast.text == "Training of Newcomer finished. Press F2 to see it"
    assert app._bar.badge.text == ""


def test_a_dropped_agent_is_imported_and_shown(app: Any, context: Context, tmp_path: Path, log: list[str]) -> None:
    path = Library(tmp_path / "elsewhere").save(make_profile("Guest"))
    app._take(pygame.event.Event(pygame.DROPFILE, file=str(path)))
    settle(context)
    assert [entry.name for entry in context.library.entries()] == ["Guest"]
    assert context.take_notice() == "Imported Guest"
    assert log[-1] == "page enters"


def test_any_other_dropped_file_is_refused_in_one_line(app: Any, context: Context, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"no agent")
    app._take(pygame.event.Event(pygame.DROPFILE, file=str(tmp_path / "picture.png")))
    settle(context)
    notice = context.take_notice()
    assert notice
    assert "\n" not in notice
    assert context.library.entries() == ()


def test_closing_ends_the_training(app: Any, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    session = train(context)
    closed: list[float | None] = []

    def close(timeout: float | None = None) -> bool:
        closed.append(timeout)
        return True

    monkeypatch.setattr(session, "close", close)
    assert app.close()
    assert len(closed) == 1
    assert closed[0] is not None
    assert closed[0] < 5


# Sound and settings


@pytest.fixture
def heard(context: Context, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all effects that are asked for."""
    names: list[str] = []
    monkeypatch.setattr(context.sounds, "play", lambda name: names.append(name) if name else None)
    return names


def test_m_mutes_everywhere_and_is_remembered(app: Any, context: Context) -> None:
    for keys in (Keys.GAME, Keys.MENU):
        app.stack.top.keys = keys
        key(app, pygame.K_m)
        assert context.settings.value.muted is (keys is Keys.GAME)
        app.advance(0.1)
        assert (context.sounds._levels == (0.0, 0.0)) is (keys is Keys.GAME)
    assert Press(Button.MUTE) not in app.stack.top.inputs


def test_menus_are_heard_and_games_see_to_their_own_sounds(app: Any, heard: list[str], log: list[str]) -> None:
    app.stack.top.answer = Push(Stub("new", log))
    key(app, pygame.K_RETURN)
    app.stack.top.answer = Pop()
    key(app, pygame.K_ESCAPE)
    assert heard == ["confirm", "back"]
    app.stack.top.keys, app.stack.top.answer = Keys.GAME, None
    key(app, pygame.K_SPACE)
    assert heard == ["confirm", "back"]


def test_trouble_with_sound_is_told(app: Any, context: Context) -> None:
    context.sounds.problem = "No sound: no device"
    app.advance(0.1)
    assert app._news.toast.text == "No sound: no device"


def test_changed_settings_are_followed_at_once(app: Any, context: Context) -> None:
    context.change_settings(fullscreen=True, sound=0.25, music=0.0)
    app.advance(0.0)
    assert app.is_fullscreen
    assert context.sounds._levels == (0.25, 0.0)
    context.change_settings(fullscreen=False)
    app.advance(0.0)
    assert not app.is_fullscreen


# Devices


def pad(app: Any, button: int) -> None:
    """Press and release a button of a gamepad."""
    for kind in (pygame.JOYBUTTONDOWN, pygame.JOYBUTTONUP):
        app._take(pygame.event.Event(kind, instance_id=0, button=button))


def test_the_bar_shows_the_signs_of_the_device_last_used(app: Any, context: Context) -> None:
    click(app, (200, 100))
    app.draw()
    assert context.signs.device is Device.MOUSE
    pad(app, 0)
    app.draw()
    assert context.signs.words[Button.CONFIRM] == "A"
    assert app.stack.top.inputs[-2:] == [Press(Button.CONFIRM), Release(Button.CONFIRM)]
    key(app, pygame.K_RETURN)
    app.draw()
    assert context.signs.words[Button.CONFIRM] == "Enter"


def test_a_direction_held_on_a_gamepad_walks_on(app: Any) -> None:
    app._take(pygame.event.Event(pygame.JOYHATMOTION, instance_id=0, hat=0, value=(0, -1)))
    app.advance(0.5)
    app.advance(0.2)
    assert app.stack.top.inputs == [Press(Button.DOWN)] * 3


def test_chosen_keys_are_in_force_where_their_game_is_played(app: Any, context: Context) -> None:
    context.settings.change(keys={"snake": {"left": "j"}})
    scene = app.stack.top
    scene.keys = Keys.GAME
    key(app, pygame.K_j)
    assert scene.inputs == []
    scene.game_played = "snake"
    key(app, pygame.K_j)
    key(app, pygame.K_LEFT)
    assert scene.inputs == [Press(Button.LEFT), Release(Button.LEFT)]


def test_a_gamepad_writes_with_letters_on_screen(app: Any, context: Context) -> None:
    asked = PromptScene(context, "Name?", "", "Agent", str, lambda text: Pop())
    app.stack.obey(Push(asked))
    pad(app, 0)
    assert isinstance(app.stack.top, LettersScene)
    pad(app, 0)
    pad(app, 7)
    assert list(app.stack)[-1:] == [asked]
    assert asked.field.text == "q"
    app.draw()
    assert Hint(Button.LETTERS, "Letters") in app._hints()
    key(app, pygame.K_DOWN)
    assert Hint(Button.LETTERS, "Letters") not in app._hints()


def test_gamepads_that_come_and_go_are_told(app: Any, context: Context) -> None:
    app._inputs.gamepads.news = "Gamepad unplugged"
    app.advance(0.1)
    assert app._news.toast.text == "Gamepad unplugged"


def test_escape_in_haste_comes_home_and_not_out(app: Any) -> None:
    for scene in app.stack:
        scene.answer = Pop()
    for _ in range(4):
        key(app, pygame.K_ESCAPE)
    assert [scene.name for scene in app.stack] == ["home"]
    app.advance(1.0)
    key(app, pygame.K_ESCAPE)
    assert not app.stack
