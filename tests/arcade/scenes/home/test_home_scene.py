"""Home and the game pages: cards, records, the two key presses to a game."""

from pathlib import Path
from typing import Any

import pytest

from agents.storage.profile import Profile
from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.input.controls import Button, Pointer, Press
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.home.cards_scene import best_columns
from arcade.scenes.home.guests_scene import GuestsScene
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.places import (
    Agents,
    Dashboard,
    GamePage,
    Guests,
    Play,
    RaceSetup,
    Scores,
    SettingsPage,
    TrainSetup,
)
from arcade.ui.scene import Pop, Push, Quit, Replace
from games.registry import game_ids, make
from tests.agents.storage.profiles import heavy_profile, lost_profile, make_profile
from tests.arcade.scenes.scenery import SIZES, FakeSession, check_widgets, make_context, picture, press, settle, wait


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


@pytest.fixture
def home(context: Context) -> Any:
    return opened(HomeScene(context), context)


def opened(scene: Any, context: Context, size: tuple[int, int] = SIZES[0]) -> Any:
    """The scene as it looks when everything has been read."""
    scene.enter()
    for _ in range(3):  # one piece of work may lead to the next
        settle(context)
    picture(scene, size)
    return scene


def save_agent(context: Context, name: str, game_id: str, mean: float) -> Any:
    profile = make_profile(name, game_id=game_id)
    path = context.library.save(make_profile(name, game_id=game_id, scorecard={**profile.scorecard, "mean": mean}))
    return next(entry for entry in context.library.entries() if entry.path == path)


# Home


def test_there_is_a_card_for_every_game(home: Any) -> None:
    assert [card.info.id for card in home.cards] == list(game_ids())


@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_at_any_size(context: Context, size: tuple[int, int]) -> None:
    context.theme.resize((size[0], size[1] + 40))
    check_widgets(HomeScene(context), size)


def test_large_text_is_scrolled_to_where_the_focus_is(tmp_path: Path) -> None:
    context = make_context(tmp_path, (800, 600), text_scale=2.0)
    home = opened(HomeScene(context), context, (800, 520))
    assert home.menu[-1].rect.bottom > 520
    press(home, *[Button.NEXT] * (len(home.cards) + len(home.menu) - 1))
    picture(home, (800, 520))
    assert home.focus.current is home.menu[-1]
    assert home.menu[-1].rect.bottom <= 520
    press(home, Button.NEXT)
    picture(home, (800, 520))
    assert home.cards[0].rect.top >= home._scroll.view.top


@pytest.mark.parametrize("count", range(1, 14))
def test_cards_are_never_narrower_than_their_words(count: int) -> None:
    columns = best_columns(count, (1240, 580), 16, 90, narrowest=300)
    assert 1 <= columns <= count
    assert columns == 1 or (1240 - 16 * (columns - 1)) // columns >= 300


def test_a_game_is_two_key_presses_away(home: Any, context: Context) -> None:
    first = game_ids()[0]
    assert press(home, Button.CONFIRM) == Push(GamePage(first))
    page = opened(GamePageScene(context, first), context)
    assert press(page, Button.CONFIRM) == Push(Play(make(first, **page.info.levels[page.info.first_level])))


def test_a_game_is_two_clicks_away(home: Any, context: Context) -> None:
    card = home.cards[2]
    assert home.handle(Pointer(card.rect.center, pressed=1)) == Push(GamePage(card.info.id))
    page = opened(GamePageScene(context, card.info.id), context)
    assert page.handle(Pointer(page.play.rect.center, pressed=1)) == Push(Play(make(card.info.id)))


def test_the_cards_move(home: Any) -> None:
    before = picture(home)
    wait(home, 1.0)
    assert picture(home) != before


def test_the_best_agent_plays_in_its_card(home: Any, context: Context) -> None:
    save_agent(context, "Weak", "cartpole", 20.0)
    save_agent(context, "Strong", "cartpole", 400.0)
    opened(home, context)
    card = next(card for card in home.cards if card.info.id == "cartpole")
    assert card.showcase.agent.name == "Strong"
    assert card.lines()[1] == "Best agent: 400 steps"
    playing = card.showcase
    assert opened(home, context) and card.showcase is playing, "an agent that has not changed goes on playing"


def test_a_card_forgets_an_agent_that_is_gone(home: Any, context: Context) -> None:
    entry = save_agent(context, "Gone", "cartpole", 400.0)
    opened(home, context)
    context.library.delete(entry)
    opened(home, context)
    card = next(card for card in home.cards if card.info.id == "cartpole")
    assert card.showcase.agent is None
    assert card.lines()[1] == "No trained agent yet"


