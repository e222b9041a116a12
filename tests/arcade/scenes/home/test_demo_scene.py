"""Left alone, home shows the best agents at play until something is touched."""

from pathlib import Path
from typing import Any

import pytest

from arcade.context import Context
from arcade.input.controls import Button, Pointer, Press, Release
from arcade.scenes.home.demo_scene import DemoScene
from arcade.scenes.home.home_scene import ALONE_SECONDS, HomeScene
from arcade.scenes.places import Demo, GamePage
from arcade.ui.scene import Pop, Push, Replace
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import SIZES, make_context, picture, settle


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


@pytest.fixture
def home(context: Context) -> Any:
    """Home with one agent that was tested."""
    context.library.save(make_profile("Wanda", game_id="cartpole"))
    scene = HomeScene(context)
    scene.enter()
    settle(context)
    settle(context)
    return scene


@pytest.fixture
def demo(context: Context) -> Any:
    return DemoScene(context, [make_profile("Wanda", game_id="cartpole"), make_profile("Vera", game_id="catch")])


def test_home_left_alone_shows_the_best_agents(home: Any) -> None:
    assert home.update(ALONE_SECONDS - 1) is None
    home.handle(Pointer((5, 5)))
    assert home.update(ALONE_SECONDS - 1) is None
    assert home.update(2.0) == Push(Demo([home.cards[2].showcase.agent]))
    assert home.update(0.1) is None  # one that could not be opened is not asked for in every frame
    home.enter()
    assert home.update(1.0) is None


def test_nothing_is_shown_without_agents_or_while_one_is_trained(
    context: Context, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HomeScene(context).update(ALONE_SECONDS + 1) is None
    monkeypatch.setattr(Context, "is_training", True)
    assert home.update(ALONE_SECONDS + 1) is None


def test_each_agent_has_its_turn(demo: Any) -> None:
    picture(demo)
    names = []
    for _ in range(3):
        names.append(demo.showcase.agent.name)
        demo.update(21.0)
    assert names == ["Wanda", "Vera", "Wanda"]


@pytest.mark.parametrize("event", [Press(Button.LEFT), Press(Button.BACK), Pointer((9, 9)), Pointer((9, 9), pressed=1)])
def test_anything_leads_back_home(demo: Any, event: Any) -> None:
    assert demo.handle(event) == Pop()
    assert demo.handle(Release(Button.LEFT)) is None


def test_enter_leads_to_the_game_that_is_shown(demo: Any) -> None:
    assert demo.handle(Press(Button.CONFIRM)) == Replace(GamePage("cartpole"))


@pytest.mark.parametrize("size", SIZES)
def test_the_demo_moves_and_fits(demo: Any, size: tuple[int, int]) -> None:
    before = picture(demo, size)
    demo.update(0.1)
    demo.update(0.1)
    assert picture(demo, size) != before
