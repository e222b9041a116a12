"""The settings and the keys: in force at once, saved, reset, conflicts told; letters on screen."""

from pathlib import Path
from typing import Any

import pygame
import pytest

from arcade.context import Context
from arcade.input.controls import Button, KeyDown, Keys, Pointer, Press, Typed
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.letters_scene import LettersScene
from arcade.scenes.settings.keys_scene import KeysScene
from arcade.scenes.settings.settings_scene import SettingsScene
from arcade.store.preferences import Settings, SettingsStore
from arcade.ui.fields import TextField
from arcade.ui.scene import Pop, Push
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press, settle


@pytest.fixture
def context(tmp_path: Path) -> Context:
    context = make_context(tmp_path)
    context.settings = SettingsStore(tmp_path / "settings.json")
    pygame.display.init()
    return context


@pytest.fixture
def scene(context: Context) -> Any:
    scene = SettingsScene(context)
    scene.enter()
    picture(scene)
    return scene


def focus(scene: Any, label: str) -> None:
    """Give the focus to what bears a label."""
    scene.focus.current = next(each for each in scene.focus.widgets if each.label == label)


def saved(context: Context, tmp_path: Path) -> Settings:
    settle(context)
    return SettingsStore(tmp_path / "settings.json").value


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [
        ("Sounds", "sound", 0.8),
        ("Music", "music", 0.5),
        ("Mute", "muted", True),
        ("While watching", "watch_sounds", True),
        ("Window", "fullscreen", True),
        ("Text size", "text_scale", 1.25),
        ("Motion", "motion", False),
        ("Train on", "device", "cpu"),
        ("Threads", "threads", 1),
    ],
)
def test_a_change_is_in_force_and_saved_at_once(
    scene: Any, context: Context, tmp_path: Path, label: str, name: str, value: object
) -> None:
    focus(scene, label)
    press(scene, Button.RIGHT)
    assert getattr(context.settings.value, name) == value
    assert getattr(saved(context, tmp_path), name) == value


def test_the_name_is_taken_as_it_is_typed_unless_it_is_empty(scene: Any, context: Context) -> None:
    focus(scene, "Your name")
    assert scene.keys is Keys.TEXT
    for letter in "Pat":
        scene.handle(Typed(letter))
    assert context.settings.value.name == "Pat"
    for _ in range(3):
        scene.handle(Typed("\b"))
    assert context.settings.value.name == "P"
    assert scene._message() == ("name = '': must have at least one letter", True)


def test_a_value_that_is_no_choice_is_shown_as_it_is(context: Context) -> None:
    context.settings.change(sound=0.33, threads=3)
    scene: Any = SettingsScene(context)
    focus(scene, "Threads")
    assert scene.focus.current.value == 3


def test_reset_asks_and_keeps_name_and_window(scene: Any, context: Context, tmp_path: Path) -> None:
    context.settings.change(name="Pat", width=900, sound=0.1, keys={"snake": {"left": "j"}})
    focus(scene, "Reset all settings")
    change = press(scene, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, ConfirmScene)
    assert press(change.scene, Button.CONFIRM) == Pop()
    scene.enter()
    assert saved(context, tmp_path) == Settings(name="Pat", width=900)
    focus(scene, "Sounds")
    assert scene.focus.current.value == Settings().sound


def test_mute_from_anywhere_is_followed(scene: Any, context: Context) -> None:
    context.settings.change(muted=True)
    scene.update(0.1)
    focus(scene, "Mute")
    assert scene.focus.current.value is True


def test_trouble_is_told_where_it_matters(scene: Any, context: Context) -> None:
    context.sounds.problem = "No sound: no device"
    focus(scene, "Music")
    assert scene._message() == ("No sound: no device", True)
    focus(scene, "Motion")
    assert not scene._message()[1]
    context.settings.problem = "Settings are not saved: No space left on device"
    assert scene._message()[1]


