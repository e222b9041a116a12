"""Gamepads, which can be plugged in at any time, give the same inputs as the keyboard.

Gamepads known to SDL are read by button position, not by label. Other joysticks are assumed to have the most common
layout.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pygame
from pygame._sdl2 import controller

from arcade.input.controls import DIRECTIONS, Button, FocusLost, Input, Keys, Press, Release

_DIRECTIONS = {"left": Button.LEFT, "right": Button.RIGHT, "up": Button.UP, "down": Button.DOWN}
_EVERYWHERE = _DIRECTIONS | {
    "b": Button.BACK,
    "menu": Button.PAUSE,
    "view": Button.DASHBOARD,
    "l3": Button.MUTE,
    "r3": Button.FULLSCREEN,
}
_COMMANDS = {"x": Button.EXTRA, "y": Button.RESTART}
_IN_GAMES = {"lt": Button.TAKE_OVER, "rt": Button.RECORD}

PAD: Mapping[Keys, Mapping[str, Button]] = MappingProxyType(
    {
        Keys.MENU: MappingProxyType(
            _EVERYWHERE
            | _COMMANDS
            | {"a": Button.CONFIRM, "lb": Button.SLOWER, "rb": Button.FASTER, "lt": Button.PREVIOUS, "rt": Button.NEXT}
        ),
        Keys.WATCH: MappingProxyType(
            _EVERYWHERE | _COMMANDS | _IN_GAMES | {"a": Button.CONFIRM, "lb": Button.SLOWER, "rb": Button.FASTER}
        ),
        Keys.GAME: MappingProxyType(
            _EVERYWHERE | _COMMANDS | _IN_GAMES | {"a": Button.PRIMARY, "lb": Button.PREVIOUS, "rb": Button.NEXT}
        ),
        Keys.TEXT: MappingProxyType(
            _EVERYWHERE | {"a": Button.LETTERS, "menu": Button.CONFIRM, "lt": Button.PREVIOUS, "rt": Button.NEXT}
        ),
        Keys.CAPTURE: MappingProxyType({"b": Button.BACK}),
    }
)
"""Part of a gamepad to button, for each mode."""

_KNOWN = ("a", "b", "x", "y", "view", "", "menu", "l3", "r3", "lb", "rb", "up", "down", "left", "right")
_PLAIN = ("a", "b", "x", "y", "lb", "rb", "view", "menu", "", "l3", "r3")
_KNOWN_AXES = (("left", "right"), ("up", "down"), ("", ""), ("", ""), ("", "lt"), ("", "rt"))
_PLAIN_AXES = (("left", "right"), ("up", "down"), ("", "lt"), ("", ""), ("", ""), ("", "rt"))
_PRESSED, _RELEASED = 0.5, 0.35  # stick deflections; between them the state does not change
_REPEAT_SECONDS = 0.4, 0.11  # delay before the first repeat of a held direction in menus, and between repeats
_FULL = 32_768

EVENTS = frozenset(
    {
        pygame.JOYBUTTONDOWN,
        pygame.JOYBUTTONUP,
        pygame.JOYHATMOTION,
        pygame.JOYAXISMOTION,
        pygame.CONTROLLERBUTTONDOWN,
        pygame.CONTROLLERBUTTONUP,
        pygame.CONTROLLERAXISMOTION,
        pygame.JOYDEVICEADDED,
        pygame.JOYDEVICEREMOVED,
    }
)
"""Types of the events that `Gamepads` reads."""


@dataclass
class _Held:
    """A held part of a gamepad."""

    button: Button | None
    seconds: float = 0.0  # since the press or the last repeat
    repeated: bool = False


class Gamepads:
    """A reader of the events of all connected gamepads.

    Attributes:
        news: A message for the user that a gamepad was connected or unplugged; "" for none.
    """

    def __init__(self) -> None:
        self.news = ""
        self._open: dict[int, object] = {}  # device number to objects that pygame needs to stay alive
        self._known: set[int] = set()  # numbers of devices whose layout SDL knows
        self._held: dict[tuple[int, str], _Held] = {}

    def open(self) -> None:
        """Start reading. Gamepads that are already connected are announced by events."""
        pygame.joystick.init()
        controller.init()

    def read(self, event: pygame.event.Event, keys: Keys) -> tuple[Input, ...]:
        """Convert an event to inputs in the mode `keys`."""
        if event.type == pygame.JOYDEVICEADDED:
            self._connect(event.device_index)
            return ()
        if event.type == pygame.JOYDEVICEREMOVED:
            return self._disconnect(event.instance_id)
        inputs: list[Input] = []
        for part, down in self._parts(event):
            inputs += self._move((event.instance_id, part), down, keys)
        return tuple(inputs)

    def repeat(self, seconds: float, keys: Keys) -> tuple[Press, ...]:
        """Return repeated presses of directions held in menus, after `seconds` more."""
        presses = []
        for held in self._held.values():
            if held.button in DIRECTIONS and keys in (Keys.MENU, Keys.WATCH, Keys.TEXT):
                held.seconds += seconds
                if held.seconds >= _REPEAT_SECONDS[held.repeated]:
                    held.seconds, held.repeated = 0.0, True
                    presses.append(Press(held.button))
        return tuple(presses)

    def let_go(self) -> tuple[Release, ...]:
        """Release everything that is held."""
        releases = tuple(Release(held.button) for held in self._held.values() if held.button)
        self._held.clear()
        return releases

    def _move(self, key: tuple[int, str], down: bool, keys: Keys) -> tuple[Input, ...]:
        if down is (key in self._held):
            return ()
        if not down:
            button = self._held.pop(key).button
            return (Release(button),) if button else ()
        button = PAD[keys].get(key[1])
        self._held[key] = _Held(button)
        return (Press(button),) if button else ()

    def _parts(self, event: pygame.event.Event) -> Iterator[tuple[str, bool]]:
        """Yield the parts that an event changes, and whether they are down."""
        known = event.type in (
            pygame.CONTROLLERBUTTONDOWN,
            pygame.CONTROLLERBUTTONUP,
            pygame.CONTROLLERAXISMOTION,
        )
        if not known and event.instance_id in self._known:
            return  # SDL reports it a second time, as a controller event
        if event.type == pygame.JOYHATMOTION:
            x, y = event.value
            yield from (("left", x < 0), ("right", x > 0), ("up", y > 0), ("down", y < 0))
        elif event.type in (pygame.JOYAXISMOTION, pygame.CONTROLLERAXISMOTION):
            axes = _KNOWN_AXES if known else _PLAIN_AXES
            value = event.value / _FULL if known else event.value
            if event.axis < len(axes):
                low, high = axes[event.axis]
                yield from self._side(event.instance_id, low, -value)
                yield from self._side(event.instance_id, high, value)
        else:
            names = _KNOWN if known else _PLAIN
            if event.button < len(names) and names[event.button]:
                yield names[event.button], event.type in (pygame.JOYBUTTONDOWN, pygame.CONTROLLERBUTTONDOWN)

    def _side(self, device: int, part: str, value: float) -> Iterator[tuple[str, bool]]:
        if part:
            yield part, value > (_RELEASED if (device, part) in self._held else _PRESSED)

    def _connect(self, index: int) -> None:
        try:
            joystick = pygame.joystick.Joystick(index)
            number = joystick.get_instance_id()
            if number in self._open:
                return
            if controller.is_controller(index):
                self._open[number] = controller.Controller(index), joystick
                self._known.add(number)
            else:
                self._open[number] = joystick
        except pygame.error as error:
            self.news = f"A gamepad cannot be used: {error}"
            return
        self.news = f"Gamepad connected: {joystick.get_name()}"

    def _disconnect(self, number: int) -> tuple[Input, ...]:
        """Release what the unplugged gamepad held; `FocusLost` pauses its game."""
        if self._open.pop(number, None) is None:
            return ()
        self._known.discard(number)
        self.news = "Gamepad unplugged"
        held = [key for key in self._held if key[0] == number]
        releases = [Release(button) for key in held if (button := self._held.pop(key).button)]
        return (*releases, FocusLost())
