"""User-defined keys of a game: their names in the settings, the resulting key table, and conflicts."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pygame

from arcade.input.controls import KEYS, Button, Keys
from games.game import GameInfo

Bindings = Mapping[str, str]
"""Button value to key name, for one game."""

RESERVED = frozenset({Button.CONFIRM, Button.BACK, Button.NEXT, Button.DASHBOARD, Button.LETTERS, Button.FULLSCREEN})
"""Buttons whose keys games may not use, since screens need them."""


@cache
def key_names() -> Mapping[str, int]:
    """Return all keys by their names in the settings: "a", "left", "space", "lshift"."""
    names = {name[2:].lower(): value for name, value in vars(pygame.constants).items() if name.startswith("K_")}
    return MappingProxyType(names)


def key_name(key: int) -> str:
    """Return the name of a key in the settings, "" if it has none."""
    return next((name for name, value in key_names().items() if value == key), "")


def key_sign(key: int) -> str:
    """Return the label of a key on screen: "A", "Left", "Right shift"."""
    words = pygame.key.name(key) or key_name(key)
    return words.upper() if len(words) == 1 else words.capitalize()


def play_words(info: GameInfo) -> dict[Button, str]:
    """Return the buttons of a game whose keys can be changed, with labels of what they do."""
    words: dict[Button, str] = {}
    for name, action in info.play.buttons.items():
        word = info.actions[action]
        word = f"Move {word}" if name == word else word.capitalize()
        words[Button(name)] = f"{word}, too" if word in words.values() else word
    return words | {Button.PAUSE: "Pause", Button.RESTART: "Start again"}


def check_bindings(keys: Mapping[str, Bindings]) -> None:
    """Check the user-defined keys of all games.

    Raises:
        ValueError: A button or key is unknown, or the key is reserved.
    """
    if not isinstance(keys, dict):
        raise ValueError(f"keys = {keys!r}: must map games to their keys")
    buttons = {button.value for button in Button}
    for game, bindings in keys.items():
        if not isinstance(bindings, dict):
            raise ValueError(f"keys of {game} = {bindings!r}: must map buttons to key names")
        for button, name in bindings.items():
            if button not in buttons:
                raise ValueError(f"keys of {game}: {button!r} must be one of {', '.join(sorted(buttons))}")
            if not isinstance(name, str) or not may_be_chosen(key_names().get(name, pygame.K_UNKNOWN)):
                raise ValueError(f"keys of {game}: {button} = {name!r} must be the name of a key that is not reserved")


def may_be_chosen(key: int) -> bool:
    """Whether a game may use this key."""
    return key != pygame.K_UNKNOWN and KEYS[Keys.GAME].get(key) not in RESERVED


def game_table(bindings: Bindings) -> Mapping[int, Button]:
    """Return the key table of a game: key to button.

    A user-defined key replaces the default keys of its button, and the button that had this key by default. If two
    buttons define the same key, the first one gets it.
    """
    chosen = {Button(button): key_names()[name] for button, name in bindings.items()}
    table = {key: button for key, button in KEYS[Keys.GAME].items() if button not in chosen}
    table |= {key: button for button, key in reversed(chosen.items())}
    return MappingProxyType(table)


def keys_of(table: Mapping[int, Button], button: Button) -> tuple[int, ...]:
    """Return the keys of a button, the main one first."""
    return tuple(key for key, meaning in table.items() if meaning is button)


def conflict(bindings: Bindings, buttons: tuple[Button, ...], button: Button) -> Button | None:
    """Return the first other button of `buttons` that uses the same key as `button`; None if there is none."""
    wanted = {each: _wanted(bindings, each) for each in buttons}
    return next((each for each in buttons if each is not button and wanted[each] & wanted[button]), None)


def _wanted(bindings: Bindings, button: Button) -> set[int]:
    if button.value in bindings:
        return {key_names()[bindings[button.value]]}
    return set(keys_of(KEYS[Keys.GAME], button))
