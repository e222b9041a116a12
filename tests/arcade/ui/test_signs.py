"""What stands for a button: key caps with the person's own keys, parts of a gamepad, nothing for the mouse."""

import pygame
import pytest

from arcade.input.controls import Button, Device, Keys
from arcade.ui.signs import signs_for
from arcade.ui.style import Theme


@pytest.fixture(autouse=True)
def display() -> None:
    pygame.display.init()
    pygame.font.init()


def test_keys_have_their_names_and_chosen_ones_theirs() -> None:
    assert signs_for(Device.KEYBOARD, Keys.MENU, {}).words[Button.BACK] == "Esc"
    signs = signs_for(Device.KEYBOARD, Keys.GAME, {"left": "j", "right": "p"})
    assert (signs.words[Button.LEFT], signs.words[Button.RIGHT], signs.words[Button.UP]) == ("J", "P", "Up")
    assert not signs.shows(Button.PAUSE)  # its key was taken


def test_a_gamepad_shows_its_own_buttons_and_hides_what_it_cannot_do() -> None:
    signs = signs_for(Device.GAMEPAD, Keys.MENU, {})
    assert (signs.words[Button.CONFIRM], signs.words[Button.BACK]) == ("A", "B")
    assert not signs.shows(Button.DELETE)
    assert signs_for(Device.GAMEPAD, Keys.GAME, {}).words[Button.PRIMARY] == "A"


def test_the_mouse_clicks_on_everything() -> None:
    signs = signs_for(Device.MOUSE, Keys.MENU, {})
    assert all(signs.shows(button) for button in Button)
    assert signs.width(Theme(), Button.BACK) == 0


@pytest.mark.parametrize("device", [Device.KEYBOARD, Device.GAMEPAD])
@pytest.mark.parametrize("keys", [Keys.MENU, Keys.GAME, Keys.TEXT])
def test_every_sign_is_drawn_within_its_place(device: Device, keys: Keys) -> None:
    theme, signs = Theme(), signs_for(device, keys, {})
    for button in signs.words:
        surface = pygame.Surface((200, 100))
        rect = pygame.Rect(20, 20, signs.width(theme, button), signs.height(theme))
        signs.draw(surface, theme, button, rect)
        surface.set_colorkey((0, 0, 0))
        drawn = surface.get_bounding_rect()
        assert drawn.width and rect.contains(drawn)
