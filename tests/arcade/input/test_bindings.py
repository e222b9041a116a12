"""Chosen keys: their names, the table they make, and what they collide with."""

from typing import Any

import pygame
import pytest

from arcade.input.bindings import check_bindings, conflict, game_table, key_name, key_names, key_sign, keys_of
from arcade.input.controls import KEYS, Button, Keys

BUTTONS = (Button.LEFT, Button.RIGHT, Button.PAUSE)


def test_without_choices_the_table_is_the_common_one() -> None:
    assert game_table({}) == KEYS[Keys.GAME]


def test_a_chosen_key_takes_the_place_of_the_buttons_own() -> None:
    table = game_table({"left": "j"})
    assert keys_of(table, Button.LEFT) == (pygame.K_j,)
    assert pygame.K_LEFT not in table and pygame.K_a not in table
    assert table[pygame.K_RIGHT] is Button.RIGHT


def test_a_chosen_key_is_taken_from_another_button_and_that_is_told() -> None:
    bindings = {"left": "p"}
    assert game_table(bindings)[pygame.K_p] is Button.LEFT
    assert conflict(bindings, BUTTONS, Button.LEFT) is Button.PAUSE
    assert conflict(bindings, BUTTONS, Button.PAUSE) is Button.LEFT
    assert conflict(bindings, BUTTONS, Button.RIGHT) is None


def test_two_buttons_on_one_key_leave_it_to_the_first() -> None:
    assert game_table({"left": "j", "right": "j"})[pygame.K_j] is Button.LEFT


@pytest.mark.parametrize("key", [pygame.K_a, pygame.K_LEFT, pygame.K_LSHIFT, pygame.K_KP0, pygame.K_F5])
def test_names_and_keys_are_the_same_thing(key: int) -> None:
    assert key_names()[key_name(key)] == key


def test_keys_are_written_for_people() -> None:
    pygame.display.init()
    assert [key_sign(key) for key in (pygame.K_a, pygame.K_LEFT, pygame.K_F5)] == ["A", "Left", "F5"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([1], r"keys = \[1\]"),
        ({"snake": "left"}, "keys of snake"),
        ({"snake": {"jump": "a"}}, "'jump' must be one of"),
        ({"snake": {"left": "any"}}, "left = 'any'"),
        ({"snake": {"left": "escape"}}, "left = 'escape'"),
        ({"snake": {"left": 3}}, "left = 3"),
        ({"snake": {"left": ["a"]}}, r"left = \['a'\]"),
    ],
)
def test_wrong_choices_are_refused_by_name(keys: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_bindings(keys)
