"""Comparing agents: up to five, told apart by more than colour, and what differs between them in words."""

from pathlib import Path
from typing import Any

import pytest

from agents.config import Config
from arcade.input.controls import Button, Pointer
from arcade.scenes.agents.compare_scene import COLOURS, CompareScene
from arcade.scenes.agents.differences import MARKERS, MOST_AGENTS, differences
from arcade.ui.scene import Pop
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, press, settle

NAMES = ("One", "Two", "Three", "Four", "Five", "Six", "Seven")


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    context = make_context(tmp_path)
    for number, name in enumerate(NAMES):
        card = {**make_profile().scorecard, "mean": float(number)}
        context.library.save(make_profile(name, game_id="snake", seed=number, scorecard=card))
    context.library.save(make_profile("Other", game_id="catch"))
    made = CompareScene(context, "snake", context.library.find("Three"))
    settle(context)
    return made


def names(scene: Any) -> list[str]:
    return [entry.name for entry in scene._compared]


def choose(scene: Any, *wanted: str) -> None:
    for name in wanted:
        scene.list.index = [entry.name for entry in scene.list.items].index(name)
        press(scene, Button.CONFIRM)


def test_it_begins_with_the_agent_asked_for_and_the_best(scene: Any) -> None:
    assert names(scene) == ["Three", "Seven"]
    assert "Other" not in [entry.name for entry in scene.list.items], "agents of one game only"


def test_up_to_five_can_be_taken_in_and_out(scene: Any) -> None:
    choose(scene, "One", "Two", "Four")
    assert len(names(scene)) == MOST_AGENTS
    choose(scene, "Five")
    assert len(names(scene)) == MOST_AGENTS and "at most" in scene.context.take_notice()
    choose(scene, "Seven", "Five")
    assert "Seven" not in names(scene) and "Five" in names(scene)


def test_a_line_keeps_its_colour_and_sign_when_others_go(scene: Any) -> None:
    choose(scene, "One")
    entry = scene._compared[2]
    sign = scene._sign(entry)
    choose(scene, "Three")
    assert scene._sign(entry) == sign
    lines = scene._chart._lines
    assert len({(line.colour, line.marker) for line in lines}) == len(lines) == 2


def test_colours_and_signs_differ_each(scene: Any) -> None:
    assert len(set(COLOURS)) == len(set(MARKERS)) == MOST_AGENTS


def test_the_mouse_alone_takes_one_in(scene: Any) -> None:
    check_widgets(scene, SIZES[0])
    row = [entry.name for entry in scene.list.items].index("Two")
    for _ in range(2):  # select, then choose
        scene.handle(Pointer(scene.list.row_rect(row).center, pressed=1))
    assert "Two" in names(scene)


def test_settings_that_are_alike_are_left_out() -> None:
    one = make_profile("One", config=Config(hidden=(), learning_rate=1e-3))
    two = make_profile("Two", config=Config(hidden=(), learning_rate=5e-4), seed=3)
    rows = dict(differences([one, two]))
    assert rows["Learning rate"] == ("0.001", "0.0005")
    assert rows["Seed"] == ("0", "3")
    assert rows["Mean in tests"] == ("1", "1")
    assert "Discount" not in rows and "Hidden" not in rows


@pytest.mark.parametrize("size", SIZES)
def test_widgets_stand_apart(scene: Any, size: tuple[int, int]) -> None:
    scene.context.theme.resize((size[0], size[1] + 40))
    check_widgets(scene, size)
    assert press(scene, Button.BACK) == Pop()


def test_nothing_chosen_says_what_to_do(scene: Any) -> None:
    choose(scene, "Three", "Seven")
    assert names(scene) == [] and scene.table.items == []
    check_widgets(scene, SIZES[0])
