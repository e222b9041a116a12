"""The agents: shown, watched, renamed, duplicated, deleted and brought back, exported and imported."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from agents.storage.library import Library
from arcade.context import Context
from arcade.input.controls import Button, Press, Typed
from arcade.scenes.agents.agents_scene import AgentsScene
from arcade.scenes.dialogs import PromptScene
from arcade.scenes.places import Compare, History, Play, TrainSetup
from arcade.ui.scene import Pop, Push
from games import registry
from games.game import GameInfo
from games.registry import make
from tests.agents.storage.profiles import heavy_profile, lost_profile, make_profile
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, opened_by, picture, press, settle, wait


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path / "agents")


@pytest.fixture
def scene(context: Context) -> Any:
    """Three agents, of which the newest CartPole agent, "Ada", is selected."""
    for name, game_id, changed in (
        ("Bob", "cartpole", "2026-01-01T00:00:00+00:00"),
        ("Ada", "cartpole", "2026-01-02T00:00:00+00:00"),
        ("Cleo", "snake", "2026-01-03T00:00:00+00:00"),
    ):
        context.library.save(make_profile(name, game_id=game_id, changed=changed))
    return opened(AgentsScene(context), context)


def opened(scene: Any, context: Context) -> Any:
    scene.enter()
    done(scene, context)
    return scene


def done(scene: Any, context: Context) -> None:
    """Let all work end, and show what came of it."""
    for _ in range(3):
        settle(context)
    picture(scene)


def names(scene: Any) -> list[str]:
    return [entry.name for entry in scene.list.items]


def answer(prompt: Any, text: str) -> Any:
    """Type into a prompt, in place of what is there, and accept."""
    for _ in prompt.field.text:
        prompt.handle(Typed("\b"))
    prompt.handle(Typed(text))
    return press(prompt, Button.CONFIRM)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_at_any_size(scene: Any, context: Context, size: tuple[int, int]) -> None:
    context.theme.resize((size[0], size[1] + 40))
    check_widgets(scene, size)


def test_agents_are_listed_and_the_first_plays(scene: Any) -> None:
    assert names(scene) == ["Ada", "Bob", "Cleo"]
    assert scene.focus.current is scene.list
    before = picture(scene)
    wait(scene, 0.3)
    assert picture(scene) != before


def test_only_one_games_agents_are_listed_if_asked(scene: Any, context: Context) -> None:
    assert names(opened(AgentsScene(context, "snake"), context)) == ["Cleo"]


def test_the_selected_agent_is_described(scene: Any, context: Context) -> None:
    press(scene, Button.DOWN)
    done(scene, context)
    assert scene.card.entry.name == "Bob"
    assert scene.card._showcase.agent.name == "Bob"


def test_enter_watches_the_selected_agent(scene: Any) -> None:
    change = opened_by(scene, Button.DOWN, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, Play)
    assert change.scene.game == make("cartpole") and change.scene.rival is None
    assert change.scene.agent is not None and change.scene.agent.name == "Bob"


def test_an_agent_is_trained_further(scene: Any) -> None:
    scene.focus.current = scene.further
    setup = opened_by(scene, Button.CONFIRM).scene
    assert isinstance(setup, TrainSetup) and setup.game_id == "cartpole"
    assert setup.start is not None
    assert setup.start.name == "Ada"


def test_an_agent_is_renamed_and_stays_selected(scene: Any, context: Context) -> None:
    prompt = scene.rename.handle(Press(Button.CONFIRM)).scene
    assert isinstance(prompt, PromptScene)
    assert answer(prompt, "Zoe") == Pop()
    done(scene, context)
    assert sorted(names(scene)) == ["Bob", "Cleo", "Zoe"]
    assert scene.list.selected.name == "Zoe"


def test_a_name_that_is_not_allowed_is_not_accepted(scene: Any) -> None:
    prompt = scene.rename.handle(Press(Button.CONFIRM)).scene
    prompt.handle(Typed(" "))
    assert prompt.field.error
    picture(prompt)
    assert press(prompt, Button.CONFIRM) is None
    assert press(prompt, Button.BACK) == Pop()


def test_an_agent_is_duplicated(scene: Any, context: Context) -> None:
    scene.duplicate.handle(Press(Button.CONFIRM))
    done(scene, context)
    assert "Ada copy" in names(scene)
    assert scene.list.selected.name == "Ada copy"


def test_an_agent_is_deleted_and_brought_back(scene: Any, context: Context) -> None:
    press(scene, Button.DELETE)
    done(scene, context)
    assert names(scene) == ["Bob", "Cleo"]
    assert context.take_notice() == "Deleted Ada. Press X to undo"
    assert Button.EXTRA in [hint.button for hint in scene.hints()]
    press(scene, Button.EXTRA)
    done(scene, context)
    assert names(scene) == ["Ada", "Bob", "Cleo"]
    assert scene.list.selected.name == "Ada"
    press(scene, Button.EXTRA)  # nothing more to bring back
    assert Button.EXTRA not in [hint.button for hint in scene.hints()]


def test_all_agents_can_be_deleted(scene: Any, context: Context) -> None:
    for _ in range(4):
        press(scene, Button.DELETE)
        done(scene, context)
    assert names(scene) == []
    assert scene.focus.current is scene.imports
    for _ in range(3):
        press(scene, Button.EXTRA)
        done(scene, context)
    assert len(names(scene)) == 3


def test_an_agent_goes_out_and_comes_back(scene: Any, context: Context, tmp_path: Path) -> None:
    target = tmp_path / "shared.agent"
    assert answer(scene.export.handle(Press(Button.CONFIRM)).scene, str(target)) == Pop()
    done(scene, context)
    assert target.exists()
    assert context.take_notice() == f"Exported to {target}"
    assert answer(scene.imports.handle(Press(Button.CONFIRM)).scene, str(target)) == Pop()
    done(scene, context)
    assert len(names(scene)) == 4


def test_a_wrong_path_is_told(scene: Any, context: Context, tmp_path: Path) -> None:
    answer(scene.imports.handle(Press(Button.CONFIRM)).scene, str(tmp_path / "none.agent"))
    done(scene, context)
    notice = context.take_notice()
    assert notice
    assert "none.agent" in notice


def test_an_agent_of_the_arcade_is_only_watched_and_copied(context: Context, tmp_path: Path) -> None:
    Library(tmp_path / "shipped" / "cartpole").save(make_profile("Champion", game_id="cartpole"))
    context.library = Library(tmp_path / "own", tmp_path / "shipped")
    scene = opened(AgentsScene(context), context)
    assert scene.watch.enabled
    assert scene.duplicate.enabled
    assert not scene.rename.enabled
    assert not scene.delete.enabled
    press(scene, Button.DELETE)
    done(scene, context)
    assert names(scene) == ["Champion"]


@pytest.mark.parametrize("broken", [True, False], ids=["broken file", "unknown game"])
def test_an_agent_that_cannot_play_is_shown_with_its_reason(context: Context, broken: bool) -> None:
    path = context.library.save(make_profile("Odd", game_id="nchain"))
    if broken:
        path.write_bytes(path.read_bytes()[:100])
    scene = AgentsScene(context)
    if not broken:
        scene._infos["nchain"] = None
    opened(scene, context)
    assert len(scene.list.items) == 1
    assert not scene.watch.enabled
    assert press(scene, Button.CONFIRM) is None
    wait(scene, 0.1)


def test_without_agents_there_is_one_thing_to_do(context: Context) -> None:
    scene = opened(AgentsScene(context, "catch"), context)
    assert press(scene, Button.CONFIRM) == Push(TrainSetup("catch"))
    assert opened(AgentsScene(context), context).focus.current is not None


def test_agents_with_every_kind_of_description_are_drawn(context: Context) -> None:
    context.library.save(make_profile("A" * 64, scorecard={}, curve=(), preset="quick", command="train"))
    scene = opened(AgentsScene(context), context)
    for size in SIZES:
        picture(scene, size)


def test_an_agent_that_comes_back_bears_a_name_of_its_own(scene: Any, context: Context) -> None:
    press(scene, Button.DELETE)
    done(scene, context)
    context.library.save(make_profile("Ada", game_id="cartpole"))
    press(scene, Button.EXTRA)
    done(scene, context)
    assert sorted(names(scene)) == ["Ada", "Ada 2", "Bob", "Cleo"]


def test_learning_and_comparing_are_one_button_away(scene: Any, context: Context) -> None:
    entry = scene.list.selected
    for button, place in ((scene.learning, History(entry)), (scene.compare, Compare("cartpole", entry))):
        assert button.handle(Press(Button.CONFIRM)) == Push(place)


def test_a_question_shows_the_list_behind_it(scene: Any) -> None:
    prompt = scene.rename.handle(Press(Button.CONFIRM)).scene
    assert prompt.behind is scene
    with_list = picture(prompt)
    prompt.behind = None
    assert picture(prompt) != with_list


def test_an_agent_that_cannot_play_says_so_on_its_card(context: Context) -> None:
    context.library.save(make_profile("Alien", game_id="snake", rules_version=99))
    scene = opened(AgentsScene(context), context)
    assert "Alien learnt version 99" in scene.card._problem
    for agent, words in ((lost_profile(), "not finite"), (heavy_profile(), "too large")):
        context.library.save(agent)
        scene = opened(AgentsScene(context, agent.game_id), context)
        scene.update(0.1)
        assert words in scene.card._showcase.problem
        picture(scene)


@pytest.mark.parametrize("name", ["\ufe0f", "\u034f" * 64, "\u0301", "\U0001fae8"])
def test_agents_of_any_name_are_shown(context: Context, name: str) -> None:
    context.library.save(make_profile(name, game_id="cartpole"))
    scene = opened(AgentsScene(context), context)
    assert names(scene) == [name]
    check_widgets(scene, SIZES[0])


def test_the_list_does_not_wait_for_an_environment_to_be_made(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Event()

    def slow(game_id: str) -> GameInfo:
        assert made.wait(20)
        return registry.info_of(game_id)

    monkeypatch.setattr("arcade.scenes.agents.agents_scene.info_of", slow)
    context.library.save(make_profile("Pole", game_id="gym:CartPole-v1", observation="features"))
    scene = AgentsScene(context)
    scene.enter()
    context.jobs._workers["library"].submit(int).result()
    context.collect()
    words: list[str] = []
    context.theme.witness = lambda surface, wanted, shown, rect, colour: words.append(shown)
    picture(scene)
    assert "Pole" in words and "Loading …" in words and not any("not installed" in each for each in words)
    assert not scene.watch.enabled and press(scene, Button.CONFIRM) is None
    made.set()
    words.clear()
    done(scene, context)
    assert scene.watch.enabled and "Loading …" not in words
    assert isinstance(opened_by(scene, Button.CONFIRM).scene, Play)
