"""Device events become abstract inputs; one frozen table of keys serves reading and the hint bar alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import pygame


class Button(Enum):
    """What a key, click or gamepad button means, whatever the device."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    PRIMARY = "primary"  # Space: acts in a game, chooses in a menu
    CONFIRM = "confirm"  # Enter
    BACK = "back"  # Escape
    PAUSE = "pause"  # P
    RESTART = "restart"  # R
    SAVE = "save"  # S in scenes that are no game
    FASTER = "faster"  # + or =
    SLOWER = "slower"  # -
    STEP = "step"  # . (one tick)
    DELETE = "delete"  # Delete
    NEXT = "next"  # Tab
    PREVIOUS = "previous"  # Shift+Tab
    EXTRA = "extra"  # X: a scene's own extra action, named in its hints
    MUTE = "mute"  # M: no sound at all, and back; the app itself answers it
    LETTERS = "letters"  # F3: letters on screen for whoever has no keyboard; the app itself answers it
    TAKE_OVER = "take over"  # Shift, held: a person plays in an agent's place
    RECORD = "record"  # G: begin and end a recording
    DASHBOARD = "dashboard"  # F2: the running training; the app itself answers it
    FULLSCREEN = "fullscreen"  # Alt+Enter or F11; the app itself answers it


DIRECTIONS = frozenset({Button.LEFT, Button.RIGHT, Button.UP, Button.DOWN})


class Device(Enum):
    """What a person has in hand."""

    KEYBOARD = "keyboard"
    MOUSE = "mouse"
    GAMEPAD = "gamepad"


class Keys(Enum):
    """How a scene wants its keys read."""

    MENU = "menu"  # letters are commands
    WATCH = "watch"  # the same, with all of a gamepad for what can be done while a game is watched
    GAME = "game"  # W, A, S and D are arrows too, and a held key does not repeat
    TEXT = "text"  # letters are typed
    CAPTURE = "capture"  # the next key is wanted as it is


@dataclass(frozen=True)
class Press:
    """A button went down."""

    button: Button


@dataclass(frozen=True)
class Release:
    """A button went up."""

    button: Button


@dataclass(frozen=True)
class Pointer:
    """The mouse moved to `position` within the scene's area, or something happened there.

    `pressed` is the mouse button that went down (1 left, 3 right) or 0, `released` the one that went up, and `wheel`
    the turn of the wheel, positive away from the person.
    """

    position: tuple[int, int]
    pressed: int = 0
    wheel: int = 0
    released: int = 0


@dataclass(frozen=True)
class Typed:
    r"""Text typed by the person, "\b" for a deletion, or `SELECT_ALL`. Comes beside the `Press` of its key, if any."""

    text: str


SELECT_ALL = "\x01"
"""What Ctrl+A types: the next letter or deletion is to replace all there is."""


@dataclass(frozen=True)
class KeyDown:
    """A key as it is, by pygame's number, where keys are read as `Keys.CAPTURE`."""

    key: int


@dataclass(frozen=True)
class FocusLost:
    """The window is no longer the one in front."""


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
"""Which key is which button, in each way of reading."""

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
"""What is written on screen for each button that has a key."""


class Reader:
    """Reads keyboard and mouse; remembers which keys are held, so that every press gets its release."""

    def __init__(self) -> None:
        self._held: dict[int, Button | None] = {}

    def read(
        self, event: pygame.event.Event, keys: Keys, table: Mapping[int, Button] | None = None
    ) -> tuple[Input, ...]:
        """The inputs that an event means.

        Args:
            event: The event.
            keys: How the scene wants its keys read.
            table: Which key is which button, instead of the common table for `keys`.
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
        """Take every key as released, as happens behind our back when another window gets the keyboard."""
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
    """What a key types that SDL does not report as text."""
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
