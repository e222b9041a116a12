"""Translates events of keyboard, mouse and gamepads into inputs, and tracks the device used last."""

import pygame

from arcade.input.bindings import Bindings, game_table
from arcade.input.controls import Device, Input, Keys, Reader
from arcade.input.gamepads import EVENTS as GAMEPAD_EVENTS
from arcade.input.gamepads import Gamepads

_DEVICES = {
    pygame.KEYDOWN: Device.KEYBOARD,
    pygame.MOUSEBUTTONDOWN: Device.MOUSE,
    pygame.MOUSEWHEEL: Device.MOUSE,
}  # events that show which device is in use; mouse motion does not count, because it may be accidental


class Inputs:
    """A reader of the events of all devices.

    Attributes:
        device: The device used last.
        gamepads: The gamepads.
    """

    def __init__(self) -> None:
        self.device = Device.KEYBOARD
        self.gamepads = Gamepads()
        self._reader = Reader()

    def read(self, event: pygame.event.Event, keys: Keys, bindings: Bindings) -> tuple[Input, ...]:
        """Returns the inputs that an event stands for.

        Args:
            event: An event of pygame.
            keys: The way in which the top scene reads keys.
            bindings: The keys chosen for the game being played.
        """
        if event.type in GAMEPAD_EVENTS:
            inputs = self.gamepads.read(event, keys)
            if inputs:
                self.device = Device.GAMEPAD
            return inputs
        self.device = _DEVICES.get(event.type, self.device)
        return self._reader.read(event, keys, game_table(bindings) if keys is Keys.GAME else None)

    def take_news(self) -> str:
        """Returns a line about gamepads that were connected or removed, "" for none, and clears it."""
        news, self.gamepads.news = self.gamepads.news, ""
        return news

    def let_go(self) -> None:
        """Treats all keys as released."""
        self._reader.let_go()
