"""Abstract inputs and the keyboard and mouse reader. The key tables are shared with the hint bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import pygame


class Button(Enum):
    """An abstract button: the meaning of a key, click or gamepad button."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    PRIMARY = "primary"  # Space: acts in a game, chooses in a menu
    CONFIRM = "confirm"  # Enter
    BACK = "back"  # Escape
    PAUSE = "pause"  # P
    RESTART = "restart"  # R
    SAVE = "save"  # S, outside games
    FASTER = "faster"  # + or =
    SLOWER = "slower"  # -
    STEP = "step"  # . (one tick)
    DELETE = "delete"  # Delete
    NEXT = "next"  # Tab
    PREVIOUS = "previous"  # Shift+Tab
    EXTRA = "extra"  # X: an additional action of the scene, named in its hints
    MUTE = "mute"  # M: sound off and on; handled by the app
    LETTERS = "letters"  # F3: on-screen keyboard; handled by the app
    TAKE_OVER = "take over"  # Shift, held: a person plays in an agent's place
    RECORD = "record"  # G: start and stop a recording
    DASHBOARD = "dashboard"  # F2: the running training; handled by the app
    FULLSCREEN = "fullscreen"  # Alt+Enter or F11; handled by the app


DIRECTIONS = frozenset({Button.LEFT, Button.RIGHT, Button.UP, Button.DOWN})


class Device(Enum):
    """The input device in use."""

    KEYBOARD = "keyboard"
    MOUSE = "mouse"
    GAMEPAD = "gamepad"


class Keys(Enum):
    """A mode of reading the keyboard and gamepads, chosen by the scene."""

    MENU = "menu"  # letters are commands
    WATCH = "watch"  # as MENU; gamepad buttons control the watched game
    GAME = "game"  # W, A, S and D are arrows as well, and held keys do not repeat
    TEXT = "text"  # letters are text input
    CAPTURE = "capture"  # the next key is reported as a `KeyDown`


@dataclass(frozen=True)
class Press:
    """A button that went down."""

    button: Button


@dataclass(frozen=True)
class Release:
    """A button that went up."""

    button: Button


@dataclass(frozen=True)
class Pointer:
    """A mouse event at `position` within the scene's area.

    `pressed` is the mouse button that went down (1 left, 3 right) or 0, `released` the one that went up or 0. `wheel`
    is the turn of the wheel, positive for scrolling up.
    """

    position: tuple[int, int]
    pressed: int = 0
    wheel: int = 0
    released: int = 0


@dataclass(frozen=True)
class Typed:
    r"""Typed text, "\b" for a deletion, or `SELECT_ALL`. Sent in addition to the `Press` of the key, if it has one."""

    text: str


SELECT_ALL = "\x01"
"""The text of Ctrl+A: the next letter or deletion replaces the whole text."""


@dataclass(frozen=True)
class KeyDown:
    """A key by its pygame number, sent in the mode `Keys.CAPTURE`."""

    key: int


@dataclass(frozen=True)
class FocusLost:
    """The window has lost the keyboard focus, or a gamepad was unplugged."""


Input = Press | Release | Pointer | Typed | KeyDown | FocusLost


@dataclass(frozen=True)
class Hint:
    """One entry of the hint bar: the button and what it does now."""

    button: Button
    text: str


_EVERYWHERE = {
    pygame.K_LEFT: Button.LEFT,
    pygame.K_RIGHT: Button.RIGHT,
    pygame.K_UP: Button.UP,
    pygame.K_DOWN: Button.DOWN,
    pygame.K_RETURN: Button.CONFIRM,
    pygame.K_KP_ENTER: Button.CONFIRM,
    pygame.K_ESCAPE: Button.BACK,
    pygame.K_AC_BACK: Button.BACK,
    pygame.K_TAB: Button.NEXT,
    pygame.K_F2: Button.DASHBOARD,
    pygame.K_F3: Button.LETTERS,
    pygame.K_F11: Button.FULLSCREEN,
}
_COMMANDS = {
    pygame.K_SPACE: Button.PRIMARY,
    pygame.K_p: Button.PAUSE,
    pygame.K_r: Button.RESTART,
    pygame.K_s: Button.SAVE,
    pygame.K_PLUS: Button.FASTER,
    pygame.K_EQUALS: Button.FASTER,
    pygame.K_KP_PLUS: Button.FASTER,
    pygame.K_MINUS: Button.SLOWER,
    pygame.K_KP_MINUS: Button.SLOWER,
    pygame.K_PERIOD: Button.STEP,
    pygame.K_KP_PERIOD: Button.STEP,
    pygame.K_DELETE: Button.DELETE,
    pygame.K_x: Button.EXTRA,
    pygame.K_m: Button.MUTE,
    pygame.K_LSHIFT: Button.TAKE_OVER,
    pygame.K_RSHIFT: Button.TAKE_OVER,
    pygame.K_g: Button.RECORD,
}
_WASD = {pygame.K_w: Button.UP, pygame.K_a: Button.LEFT, pygame.K_s: Button.DOWN, pygame.K_d: Button.RIGHT}

