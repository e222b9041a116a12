"""The window: its loop, the stack of scenes, and what belongs to no scene - hints, news, the badge, closing."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pygame

from agents.errors import StorageError
from arcade.context import Context
from arcade.input.bindings import Bindings, game_table
from arcade.input.controls import Button, Device, FocusLost, Hint, Input, Keys, Pointer, Press, Reader, Release
from arcade.input.gamepads import EVENTS as GAMEPAD_EVENTS
from arcade.input.gamepads import Gamepads
from arcade.scenes.places import Dashboard
from arcade.sound.cues import menu_cue
from arcade.system.log import get_logger
from arcade.ui import style
from arcade.ui.fields import TextField
from arcade.ui.hint_bar import HintBar
from arcade.ui.scene import Place, Pop, Push, Quit, Scene
from arcade.ui.signs import signs_for
from arcade.ui.style import Size
from arcade.window import navigation
from arcade.window.news import News
from arcade.window.stack import SceneStack
from games.border import GameError

FRAMES_PER_SECOND = 60
SMALLEST = (640, 400)
"""Smaller windows show a picture of this size, made smaller."""

_REPEAT_MILLISECONDS = (400, 60)  # how long a key is held before it repeats in menus, and how often
_LONGEST_STEP = 0.25  # seconds that a frame may claim to have taken
_IDLE_SECONDS = 2.0  # without input, before TensorFlow is loaded
_DEVICES = {
    pygame.KEYDOWN: Device.KEYBOARD,
    pygame.MOUSEBUTTONDOWN: Device.MOUSE,
    pygame.MOUSEWHEEL: Device.MOUSE,
}  # which device an event shows to be in hand; a mouse that is only brushed against is not
_STANDS_SECONDS = 0.2  # how long what does not move stands at most before it is drawn anew
_ESCAPE_SECONDS = 0.5  # after one scene was left by Escape, before another press of it ends the arcade


class App:
    """One window with a stack of scenes.

    Args:
        context: What all scenes share.
        scenes: The first scenes or places, the last one on top.
        size: Size of the window.
        fullscreen: Whether to fill the screen instead.

    Raises:
        pygame.error: There is no display.
        ValueError: A place cannot be opened.
    """

    def __init__(
        self, context: Context, scenes: Sequence[Scene | Place], size: tuple[int, int], fullscreen: bool = False
    ) -> None:
        self.context = context
        self.stack = SceneStack(context, scenes)
        self.frame_times: list[float] = []  # seconds of every frame of the latest `run_for`
        self._size = size
        self._settings = context.settings.value  # as they were last followed
        self._reader = Reader()
        self._gamepads = Gamepads()
        self._device = Device.KEYBOARD  # the one last used
        self._bar = HintBar(context.theme)
        self._news = News(context)
        self._idle = 0.0
        self._since_escape = _ESCAPE_SECONDS  # seconds since a scene was left by Escape
        self._canvas: pygame.Surface | None = None
        self._drawn: object = None  # what the picture in the window depends on, None if that may have changed
        self._age = 0.0  # seconds since everything was drawn
        self._clock = pygame.time.Clock()
        self._last = time.perf_counter()
        self.set_fullscreen(fullscreen)
        self._set_levels()
        pygame.key.set_repeat(*_REPEAT_MILLISECONDS)
        self.stack.top.enter()

    # The loop

    def run(self) -> None:
        """Run until the last scene is gone."""
        self._last = time.perf_counter()
        while self.stack:
            self.frame()

    def run_for(self, seconds: float) -> list[float]:
        """Run for some time; returns the seconds that each frame took, the waiting for its turn included."""
        self.frame_times = []
        self._last = time.perf_counter()
        end = self._last + seconds
        while self.stack and time.perf_counter() < end:
            self.frame()
            self.frame_times.append(self.context.frame_times[-1])
        return self.frame_times

    def frame(self) -> None:
        """One turn of the loop: events, time, drawing, then wait until the next one is due."""
        now = time.perf_counter()
        seconds = now - self._last
        self._last = now
        self.context.frame_times.append(seconds)
        for event in pygame.event.get():
            with self._going_on():
                self._take(event)
            if not self.stack:
                return
        with self._going_on(leave=True):
            self.advance(min(seconds, _LONGEST_STEP))
        if self.stack:
            with self._going_on(leave=True):
                self._show()
            # The other tick spins instead of sleeping and would take Python from the training thread.
            self._clock.tick(FRAMES_PER_SECOND)

    @contextmanager
    def _going_on(self, *, leave: bool = False) -> Iterator[None]:
        """A game that fails where no scene expects it is told of.

        Args:
            leave: Whether the scene on top is left, because it would fail again in the next frame.
        """
        try:
            yield
        except (GameError, StorageError) as error:
            get_logger(__name__).warning("A screen met an error", exc_info=error)
            self.context.notice(str(error))
            if leave and len(self.stack) > 1:
                self.stack.obey(Pop())

    def advance(self, seconds: float) -> None:
        """Let time pass for everything but the screen."""
        if self.context.collect():
            self._drawn = None
        self._follow_settings()
        self._listen_to_gamepads(seconds)
        if not self.stack:
            return
        self._idle += seconds
        self._age += seconds
        self._since_escape += seconds
        elsewhere = not self._shows_training
        self._news.update(seconds, elsewhere)
        self._news.label(self._bar.badge, elsewhere)
        if self._idle > _IDLE_SECONDS and self.stack.top.keys is Keys.MENU:
            self.context.warm_up()
        self.stack.obey(self.stack.top.update(seconds))

    def _follow_settings(self) -> None:
        """Do what changed preferences ask for."""
        before, now = self._settings, self.context.settings.value
        if now is before:
            return
        self._settings, self._drawn = now, None
        self._set_levels()
        if now.fullscreen != before.fullscreen and now.fullscreen != self._is_fullscreen:
            self.set_fullscreen(now.fullscreen)

    def _set_levels(self) -> None:
        settings = self.context.settings.value
        audible = not settings.muted
        self.context.sounds.set_levels(settings.sound * audible, settings.music * audible)

    # Input

    def _take(self, event: pygame.event.Event) -> None:
        self._drawn = None
        if event.type == pygame.QUIT:
            self.stack.obey(Quit())
        elif event.type == pygame.DROPFILE:
            self._import(Path(event.file))
        elif event.type == pygame.VIDEORESIZE and not self._is_fullscreen:
            self._size = event.size
        else:
            if event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED):
                self.context.sounds.hush(event.type == pygame.WINDOWFOCUSLOST)
            for each in self._read(event):
                self._idle = 0.0
                self._pass_on(self._rescaled(each))
                if not self.stack:
                    return

    def _read(self, event: pygame.event.Event) -> tuple[Input, ...]:
        scene = self.stack.top
        if event.type in GAMEPAD_EVENTS:
            inputs = self._gamepads.read(event, scene.keys)
            if inputs:
                self._device = Device.GAMEPAD
            return inputs
        if event.type in _DEVICES:
            self._device = _DEVICES[event.type]
        table = game_table(self._bindings()) if scene.keys is Keys.GAME else None
        return self._reader.read(event, scene.keys, table)

    def _bindings(self) -> Bindings:
        """The keys chosen for the game that is played now."""
        return self.context.settings.value.keys.get(self.stack.top.game_played, {})

    def _listen_to_gamepads(self, seconds: float) -> None:
        for press in self._gamepads.repeat(seconds, self.stack.top.keys):
            self._pass_on(press)
            if not self.stack:
                return
        if self._gamepads.news:
            self.context.notice(self._gamepads.news)
            self._gamepads.news = ""

    def _pass_on(self, event: Input) -> None:
        self._drawn = None
        if isinstance(event, Pointer) and event.pressed == 1:
            button = self._bar.button_at(event.position)
            if button is not None:
                self._pass_on(Press(button))
                if self.stack:
                    self._pass_on(Release(button))
                return
        if event == Press(Button.FULLSCREEN):
            self.set_fullscreen(not self._is_fullscreen)
            self._change_settings(fullscreen=self._is_fullscreen)
        elif event == Press(Button.MUTE):
            self._change_settings(muted=not self.context.settings.value.muted)
        elif event == Press(Button.DASHBOARD):
            self._show_dashboard()
        elif event == Press(Button.LETTERS):
            self._show_letters()
        elif event == Press(Button.BACK):
            self._escape()
        else:
            self._hand_over(event)

    def _hand_over(self, event: Input) -> None:
        """Let the scene on top react, and let that be heard in menus."""
        scene = self.stack.top
        is_menu, before = scene.keys is not Keys.GAME, scene.focused
        change = self.stack.opened(scene.handle(event))
        if is_menu:
            self.context.sounds.play(menu_cue(event, change, scene.focused is not before))
        self.stack.obey(change)

    def _escape(self) -> None:
        """Leave a scene; whoever presses Escape in haste comes home, but not out of the arcade."""
        depth = len(self.stack)
        if depth == 1 and self._since_escape < _ESCAPE_SECONDS:
            return
        self._hand_over(Press(Button.BACK))
        if len(self.stack) < depth:
            self._since_escape = 0.0

    def _rescaled(self, event: Input) -> Input:
        """A point as the scene sees it, where the picture is made smaller than it was drawn."""
        if self._canvas is None or not isinstance(event, Pointer):
            return event
        window, canvas = pygame.display.get_window_size(), self._canvas.get_size()
        position = event.position[0] * canvas[0] // window[0], event.position[1] * canvas[1] // window[1]
        return Pointer(position, event.pressed, event.wheel, event.released)

    @property
    def _shows_training(self) -> bool:
        return self.stack.top.shows_training

    def _show_dashboard(self) -> None:
        if self.context.training is not None and not self._shows_training:
            self.stack.obey(self.stack.top.handle(FocusLost()))
            self.stack.obey(Push(Dashboard()))

    def _show_letters(self) -> None:
        field = self.stack.top.focused
        if isinstance(field, TextField):
            self.stack.obey(Push(navigation.letters(self.context, field, self.stack.top.handle)))

    def _import(self, path: Path) -> None:
        def done(saved: Path) -> None:
            self.context.notice(f"Imported {saved.stem}")
            if self.stack:
                self.stack.top.enter()

        self.context.background(lambda: self.context.library.import_file(path), done)

    def open_devices(self) -> None:
        """Open what the first frame need not wait for: loudspeaker and gamepads."""
        self.context.sounds.open()
        try:
            self._gamepads.open()
        except pygame.error as error:
            self.context.notice(f"Gamepads cannot be used: {error}")

    # Drawing

    def _show(self) -> None:
        """Bring the window up to date: what moves by itself, or all of it if anything else may have changed."""
        target = self._lay_out()
        moved = self._draw_what_moves(target)
        if moved is None:
            self._draw_all(target)
            pygame.display.flip()
        elif moved:
            pygame.display.update(moved)

    def draw(self) -> None:
        """Draw everything onto the window, which is not yet shown."""
        self._drawn = None
        self._draw_all(self._lay_out())

    def _lay_out(self) -> pygame.Surface:
        """Fit everything to the window; returns where to draw."""
        window, theme, settings = pygame.display.get_surface(), self.context.theme, self.context.settings.value
        self._canvas = _canvas_for(window.get_size(), self._canvas)
        target = self._canvas or window
        theme.resize(target.get_size(), settings.text_scale)
        theme.motion = settings.motion
        self.context.signs = signs_for(self._device, self.stack.top.keys, self._bindings())
        self._bar.layout(target.get_size(), self._hints(), self.context.status, self.context.signs)
        return target

    def _draw_what_moves(self, target: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Let the scene draw over its last picture; returns where it did, None if everything has to be drawn."""
        stands = self._drawn == self._picture_on(target) and self._age < _STANDS_SECONDS
        if not stands or self._news.toast.busy or self._canvas is not None:
            return None
        return self.stack.top.redraw(self._area_of(target))

    def _draw_all(self, target: pygame.Surface) -> None:
        picture, area = self._picture_on(target), self._area_of(target)
        area.fill(style.GROUND)
        self.stack.top.draw(area)
        self._news.toast.draw(area, self.context.theme)
        if self._drawn != picture:
            self._bar.draw(target)
        if self._canvas is not None:
            window = pygame.display.get_surface()
            pygame.transform.smoothscale(self._canvas, window.get_size(), window)
        self._drawn, self._age = picture, 0.0

    def _picture_on(self, target: pygame.Surface) -> object:
        """What the picture in the window depends on, apart from time and input."""
        return target, self.stack.top, self._bar.state

    def _area_of(self, target: pygame.Surface) -> pygame.Surface:
        """The scene's part, above the bar."""
        return target.subsurface((0, 0, target.get_width(), self._bar.rect.top))

    def _hints(self) -> tuple[Hint, ...]:
        """Those of the scene, and the way to a training that goes on elsewhere."""
        hints = self.stack.top.hints()
        if self._device is not Device.KEYBOARD and isinstance(self.stack.top.focused, TextField):
            hints = (Hint(Button.LETTERS, "Letters"), *hints)
        return (*hints, Hint(Button.DASHBOARD, "Training")) if self._bar.badge.text else hints

    @property
    def _is_fullscreen(self) -> bool:
        window = pygame.display.get_surface()
        return window is not None and bool(window.get_flags() & pygame.FULLSCREEN)

    def set_fullscreen(self, on: bool) -> None:
        """Fill the screen, or go back to a window of the size it had."""
        self._reader.let_go()  # a key that goes up while the window changes is never heard of
        if on:
            pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            pygame.display.set_mode(self._size, pygame.RESIZABLE)
            if pygame.display.get_window_size() != self._size:  # coming from fullscreen, SDL may need telling twice
                pygame.display.set_mode(self._size, pygame.RESIZABLE)

    # The end

    def close(self) -> bool:
        """End training, keep its progress and the window's size, close everything; whether all ended in time."""
        ended = False
        try:
            self.stack.clear()
            if self.context.is_training:
                self._say_goodbye()
            if self._size != (self.context.settings.value.width, self.context.settings.value.height):
                self._change_settings(width=self._size[0], height=self._size[1])
        finally:  # whatever has ended the window, what was learnt is kept
            ended = self.context.close()
        return ended

    def _change_settings(self, **changes: object) -> None:
        try:
            self.context.change_settings(**changes)
        except ValueError:
            return  # a window outside the sizes worth remembering

    def _say_goodbye(self) -> None:
        window = pygame.display.get_surface()
        if window is None:
            return
        with suppress(pygame.error):  # the window may be what has failed
            window.fill(style.GROUND)
            self.context.theme.text(window, "Saving the agent…", window.get_rect().center, Size.TITLE, align="center")
            pygame.display.flip()


def _canvas_for(size: tuple[int, int], old: pygame.Surface | None) -> pygame.Surface | None:
    """Where to draw when the window is too small for any layout; None to draw into the window itself."""
    wanted = max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1])
    if wanted == size:
        return None
    return old if old is not None and old.get_size() == wanted else pygame.Surface(wanted)
