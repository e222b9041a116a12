"""Gamepads read into the same inputs as keys: buttons, sticks, crosses, plugging in and out."""

from typing import Any

import pygame
import pytest

from arcade.input.controls import Button, FocusLost, Keys, Press, Release
from arcade.input.gamepads import PAD, Gamepads


def down(button: int, device: int = 0) -> Any:
    return pygame.event.Event(pygame.JOYBUTTONDOWN, instance_id=device, button=button)


def up(button: int, device: int = 0) -> Any:
    return pygame.event.Event(pygame.JOYBUTTONUP, instance_id=device, button=button)


def axis(number: int, value: float) -> Any:
    return pygame.event.Event(pygame.JOYAXISMOTION, instance_id=0, axis=number, value=value)


def hat(x: int, y: int) -> Any:
    return pygame.event.Event(pygame.JOYHATMOTION, instance_id=0, hat=0, value=(x, y))


@pytest.mark.parametrize("keys", [Keys.WATCH, Keys.GAME])
def test_a_trigger_is_held_to_take_over_and_the_other_records(keys: Keys) -> None:
    pads = Gamepads()
    assert pads.read(axis(2, 1.0), keys) == (Press(Button.TAKE_OVER),)
    assert pads.read(axis(2, -1.0), Keys.GAME) == (Release(Button.TAKE_OVER),)
    assert pads.read(axis(5, 1.0), keys) == (Press(Button.RECORD),)


@pytest.mark.parametrize(("keys", "button"), [(Keys.MENU, Button.CONFIRM), (Keys.GAME, Button.PRIMARY)])
def test_the_lowest_button_chooses_in_menus_and_acts_in_games(keys: Keys, button: Button) -> None:
    pads = Gamepads()
    assert pads.read(down(0), keys) == (Press(button),)
    assert pads.read(down(0), keys) == ()
    assert pads.read(up(0), Keys.TEXT) == (Release(button),)


def test_a_stick_is_four_buttons_that_do_not_flutter() -> None:
    pads = Gamepads()
    told = [pads.read(axis(0, value), Keys.GAME) for value in (0.2, 0.6, 0.45, 0.55, 0.2, -0.9)]
    right, left = Button.RIGHT, Button.LEFT
    assert told == [(), (Press(right),), (), (), (Release(right),), (Press(left),)]


def test_the_cross_goes_straight_from_one_side_to_the_other() -> None:
    pads = Gamepads()
    assert pads.read(hat(0, 1), Keys.MENU) == (Press(Button.UP),)
    assert set(pads.read(hat(0, -1), Keys.MENU)) == {Release(Button.UP), Press(Button.DOWN)}
    assert pads.read(hat(0, 0), Keys.MENU) == (Release(Button.DOWN),)


def test_a_held_direction_repeats_in_menus_only() -> None:
    pads = Gamepads()
    pads.read(hat(1, 0), Keys.MENU)
    assert pads.repeat(0.3, Keys.MENU) == ()
    assert pads.repeat(0.2, Keys.MENU) == (Press(Button.RIGHT),)
    assert pads.repeat(0.15, Keys.MENU) == (Press(Button.RIGHT),)
    assert pads.repeat(9.0, Keys.GAME) == ()
    pads.read(hat(0, 0), Keys.MENU)
    assert pads.repeat(9.0, Keys.MENU) == ()


def test_a_known_gamepad_is_read_by_its_layout_and_only_once() -> None:
    pads = Gamepads()
    pads._known.add(0)
    known = pygame.event.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=0, button=pygame.CONTROLLER_BUTTON_START)
    assert pads.read(down(0), Keys.MENU) == ()
    assert pads.read(known, Keys.MENU) == (Press(Button.PAUSE),)
    stick = pygame.event.Event(
        pygame.CONTROLLERAXISMOTION, instance_id=0, axis=pygame.CONTROLLER_AXIS_LEFTY, value=-30_000
    )
    assert pads.read(stick, Keys.MENU) == (Press(Button.UP),)


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (pygame.CONTROLLER_BUTTON_B, Button.BACK),
        (pygame.CONTROLLER_BUTTON_Y, Button.RESTART),
        (pygame.CONTROLLER_BUTTON_BACK, Button.DASHBOARD),
        (pygame.CONTROLLER_BUTTON_RIGHTSHOULDER, Button.FASTER),
        (pygame.CONTROLLER_BUTTON_DPAD_LEFT, Button.LEFT),
    ],
)
def test_the_buttons_of_a_known_gamepad(number: int, part: Button) -> None:
    event = pygame.event.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=3, button=number)
    assert Gamepads().read(event, Keys.MENU) == (Press(part),)


def test_buttons_and_axes_that_nobody_knows_mean_nothing() -> None:
    pads = Gamepads()
    assert pads.read(down(77), Keys.MENU) == ()
    assert pads.read(axis(77, 1.0), Keys.MENU) == ()


def test_unplugging_releases_what_is_held_and_pauses() -> None:
    pads = Gamepads()
    pads._open[5] = object()
    pads.read(down(0, device=5), Keys.GAME)
    gone = pygame.event.Event(pygame.JOYDEVICEREMOVED, instance_id=5)
    assert pads.read(gone, Keys.GAME) == (Release(Button.PRIMARY), FocusLost())
    assert pads.news == "Gamepad unplugged"
    assert pads.read(gone, Keys.GAME) == ()


def test_one_that_cannot_be_opened_is_told() -> None:
    pads = Gamepads()
    pads.open()
    pads.read(pygame.event.Event(pygame.JOYDEVICEADDED, device_index=99), Keys.MENU)
    assert pads.news.startswith("A gamepad cannot be used")


def test_every_way_of_reading_has_a_way_back() -> None:
    for table in PAD.values():
        assert Button.BACK in table.values()
