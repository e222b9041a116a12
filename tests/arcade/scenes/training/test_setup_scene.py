"""Training set-up: two presses to train, every setting within reach, what is wrong told as it is typed."""

import time
from pathlib import Path
from typing import Any

import pytest

from agents.config import Config
from agents.training.plan import Plan, further
from arcade import context as context_module
from arcade.context import Context
from arcade.input.controls import Button, Keys, Pointer, Press, Typed
from arcade.scenes.places import Dashboard
from arcade.scenes.training.setup_scene import TrainSetupScene
from arcade.ui.scene import Pop, Replace
from games.settings import settings_of
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import SIZES, FakeSession, check_widgets, make_context, picture, press, settle


class Session(FakeSession):
    """Starts nothing, and says that it runs."""

    def __init__(self, plan: Plan, store: Any) -> None:
        from agents.training.session import SessionReport, Status

        super().__init__(plan, SessionReport(Status.STARTING, "Loading TensorFlow"))

    def start(self, niceness: int = 0) -> None:
        pass


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(context_module, "TrainingSession", Session)
    return make_context(tmp_path)


@pytest.fixture
def scene(context: Context) -> Any:
    return TrainSetupScene(context, "catch")


def field(scene: Any, key: str) -> Any:
    return next(widget for each, widget in scene._fields if each.key == key)


def type_in(scene: Any, key: str, text: str) -> None:
    scene.focus.current = field(scene, key)
    for letter in text:
        scene.handle(Typed(letter))


def test_enter_twice_trains_the_quick_preset(scene: Any) -> None:
    assert press(scene, Button.CONFIRM) is None
    change = press(scene, Button.CONFIRM)
    assert change == Replace(Dashboard())
    plan = scene.context.training.plan
    assert plan.preset == "quick" and plan.game.info.id == "catch" and plan.name == "Catch agent"


def test_every_hyper_parameter_has_a_field_with_help(scene: Any) -> None:
    press(scene, Button.DOWN)
    scene.focus.current = scene._more
    press(scene, Button.CONFIRM)
    shown = set(scene.focus.widgets)
    keys = {each.key for each, widget in scene._fields if widget in shown}
    assert set(settings_of(Config)) <= keys and "game.grid" in keys
    assert all(widget.message for widget in shown if hasattr(widget, "message"))


def test_a_typed_value_is_used_and_marked(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "learning_rate", "0.002")
    assert field(scene, "learning_rate").changed and "1 changed" in scene._more.label
    assert scene.keys is Keys.TEXT
    scene.begin()
    assert scene.context.training.plan.config.learning_rate == 0.002
    assert scene.context.training.plan.preset == ""


def test_a_wrong_value_is_told_at_once_and_keeps_the_run_from_starting(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "game.grid", "3")
    assert scene.problems and "5 to 30" in scene.problems[0]
    assert not scene._go.enabled and scene.begin() is None and scene.context.training is None
    scene.handle(Typed("\b"))
    scene.handle(Typed("8"))
    assert not scene.problems and scene._go.enabled


def test_values_that_do_not_go_together_are_told(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "batch_size", "4000")
    type_in(scene, "replay", "500")
    assert "batch_size" in scene.problems[0]


def test_choices_are_stepped_through(scene: Any) -> None:
    scene._toggle_more()
    scene.focus.current = field(scene, "loss")
    press(scene, Button.RIGHT)
    scene.focus.current = field(scene, "until_solved")
    press(scene, Button.CONFIRM)
    plan = scene.form.plan()
    assert plan.config.loss == "squared" and plan.until_solved


def test_choosing_another_observation_and_preset_by_keys(scene: Any) -> None:
    scene.focus.current = scene._observations[1]
    press(scene, Button.CONFIRM)
    assert scene.form.observation == "features" and scene.focus.current.chosen
    scene.focus.current = scene._presets[1]
    press(scene, Button.CONFIRM)
    assert scene.form.preset == "balanced" and scene.focus.current is scene._go


def test_the_mouse_alone_starts_a_run(scene: Any) -> None:
    picture(scene)
    scene.handle(Pointer(scene._presets[2].rect.center, pressed=1))
    picture(scene)
    assert scene.form.preset == "best"
    assert isinstance(scene.handle(Pointer(scene._go.rect.center, pressed=1)), Replace)


def test_the_page_scrolls_to_what_has_the_focus(scene: Any) -> None:
    scene._toggle_more()
    picture(scene)
    for _ in range(60):
        scene.handle(Press(Button.NEXT))
        picture(scene)
        rect = scene.focus.current.rect
        assert scene._go is scene.focus.current or scene._scroll.view.contains(rect)


def test_the_wheel_scrolls_and_what_is_hidden_cannot_be_clicked(scene: Any) -> None:
    scene._toggle_more()
    picture(scene)
    below = next(widget for widget in scene.focus.widgets if widget.rect.top > scene._scroll.view.bottom)
    kept = scene.focus.current
    assert scene.handle(Pointer((300, scene._strip.centery), pressed=1)) is None
    assert scene.focus.current is kept is not below
    scene.handle(Pointer((300, 300), wheel=-3))
    assert scene._scroll.offset > 0


