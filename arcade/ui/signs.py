"""Signs for buttons on each device: key caps and gamepad buttons."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pygame

from arcade.input.bindings import Bindings, game_table, key_sign, keys_of
from arcade.input.controls import KEYS, SIGNS, Button, Device, Keys
from arcade.input.gamepads import PAD
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.style import Size, Theme

_PAD_WORDS = {"menu": "Menu", "view": "View"}
_ARROWS = frozenset({"left", "right", "up", "down"})
_ROUND = frozenset({"a", "b", "x", "y"})


@dataclass(frozen=True)
class Signs:
    """The present signs of the buttons.

    Attributes:
        device: The device in use.
        words: Label of each button that the device has; empty for the mouse.
    """

    device: Device
    words: Mapping[Button, str]

    def shows(self, button: Button) -> bool:
        """Whether the device has this button; with the mouse, every hint can be clicked."""
        return self.device is Device.MOUSE or button in self.words

    def width(self, theme: Theme, button: Button) -> int:
        """Return the width of a button's sign."""
        if self.device is Device.MOUSE:
            return 0
        height = self.height(theme)
        word = self.words[button]
        if self.device is Device.GAMEPAD and word.lower() in _ARROWS | _ROUND:
            return height
        return max(height, theme.width(word, Size.SMALL) + theme.space(1))

    def height(self, theme: Theme) -> int:
        """Return the height of every sign."""
        return theme.line(Size.SMALL) + theme.space(0.5)

    def draw(self, surface: pygame.Surface, theme: Theme, button: Button, rect: pygame.Rect) -> None:
        """Draw a button's sign within `rect`."""
        if self.device is Device.MOUSE:
            return
        word = self.words[button]
        if self.device is Device.GAMEPAD and word.lower() in _ARROWS:
            draw_icon(surface, f"pad {word.lower()}", rect.center, rect.height, style.TEXT)
            return
        if self.device is Device.GAMEPAD:
            theme.pill(surface, rect, style.LINE)
            theme.pill(surface, rect.inflate(-2, -2), style.RAISED)
        else:
            theme.panel(surface, rect, style.RAISED)
        theme.text(surface, word, rect.center, Size.SMALL, style.TEXT, "center")


def signs_for(device: Device, keys: Keys, bindings: Bindings) -> Signs:
    """Return the signs for a scene.

    Args:
        device: The device in use.
        keys: The mode in which the scene reads keys.
        bindings: User-defined keys of the game in play, empty if there are none.
    """
    if device is Device.MOUSE:
        return Signs(device, MappingProxyType({}))
    if device is Device.GAMEPAD:
        return Signs(device, MappingProxyType({button: _pad_word(part) for part, button in PAD[keys].items()}))
    words = dict(SIGNS)
    if keys is Keys.GAME and bindings:
        table = game_table(bindings)
        for button in SIGNS:
            own = keys_of(table, button)
            if own != keys_of(KEYS[Keys.GAME], button):
                words[button] = key_sign(own[0]) if own else ""
    return Signs(device, MappingProxyType({button: word for button, word in words.items() if word}))


def _pad_word(part: str) -> str:
    """Return the label of a part of a gamepad; for an arrow, its direction."""
    return part if part in _ARROWS else _PAD_WORDS.get(part, part.upper())
