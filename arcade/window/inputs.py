"""The events of keyboard, mouse and gamepads, read as inputs, and which of these devices was used last."""

import pygame

from arcade.input.bindings import Bindings, game_table
from arcade.input.controls import Device, Input, Keys, Reader
from arcade.input.gamepads import EVENTS as GAMEPAD_EVENTS
from arcade.input.gamepads import Gamepads

_DEVICES = {
    pygame.KEYDOWN: Device.KEYBOARD,
    pygame.MOUSEBUTTONDOWN: Device.MOUSE,
    pygame.MOUSEWHEEL: Device.MOUSE,
}  # which device an event shows to be in hand; a mouse that is only brushed against is not


class Inputs:
    """Reads the events of all devices.

    Attributes:
        device: The device last used.
        gamepads: The gamepads.
    """

    def __init__(self) -> None:
        self.device = Device.KEYBOARD
        self.gamepads = Gamepads()
        self._reader = Reader()

    def read(self, event: pygame.event.Event, keys: Keys, bindings: Bindings) -> tuple[Input, ...]:
        """The inputs that an event stands for.

        Args:
            event: Of pygame.
            keys: How the scene on top wants its keys read.
            bindings: The keys chosen for the game that is played.
        """
        if event.type in GAMEPAD_EVENTS:
            inputs = self.gamepads.read(event, keys)
            if inputs:
                self.device = Device.GAMEPAD
            return inputs
        self.device = _DEVICES.get(event.type, self.device)
        return self._reader.read(event, keys, game_table(bindings) if keys is Keys.GAME else None)

    def take_news(self) -> str:
        """A line about gamepads that came or went, "" for none; told once."""
        news, self.gamepads.news = self.gamepads.news, ""
        return news

    def let_go(self) -> None:
        """Take all keys as released."""
        self._reader.let_go()