def test_a_second_run_at_a_time_is_refused_in_words(scene: Any) -> None:
    scene.begin()
    assert scene.begin() is None
    assert "another agent is being trained" in scene.problems[0]


def test_training_further_keeps_the_agent(context: Context) -> None:
    agent = make_profile("Old hand", game_id="cartpole")
    scene: Any = TrainSetupScene(context, "cartpole", start=agent)
    picture(scene)
    assert isinstance(press(scene, Button.CONFIRM), Replace)
    plan = scene.context.training.plan
    assert plan.start is agent and plan.name == "Old hand" and plan.observation == "features"


def test_training_further_goes_on_with_the_schedules(context: Context) -> None:
    agent = make_profile("Old hand", game_id="cartpole")
    assert TrainSetupScene(context, "cartpole", start=agent).form.plan().config == further(agent)


def test_names_do_not_repeat(context: Context) -> None:
    context.library.save(make_profile("Catch agent", game_id="catch"))
    scene = TrainSetupScene(context, "catch")
    end = time.monotonic() + 10
    while scene.form.plan().name != "Catch agent 2":
        assert time.monotonic() < end, "the library was asked and has not answered"
        context.collect()


def test_an_agent_trained_further_gets_a_name_of_its_own(context: Context) -> None:
    agent = make_profile("Old hand", game_id="cartpole")
    context.library.save(agent)
    scene = TrainSetupScene(context, "cartpole", start=agent)
    end = time.monotonic() + 10
    while context.jobs:
        assert time.monotonic() < end
        context.collect()
    assert scene.form.plan().name == "Old hand 2"


def test_a_run_that_was_kept_goes_on_exactly_unless_the_person_wants_to_begin_from_the_weights(
    context: Context,
) -> None:
    agent = make_profile("Old hand", game_id="cartpole", frames=300)
    path = context.library.save(agent)
    context.library.save_run({"frames": 200}, path, agent)
    scene: Any = TrainSetupScene(context, "cartpole", start=agent)
    settle(context)
    assert scene.focus.current is scene._go
    plan = scene.form.plan()
    assert (plan.resume.frames, plan.name, plan.config.frames) == (200, "Old hand", agent.config.frames)
    for size in SIZES:
        check_widgets(scene, size)
    assert scene._more not in scene.focus.widgets, "its settings stay as they are"
    scene._ways[1].command()
    plan = scene.form.plan()
    assert (plan.resume, plan.name, plan.config) == (None, "Old hand 2", further(agent))
    assert scene.focus.current is scene._ways[1]
    assert scene._more in scene.focus.widgets


def test_a_name_that_arrives_late_does_not_move_the_focus(context: Context) -> None:
    scene = TrainSetupScene(context, "catch")
    press(scene, Button.CONFIRM)
    assert scene.focus.current is scene._go
    end = time.monotonic() + 10
    while context.jobs:
        assert time.monotonic() < end
        context.collect()
    assert scene.focus.current is scene._go


def test_escape_goes_back(scene: Any) -> None:
    assert press(scene, Button.BACK) == Pop()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
@pytest.mark.parametrize("game_id", ["snake", "nchain"])
def test_the_simple_view_fits(tmp_path: Path, size: tuple[int, int], text_scale: float, game_id: str) -> None:
    scene: Any = TrainSetupScene(make_context(tmp_path, size, text_scale), game_id)
    if text_scale == 1.0:
        check_widgets(scene, size)
    picture(scene, size)
    assert scene._strip.contains(scene._go.rect)
    rects = [widget.rect for widget in scene.focus.widgets if widget is not scene._go]
    assert all(rect.collidelist(rects[:index]) < 0 for index, rect in enumerate(rects))


def test_the_preview_shows_the_chosen_observation(scene: Any) -> None:
    picture(scene)
    before = picture(scene)
    for _ in range(30):
        scene.update(1 / 60)
    assert picture(scene) != before


def test_what_was_typed_is_there_again_on_coming_back(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "seed", "77")
    again: Any = TrainSetupScene(scene.context, "catch")
    assert field(again, "seed").text == "77"
    again.begin()
    assert field(TrainSetupScene(scene.context, "catch"), "seed").text == "0", "a run that began leaves no draft"


def test_every_wrong_field_is_named(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "seed", "x")
    type_in(scene, "discount", "2")
    words = scene._problem_words()
    assert words.startswith("discount = ") and words.endswith("Also wrong: seed")


def test_a_network_too_large_to_be_saved_is_told_at_its_field(scene: Any) -> None:
    scene._toggle_more()
    type_in(scene, "hidden", "4096,4096,4096,4096")
    assert "MiB: an agent may take at most 64" in field(scene, "hidden").message
    assert scene._problem_words() == field(scene, "hidden").error
    assert not scene._go.enabled and scene.begin() is None and scene.context.training is None
    type_in(scene, "hidden", "\b" * 20)
    type_in(scene, "hidden", "8")
    assert not field(scene, "hidden").error and scene._go.enabled


def test_fields_of_another_kind_of_network_cannot_be_chosen(scene: Any) -> None:
    scene._toggle_more()
    assert not field(scene, "filters").enabled
    scene.focus.current = field(scene, "network")
    press(scene, Button.RIGHT)
    assert field(scene, "filters").enabled
