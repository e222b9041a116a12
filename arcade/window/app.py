"""The window's main loop, and everything outside the scenes: key hints, notices, the training badge, closing."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pygame

from agents.errors import StorageError
from arcade.context import Context
from arcade.input.bindings import Bindings
from arcade.input.controls import Button, Device, FocusLost, Hint, Input, Keys, Pointer, Press, Release
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
from arcade.window.inputs import Inputs
from arcade.window.news import News
from arcade.window.painter import Painter
from arcade.window.stack import SceneStack
from games.border import GameError

FRAMES_PER_SECOND = 60
_REPEAT_MILLISECONDS = (400, 60)  # key repeat in menus: delay, interval
_LONGEST_STEP = 0.25  # seconds; the time step of a slow frame is cut to this
_IDLE_SECONDS = 2.0  # time without input before TensorFlow is loaded
_ESCAPE_SECONDS = 0.5  # after Escape has left a scene, it cannot end the arcade for this time


class App:
    """One window with a stack of scenes.

    Args:
        context: Shared by all scenes.
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
        self.frame_times: list[float] = []  # seconds of each frame of the latest `run_for`
        self._size = size
        self._settings = context.settings.value  # the settings applied last
        self._inputs = Inputs()
        self._bar = HintBar(context.theme)
        self._news = News(context)
        self._painter = Painter(context.theme, self._bar, self._news.toast)
        self._idle = 0.0
        self._since_escape = _ESCAPE_SECONDS  # seconds since Escape left a scene
        self._clock = pygame.time.Clock()
        self._last = time.perf_counter()
        self.set_fullscreen(fullscreen)
        self._set_levels()
        pygame.key.set_repeat(*_REPEAT_MILLISECONDS)
        self.stack.top.enter()

    # The loop

    def run(self) -> None:
        """Runs until the stack of scenes is empty."""
        self._last = time.perf_counter()
        while self.stack:
            self.frame()

    def run_for(self, seconds: float) -> list[float]:
        """Runs for some time; returns the seconds of each frame, including the wait for the next one."""
        self.frame_times = []
        self._last = time.perf_counter()
        end = self._last + seconds
        while self.stack and time.perf_counter() < end:
            self.frame()
            self.frame_times.append(self.context.frame_times[-1])
        return self.frame_times

    def frame(self) -> None:
        """Runs one turn of the loop: handles events, updates, draws, then waits for the next frame."""
        now = time.perf_counter()
        seconds = now - self._last
        self._last = now
        self.context.frame_times.append(seconds)
        for event in pygame.event.get():
            with self._errors_shown():
                self._take(event)
            if not self.stack:
                return
        with self._errors_shown(leave=True):
            self.advance(min(seconds, _LONGEST_STEP))
        if self.stack:
            with self._errors_shown(leave=True):
                self._show()
            # `tick_busy_loop` would not sleep, and would keep the training thread from running Python.
            self._clock.tick(FRAMES_PER_SECOND)

    @contextmanager
    def _errors_shown(self, *, leave: bool = False) -> Iterator[None]:
        """Turns an error of a game or agent that no scene has caught into a notice.

        Args:
            leave: Whether to leave the top scene after an error, because it would fail again in the next frame.
        """
        try:
            yield
        except (GameError, StorageError) as error:
            get_logger(__name__).warning("A screen met an error", exc_info=error)
            self.context.notice(str(error))
            if leave and len(self.stack) > 1:
                self.stack.obey(Pop())

    def advance(self, seconds: float) -> None:
        """Updates everything by some time, without drawing."""
        if self.context.collect():
            self._painter.mark_changed()
        self._follow_settings()
        self._listen_to_gamepads(seconds)
        if not self.stack:
            return
        self._idle += seconds
        self._painter.pass_time(seconds)
        self._since_escape += seconds
        elsewhere = not self._shows_training
        self._news.update(seconds, elsewhere)
        self._news.label(self._bar.badge, elsewhere)
        if self._idle > _IDLE_SECONDS and self.stack.top.keys is Keys.MENU:
            self.context.warm_up()
        self.stack.obey(self.stack.top.update(seconds))

    def _follow_settings(self) -> None:
        """Applies changed preferences."""
        before, now = self._settings, self.context.settings.value
        if now is before:
            return
        self._settings = now
        self._painter.mark_changed()
        self._set_levels()
        if now.fullscreen != before.fullscreen and now.fullscreen != self.is_fullscreen:
            self.set_fullscreen(now.fullscreen)

    def _set_levels(self) -> None:
        settings = self.context.settings.value
        audible = not settings.muted
        self.context.sounds.set_levels(settings.sound * audible, settings.music * audible)

    # Input

    def _take(self, event: pygame.event.Event) -> None:
        self._painter.mark_changed()
        if event.type == pygame.QUIT:
            self.stack.obey(Quit())
        elif event.type == pygame.DROPFILE:
            self._import(Path(event.file))
        elif event.type == pygame.VIDEORESIZE and not self.is_fullscreen:
            self._size = event.size
        else:
            if event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED):
                self.context.sounds.hush(event.type == pygame.WINDOWFOCUSLOST)
            for each in self._inputs.read(event, self.stack.top.keys, self._bindings()):
                self._idle = 0.0
                self._pass_on(self._painter.in_picture(each))
                if not self.stack:
                    return

    def _bindings(self) -> Bindings:
        """Returns the keys chosen for the game being played."""
        return self.context.settings.value.keys.get(self.stack.top.game_played, {})

    def _listen_to_gamepads(self, seconds: float) -> None:
        for press in self._inputs.gamepads.repeat(seconds, self.stack.top.keys):
            self._pass_on(press)
            if not self.stack:
                return
        if news := self._inputs.take_news():
            self.context.notice(news)

    def _pass_on(self, event: Input) -> None:
        self._painter.mark_changed()
        if isinstance(event, Pointer) and event.pressed == 1:
            button = self._bar.button_at(event.position)
            if button is not None:
                self._pass_on(Press(button))
                if self.stack:
                    self._pass_on(Release(button))
                return
        if event == Press(Button.FULLSCREEN):
            self.set_fullscreen(not self.is_fullscreen)
            self._change_settings(fullscreen=self.is_fullscreen)
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
        """Passes an input to the top scene; in menus plays the sound of its effect."""
        scene = self.stack.top
        is_menu, before = scene.keys is not Keys.GAME, scene.focused
        change = self.stack.opened(scene.handle(event))
        if is_menu:
            self.context.sounds.play(menu_cue(event, change, scene.focused is not before))
        self.stack.obey(change)

    def _escape(self) -> None:
        """Leaves a scene. Pressing Escape several times quickly leads home, but does not end the arcade."""
        depth = len(self.stack)
        if depth == 1 and self._since_escape < _ESCAPE_SECONDS:
            return
        self._hand_over(Press(Button.BACK))
        if len(self.stack) < depth:
            self._since_escape = 0.0

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
        """Opens sound and gamepads, which the first frame does not need."""
        self.context.sounds.open()
        try:
            self._inputs.gamepads.open()
        except pygame.error as error:
            self.context.notice(f"Gamepads cannot be used: {error}")

    # The screen

    def _show(self) -> None:
        """Updates the picture in the window."""
        self._lay_out()
        self._painter.show(self.stack.top)

    def draw(self) -> None:
        """Draws everything onto the window, without showing it yet."""
        self._lay_out()
        self._painter.draw(self.stack.top)

    def _lay_out(self) -> None:
        """Fits everything to the window's size."""
        settings = self.context.settings.value
        size = self._painter.fit(settings.text_scale, settings.motion)
        self.context.signs = signs_for(self._inputs.device, self.stack.top.keys, self._bindings())
        self._bar.layout(size, self._hints(), self.context.status, self.context.signs)

    def _hints(self) -> tuple[Hint, ...]:
        """Returns the scene's key hints, and the key to the dashboard if a run is going on elsewhere."""
        hints = self.stack.top.hints()
        if self._inputs.device is not Device.KEYBOARD and isinstance(self.stack.top.focused, TextField):
            hints = (Hint(Button.LETTERS, "Letters"), *hints)
        return (*hints, Hint(Button.DASHBOARD, "Training")) if self._bar.badge.text else hints

    @property
    def is_fullscreen(self) -> bool:
        """Whether the window fills the screen."""
        window = pygame.display.get_surface()
        return window is not None and bool(window.get_flags() & pygame.FULLSCREEN)

    def set_fullscreen(self, on: bool) -> None:
        """Fills the screen, or returns to a window of the former size."""
        self._inputs.let_go()  # SDL does not report a key released while the window changes
        if on:
            pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            pygame.display.set_mode(self._size, pygame.RESIZABLE)
            if pygame.display.get_window_size() != self._size:  # after fullscreen, SDL may need a second call
                pygame.display.set_mode(self._size, pygame.RESIZABLE)

    # The end

    def close(self) -> bool:
        """Ends the training run and saves it and the window's size; returns whether everything ended in time."""
        ended = False
        try:
            self.stack.clear()
            if self.context.is_training:
                self._say_goodbye()
            if self._size != (self.context.settings.value.width, self.context.settings.value.height):
                self._change_settings(width=self._size[0], height=self._size[1])
        finally:  # save the agent even after an error
            ended = self.context.close()
        return ended

    def _change_settings(self, **changes: object) -> None:
        try:
            self.context.change_settings(**changes)
        except ValueError:
            return  # the window's size is outside the range of the settings

    def _say_goodbye(self) -> None:
        window = pygame.display.get_surface()
        if window is None:
            return
        with suppress(pygame.error):  # the window itself may have failed
            window.fill(style.GROUND)
            self.context.theme.text(window, "Saving the agent…", window.get_rect().center, Size.TITLE, align="center")
            pygame.display.flip()
