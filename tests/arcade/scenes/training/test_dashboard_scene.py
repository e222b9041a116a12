"""The dashboard: what a session publishes is shown, and what the person asks for reaches it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.evaluation import Scorecard
from agents.config import Config
from agents.training.curves import Curves
from agents.training.plan import Plan, Progress
from agents.training.session import Command, SessionReport, Status
from arcade.input.controls import Button, Pointer
from arcade.scenes.places import Play, TrainSetup
from arcade.scenes.training.dashboard_scene import DashboardScene, random_mean
from arcade.scenes.training.diagnosis import Mood
from arcade.scenes.training.run_numbers import MEANINGS, figures
from arcade.ui.scene import Home, Pop, Push, Replace
from arcade.ui.widgets import PushButton
from games.batch import GameBatch
from games.registry import make
from games.states import copy_state
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import (
    SIZES,
    FakeSession,
    check_widgets,
    make_context,
    opened_by,
    picture,
    press,
    settle,
    wait,
)

FRAMES = np.linspace(0, 60_000, 300)
CURVES = Curves(
    np.column_stack([FRAMES, FRAMES / 200]),
    np.column_stack([FRAMES, FRAMES / 200, FRAMES / 300, FRAMES / 100]),
    np.array([[4_000.0, 30.0], [50_000.0, 400.0]]),
    np.column_stack([FRAMES, 1 / (1 + FRAMES)]),
    np.column_stack([FRAMES, FRAMES / 2_000]),
    np.column_stack([FRAMES, np.maximum(0.05, 1 - FRAMES / 8_000)]),
)
PROGRESS = Progress(
    frames=60_000, updates=30_000, episodes=812, seconds=70.0, epsilon=0.05, loss=0.1, max_q=30.0, mean_score=331.0
)


def report(game_id: str = "cartpole", **changes: Any) -> SessionReport:
    batch = GameBatch(make(game_id), 9, 0)
    values = {
        "progress": PROGRESS, "curves": CURVES, "frames_per_second": 7654.0, "updates_per_second": 3827.0,
        "seconds_left": 12.0, "device": "CPU", "compile_mode": "XLA", "device_reason": "No GPU was found.",
        "state": copy_state(batch.state), "policy": make_profile(game_id=game_id).policy(), "version": 1,
    }  # fmt: skip
    return SessionReport(changes.pop("status", Status.TRAINING), **(values | changes))


def dashboard(
    folder: Path,
    size: tuple[int, int] = (1280, 720),
    game_id: str = "cartpole",
    text_scale: float = 1.0,
    **changes: Any,
) -> Any:
    context: Any = make_context(folder, size, text_scale)
    plan = Plan(make(game_id), make(game_id).info.kinds[0], Config(frames=120_000), name="Ada")
    context.training = FakeSession(plan, report(game_id, **changes))
    return DashboardScene(context)


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    scene = dashboard(tmp_path)
    picture(scene)
    wait(scene, 0.1)
    return scene


def publish(scene: Any, **changes: Any) -> None:
    scene.session.latest = replace(scene.session.latest, **changes)
    scene.update(1 / 60)


def buttons(scene: Any) -> list[Any]:
    return [widget for widget in scene.focus.widgets if isinstance(widget, PushButton)]


def test_without_a_run_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no training"):
        DashboardScene(make_context(tmp_path))


def test_keys_pause_go_on_and_save(scene: Any) -> None:
    press(scene, Button.PAUSE)
    publish(scene, status=Status.PAUSED)
    assert scene.pause.label == "Resume"
    press(scene, Button.PAUSE, Button.SAVE)
    assert scene.session.sent == [Command.PAUSE, Command.RESUME, Command.SAVE]


def test_what_was_asked_for_shows_until_it_is_done(scene: Any) -> None:
    calm = picture(scene)
    press(scene, Button.PAUSE)
    assert picture(scene) != calm and scene._asked
    publish(scene, status=Status.PAUSED)
    assert scene._asked is None


def test_stop_asks_twice(scene: Any) -> None:
    scene.focus.current = scene.stop
    press(scene, Button.CONFIRM)
    assert scene.session.sent == []
    wait(scene, 4.0)
    press(scene, Button.CONFIRM)
    assert scene.session.sent == []
    press(scene, Button.CONFIRM)
    assert scene.session.sent == [Command.STOP]


def test_the_mouse_alone_pauses(scene: Any) -> None:
    scene.handle(Pointer(scene.pause.rect.center, pressed=1))
    assert scene.session.sent == [Command.PAUSE]


def test_leaving_lets_the_run_go_on(scene: Any) -> None:
    assert press(scene, Button.BACK) == Pop()
    scene.leave()
    assert scene.session.sent == [] and scene.context.training is scene.session


def test_the_present_policy_plays_and_gives_way_to_a_newer_one(scene: Any) -> None:
    wait(scene, 0.5)
    played = scene.games.playing.round
    assert played.batch.steps[0] > 0
    newer = make_profile(game_id="cartpole", seed=5).policy()
    publish(scene, policy=newer, version=2)
    assert scene.games.playing.round is played and played.controller.policy is newer


def test_copies_are_drawn_anew_at_most_ten_times_a_second(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from arcade.scenes.training import live_games

    drawn = []
    monkeypatch.setattr(live_games, "draw_game", lambda *args: drawn.append(args))
    for _ in range(240):  # one second of a very fast screen
        scene.session.latest = replace(scene.report, state=copy_state(scene.report.state))
        scene.update(1 / 240)
    assert 9 * 8 <= len(drawn) <= 9 * 11
    wait(scene, 0.2)  # the last state
    drawn.clear()
    wait(scene, 1.0)  # nothing new: nothing drawn
    assert not drawn


def test_charts_are_drawn_anew_at_most_twice_a_second(scene: Any) -> None:
    shown = []
    scene.charts._score.show = lambda *args: shown.append(args)
    for _ in range(120):
        publish(scene, curves=replace(CURVES))
    assert 3 <= len(shown) <= 4


def test_random_play_is_measured_in_the_background(scene: Any) -> None:
    settle(scene.context)
    assert scene.random_mean == pytest.approx(random_mean(scene.plan.game))
    assert 15 < scene.random_mean < 30
    assert "Random play reaches" in scene._finding(scene.report).text


def test_trouble_is_told_in_plain_words(scene: Any) -> None:
    publish(scene, progress=replace(PROGRESS, loss=float("nan")))
    assert scene._finding(scene.report).mood is Mood.BAD


def test_a_finished_run_can_be_watched_and_trained_further(scene: Any) -> None:
    path = scene.context.library.save(make_profile("Ada", game_id="cartpole"))
    best = Scorecard(0, 0.0, np.full(100, 490))
    progress = replace(PROGRESS, best=best, solved=True)
    publish(scene, status=Status.FINISHED, saved=path, note=f"Saved as {path.name}", progress=progress)
    text = scene._finding(scene.report).text
    assert text.startswith("Solved!") and "490" in text and path.name in text
    assert buttons(scene) == [scene.watch, scene.further, scene.home]
    change = opened_by(scene, Button.CONFIRM)
    assert isinstance(change, Push) and isinstance(change.scene, Play)
    assert change.scene.agent is not None and change.scene.agent.name == "Ada"
    scene.focus.current = scene.further
    change = opened_by(scene, Button.CONFIRM)
    assert isinstance(change, Replace) and isinstance(change.scene, TrainSetup)
    assert change.scene.start is not None and change.scene.start.name == "Ada"
    scene.focus.current = scene.home
    assert press(scene, Button.CONFIRM) == Home()


def test_an_agent_that_went_missing_is_told(scene: Any, tmp_path: Path) -> None:
    publish(scene, status=Status.STOPPED, saved=tmp_path / "gone.agent")
    assert opened_by(scene, Button.CONFIRM) is None
    assert "gone" in scene.context.take_notice()


def test_a_failure_is_told_and_its_traceback_is_folded(scene: Any) -> None:
    publish(scene, status=Status.FAILED, note="device = 'gpu': none was found", error="Traceback\nLine\n")
    finding = scene._finding(scene.report)
    assert finding.mood is Mood.BAD and finding.text == "Training failed. device = 'gpu': none was found"
    folded = picture(scene)
    scene.focus.current = scene.details
    press(scene, Button.CONFIRM)
    assert picture(scene) != folded
    scene.focus.current = scene.again
    assert press(scene, Button.CONFIRM) == Replace(TrainSetup("cartpole"))


def test_the_agent_of_a_run_that_failed_can_be_watched_and_trained_further(scene: Any, tmp_path: Path) -> None:
    path = scene.context.library.save(make_profile("Ada", game_id="cartpole"))
    publish(scene, status=Status.FAILED, note=f"out of luck. Saved as {path.name}", error="Traceback\n", saved=path)
    assert buttons(scene) == [scene.watch, scene.further, scene.details, scene.home]
    assert path.name in scene._finding(scene.report).text
    scene.focus.current = scene.further
    assert isinstance(opened_by(scene, Button.CONFIRM), Replace)


def test_figures_name_rates_device_and_window() -> None:
    shown = dict(figures(report(), 59.7))
    assert shown["Frames/s"] == "7,654" and shown["Runs on"] == "CPU, XLA" and shown["Window"] == "60 fps"
    assert dict(figures(SessionReport(Status.STARTING), 60.0))["Games ended"] == "–"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("game_id", ["catch", "snake", "cartpole", "flappybird", "nchain"])
def test_everything_fits_the_screen(tmp_path: Path, size: tuple[int, int], game_id: str) -> None:
    scene = dashboard(tmp_path, size, game_id)
    for status in Status:
        publish(scene, status=status)
        check_widgets(scene, size)
        wait(scene, 0.1)
        places = [
            scene.games.playing.stage.rect,
            scene.games.copies.rect,
            scene.numbers.rect,
            scene.words.rect,
            scene.progress.rect,
        ]
        places += [chart.rect for chart in (scene.charts._score, *scene.charts._small)]
        assert all(scene.area.contains(place) for place in places)
        assert all(place.collidelist(places[:index]) < 0 for index, place in enumerate(places))


def test_large_text_still_draws(tmp_path: Path) -> None:
    scene = dashboard(tmp_path, (800, 560), text_scale=2.0)
    picture(scene, (800, 560))
    wait(scene, 0.2)
    picture(scene, (800, 560))


def test_a_session_that_starts_has_nothing_but_words(tmp_path: Path) -> None:
    scene = dashboard(tmp_path)
    scene.session.latest = SessionReport(Status.STARTING, "Loading TensorFlow")
    wait(scene, 0.2)
    picture(scene)
    assert scene._finding(scene.report).text == "Loading TensorFlow"


def test_every_number_and_curve_says_what_it_means(scene: Any) -> None:
    press(scene, Button.NEXT)
    places = scene.tooltips()
    assert len(places) == 3 + 4 + len(figures(scene.report, 60.0))
    calm = picture(scene)
    for place in places:
        scene.handle(Pointer(place.rect.center))
        assert scene.focus.current is place
        assert 40 < len(place.text) < 300 and place.text.endswith(".")
        assert picture(scene) != calm
    assert MEANINGS.keys() == dict(figures(scene.report, 60.0)).keys()
    assert "No GPU was found." in places[3 + 4 + list(MEANINGS).index("Runs on")].text


def test_where_there_is_room_for_one_curve_the_next_is_a_press_away(tmp_path: Path) -> None:
    scene = dashboard(tmp_path, (800, 560), text_scale=2.0)
    picture(scene, (800, 560))
    assert scene.charts.crowded and Button.EXTRA in [hint.button for hint in scene.hints()]
    texts = []
    for _ in range(5):
        texts += [each.text for each in scene.charts.tooltips]
        press(scene, Button.EXTRA)
    assert len(set(texts)) == 4 and texts[0] == texts[4]