def test_own_records_stand_on_the_cards(home: Any, context: Context) -> None:
    context.scores.add("snake", "Standard", "Pat", 17)
    opened(home, context)
    assert next(card for card in home.cards if card.info.id == "snake").lines()[0] == "Your best: 17 fruits"


def test_the_menu_leads_to_agents_scores_and_settings(home: Any) -> None:
    chosen = [button.handle(Press(Button.CONFIRM)) for button in home.menu]
    assert chosen == [Push(Agents()), Push(Scores()), Push(Guests()), Push(SettingsPage()), Quit()]


def test_games_of_gymnasium_are_cards_and_have_pages(context: Context) -> None:
    guests: Any = opened(GuestsScene(context), context)
    assert [card.info.title for card in guests.cards] == ["Mountain Car", "Acrobot"]
    before = picture(guests)
    wait(guests, 1.0)
    assert picture(guests) != before, "they move"
    assert press(guests, Button.CONFIRM) == Push(GamePage("gym:MountainCar-v0"))
    change = press(opened(GamePageScene(context, "gym:MountainCar-v0"), context), Button.CONFIRM)
    assert isinstance(change.scene, Play) and change.scene.game.info.id == "gym:MountainCar-v0"
    assert press(guests, Button.BACK) == Pop()
    assert guests.menu[0].handle(Press(Button.CONFIRM)) == Pop()


