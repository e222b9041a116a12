"""Races: two sides on one clock, a winner in words, and a result that is kept; choosing who races."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.storage.history import HistoryRecorder, path_of
from arcade.context import Context
from arcade.input.controls import Button, FocusLost, Keys, Pointer, Press
from arcade.rounds.end_times import PLAYED_SECONDS
from arcade.rounds.opponents import EARLIER_SELVES, opponents
from arcade.rounds.round import Phase
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.game.race_setup_scene import RaceSetupScene
from arcade.scenes.places import Play, RaceSetup, TrainSetup
from arcade.scenes.play.play_scene import PlayScene
from arcade.store import paths
from arcade.store.scores import Tally
from arcade.ui.scene import Pop, Push
from arcade.window.navigation import scene_of
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press, settle, wait


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


def race(context: Context, game_id: str = "cartpole", **sides: Any) -> Any:
    """A person against an agent, unless other sides are given."""
    rival = sides.pop("rival", make_profile("Rita", game_id=game_id))
    return PlayScene(context, make(game_id), seed=1, rival=rival, **sides)


def finish(scene: Any) -> None:
    """Play until the race is decided, pushing one way."""
    if scene.mode.human is not None:
        press(scene, Button.LEFT)
    while not scene.mode.verdict:
        wait(scene, 0.1)
    settle(scene.context)


def scores(scene: Any) -> list[int]:
    return [played.score for played in scene.match.lockstep.rounds]


def test_both_sides_start_alike_and_wait_for_the_person(context: Context) -> None:
    scene = race(context)
    first, second = (played.batch.state.physics for played in scene.match.lockstep.rounds)
    assert (first == second).all()
    wait(scene, 1.0)
    assert scores(scene) == [0, 0] and scene.keys is Keys.GAME
    press(scene, Button.RIGHT)
    wait(scene, 0.2)
    assert scores(scene)[0] == scores(scene)[1] > 0


def test_the_winner_is_told_and_the_result_is_kept(context: Context) -> None:
    scene = race(context)
    finish(scene)
    mine, theirs = scores(scene)
    words = {1: "You win!", 0: "A draw", -1: "Rita wins"}[(mine > theirs) - (mine < theirs)]
    assert scene.mode.verdict == words
    expected = Tally(int(mine > theirs), int(mine < theirs), int(mine == theirs))
    assert context.scores.tally("cartpole", None, "Rita") == expected
    kept = context.scores.top("cartpole", "Standard")
    assert [(each.score, each.raced) for each in kept] == [(mine, True)]
    assert not context.scores.top("cartpole", "Standard", is_agent=True)


def test_an_agent_that_leads_alone_does_not_go_on_for_ever(context: Context) -> None:
    scene = race(context)
    press(scene, Button.LEFT)
    wait(scene, 0.2)
    scene.match.round.stop()
    lost = scene.match.round.score
    wait(scene, 0.5)
    assert scores(scene) == [lost, lost + 1] and scene.mode.verdict == "Rita wins"


def test_a_person_who_leads_plays_to_the_end(context: Context) -> None:
    scene = race(context)
    press(scene, Button.LEFT)
    wait(scene, 0.1)
    scene.match.lockstep.rounds[1].stop()
    wait(scene, 0.1)
    assert scene.match.round.phase is Phase.RUNNING and not scene.mode.verdict
    finish(scene)
    assert scene.mode.verdict == "You win!"


def test_the_result_comes_with_a_menu_and_the_next_race_has_another_world(context: Context) -> None:
    scene = race(context)
    before = scene.match.round.batch.state.physics.copy()
    finish(scene)
    wait(scene, PLAYED_SECONDS)
    assert scene.keys is Keys.MENU and scene.mode.again in scene.focus.widgets
    press(scene, Button.CONFIRM)
    first, second = (played.batch.state.physics for played in scene.match.lockstep.rounds)
    assert (first == second).all() and not (first == before).all()
    assert scene.mode.verdict == "" and scene.match.round.is_fresh


@pytest.mark.parametrize("how", [Press(Button.PAUSE), Press(Button.BACK), FocusLost()])
def test_a_pause_stops_both(context: Context, how: Any) -> None:
    scene = race(context)
    press(scene, Button.LEFT)
    wait(scene, 0.1)
    assert scene.handle(how) is None
    before = scores(scene)
    wait(scene, 1.0)
    press(scene, Button.CONFIRM)  # "Resume" has the focus
    wait(scene, 1.0)
    assert scores(scene) == before
    press(scene, Button.RIGHT)
    wait(scene, 0.1)
    assert scores(scene)[1] > before[1]


def test_the_mouse_races_pauses_and_leaves(context: Context) -> None:
    scene = race(context)
    picture(scene)
    stage = scene.match.stage.rect
    scene.handle(Pointer((stage.left + 5, stage.centery), pressed=1))
    wait(scene, 0.05)
    assert scene.match.round.batch.state.push[0] == 0 and scores(scene)[1] > 0
    press(scene, Button.PAUSE)
    picture(scene)
    assert scene.handle(Pointer(scene.mode.quit.rect.center, pressed=1)) == Pop()


def test_agents_race_by_themselves_at_any_speed(context: Context) -> None:
    scene = race(context, agent=make_profile("Ada", seed=3, game_id="cartpole"))
    assert scene.keys is Keys.WATCH
    press(scene, *[Button.FASTER] * 2)
    assert {played.speed for played in scene.match.lockstep.rounds} == {4.0}
    finish(scene)
    left, right = scores(scene)
    assert scene.mode.verdict == ("A draw" if left == right else "Ada wins" if left > right else "Rita wins")
    assert context.scores.tally("cartpole", "Ada", "Rita") == Tally(left > right, left < right, left == right)
    assert not context.scores.top("cartpole", "Standard")


def test_an_earlier_state_of_the_same_agent_is_its_ghost(context: Context) -> None:
    agent = make_profile("Ada", game_id="cartpole")
    scene = race(context, agent=agent, rival=replace(agent, frames=1000))
    assert [(lane.name, lane.ghost) for lane in scene.mode.lanes] == [
        ("Ada · 12,000 frames", False),
        ("Ada · 1,000 frames", True),
    ]
    scene = race(context, agent=agent, rival=replace(agent, name="Ada before", frames=1000))
    assert [(lane.name, lane.ghost) for lane in scene.mode.lanes] == [("Ada", False), ("Ada before", True)]


def test_an_agent_of_another_board_is_refused(context: Context) -> None:
    with pytest.raises(ValueError, match="Rita cannot play this level"):
        PlayScene(context, make("catch", grid=12), rival=make_profile("Rita", game_id="catch"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
@pytest.mark.parametrize("game_id", ["snake", "cartpole", "flappybird", "nchain"])
def test_a_race_fits_the_screen(tmp_path: Path, size: tuple[int, int], text_scale: float, game_id: str) -> None:
    scene = race(make_context(tmp_path, size, text_scale), game_id)
    picture(scene, size)
    first, second = (stage.rect for stage in scene.match.stages)
    assert first.size == second.size and first.right < second.left
    heads = scene.mode._heads
    assert first.top >= heads[0].bottom and heads[0].top >= 0 and second.right <= size[0]
    scene.match.pause()
    check_widgets(scene, size)


def test_a_race_is_recorded_with_both_sides(context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    scene = race(context)
    press(scene, Button.RECORD, Button.LEFT)
    wait(scene, 0.2)
    assert len(scene.recorder.film.games) == 2
    press(scene, Button.RECORD)
    settle(context)
    assert len(list(paths.recordings_folder().iterdir())) == 1


# Choosing


def setup(context: Context, *names: str, game_id: str = "cartpole") -> Any:
    for seed, name in enumerate(names):
        context.library.save(make_profile(name, seed=seed, game_id=game_id))
    scene: Any = RaceSetupScene(context, game_id)
    scene.enter()
    settle(context)
    return scene


def test_enter_alone_races_the_person_against_an_agent(context: Context) -> None:
    scene = setup(context, "Ada", "Rita")
    press(scene, Button.CONFIRM)
    settle(context)
    change = scene.update(0.01)
    assert isinstance(change, Push) and isinstance(change.scene, Play)
    assert change.scene.agent is None
    assert change.scene.rival is not None and change.scene.rival.name == scene.right.value
    assert scene.update(0.01) is None


def test_two_agents_are_chosen_and_their_races_told(context: Context) -> None:
    scene = setup(context, "Ada", "Rita")
    for stepper, name in ((scene.left, "Ada"), (scene.right, "Rita")):
        scene.focus.current = stepper
        while stepper.value != name:
            press(scene, Button.RIGHT)
    assert "No race" in scene._history()
    scene.focus.current = scene.start
    press(scene, Button.CONFIRM)
    settle(context)
    finish(scene_of(scene.update(0.01).scene, context))
    scene.enter()
    settle(context)
    assert (scene.left.value, scene.right.value) == ("Ada", "Rita")
    assert scene._history().startswith("Races so far: Ada won")


def test_only_levels_that_both_understand_can_be_raced(context: Context) -> None:
    context.library.save(make_profile("Small", game_id="catch"))
    game = make("catch", grid=12)
    spec = game.info.observations[0]
    small = make_profile("Large", game_id="catch")
    shape = replace(small.architecture, input_shape=spec.shape)
    weights = {**small.weights, "output/kernel": small.weights["output/kernel"].repeat(2, axis=0)[:144]}
    context.library.save(replace(small, game_settings={"grid": 12}, architecture=shape, weights=weights))
    scene = setup(context, game_id="catch")
    found = {}
    for left in ("You", "Large"):
        for right in ("Small", "Large"):
            scene.left.set(left)
            scene.right.set(right)
            scene._choose()
            found[left, right] = list(scene.games)
    assert found["You", "Small"] == ["Standard"]
    assert found["You", "Large"] == found["Large", "Large"] == ["As trained"]
    assert found["Large", "Small"] == []
    scene.right.set("Small")
    scene._choose()
    assert not scene.start.enabled and "cannot race" in scene._history()


def test_an_agent_that_vanished_meanwhile_is_told_of(context: Context) -> None:
    scene = setup(context, "Rita")
    for path in context.library.folder.glob("*.agent*"):
        path.unlink()
    press(scene, Button.CONFIRM)
    settle(context)
    assert scene.update(0.01) is None and scene.start.enabled
    assert context.take_notice()


def test_without_agents_training_one_is_offered(context: Context) -> None:
    scene = setup(context)
    picture(scene)
    change = press(scene, Button.CONFIRM)
    assert change == Push(TrainSetup("cartpole"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_choosing_fits_the_screen(tmp_path: Path, size: tuple[int, int], text_scale: float) -> None:
    context = make_context(tmp_path, size, text_scale)
    check_widgets(setup(context, "Ada", game_id="flappybird"), size)


def test_the_game_page_leads_to_a_race(context: Context) -> None:
    page: Any = GamePageScene(context, "snake")
    page.focus.current = page.race
    assert press(page, Button.CONFIRM) == Push(RaceSetup("snake"))


def test_earlier_selves_of_an_agent_can_be_raced(context: Context) -> None:
    profile = make_profile("Rita", game_id="cartpole", frames=9_000)
    path = context.library.save(profile)
    made = HistoryRecorder(profile.id, profile.architecture, 9_000)
    for frames in range(0, 9_000, 1_000):
        made.add(frames, 1.0, profile.policy())
    context.library.save_history(made.history(), path)
    names = [each.name for each in opponents(context.library, "cartpole")]
    assert names[:2] == ["Rita", "Rita at 0 frames"] and len(names) == 1 + EARLIER_SELVES
    scene: Any = RaceSetupScene(context, "cartpole", "Rita at 0 frames")
    scene.enter()
    settle(context)
    assert scene.right.value == "Rita at 0 frames"
    assert press(scene, Button.CONFIRM) is None
    settle(context)
    change = scene.update(0.0)
    assert isinstance(change, Push) and isinstance(change.scene, Play)
    assert change.scene.rival is not None and change.scene.rival.name == "Rita at 0 frames"


def test_damaged_snapshots_offer_no_earlier_selves(context: Context) -> None:
    path = context.library.save(make_profile("Rita", game_id="cartpole"))
    path_of(path).write_bytes(b"nothing of the kind")
    assert [each.name for each in opponents(context.library, "cartpole")] == ["Rita"]
