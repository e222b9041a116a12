"""Device events become inputs; keys mean what the scene needs them to mean."""

from typing import Any

import pygame
import pytest

from arcade.input.controls import (
    KEYS,
    SELECT_ALL,
    SIGNS,
    Button,
    FocusLost,
    Keys,
    Pointer,
    Press,
    Reader,
    Release,
    Typed,
)


def down(key: int, mod: int = 0) -> Any:
    return pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode="")


def up(key: int) -> Any:
    return pygame.event.Event(pygame.KEYUP, key=key, mod=0)


def test_every_button_has_a_sign() -> None:
    assert set(SIGNS) == set(Button)


@pytest.mark.parametrize(("keys", "button"), [(Keys.GAME, Button.DOWN), (Keys.MENU, Button.SAVE)], ids=["game", "menu"])
def test_s_is_down_in_games_and_save_elsewhere(keys: Keys, button: Button) -> None:
    assert Reader().read(down(pygame.K_s), keys) == (Press(button),)


def test_letters_are_no_buttons_while_text_is_typed() -> None:
    reader = Reader()
    for key in (pygame.K_s, pygame.K_p, pygame.K_x, pygame.K_SPACE, pygame.K_MINUS, pygame.K_DELETE):
        assert reader.read(down(key), Keys.TEXT) == ()
    assert reader.read(pygame.event.Event(pygame.TEXTINPUT, text="s"), Keys.TEXT) == (Typed("s"),)
    assert reader.read(down(pygame.K_BACKSPACE), Keys.TEXT) == (Typed("\b"),)
    assert KEYS[Keys.TEXT][pygame.K_RETURN] is Button.CONFIRM


def test_text_means_nothing_where_none_is_wanted() -> None:
    assert Reader().read(pygame.event.Event(pygame.TEXTINPUT, text="s"), Keys.MENU) == ()


def test_a_held_arrow_repeats_in_menus_only() -> None:
    reader = Reader()
    assert reader.read(down(pygame.K_DOWN), Keys.MENU) == (Press(Button.DOWN),)
    assert reader.read(down(pygame.K_DOWN), Keys.MENU) == (Press(Button.DOWN),)
    assert reader.read(down(pygame.K_DOWN), Keys.GAME) == ()


def test_a_held_enter_chooses_once() -> None:
    reader = Reader()
    assert reader.read(down(pygame.K_RETURN), Keys.MENU) == (Press(Button.CONFIRM),)
    assert reader.read(down(pygame.K_RETURN), Keys.MENU) == ()


def test_a_release_names_the_button_that_was_pressed() -> None:
    reader = Reader()
    reader.read(down(pygame.K_s), Keys.GAME)
    assert reader.read(up(pygame.K_s), Keys.MENU) == (Release(Button.DOWN),)
    assert reader.read(up(pygame.K_s), Keys.MENU) == ()


def test_losing_the_window_releases_what_is_held() -> None:
    reader = Reader()
    reader.read(down(pygame.K_LEFT), Keys.GAME)
    lost = reader.read(pygame.event.Event(pygame.WINDOWFOCUSLOST), Keys.GAME)
    assert lost == (Release(Button.LEFT), FocusLost())
    assert reader.read(down(pygame.K_LEFT), Keys.GAME) == (Press(Button.LEFT),)


def test_modifiers_make_other_buttons() -> None:
    reader = Reader()
    assert reader.read(down(pygame.K_RETURN, pygame.KMOD_LALT), Keys.MENU) == (Press(Button.FULLSCREEN),)
    assert reader.read(down(pygame.K_TAB, pygame.KMOD_LSHIFT), Keys.TEXT) == (Press(Button.PREVIOUS),)


def test_the_mouse_points_presses_releases_and_turns() -> None:
    reader = Reader()
    at = (30, 40)
    kinds = [
        (pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(0, 0, 0)), Pointer(at)),
        (pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1), Pointer(at, pressed=1)),
        (pygame.event.Event(pygame.MOUSEBUTTONUP, pos=at, button=1), Pointer(at, released=1)),
    ]
    for event, expected in kinds:
        assert reader.read(event, Keys.MENU) == (expected,)
    assert reader.read(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=4), Keys.MENU) == ()


def test_ctrl_a_selects_all_where_text_is_typed() -> None:
    event = pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a, mod=pygame.KMOD_LCTRL, unicode="\x01")
    assert Typed(SELECT_ALL) in Reader().read(event, Keys.TEXT)
    assert Typed(SELECT_ALL) not in Reader().read(event, Keys.MENU)
