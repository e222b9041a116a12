"""Fields check what is typed at once; steppers hold one of several choices."""

from typing import Any

import pygame
import pytest

from arcade.input.controls import SELECT_ALL, Button, Pointer, Press, Typed
from arcade.ui.fields import Stepper, TextField
from arcade.ui.focus import Focus
from arcade.ui.style import Theme
from games.settings import settings_of
from games.snake.rules import Snake

GRID = settings_of(Snake)["grid"]


def type_text(field: TextField, *parts: str) -> None:
    for part in parts:
        field.handle(Typed(part))


def test_typing_replaces_what_was_there_and_deleting_edits_it() -> None:
    field = TextField("Name", "old")
    type_text(field, "n", "e", "w")
    assert field.text == "new"
    field.set("old")
    type_text(field, "\b", "d", "er")
    assert field.text == "older"


def test_the_range_is_checked_at_every_key() -> None:
    values: list[Any] = []
    field = TextField("Grid", "10", GRID.parse, help="Rows and columns.", on_change=values.append)
    type_text(field, "3")
    assert field.message == "grid = 3: must be a whole number from 6 to 30"
    assert (field.value, values) == (10, [])
    type_text(field, "0")
    assert field.message == "Rows and columns."
    assert (field.value, values) == (30, [30])


def test_a_field_tells_when_it_differs_from_its_standard() -> None:
    field = TextField("Grid", "10", standard="10")
    assert not field.changed
    type_text(field, "9")
    assert field.changed
    assert not TextField("Grid", "10").changed


def test_fields_take_no_control_characters_and_no_novels() -> None:
    field = TextField("Name", "")
    type_text(field, "a\x00\n\x1bb", "x" * 500)
    assert field.text.startswith("abx")
    assert len(field.text) <= 64


def test_a_path_is_long_and_added_to() -> None:
    field = TextField("", "/home/", longest=4096, replace=False)
    type_text(field, *("folder/" * 40))
    assert field.text == "/home/" + "folder/" * 40
    surface = pygame.Surface((300, 60))
    field.rect = pygame.Rect(10, 10, 200, 40)
    field.draw(surface, Theme(), True)


def test_only_a_field_with_the_focus_makes_letters_text() -> None:
    field, stepper = TextField("Name", ""), Stepper("Level", ["a", "b"], "a")
    focus = Focus([field, stepper])
    assert focus.wants_text
    focus.handle(Press(Button.NEXT))
    assert not focus.wants_text
    focus.handle(Typed("x"))
    assert field.text == ""


def test_a_stepper_goes_round_both_ways() -> None:
    told: list[str] = []
    stepper = Stepper("Level", ["a", "b", "c"], "a", on_change=told.append)
    for pressed in (Button.RIGHT, Button.RIGHT, Button.CONFIRM, Button.LEFT):
        stepper.handle(Press(pressed))
    assert told == ["b", "c", "a", "c"]
    assert stepper.value == "c"


def test_a_stepper_keeps_sideways_arrows_to_itself() -> None:
    stepper = Stepper("Level", ["a", "b"], "a")
    assert stepper.takes(Button.LEFT)
    assert stepper.takes(Button.RIGHT)
    assert not stepper.takes(Button.DOWN)


@pytest.mark.parametrize(("x", "value"), [(205, "c"), (290, "b")])
def test_a_click_on_an_arrow_steps_its_way(x: int, value: str) -> None:
    stepper = Stepper("Level", ["a", "b", "c"], "a")
    stepper.rect = pygame.Rect(100, 100, 200, 30)
    stepper.draw(pygame.Surface((400, 200)), Theme(), True)
    stepper.handle(Pointer((x, 115), pressed=1))
    assert stepper.value == value


def test_a_single_choice_tells_nothing() -> None:
    told: list[str] = []
    Stepper("Level", ["a"], "a", on_change=told.append).handle(Press(Button.RIGHT))
    assert told == []


@pytest.mark.parametrize("focused", [True, False])
@pytest.mark.parametrize("width", [40, 400])
def test_fields_draw_at_any_width(width: int, focused: bool) -> None:
    surface, theme = pygame.Surface((500, 200)), Theme()
    widgets: list[Any] = [TextField("Grid", "3", GRID.parse, standard="10"), Stepper("Level", ["one", "two"], "two")]
    for widget in widgets:
        widget.rect = pygame.Rect(20, 20, width, 30)
        widget.draw(surface, theme, focused)


def test_ctrl_a_takes_the_whole_text() -> None:
    field = TextField("", "/home/folder", longest=4096, replace=False)
    type_text(field, SELECT_ALL, "\b")
    assert field.text == ""
    field.set("/home/folder")
    type_text(field, SELECT_ALL, "x", "y")
    assert field.text == "xy"
    type_text(field, "\b")
    assert field.text == "x"
