"""The stack of scenes: places are opened on it, and those that cannot be are told of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.errors import ProfileError
from arcade.context import Context
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.places import GamePage, HomePage, Lab
from arcade.scenes.screen import Screen
from arcade.ui.scene import Change, Place, Pop, Push, Replace
from arcade.window import navigation
from arcade.window.stack import SceneStack
from games.border import GameError
from tests.arcade.scenes.scenery import make_context


class Noting(Screen):
    """A scene that counts how often it is entered and left."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.entered = self.left = 0

    def enter(self) -> None:
        self.entered += 1

    def leave(self) -> None:
        self.left += 1


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


@pytest.fixture
def below(context: Context) -> Noting:
    return Noting(context)


@pytest.fixture
def stack(context: Context, below: Noting) -> SceneStack:
    return SceneStack(context, [HomePage(), below])


def test_the_first_places_are_opened(stack: SceneStack, below: Noting) -> None:
    assert len(stack) == 2
    assert isinstance(stack[0], HomeScene) and stack.top is below


def test_a_first_place_that_cannot_be_opened_is_an_error(context: Context) -> None:
    with pytest.raises(ValueError, match="chess"):
        SceneStack(context, [HomePage(), GamePage("chess")])


def test_a_place_is_pushed_or_takes_the_place_of_the_scene_on_top(stack: SceneStack, below: Noting) -> None:
    stack.obey(Push(GamePage("snake")))
    page: Any = stack.top
    assert len(stack) == 3 and page.info.id == "snake"
    stack.obey(Pop())
    assert (stack.top, below.entered, below.left) == (below, 1, 0)
    stack.obey(Replace(GamePage("catch")))
    page = stack.top
    assert len(stack) == 2 and page.info.id == "catch" and below.left == 1


@pytest.mark.parametrize("change", [Push, Replace])
@pytest.mark.parametrize("kind", [ValueError, GameError, ProfileError])
def test_a_place_that_cannot_be_opened_is_told_and_nothing_changes(
    stack: SceneStack,
    context: Context,
    below: Noting,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Place], Change],
    kind: type[ValueError],
) -> None:
    def fail(*_: object) -> None:
        raise kind("it has gone away")

    monkeypatch.setattr("arcade.scenes.lab.lab_scene.LabScene.__init__", fail)
    assert stack.opened(change(Lab())) is None
    assert context.take_notice() == "it has gone away"
    stack.obey(change(Lab()))
    assert context.take_notice() == "it has gone away"
    assert len(stack) == 2 and stack.top is below
    assert (below.entered, below.left) == (0, 0)


def test_a_place_is_opened_once(stack: SceneStack, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Place] = []

    def scene_of(place: Place, context: Context) -> Any:
        opened.append(place)
        return navigation.scene_of(place, context)

    monkeypatch.setattr("arcade.window.stack.scene_of", scene_of)
    stack.obey(stack.opened(Push(GamePage("snake"))))
    assert opened == [GamePage("snake")]
