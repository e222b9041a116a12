"""The settings screen: every preference with one sentence of help. Changes apply and are saved at once."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Pointer
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.places import KeysPage
from arcade.scenes.screen import Screen
from arcade.store import paths
from arcade.store.preferences import Settings, player_name
from arcade.ui import style
from arcade.ui.fields import Stepper, TextField
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change, Pop, Push
from arcade.ui.style import Size
from arcade.ui.widgets import PushButton, Scroll
from games.settings import settings_of

_LOUDNESS = tuple(step / 10 for step in range(11))
_TEXT_SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
_THREADS = (0, 1, 2, 4, 8, 16, 32, 64)
_KEYS_HELP = "Choose the keys of each game."
_RESET_HELP = "Resets everything on this page and all keys to their defaults."

Labelled = Stepper[Any] | TextField | PushButton
"""The kinds of widgets on this page."""


class _Group(NamedTuple):
    """Widgets that stand under one heading."""

    heading: str
    widgets: list[Labelled]


class SettingsScene(Screen):
    """The screen with all preferences.

    Args:
        context: Shared by all scenes.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._scroll = Scroll()
        self._headings: list[tuple[str, tuple[int, int]]] = []
        self._build()

    def _build(self, current: str = "") -> None:
        """Makes the widgets from the settings; the focus goes to the widget with the label `current`."""
        self._make_widgets()
        self._groups = self._group_widgets()
        chosen = next((widget for widget in self._widgets if widget.label == current), None)
        self.focus.set(self._widgets, chosen)
        self.relayout()

    def _make_widgets(self) -> None:
        self.sounds = self._stepper("sound", "Sounds", _LOUDNESS, _percent)
        self.music = self._stepper("music", "Music", _LOUDNESS, _percent)
        self.mute = self._stepper("muted", "Mute", (False, True), _on_off)
        self.watching = self._stepper("watch_sounds", "While watching", (False, True), _on_off)
        self.window = self._stepper("fullscreen", "Window", (False, True), _window)
        self.text_size = self._stepper("text_scale", "Text size", _TEXT_SCALES, _percent)
        self.motion = self._stepper("motion", "Motion", (True, False), _on_off)
        self.name = self._name_field()
        self.keys_of_games = PushButton("Game keys", lambda: Push(KeysPage()))
        self.device = self._stepper("device", "Train on", ("auto", "cpu", "gpu"), _device)
        self.threads = self._stepper("threads", "Threads", _THREADS, lambda count: str(count or "all"))
        self.reset = PushButton("Reset all settings", self._ask_reset)

    def _group_widgets(self) -> tuple[_Group, ...]:
        return (
            _Group("Sound", [self.sounds, self.music, self.mute, self.watching]),
            _Group("Screen", [self.window, self.text_size, self.motion]),
            _Group("You", [self.name, self.keys_of_games]),
            _Group("Training", [self.device, self.threads]),
            _Group("Everything", [self.reset]),
        )

    @property
    def _widgets(self) -> list[Labelled]:
        return [widget for group in self._groups for widget in group.widgets]

    @property
    def _current_label(self) -> str:
        """The label of the focused widget, "" if it has none here."""
        return next((widget.label for widget in self._widgets if widget is self.focus.current), "")

    def _stepper(self, name: str, label: str, choices: Sequence[Any], text: Callable[[Any], str]) -> Stepper[Any]:
        value = getattr(self.context.settings.value, name)
        described = settings_of(Settings)[name]
        return Stepper(
            label,
            choices if value in choices else (*choices, value),
            value,
            text=text,
            help=described.help,
            standard=described.default,
            on_change=lambda chosen: self._change(**{name: chosen}),
        )

    def _name_field(self) -> TextField:
        return TextField(
            "Your name",
            self.context.settings.value.name,
            player_name,
            help=settings_of(Settings)["name"].help,
            on_change=lambda name: self._change(name=name),
            longest=24,
        )

    def _change(self, **changes: Any) -> None:
        self.context.change_settings(**changes)

    def _ask_reset(self) -> Change:
        detail = "Sound, screen, training and all keys return to their defaults. Scores and agents stay."
        return Push(ConfirmScene(self.context, "Reset all settings?", detail, "Reset", self._reset))

    def _reset(self) -> Change:
        self.context.change_settings(**self.context.settings.defaults())
        self._build(self.reset.label)
        return Pop()

    def enter(self) -> None:
        """Shows changes made on other screens."""
        self._build(self._current_label)

    def update(self, seconds: float) -> None:
        """Shows changes made by the keys for mute and fullscreen, which act on every screen."""
        settings = self.context.settings.value
        for stepper, value in ((self.mute, settings.muted), (self.window, settings.fullscreen)):
            if stepper.value != value:
                stepper.set(value)

    def handle(self, event: Input) -> Change | None:
        """Scrolls with the wheel; passes other input to the widgets."""
        if isinstance(event, Pointer) and event.wheel:
            if self._scroll.move(-event.wheel * self.theme.space(8)):
                self.relayout()
            return None
        change = super().handle(event)
        if not isinstance(event, Pointer) and self.focus.current and self._scroll.reveal(self.focus.current.rect):
            self.relayout()
        return change

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places groups in one or two columns, above a strip that explains the focused widget."""
        theme, margin = self.theme, self.theme.space(3)
        head = theme.line(Size.TITLE) + theme.space(3)
        strip = 2 * theme.line(Size.SMALL) + theme.space(2)
        self._strip = pygame.Rect(0, area.bottom - strip, area.width, strip)
        self._scroll.view = pygame.Rect(0, head, area.width, self._strip.top - head)
        gap, whole = theme.space(6), area.width - 2 * margin - theme.space(2)
        columns = 2 if (whole - gap) // 2 >= self._least_width() else 1
        width = (whole - gap * (columns - 1)) // columns
        self._headings = []
        first = self._groups[:2] if columns == 2 else self._groups
        bottom = self._place(first, margin, width)
        left = margin
        if columns == 2:
            left = margin + width + gap
            bottom = max(bottom, self._place(self._groups[2:], left, width))
        lines = self.theme.wrap(_folders(), Size.SMALL, width)
        top = self.focus.widgets[-1].rect.bottom + theme.space(1)
        self._folders = pygame.Rect(left, top, width, len(lines) * theme.line(Size.SMALL))
        bottom = max(bottom, self._folders.bottom)
        self._scroll.length = bottom + self._scroll.offset - head + margin
        if self._scroll.offset > max(0, self._scroll.length - self._scroll.view.height):
            self._scroll.move(0)
            self.layout(area)

    def _least_width(self) -> int:
        """Returns the width of a column that shows every label and choice whole, each in one half."""
        theme, halves = self.theme, []
        for widget in self.focus.widgets:
            if isinstance(widget, Stepper):
                arrows = 2 * (theme.line() + theme.space(1.5))
                halves += [theme.width(widget.text(each)) + arrows for each in widget.choices]
                halves.append(theme.width(widget.label) + theme.line() // 2 + theme.space(2))
        return 2 * max(halves)

    def _place(self, groups: Sequence[_Group], left: int, width: int) -> int:
        theme = self.theme
        y = self._scroll.view.top + theme.space(1) - self._scroll.offset
        height = theme.line() + theme.space(1.5)
        for heading, widgets in groups:
            self._headings.append((heading, (left, y)))
            y += theme.line() + theme.space(0.5)
            for widget in widgets:
                widget.rect = pygame.Rect(left, y, width, height)
                y += height + theme.space(1)
            y += theme.space(1.5)
        return y

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the page, clipped, then title and strip."""
        self.arrange(surface.get_size())
        theme, view = self.theme, self._scroll.view
        theme.text(surface, "Settings", (theme.space(3), theme.space(2)), Size.TITLE)
        surface.set_clip(view)
        for heading, position in self._headings:
            theme.text(surface, heading, position, Size.BODY, style.MUTED)
        for widget in self.focus.widgets:
            if widget.rect.colliderect(view):
                widget.draw(surface, theme, widget is self.focus.current)
        theme.paragraph(surface, _folders(), self._folders, Size.SMALL, style.MUTED)
        self._scroll.draw(surface, theme)
        surface.set_clip(None)
        self._paint_strip(surface)

    def _paint_strip(self, surface: pygame.Surface) -> None:
        theme, strip = self.theme, self._strip
        surface.fill(style.PANEL, strip)
        surface.fill(style.LINE, (0, strip.top, strip.width, 1))
        inner = strip.inflate(-theme.space(6), -theme.space(2))
        words, problem = self._message()
        if problem:
            size = theme.line(Size.SMALL)
            draw_icon(surface, "warning", (inner.left + size // 2, inner.top + size // 2), size, style.BAD)
            inner.left, inner.width = inner.left + size + theme.space(), inner.width - size - theme.space()
        theme.paragraph(surface, words, inner, Size.SMALL, style.BAD if problem else style.TEXT)

    def _message(self) -> tuple[str, bool]:
        """Returns the text of the strip, and whether it is a problem."""
        current, context = self.focus.current, self.context
        if isinstance(current, TextField) and current.error:
            return current.error, True
        if context.settings.problem:
            return context.settings.problem, True
        if current in (self.sounds, self.music) and context.sounds.problem:
            return context.sounds.problem, True
        if isinstance(current, TextField | Stepper):
            later = " Takes effect when the arcade is next started." if current is self.threads else ""
            return current.message + later, False
        helps: dict[object, str] = {self.keys_of_games: _KEYS_HELP, self.reset: _RESET_HELP}
        return helps.get(current, ""), False

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        change = (Hint(Button.RIGHT, "Change"),) if isinstance(self.focus.current, Stepper) else ()
        choose = (Hint(Button.CONFIRM, "Choose"),) if isinstance(self.focus.current, PushButton) else ()
        return (*change, *choose, Hint(Button.NEXT, "Next"), Hint(Button.MUTE, "Mute"), Hint(Button.BACK, "Back"))


def _folders() -> str:
    return f"Agents and scores: {paths.data_folder()}\nSettings: {paths.settings_file().parent}"


def _percent(part: float) -> str:
    return f"{part:.0%}"


def _on_off(on: bool) -> str:
    return "on" if on else "off"


def _window(fullscreen: bool) -> str:
    return "fullscreen" if fullscreen else "window"


def _device(device: str) -> str:
    return {"auto": "fastest", "cpu": "CPU", "gpu": "GPU"}[device]
