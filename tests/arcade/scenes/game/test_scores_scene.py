"""The high-score tables."""

from pathlib import Path
from typing import Any

import pytest

from arcade.context import Context
from arcade.input.controls import Button, Press
from arcade.scenes.game.scores_scene import ScoresScene
from arcade.scenes.places import Play
from arcade.ui.scene import Push
from games.flappybird.rules import FlappyBird
from games.registry import game_ids, gymnasium_ids
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press


@pytest.fixture
def context(tmp_path: Path) -> Context:
    context = make_context(tmp_path)
    for score in range(14):
        context.scores.add("flappybird", "Hard", "Somebody with a rather long name", score, assisted=score % 2 == 0)
        context.scores.add("flappybird", "Easy", "Swift", 100 + score, is_agent=True)
    return context


@pytest.fixture
def scene(context: Context) -> Any:
    made = ScoresScene(context, "flappybird", "Hard")
    picture(made)
    return made


@pytest.mark.parametrize("game_id", game_ids())
@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_at_any_size(context: Context, game_id: str, size: tuple[int, int]) -> None:
    context.theme.resize((size[0], size[1] + 40))
    check_widgets(ScoresScene(context, game_id), size)


def test_people_and_agents_stand_apart(scene: Any) -> None:
    assert [each.score for each in scene.people] == list(range(13, 3, -1))
    assert scene.agents == ()


def test_levels_have_their_own_tables(scene: Any) -> None:
    press(scene, Button.NEXT)
    while scene.level.value != "Easy":
        press(scene, Button.RIGHT)
    assert scene.people == ()
    assert scene.agents[0].score == 113


def test_games_are_walked_through(scene: Any) -> None:
    seen = set()
    for _ in game_ids():
        press(scene, Button.RIGHT)
        picture(scene)
        seen.add(scene.info.id)
    assert seen == set(game_ids())


def test_play_begins_the_game_and_level_shown(scene: Any) -> None:
    scene.level.set("Easy")
    assert scene.play.handle(Press(Button.CONFIRM)) == Push(Play(FlappyBird(**scene.info.levels["Easy"])))


def test_the_level_last_played_is_shown_first(context: Context) -> None:
    assert ScoresScene(context, "flappybird").level.value == "Easy", "where people begin"
    context.levels["flappybird"] = "Medium"
    assert ScoresScene(context, "flappybird").level.value == "Medium"
    context.levels["flappybird"] = "Easy"
    assert ScoresScene(context, "flappybird").level.value == "Easy"
    assert ScoresScene(context, "flappybird", "Hard").level.value == "Hard"


def test_new_scores_are_seen_on_coming_back(scene: Any, context: Context) -> None:
    context.scores.add("flappybird", "Hard", "Pat", 99)
    scene.enter()
    assert scene.people[0].score == 99


@pytest.mark.parametrize("game_id", gymnasium_ids())
def test_scores_of_gymnasiums_games_stand_before_those_of_ours(context: Context, game_id: str) -> None:
    context.scores.add(game_id, "Standard", "Pat", 7)
    scene: Any = ScoresScene(context, game_id)
    check_widgets(scene, SIZES[0])
    assert [each.score for each in scene.people] == [7]
    press(scene, Button.RIGHT)
    assert scene.info.id == game_ids()[0]
