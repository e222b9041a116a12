"""The learning scrubber: every moment within reach of keys and mouse, each playing as the agent did then."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.storage.history import HistoryRecorder, path_of
from arcade.context import Context
from arcade.input.controls import Button, Pointer
from arcade.scenes.agents.history_scene import TOUR_SECONDS, HistoryScene
from arcade.scenes.places import Play
from arcade.ui.scene import Pop, Push
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press, settle, wait

FRAMES = range(0, 5_000, 1_000)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


def opened(context: Context, kept: bool = True) -> Any:
    """The scene of an agent whose weights grew by one at each moment."""
    agent = make_profile("Ada", game_id="cartpole", frames=5_000, curve=((1_000.0, 20.0), (5_000.0, 400.0)))
    path = context.library.save(agent)
    if kept:
        made = HistoryRecorder(agent.id, agent.architecture, 5_000)
        for frames in FRAMES:
            weights = {name: values + np.float32(frames) for name, values in agent.weights.items()}
            made.add(frames, 1.0, make_profile(weights=weights, game_id="cartpole").policy())
        context.library.save_history(made.history(), path)
    scene = HistoryScene(context, context.library.find("Ada"))
    settle(context)
    picture(scene)
    return scene


def bias(scene: Any) -> float:
    """What tells the policy that plays from the others."""
    return float(scene.showcase.agent.weights["output/bias"][0])


def test_it_begins_with_the_agent_as_it_is(context: Context) -> None:
    scene = opened(context)
    assert len(scene.selves) == len(FRAMES) + 1
    assert scene.slider.index == len(FRAMES) and scene.focus.current is scene.slider
    assert "the saved agent" in scene._describe()


def test_arrows_walk_through_the_training_and_each_self_plays_as_it_did(context: Context) -> None:
    scene = opened(context)
    now = bias(scene)
    press(scene, Button.LEFT)
    assert bias(scene) == pytest.approx(now + FRAMES[-1])
    press(scene, *[Button.LEFT] * 20)
    assert scene.slider.index == 0 and bias(scene) == pytest.approx(now)
    assert "0 frames, untrained" in scene._describe()
    wait(scene, 0.5)
    assert scene.showcase.round.batch.steps[0] > 0


def test_the_mouse_takes_hold_of_the_slider_even_beyond_its_place(context: Context) -> None:
    scene = opened(context)
    rect = scene.slider.rect
    scene.handle(Pointer((rect.left + 2, rect.top + 5), pressed=1))
    assert scene.slider.index == 0
    scene.handle(Pointer((rect.centerx, 0)))
    middle = scene.slider.index
    assert 0 < middle < len(FRAMES)
    scene.handle(Pointer((rect.centerx, 0), released=1))
    scene.handle(Pointer((rect.right, rect.top + 5)))
    assert scene.slider.index == middle, "let go"


def test_a_tour_shows_one_moment_after_the_other_and_ends(context: Context) -> None:
    scene = opened(context)
    press(scene, Button.PAUSE)
    seen = [scene.slider.index]
    for _ in range(len(FRAMES) + 2):
        wait(scene, TOUR_SECONDS + 0.1)
        seen.append(scene.slider.index)
    assert seen[: len(FRAMES) + 1] == list(range(len(FRAMES) + 1))
    assert scene._tour is None


def test_moving_the_slider_ends_the_tour(context: Context) -> None:
    scene = opened(context)
    press(scene, Button.PAUSE, Button.RIGHT)
    assert scene._tour is None


def test_an_earlier_self_can_be_watched(context: Context) -> None:
    scene = opened(context)
    press(scene, Button.LEFT)
    scene.focus.current = scene.watch
    change = press(scene, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, Play)
    assert change.scene.agent is not None and change.scene.agent.name == "Ada at 4,000 frames"


def test_an_agent_without_snapshots_says_so(context: Context) -> None:
    scene = opened(context, kept=False)
    assert scene.focus.widgets == []
    assert press(scene, Button.PAUSE) is None
    assert press(scene, Button.BACK) == Pop()


def test_damaged_snapshots_are_told(context: Context) -> None:
    opened(context)
    path = path_of(context.library.find("Ada").path)
    path.write_bytes(path.read_bytes()[:-9])
    scene = HistoryScene(context, context.library.find("Ada"))
    settle(context)
    notice = context.take_notice()
    assert notice is not None and "Ada.snapshots" in notice
    assert len(scene.selves) == 1


@pytest.mark.parametrize("size", SIZES)
def test_widgets_stand_apart(context: Context, size: tuple[int, int]) -> None:
    context.theme.resize((size[0], size[1] + 40))
    check_widgets(opened(context), size)
