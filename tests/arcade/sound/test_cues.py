"""Which sound is heard when: of a tick, and of an input to a menu."""

from typing import Any

import pytest

from arcade.input.controls import Button, Pointer, Press
from arcade.rounds.round import Tick
from arcade.sound import synth
from arcade.sound.cues import cue, menu_cue
from arcade.ui.scene import Pop, Push
from games.registry import game_ids, make


@pytest.mark.parametrize(
    ("tick", "name"),
    [
        (Tick(0, False, False, False, acted=True), "flap"),
        (Tick(1, True, False, False, acted=True), "pass"),
        (Tick(0, False, True, False), "bump"),
        (Tick(0, False, False, False), ""),
        (Tick(1, False, False, False, milestone=100), "milestone"),
    ],
    ids=["act", "point", "end", "nothing", "milestone"],
)
def test_a_tick_has_the_sound_of_what_matters_most(tick: Tick, name: str) -> None:
    assert cue(tick, make("flappybird").info) == name


@pytest.mark.parametrize("game_id", game_ids())
def test_games_name_sounds_that_exist(game_id: str) -> None:
    sounds = make(game_id).info.sounds
    assert set(sounds) <= {"act", "point", "end"}
    assert set(sounds.values()) <= set(synth.EFFECTS)


def test_menus_have_a_sound_for_moving_choosing_and_going_back() -> None:
    down, enter = Press(Button.DOWN), Press(Button.CONFIRM)
    scene: Any = object()
    assert menu_cue(down, None, moved=True) == "move"
    assert menu_cue(down, None, moved=False) == ""
    assert menu_cue(enter, Push(scene), moved=False) == "confirm"
    assert menu_cue(Press(Button.BACK), Pop(), moved=False) == "back"
    assert menu_cue(Pointer((1, 1)), None, moved=False) == ""