KEYS: Mapping[Keys, Mapping[int, Button]] = MappingProxyType(
    {
        Keys.MENU: MappingProxyType(_EVERYWHERE | _COMMANDS),
        Keys.WATCH: MappingProxyType(_EVERYWHERE | _COMMANDS),
        Keys.GAME: MappingProxyType(_EVERYWHERE | _COMMANDS | _WASD),
        Keys.TEXT: MappingProxyType(_EVERYWHERE),
        Keys.CAPTURE: MappingProxyType({}),
    }
)
"""Key to button, for each mode."""

SIGNS: Mapping[Button, str] = MappingProxyType(
    {
        Button.LEFT: "Left",
        Button.RIGHT: "Right",
        Button.UP: "Up",
        Button.DOWN: "Down",
        Button.PRIMARY: "Space",
        Button.CONFIRM: "Enter",
        Button.BACK: "Esc",
        Button.PAUSE: "P",
        Button.RESTART: "R",
        Button.SAVE: "S",
        Button.FASTER: "+",
        Button.SLOWER: "-",
        Button.STEP: ".",
        Button.DELETE: "Del",
        Button.NEXT: "Tab",
        Button.PREVIOUS: "Shift+Tab",
        Button.EXTRA: "X",
        Button.MUTE: "M",
        Button.LETTERS: "F3",
        Button.TAKE_OVER: "Shift",
        Button.RECORD: "G",
        Button.DASHBOARD: "F2",
        Button.FULLSCREEN: "F11",
    }
)
"""Label of each button's key on screen."""


class Reader:
    """A reader of keyboard and mouse events. It tracks held keys, so that every press has a release."""

    def __init__(self) -> None:
        self._held: dict[int, Button | None] = {}

    def read(
        self, event: pygame.event.Event, keys: Keys, table: Mapping[int, Button] | None = None
    ) -> tuple[Input, ...]:
        """Convert a pygame event to inputs.

        Args:
            event: The event.
            keys: The mode of the scene.
            table: Key to button, instead of the default table of the mode.
        """
        if event.type == pygame.KEYDOWN:
            return self._key_down(event, keys, KEYS[keys] if table is None else table)
        if event.type == pygame.KEYUP:
            button = self._held.pop(event.key, None)
            return (Release(button),) if button else ()
        if event.type == pygame.TEXTINPUT:
            return (Typed(event.text),) if keys is Keys.TEXT else ()
        if event.type == pygame.WINDOWFOCUSLOST:
            return (*self.let_go(), FocusLost())
        return _read_mouse(event)

    def let_go(self) -> tuple[Release, ...]:
        """Release every held key, as when another window gets the keyboard."""
        releases = tuple(Release(button) for button in self._held.values() if button)
        self._held.clear()
        return releases

    def _key_down(self, event: pygame.event.Event, keys: Keys, table: Mapping[int, Button]) -> tuple[Input, ...]:
        repeated = event.key in self._held
        button = None if keys is Keys.CAPTURE else _button_of(event, table)
        if not repeated:
            self._held[event.key] = button
        if keys is Keys.CAPTURE:
            return () if repeated else (KeyDown(event.key),)
        typed = _typed_by(event) if keys is Keys.TEXT else ()
        if button is None or (repeated and (keys is Keys.GAME or button not in DIRECTIONS)):
            return typed
        return (Press(button), *typed)


def _typed_by(event: pygame.event.Event) -> tuple[Typed, ...]:
    """Return the text of a key for which SDL sends no text event."""
    if event.key == pygame.K_BACKSPACE:
        return (Typed("\b"),)
    command = getattr(event, "mod", 0) & (pygame.KMOD_CTRL | pygame.KMOD_META)
    return (Typed(SELECT_ALL),) if command and event.key == pygame.K_a else ()


def _button_of(event: pygame.event.Event, table: Mapping[int, Button]) -> Button | None:
    modifiers = getattr(event, "mod", 0)
    if modifiers & pygame.KMOD_ALT and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
        return Button.FULLSCREEN
    if modifiers & pygame.KMOD_SHIFT and event.key == pygame.K_TAB:
        return Button.PREVIOUS
    return table.get(event.key)


def _read_mouse(event: pygame.event.Event) -> tuple[Input, ...]:
    if event.type == pygame.MOUSEMOTION:
        return (Pointer(event.pos),)
    if event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
        return (Pointer(event.pos, pressed=event.button),)
    if event.type == pygame.MOUSEBUTTONUP and event.button in (1, 3):
        return (Pointer(event.pos, released=event.button),)
    if event.type == pygame.MOUSEWHEEL:
        return (Pointer(pygame.mouse.get_pos(), wheel=event.y),)
    return ()