def test_the_data_folder_is_shown(scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path))
    before = picture(scene)
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "elsewhere"))
    scene.relayout()
    assert picture(scene) != before


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_every_setting_can_be_brought_into_view(tmp_path: Path, size: tuple[int, int], text_scale: float) -> None:
    scene: Any = SettingsScene(make_context(tmp_path, size, text_scale))
    picture(scene, size)
    seen = set()
    for _ in scene.focus.widgets:
        press(scene, Button.NEXT)
        picture(scene, size)
        assert scene._scroll.view.contains(scene.focus.current.rect), scene.focus.current.label
        seen.add(scene.focus.current.label)
    assert len(seen) == len(scene.focus.widgets)
    rects = [widget.rect for widget in scene.focus.widgets]
    assert all(rect.collidelist(rects[:index]) < 0 for index, rect in enumerate(rects))


# Keys


@pytest.fixture
def keys(context: Context) -> Any:
    scene = KeysScene(context, "snake")
    picture(scene)
    return scene


def choose(scene: Any, label: str, key: int) -> None:
    """Give the focus to a line, ask for a key and press one."""
    focus(scene, label)
    press(scene, Button.CONFIRM)
    assert scene.keys == Keys.CAPTURE
    scene.handle(KeyDown(key))
    assert scene.keys == Keys.MENU


def test_a_key_is_chosen_by_pressing_it(keys: Any, context: Context, tmp_path: Path) -> None:
    choose(keys, "Move left", pygame.K_j)
    assert saved(context, tmp_path).keys == {"snake": {"left": "j"}}
    row = keys.focus.current
    assert (row.signs, row.changed, row.problem) == (("J",), True, False)
    press(keys, Button.DELETE)
    assert context.settings.value.keys == {}


def test_a_conflict_is_marked_on_both_and_told(keys: Any) -> None:
    choose(keys, "Move left", pygame.K_p)
    assert [row.label for row in keys.rows if row.problem] == ["Move left", "Pause"]
    assert keys._conflicts().startswith("P is set for Move left and Pause: only Move left gets it.")
    choose(keys, "Pause", pygame.K_o)
    assert keys._conflicts() == ""
    assert not any(row.problem for row in keys.rows)


@pytest.mark.parametrize("key", [pygame.K_RETURN, pygame.K_TAB, pygame.K_F2])
def test_keys_that_are_needed_everywhere_are_refused(keys: Any, context: Context, key: int) -> None:
    choose(keys, "Move left", key)
    assert context.settings.value.keys == {}
    assert "reserved" in keys.told


@pytest.mark.parametrize("event", [KeyDown(pygame.K_ESCAPE), Press(Button.BACK), Pointer((5, 5), pressed=1)])
def test_asking_for_a_key_can_be_called_off(keys: Any, context: Context, event: Any) -> None:
    focus(keys, "Move left")
    press(keys, Button.CONFIRM)
    assert keys.handle(event) is None
    assert keys.keys is Keys.MENU
    assert context.settings.value.keys == {}


def test_each_game_has_its_own_keys_and_its_own_reset(keys: Any, context: Context) -> None:
    choose(keys, "Move left", pygame.K_j)
    keys.game.set("catch")
    keys._build()
    choose(keys, "Move left", pygame.K_k)
    assert context.settings.value.keys == {"snake": {"left": "j"}, "catch": {"left": "k"}}
    focus(keys, "Reset to the default keys")
    press(keys, Button.CONFIRM)
    assert context.settings.value.keys == {"snake": {"left": "j"}}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_the_keys_fit_the_screen(tmp_path: Path, size: tuple[int, int], text_scale: float) -> None:
    pygame.display.init()
    check_widgets(KeysScene(make_context(tmp_path, size, text_scale), "snake"), size)


# Letters on screen


def test_letters_are_typed_into_the_field(context: Context) -> None:
    field = TextField("Name", "Agent")
    scene: Any = LettersScene(context, field, field.handle)
    picture(scene)
    press(scene, Button.CONFIRM)
    press(scene, Button.RESTART, Button.RIGHT, Button.CONFIRM)
    assert field.text == "qW"
    press(scene, Button.EXTRA)
    assert field.text == "q"
    assert press(scene, Button.PAUSE) == Pop()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_the_letters_fit_the_screen(tmp_path: Path, size: tuple[int, int], text_scale: float) -> None:
    field = TextField("Name", "Agent")
    check_widgets(LettersScene(make_context(tmp_path, size, text_scale), field, field.handle), size)
