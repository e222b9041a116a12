"""Passes a person's keys and mouse clicks to a game."""

import pygame

from arcade.input.bindings import play_words
from arcade.input.controls import Button, Hint, Input, Pointer, Press, Release
from arcade.rounds.controllers import Human
from games.game import GameInfo, Play


def steer(human: Human, event: Input, picture: pygame.Rect) -> bool:
    """Pass an input to a person's controller; returns whether it was an action.

    Args:
        human: The controller.
        event: A button, or a click, whose place in the picture means a direction.
        picture: Rectangle of the game's picture.
    """
    if isinstance(event, Press):
        return human.press(event.button)
    if isinstance(event, Release):
        human.release(event.button)
    elif isinstance(event, Pointer) and event.released == 1:
        human.release_all()
    elif isinstance(event, Pointer) and event.pressed == 1 and picture.collidepoint(event.position):
        return human.press(direction(human.play, picture, event.position))
    return False


def direction(play: Play, picture: pygame.Rect, position: tuple[int, int]) -> Button:
    """Return the button that a click at a point of the picture means."""
    if Button.PRIMARY.value in play.buttons:
        return Button.PRIMARY
    x = (position[0] - picture.centerx) / picture.width
    y = (position[1] - picture.centery) / picture.height
    if Button.UP.value in play.buttons and abs(y) > abs(x):
        return Button.UP if y < 0 else Button.DOWN
    return Button.LEFT if x < 0 else Button.RIGHT


def game_hints(info: GameInfo) -> list[Hint]:
    """Return hints on the buttons of a game."""
    words, buttons = play_words(info), info.play.buttons
    first = {action: name for name, action in reversed([*buttons.items()])}  # one button for each action
    return [Hint(Button(name), words[Button(name)]) for name in buttons if name in first.values()]
