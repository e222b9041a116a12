"""Playing by keys and mouse, pausing, records; watching an agent, its speed and its handicap."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arcade.context import Context
from arcade.input.controls import Button, FocusLost, Hint, Keys, Pointer, Press, Release
from arcade.rounds.end_times import PLAYED_SECONDS
from arcade.rounds.round import Phase
from arcade.rounds.steering import direction
from arcade.scenes.play.play_scene import PlayScene
from arcade.store import paths
from arcade.ui.scene import Pop
from games.registry import make
from tests.agents.storage.profiles import lost_profile, make_profile
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press, settle, wait


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


@pytest.fixture
def cartpole(context: Context) -> Any:
    return PlayScene(context, make("cartpole"), seed=1)


@pytest.fixture
def watched(context: Context) -> Any:
    agent = make_profile("Wanda", game_id="cartpole")
    return PlayScene(context, agent.game(), agent, seed=1)


def fall(scene: Any) -> None:
    """Play until the round is over, pushing one way."""
    press(scene, Button.LEFT)
    while scene.match.round.phase is not Phase.OVER:
        wait(scene, 0.1)
    settle(scene.context)


# Playing


def test_nothing_moves_before_the_first_press(cartpole: Any) -> None:
    wait(cartpole, 1.0)
    assert cartpole.match.round.is_fresh and cartpole.keys is Keys.GAME
    press(cartpole, Button.RIGHT)
    wait(cartpole, 0.1)
    assert cartpole.match.round.batch.steps[0] > 0 and cartpole.match.round.batch.state.push[0] == 1


def test_the_picture_moves_between_two_ticks(context: Context) -> None:
    scene: Any = PlayScene(context, make("catch"), seed=1)
    press(scene, Button.LEFT)
    wait(scene, 0.3)
    before, steps = picture(scene), int(scene.match.round.batch.steps[0])
    scene.update(0.02)
    assert scene.match.round.batch.steps[0] == steps
    assert picture(scene) != before


@pytest.mark.parametrize("how", ["p", "escape", "focus"])
def test_pausing_stops_time_and_going_on_waits_for_a_press(cartpole: Any, how: str) -> None:
    press(cartpole, Button.LEFT)
    wait(cartpole, 0.1)
    event = {"p": Press(Button.PAUSE), "escape": Press(Button.BACK), "focus": FocusLost()}[how]
    assert cartpole.handle(event) is None
    steps = int(cartpole.match.round.batch.steps[0])
    wait(cartpole, 1.0)
    assert cartpole.match.paused and cartpole.keys is Keys.MENU
    press(cartpole, Button.CONFIRM)  # "Resume" has the focus
    wait(cartpole, 1.0)
    assert not cartpole.match.paused and cartpole.match.round.batch.steps[0] == steps
    press(cartpole, Button.RIGHT)
    wait(cartpole, 0.1)
    assert cartpole.match.round.batch.steps[0] > steps


def test_losing_focus_before_the_game_begins_opens_no_menu(cartpole: Any) -> None:
    cartpole.handle(FocusLost())
    assert not cartpole.match.paused


def test_escape_leaves_before_the_first_press_and_from_the_menu(cartpole: Any) -> None:
    assert press(cartpole, Button.BACK) == Pop()
    press(cartpole, Button.LEFT)
    wait(cartpole, 0.1)
    assert press(cartpole, Button.BACK) is None
    assert press(cartpole, Button.BACK) == Pop()


def test_the_result_comes_after_a_short_death_and_enter_plays_again(cartpole: Any) -> None:
    fall(cartpole)
    assert cartpole.keys == Keys.GAME and not cartpole.focus.widgets
    press(cartpole, Button.PRIMARY)  # pressed in the heat of the game: chooses nothing
    assert cartpole.match.round.phase is Phase.OVER
    wait(cartpole, PLAYED_SECONDS)
    assert cartpole.keys == Keys.MENU and cartpole.focus.widgets
    press(cartpole, Button.CONFIRM)
    assert cartpole.match.round.is_fresh and cartpole.keys is Keys.GAME


def test_r_starts_again_at_once(cartpole: Any) -> None:
    press(cartpole, Button.LEFT)
    wait(cartpole, 0.1)
    press(cartpole, Button.RESTART)
    assert cartpole.match.round.is_fresh


def test_scores_are_kept_and_a_record_is_told_in_words(cartpole: Any) -> None:
    fall(cartpole)
    first = cartpole.match.round.score
    assert first > 5 and cartpole.context.scores.best("cartpole", "Standard") == first
    assert cartpole.mode.verdict == "Your first score!"
    press(cartpole, Button.RESTART)
    for _ in range(20):  # pushing to and fro lasts longer
        press(cartpole, Button.RIGHT)
        wait(cartpole, 1 / 60)
        press(cartpole, Button.LEFT)
        wait(cartpole, 1 / 60)
    fall(cartpole)
    assert cartpole.match.round.score > first
    assert cartpole.mode.verdict == f"New record! The old one was {first}"
    press(cartpole, Button.RESTART)
    fall(cartpole)
    assert not cartpole.mode.record
    assert [score.is_agent for score in cartpole.context.scores.top("cartpole", "Standard")] == [False] * 3


def test_the_slow_assist_halves_the_pace_and_marks_the_score(cartpole: Any) -> None:
    press(cartpole, Button.EXTRA, Button.LEFT)
    wait(cartpole, 0.2)
    assert cartpole.match.round.speed == 0.5 and cartpole.match.round.rate < 25
    press(cartpole, Button.EXTRA)  # switched off again: the round stays marked
    fall(cartpole)
    assert cartpole.context.scores.top("cartpole", "Standard")[0].assisted
    press(cartpole, Button.RESTART)
    fall(cartpole)
    assert not all(score.assisted for score in cartpole.context.scores.top("cartpole", "Standard"))


def test_after_a_death_the_slow_assist_is_offered(cartpole: Any) -> None:
    fall(cartpole)
    wait(cartpole, PLAYED_SECONDS)
    cartpole.focus.current = cartpole.mode.slower
    press(cartpole, Button.CONFIRM)
    assert cartpole.match.round.is_fresh and cartpole.match.round.speed == 0.5 and cartpole.mode.was_assisted
    fall(cartpole)
    wait(cartpole, PLAYED_SECONDS)
    assert cartpole.mode.slower not in cartpole.focus.widgets


def test_playing_to_the_very_end_is_celebrated(cartpole: Any) -> None:
    cartpole.mode.finish(500, good=True)
    assert cartpole.mode.record and "very end" in cartpole.mode.verdict


def test_tab_changes_the_level_before_the_game_only(context: Context) -> None:
    scene: Any = PlayScene(context, make("flappybird"), seed=1)
    press(scene, Button.NEXT)
    assert (scene.match.game.gap, scene.mode.level) == (150, "Medium") and scene.match.round.game.gap == 150
    press(scene, Button.PRIMARY)
    wait(scene, 0.1)
    press(scene, Button.NEXT)
    assert scene.mode.level == "Medium"
    while scene.match.round.phase is not Phase.OVER:
        wait(scene, 0.1)
    settle(context)
    assert context.scores.best("flappybird", "Medium") == scene.match.round.score
    assert context.scores.best("flappybird", "Hard") is None


def test_a_round_of_catch_goes_through_all_its_fruits(context: Context) -> None:
    scene: Any = PlayScene(context, make("catch"), seed=1)
    press(scene, Button.LEFT)
    while scene.match.round.phase is not Phase.OVER:
        wait(scene, 0.25, 0.05)
        picture(scene, (400, 300))
    settle(context)
    assert len(scene.match.round.finished_scores) == 20
    assert context.scores.best("catch", "Standard") == scene.match.round.score


def test_the_mouse_alone_plays_pauses_and_leaves(cartpole: Any) -> None:
    picture(cartpole)
    left = cartpole.match.stage.rect.centerx // 2, cartpole.match.stage.rect.centery
    cartpole.handle(Pointer(left, pressed=1))
    cartpole.handle(Pointer(left, released=1))
    wait(cartpole, 0.05)
    assert cartpole.match.round.batch.state.push[0] == 0 and cartpole.match.round.batch.steps[0] > 0
    picture(cartpole)
    cartpole.handle(Pointer(cartpole.mode.pause.rect.center, pressed=1))
    assert cartpole.match.paused
    picture(cartpole)
    assert cartpole.handle(Pointer(cartpole.mode.quit.rect.center, pressed=1)) == Pop()


def test_the_mouse_steers_the_snake_in_four_directions(context: Context) -> None:
    scene: Any = PlayScene(context, make("snake"), seed=1)
    picture(scene)
    centre, names = scene.match.stage.rect.center, {}
    for name, shift in {"left": (-90, 5), "right": (90, 5), "up": (5, -90), "down": (5, 90)}.items():
        point = centre[0] + shift[0], centre[1] + shift[1]
        names[name] = direction(scene.match.game.info.play, scene.match.picture(), point).value
    assert all(name == value for name, value in names.items())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_the_menus_fit_the_screen(tmp_path: Path, size: tuple[int, int], text_scale: float) -> None:
    scene: Any = PlayScene(make_context(tmp_path, size, text_scale), make("cartpole"), seed=1)
    check_widgets(scene, size)
    fall(scene)
    wait(scene, PLAYED_SECONDS)
    check_widgets(scene, size)


# Watching


def test_an_agent_plays_by_itself_and_shows_its_values(watched: Any) -> None:
    wait(watched, 0.2)
    agent = watched.mode.controller
    assert watched.match.round.batch.steps[0] > 0 and len(agent.q_values) == 2
    assert agent.action == agent.q_values.argmax()


def test_watching_starts_the_next_game_by_itself_and_counts(watched: Any) -> None:
    wait(watched, 5.0)
    assert len(watched.mode.scores) >= 2


def test_pause_and_single_step(watched: Any) -> None:
    press(watched, Button.PAUSE)
    steps = int(watched.match.round.batch.steps[0])
    wait(watched, 1.0)
    assert watched.match.round.batch.steps[0] == steps
    press(watched, Button.STEP, Button.STEP)
    wait(watched, 1.0)
    assert watched.match.round.batch.steps[0] == steps + 2
    press(watched, Button.PAUSE)
    wait(watched, 0.05)
    assert watched.match.round.batch.steps[0] > steps + 2


def test_single_steps_go_on_after_the_end(watched: Any) -> None:
    for _ in range(100):
        press(watched, Button.STEP)
    assert len(watched.mode.scores) >= 2


def test_speed_goes_from_a_quarter_to_sixteen_times(watched: Any) -> None:
    press(watched, *[Button.SLOWER] * 9)
    assert watched.match.round.speed == 0.25
    press(watched, *[Button.FASTER] * 9)
    assert watched.match.round.speed == 16


def test_the_handicap_is_set_by_its_stepper(watched: Any) -> None:
    watched.focus.current = watched.mode.handicap
    press(watched, Button.RIGHT)
    assert watched.mode.controller.epsilon == 0.01


def test_shift_is_held_to_take_over_and_let_go_to_hand_back(watched: Any) -> None:
    wait(watched, 0.05)
    watched.handle(Press(Button.TAKE_OVER))
    assert watched.keys is Keys.GAME and watched.mode.handover.person_plays
    for button, action in ((Button.RIGHT, 1), (Button.LEFT, 0)):
        press(watched, button)
        wait(watched, 0.05)
        assert watched.match.round.batch.state.push[0] == action == watched.mode.handover.action
    assert {hint.button for hint in watched.hints()} >= {Button.LEFT, Button.RIGHT, Button.TAKE_OVER}
    watched.handle(Release(Button.TAKE_OVER))
    assert not watched.mode.handover.person_plays


def test_who_plays_is_told_over_the_picture(watched: Any) -> None:
    picture(watched)
    assert watched.mode._player.text == "Wanda plays"
    watched.handle(Press(Button.TAKE_OVER))
    picture(watched)
    assert (watched.mode._player.text, watched.mode._player.icon) == ("You play", "person")
    assert watched.match.stage.rect.contains(watched.mode._player.rect)


def test_a_click_on_the_hint_takes_over_until_the_next(watched: Any) -> None:
    press(watched, Button.TAKE_OVER)  # down and up at once, as the bar of hints sends it
    wait(watched, 0.05)
    assert watched.mode.handover.person_plays
    press(watched, Button.TAKE_OVER)
    assert not watched.mode.handover.person_plays


def test_the_mouse_takes_over_plays_and_hands_back(watched: Any) -> None:
    picture(watched)
    watched.handle(Pointer(watched.mode.take_over.rect.center, pressed=1))
    shown = watched.match.stage.rect
    for x, action in ((shown.right - 5, 1), (shown.left + 5, 0)):
        watched.handle(Pointer((x, shown.centery), pressed=1))
        watched.handle(Pointer((x, shown.centery), released=1))
        wait(watched, 0.05)
        assert watched.match.round.batch.state.push[0] == action
    watched.handle(Pointer(watched.mode.take_over.rect.center, pressed=1))
    assert not watched.mode.handover.person_plays


def test_an_agent_gets_the_game_back_when_the_window_loses_focus(watched: Any) -> None:
    watched.handle(Press(Button.TAKE_OVER))
    watched.handle(FocusLost())
    assert not watched.mode.handover.person_plays


def test_a_person_plays_at_the_games_pace_at_most(watched: Any) -> None:
    press(watched, *[Button.FASTER] * 3)
    watched.handle(Press(Button.TAKE_OVER))
    assert watched.match.round.speed == 1
    watched.handle(Release(Button.TAKE_OVER))
    wait(watched, 0.05)
    watched.handle(Press(Button.TAKE_OVER))
    wait(watched, 0.05)
    watched.handle(Release(Button.TAKE_OVER))
    assert watched.match.round.speed == 8


@pytest.mark.parametrize("how", ["take over", "delay"])
def test_games_with_help_or_hindrance_are_not_the_agents_own(watched: Any, how: str) -> None:
    if how == "delay":
        watched.focus.current = watched.mode.delay
        press(watched, Button.RIGHT)
        assert watched.mode.controller.delay == 1
    else:
        watched.handle(Press(Button.TAKE_OVER))
        wait(watched, 0.05)
        watched.handle(Release(Button.TAKE_OVER))
    while not watched.mode.scores:
        wait(watched, 0.5)
    settle(watched.context)
    assert watched.context.scores.best("cartpole", is_agent=True) is None
    wait(watched, 1.5)
    assert watched.mode.handicapped == (how == "delay")  # the next game is the agent's own again, unless it is slow


def test_what_moves_the_value_is_shown_while_it_is_wished_for(watched: Any) -> None:
    wait(watched, 0.1)
    plain = picture(watched)
    press(watched, Button.EXTRA, Button.PAUSE)
    wait(watched, 0.2)
    settle(watched.context)
    look = watched.mode._saliency.latest
    agent = watched.mode.controller
    kernel = agent.policy.weights["output/kernel"][:, agent.output]  # no hidden layer: the weights are the gradient
    assert np.allclose(look.moves, kernel / abs(kernel).max()) and look.observation is agent.observation
    assert picture(watched) != plain
    press(watched, Button.EXTRA)
    assert watched.mode._saliency.latest is None


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    return paths.recordings_folder()


def test_one_key_begins_a_recording_and_ends_it(watched: Any, recordings: Path) -> None:
    press(watched, Button.RECORD)
    wait(watched, 0.5)
    before = picture(watched)
    assert "Recording" in watched._recording.text and Hint(Button.RECORD, "End recording") in watched.hints()
    press(watched, Button.RECORD)
    assert picture(watched) != before
    settle(watched.context)
    (path,) = recordings.iterdir()
    assert path.suffix == ".gif" and path.name.startswith("CartPole")
    told = [watched.context.take_notice() for _ in range(2)]
    assert told[1] is not None and str(path) in told[1]


def test_a_pause_is_not_recorded_and_leaving_loses_nothing(cartpole: Any, recordings: Path) -> None:
    press(cartpole, Button.LEFT, Button.RECORD)
    wait(cartpole, 0.2)
    cartpole.match.pause()
    length = len(cartpole.recorder.film)
    wait(cartpole, 1.0)
    assert len(cartpole.recorder.film) == length
    cartpole.leave()
    settle(cartpole.context)
    assert len(list(recordings.iterdir())) == 1


def test_a_long_recording_ends_by_itself(watched: Any, recordings: Path) -> None:
    press(watched, Button.RECORD)
    watched.recorder.film.max_frames = 10
    wait(watched, 1.0)
    assert watched.recorder.film is None
    settle(watched.context)
    assert len(list(recordings.iterdir())) == 1


def test_a_recording_that_cannot_be_written_is_told(watched: Any, recordings: Path) -> None:
    recordings.parent.mkdir(parents=True)
    recordings.touch()
    press(watched, Button.RECORD)
    wait(watched, 0.1)
    press(watched, Button.RECORD)
    settle(watched.context)
    told = [watched.context.take_notice() for _ in range(2)]
    assert "cannot be written" in str(told[1])


def test_recordings_do_not_pile_up(watched: Any, recordings: Path) -> None:
    """While one is being written, which takes seconds, there is none to be begun."""
    written = threading.Event()
    watched.context.background(lambda: written.wait(20), takes_seconds=True)
    press(watched, Button.RECORD)
    assert watched.recorder.film is None
    assert watched.context.take_notice() == "The last recording is still being written"
    written.set()
    settle(watched.context)
    press(watched, Button.RECORD)
    assert watched.recorder.film is not None


def test_only_unaided_better_scores_of_an_agent_are_kept(watched: Any) -> None:
    scores = watched.context.scores
    watched.mode._set_handicap(0.5)
    wait(watched, 3.0)
    settle(watched.context)
    assert watched.mode.scores and scores.best("cartpole", is_agent=True) is None
    watched.mode._set_handicap(0.0)
    press(watched, Button.RESTART)
    wait(watched, 8.0)
    settle(watched.context)
    kept = scores.top("cartpole", "Standard", is_agent=True)
    assert kept and {score.name for score in kept} == {"Wanda"}
    assert len({score.score for score in kept}) == len(kept)
    assert scores.best("cartpole") is None


def test_escape_stops_watching(watched: Any) -> None:
    assert press(watched, Button.BACK) == Pop()


def test_hints_name_what_acts(watched: Any, cartpole: Any) -> None:
    assert {hint.button for hint in watched.hints()} >= {Button.PAUSE, Button.STEP, Button.FASTER, Button.BACK}
    playing = {Button.LEFT, Button.RIGHT, Button.EXTRA, Button.PAUSE, Button.BACK}
    assert {hint.button for hint in cartpole.hints()} >= playing


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("game_id", ["catch", "snake", "cartpole", "flappybird", "nchain"])
def test_watching_fits_the_screen(tmp_path: Path, size: tuple[int, int], game_id: str) -> None:
    agent = make_profile(game_id=game_id)
    scene: Any = PlayScene(make_context(tmp_path, size), agent.game(), agent, seed=1)
    wait(scene, 0.5)
    check_widgets(scene, size)


def test_the_same_seed_shows_the_same_game(context: Context) -> None:
    agent = make_profile(game_id="cartpole")
    states = []
    for _ in range(2):
        scene = PlayScene(context, agent.game(), agent, seed=7)
        wait(scene, 0.3)
        states.append(scene.match.round.batch.state.physics)
    assert np.array_equal(*states)


# Sound


def heard(scene: Any, seconds: float) -> set[str]:
    """The sounds asked for while some time passes."""
    names: set[str] = set()
    scene.context.sounds.play = names.add
    wait(scene, seconds)
    return names - {""}


def test_a_person_hears_the_end_and_a_record(cartpole: Any) -> None:
    press(cartpole, Button.LEFT)
    assert heard(cartpole, 3.0) == {"bump", "record"}


def test_an_agent_is_heard_only_where_that_is_wished_for(watched: Any) -> None:
    assert heard(watched, 3.0) == set()
    watched.context.settings.change(watch_sounds=True)
    assert heard(watched, 3.0) == {"bump"}
    press(watched, *[Button.FASTER] * 4)
    assert heard(watched, 1.0) == set()


def test_whoever_takes_over_hears_the_game(watched: Any) -> None:
    watched.handle(Press(Button.TAKE_OVER))
    assert "bump" in heard(watched, 3.0)


def test_an_agent_that_cannot_decide_is_left_and_the_reason_told(context: Context) -> None:
    agent = lost_profile("Lost")
    for scene in (
        PlayScene(context, agent.game(), agent, seed=1),
        PlayScene(context, agent.game(), make_profile(game_id="cartpole"), 1, agent),
    ):
        assert scene.update(0.1) == Pop()
        assert context.take_notice() == "Lost: its Q values are not finite"
    stepping = PlayScene(context, agent.game(), agent, seed=1)
    stepping.match.pause()
    assert stepping.handle(Press(Button.STEP)) == Pop()
