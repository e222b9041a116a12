"""The form before a run: texts become a plan, and what is wrong is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.presets import preset
from agents.storage.profile import Profile, read, write
from agents.storage.resume import ResumePoint
from agents.training.form import FormField, TrainingForm
from agents.training.plan import Plan
from games.registry import make


def field(form: TrainingForm, key: str) -> FormField:
    return next(each for each in form.fields() if each.key == key)


def profile(**changes: Any) -> Profile:
    game = make("catch", grid=12)
    config = Config(hidden=(8,), frames=5_000)
    architecture = Architecture.of(config, game.info.observation("features"), 3)
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.shapes().items()}
    values: dict[str, Any] = {
        "name": "Old hand", "game_id": "catch", "game_settings": {"grid": 12}, "rules_version": 1,
        "observation": "features", "architecture": architecture, "config": config, "weights": weights,
    }  # fmt: skip
    return Profile(**(values | changes))


def test_untouched_it_is_the_first_preset_of_the_best_observation() -> None:
    plan = TrainingForm("cartpole").plan()
    assert plan.observation == "features" and plan.preset == "quick"
    assert plan.config == preset(make("cartpole"), "features", "quick")
    assert plan.name == "CartPole agent" and plan.start is None


def test_every_hyper_parameter_and_game_setting_is_in_it() -> None:
    keys = [each.key for each in TrainingForm("catch").fields()]
    assert {"game.grid", "learning_rate", "evaluation_limit", "seed", "name", "device", "until_solved"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert all(each.setting.help and each.group for each in TrainingForm("catch").fields())


def test_typed_values_reach_the_plan_and_make_it_no_preset() -> None:
    form = TrainingForm("catch")
    for key, text in {"game.grid": "12", "learning_rate": "5e-4", "seed": "7", "until_solved": "true"}.items():
        form.put(field(form, key), text)
    plan = form.plan()
    game: Any = plan.game
    assert (game.grid, plan.config.learning_rate, plan.seed, plan.until_solved) == (12, 5e-4, 7, True)
    assert plan.preset == ""


def test_seed_and_name_alone_leave_the_preset() -> None:
    form = TrainingForm("catch")
    form.put(field(form, "name"), "Anna")
    assert form.plan().preset == "quick" and form.plan().name == "Anna"


def test_a_dot_for_what_differs_in_value_not_in_spelling() -> None:
    form = TrainingForm("catch")
    rate = field(form, "learning_rate")
    form.put(rate, "1e-3")
    assert not form.changed(rate)
    form.put(rate, "2e-3")
    assert form.changed(rate)
    form.put(rate, rate.default)
    assert not form.changed(rate)


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("learning_rate", "nan", "1e-07 to 1"),
        ("copies", "0", "1 to 4096"),
        ("game.grid", "3", "5 to 30"),
        ("name", "   ", "1 to 64"),
        ("hidden", "128,0", "1 to 4096"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_range(key: str, text: str, told: str) -> None:
    form = TrainingForm("catch")
    form.put(field(form, key), text)
    assert told in form.problem(field(form, key))
    assert form.problems() == (form.problem(field(form, key)),)
    with pytest.raises(ValueError, match=told):
        form.plan()


def test_values_that_do_not_go_together_are_told() -> None:
    form = TrainingForm("catch")
    form.put(field(form, "replay"), "100")
    form.put(field(form, "batch_size"), "200")
    assert len(form.problems()) == 1 and "batch_size" in form.problems()[0]


def test_convolutions_over_features_are_refused() -> None:
    form = TrainingForm("cartpole")
    form.put(field(form, "network"), "conv")
    assert "no picture" in form.problems()[0]


def test_another_observation_brings_its_own_presets() -> None:
    form = TrainingForm("flappybird")
    form.choose_preset("best")
    form.put(field(form, "learning_rate"), "0.5")
    form.choose_observation("pixels")
    assert form.preset == "best" and form.plan().config == preset(form.game, "pixels", "best")
    form.choose_preset("keras-flappybird")
    form.choose_observation("features")
    assert form.preset == "quick"


def test_training_further_keeps_game_and_network() -> None:
    form = TrainingForm("catch", profile())
    keys = {each.key for each in form.fields()}
    assert "game.grid" not in keys and "hidden" not in keys and "frames" in keys
    form.put(field(form, "frames"), "9000")
    plan = form.plan()
    game: Any = plan.game
    assert game.grid == 12 and plan.config.hidden == (8,) and plan.config.frames == 9_000
    assert plan.start is not None and plan.start.name == plan.name == "Old hand" and plan.observation == "features"


def test_an_agent_of_other_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        TrainingForm("catch", profile(rules_version=99))


def test_a_dense_network_has_no_convolutions_to_be_set() -> None:
    form = TrainingForm("catch")
    filters = field(form, "filters")
    assert not form.applies(filters) and form.applies(field(form, "hidden"))
    form.put(filters, "nonsense")
    assert form.problems() == () and form.plan().preset == "quick"
    form.put(field(form, "network"), "conv")
    assert form.applies(filters) and form.problems()


def test_an_agent_of_a_greater_seed_is_trained_further(tmp_path: Path) -> None:
    write(profile(seed=2**32 - 1), tmp_path / "Old hand.agent")
    start = read(tmp_path / "Old hand.agent")
    assert start.seed == 2**32 - 1
    assert TrainingForm("catch", start).plan().start is start
    point = ResumePoint(tmp_path / "Old hand.agent", 100)
    assert Plan.going_on(start, point).seed == 2**32 - 1


@pytest.mark.parametrize(
    ("texts", "told", "at"),
    [
        ({"hidden": "4096,4096,4096,4096"}, "MiB: an agent may take at most 64", ["hidden"]),
        ({"hidden": "4096,4096,4096,4096", "duelling": "true"}, "MiB", ["hidden", "duelling"]),
        ({"replay": "100", "batch_size": "200"}, "replay = 100: must be at least batch_size", ["replay"]),
        ({"network": "conv"}, "no picture", ["network"]),
    ],
)
def test_what_no_run_can_have_is_told_at_its_fields(texts: dict[str, str], told: str, at: list[str]) -> None:
    form = TrainingForm("cartpole")
    for key, text in texts.items():
        form.put(field(form, key), text)
    assert [each.key for each in form.fields() if form.problem(each)] == at
    assert len(form.problems()) == 1 and told in form.problems()[0]
    assert all(form.problem(field(form, key)) == form.problems()[0] for key in at)
    with pytest.raises(ValueError, match=told):
        form.plan()
    for key in texts:
        form.put(field(form, key), field(form, key).default)
    assert form.problems() == ()


def test_where_nothing_was_changed_no_field_is_blamed() -> None:
    form = TrainingForm("catch")
    form.base = form.base.replace(hidden=(4096, 4096, 4096, 4096))
    assert len(form.problems()) == 1 and not any(form.problem(each) for each in form.fields())
