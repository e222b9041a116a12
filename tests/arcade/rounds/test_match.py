"""A match: set up, paused, stepped and begun again, and what is told of it."""

from typing import Any

import pygame
import pytest

from arcade.input.controls import Button
from arcade.rounds.controllers import Human
from arcade.rounds.match import SPEEDS, Match, next_speed
from arcade.rounds.round import Phase, Round, Tick
from arcade.ui.style import Theme
from games.registry import make


class Played:
    """A match that a person plays, and what was told of it."""

    def __init__(self, theme: Theme) -> None:
        self.told: list[str] = []
        self.ticks: list[tuple[Round, Tick]] = []
        game = make("cartpole")
        self.human = Human(game.info.play)
        self.match = Match(
            theme,
            game,
            seed=1,
            on_start=lambda: self.told.append("start"),
            on_change=lambda: self.told.append("change"),
            on_tick=lambda played, tick: self.ticks.append((played, tick)),
        )
        self.start(game)

    def start(self, game: Any) -> None:
        self.match.start(game, lambda: [Round(game, self.human, self.match.seed)])

    def play(self, seconds: float) -> None:
        self.human.press(Button.LEFT)
        for _ in range(round(seconds * 60)):
            self.match.update(1 / 60)


@pytest.fixture
def played() -> Played:
    pygame.font.init()
    return Played(Theme())


def test_what_begins_and_what_changes_is_told_in_its_order(played: Played) -> None:
    match = played.match
    match.pause()
    match.resume()
    match.restart()
    assert played.told == ["start", *["change"] * 4]
    played.start(make("cartpole"))
    assert played.told[-2:] == ["start", "change"]


def test_every_tick_is_told_with_its_round(played: Played) -> None:
    played.play(0.3)
    assert len(played.ticks) == played.match.round.batch.steps[0] > 0
    assert {id(each) for each, _ in played.ticks} == {id(played.match.round)}


def test_a_pause_stops_the_rounds_until_a_press_after_it(played: Played) -> None:
    played.play(0.3)
    played.match.pause()
    count = len(played.ticks)
    played.play(0.3)
    assert len(played.ticks) == count and played.match.round.phase is Phase.READY
    played.match.resume()
    played.play(0.1)
    assert len(played.ticks) > count


def test_a_step_plays_one_tick_of_a_paused_match_and_begins_anew_after_the_end(played: Played) -> None:
    match = played.match
    match.pause()
    while not match.is_over:
        match.step()
    assert len(played.ticks) == match.round.score and played.ticks[-1][1].ended
    match.step()
    assert match.round.is_fresh and match.paused


def test_another_game_has_fresh_rounds_and_goes_on(played: Played) -> None:
    before = played.match.round
    played.match.pause()
    played.start(make("catch"))
    assert played.match.round is not before and not played.match.paused
    assert (played.match.game.info.id, len(played.match.stages)) == ("catch", 1)


def test_a_game_that_cannot_be_set_up_is_known_all_the_same(played: Played) -> None:
    """Its name is told, and it can be tried again."""

    def fail() -> list[Round]:
        raise ValueError("no rounds")

    with pytest.raises(ValueError, match="no rounds"):
        played.match.start(make("catch"), fail)
    assert played.match.game.info.id == "catch"


@pytest.mark.parametrize(("speed", "by", "after"), [(1.0, 1, 2.0), (1.0, -1, 0.5), (0.25, -1, 0.25), (16.0, 1, 16.0)])
def test_speeds_have_a_first_and_a_last(speed: float, by: int, after: float) -> None:
    assert next_speed(speed, by) == after and after in SPEEDS