def test_without_gymnasium_home_does_not_speak_of_it(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.registry.find_spec", lambda name: None)
    assert [button.label for button in HomeScene(context).menu] == ["Agents", "High scores", "Settings", "Quit"]


def test_escape_quits_at_once_when_nothing_is_lost(home: Any) -> None:
    assert press(home, Button.BACK) == Quit()


def test_escape_asks_first_while_an_agent_is_trained(home: Any, context: Context) -> None:
    plan = type("Plan", (), {"name": "Newcomer"})
    context.training = FakeSession(plan, SessionReport(Status.TRAINING))  # type: ignore[assignment]
    question = press(home, Button.BACK).scene
    assert isinstance(question, ConfirmScene)
    assert "Newcomer" in question.detail
    picture(question)
    assert press(question, Button.BACK) == Pop()
    assert press(question, Button.CONFIRM) == Quit()


def test_a_frame_is_drawn_while_nothing_has_been_read(context: Context) -> None:
    home = HomeScene(context)
    home.enter()
    assert len(set(picture(home))) > 10


# Game pages


@pytest.fixture
def page(context: Context) -> Any:
    return opened(GamePageScene(context, "flappybird"), context)


@pytest.mark.parametrize("game_id", game_ids())
@pytest.mark.parametrize("size", SIZES)
def test_every_page_has_room_for_its_buttons(context: Context, game_id: str, size: tuple[int, int]) -> None:
    context.theme.resize((size[0], size[1] + 40))
    check_widgets(GamePageScene(context, game_id), size)


def test_every_button_leads_somewhere(page: Any) -> None:
    expected = {
        page.play: Play(make("flappybird", **page.info.levels["Easy"])),
        page.race: RaceSetup("flappybird"),
        page.train: TrainSetup("flappybird"),
        page.agents: Agents("flappybird"),
        page.scores: Scores("flappybird", "Easy"),
    }
    for button, place in expected.items():
        assert button.handle(Press(Button.CONFIRM)) == Push(place)


def test_the_chosen_level_is_played_and_remembered(page: Any, context: Context) -> None:
    assert page.level.value == page.info.first_level == "Easy"
    page.level.handle(Press(Button.LEFT))
    chosen = list(page.info.levels)[1]
    assert page.play.handle(Press(Button.CONFIRM)).scene.game.gap == page.info.levels[chosen]["gap"]
    assert GamePageScene(context, "flappybird").level.value == chosen
    assert page.scores.handle(Press(Button.CONFIRM)) == Push(Scores("flappybird", chosen))


def test_there_is_nothing_to_watch_without_an_agent(page: Any) -> None:
    assert not page.watch.enabled
    assert page.watch.detail == "No trained agent yet"
    assert page.watch.handle(Press(Button.CONFIRM)) is None


def test_the_best_agent_can_be_watched(context: Context) -> None:
    save_agent(context, "Swift", "flappybird", 80.0)
    page = opened(GamePageScene(context, "flappybird"), context)
    assert page.watch.enabled
    assert page.watch.detail == "Swift"
    place = page.watch.handle(Press(Button.CONFIRM)).scene
    assert isinstance(place, Play) and place.agent is not None
    assert (place.game.info.id, place.agent.name, place.rival) == ("flappybird", "Swift", None)
    assert page.agents.detail == "1 agent"


def test_the_game_on_its_page_moves(page: Any) -> None:
    before = picture(page)
    wait(page, 0.5)
    assert picture(page) != before


def test_an_unknown_game_has_no_page(context: Context) -> None:
    with pytest.raises(ValueError, match="chess"):
        GamePageScene(context, "chess")


# Training that was cut off


def cut_off(context: Context, name: str = "Old hand", run: bool = False) -> Profile:
    """An agent whose training was cut off, and if asked for what its run needs to go on."""
    profile = make_profile(name, game_id="cartpole")
    path = context.library.save(profile)
    if run:
        context.library.save_run({"frames": 7}, path, profile)
    folder = context.library.folder / "running"
    folder.mkdir(exist_ok=True)
    (folder / profile.id).touch()
    return profile


def asked(context: Context) -> tuple[Any, Any]:
    """The home screen after a start, and the question it asks, None if none."""
    home = opened(HomeScene(context), context)
    change = home.update(1 / 60)
    assert change is None or isinstance(change, Push)
    return home, change and change.scene


def test_nothing_is_asked_where_nothing_was_cut_off(context: Context) -> None:
    save_agent(context, "Old hand", "cartpole", 1.0)
    assert asked(context)[1] is None


@pytest.mark.parametrize("size", SIZES)
def test_training_that_was_cut_off_is_asked_about_once_and_can_be_declined(
    context: Context, size: tuple[int, int]
) -> None:
    cut_off(context)
    home, question = asked(context)
    assert "Old hand" in question.title
    check_widgets(question, size)
    assert home.update(1 / 60) is None
    question.focus.current = question._no
    assert press(question, Button.CONFIRM) == Pop()
    settle(context)
    assert asked(context)[1] is None


def test_escape_asks_again_at_the_next_start(context: Context) -> None:
    cut_off(context)
    assert press(asked(context)[1], Button.BACK) == Pop()
    settle(context)
    assert asked(context)[1] is not None


def test_a_run_goes_on_exactly_where_it_was_saved(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = cut_off(context, run=True)
    started: list[Any] = []

    def start(plan: Any) -> None:
        started.append(plan)
        context.training = FakeSession(plan, SessionReport(Status.STARTING))  # type: ignore[assignment]

    monkeypatch.setattr(context, "start_training", start)
    question = asked(context)[1]
    assert "exactly" in question.detail
    change = press(question, Button.CONFIRM)
    assert change == Replace(Dashboard())
    (plan,) = started
    assert plan.resume.frames == 7
    assert (plan.name, plan.start.id) == ("Old hand", profile.id)
    settle(context)
    context.training = None
    assert asked(context)[1] is None


def test_without_its_run_an_agent_is_trained_further_from_its_weights(context: Context) -> None:
    cut_off(context)
    change = press(asked(context)[1], Button.CONFIRM)
    assert isinstance(change, Replace) and isinstance(change.scene, TrainSetup)
    assert change.scene.game_id == "cartpole"
    assert change.scene.start and change.scene.start.name == "Old hand"


def test_a_scorecard_does_not_make_a_player_of_an_agent_that_cannot_play(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    card = {**make_profile().scorecard, "mean": 1e15}
    context.library.save(lost_profile("Lost", scorecard=card))
    context.library.save(heavy_profile("Heavy", scorecard=card))
    context.library.save(make_profile("Alien", game_id="snake", scorecard=card, rules_version=99))
    for game_id in ("cartpole", "catch", "snake"):
        save_agent(context, f"Honest {game_id}", game_id, 1.0)
    home = opened(HomeScene(context), context)
    for _ in range(3):
        settle(context)
        home.update(0.1)
    players = {card.info.id: card.showcase.agent for card in home.cards}
    for game_id in ("cartpole", "catch", "snake"):
        assert players[game_id].name == f"Honest {game_id}"
        page = opened(GamePageScene(context, game_id), context)
        assert page.showcase.agent.name == f"Honest {game_id}"


@pytest.mark.parametrize("size", SIZES)
def test_scores_of_any_length_leave_the_cards_in_their_places(tmp_path: Path, size: tuple[int, int]) -> None:
    context = make_context(tmp_path)
    context.theme.resize((size[0], size[1] + 40))
    before = opened(HomeScene(context), context, size)
    for game_id in game_ids():
        save_agent(context, f"Proud {game_id}", game_id, 1e15)
    after = opened(HomeScene(context), context, size)
    assert [each.rect for each in after.focus.widgets] == [each.rect for each in before.focus.widgets]
