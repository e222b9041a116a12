"""Rounds on one clock: every tick of one is a tick of all, and the same seed is the same world."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from arcade.input.controls import Button
from arcade.rounds.controllers import Controller, Human, TrainedAgent
from arcade.rounds.lockstep import Lockstep
from arcade.rounds.round import Phase, Round
from games.game import Game
from games.registry import make


class Always:
    """Values one action most."""

    def __init__(self, action: int, actions: int) -> None:
        self.values = np.eye(actions, dtype=np.float32)[[action]]

    def q_values(self, observations: Any) -> NDArray[np.float32]:
        return self.values


class Flier:
    """Flaps when it has sunk so far below the upper edge of the next gap, in hundreds of pixels."""

    def __init__(self, depth: float) -> None:
        self.depth = depth

    def q_values(self, observations: Any) -> NDArray[np.float32]:
        low = -observations[:, 3] > self.depth
        return np.stack([~low, low], axis=1).astype(np.float32)


def rounds(game: Game, *players: int | Human) -> Lockstep:
    """A round for each player: a person, or an agent that always does the same."""

    def controller(player: int | Human) -> Controller:
        if isinstance(player, Human):
            return player
        return TrainedAgent(Always(player, len(game.info.actions)), np.random.default_rng(0))

    return Lockstep([Round(game, controller(player), seed=5) for player in players])


def steps(race: Lockstep) -> list[int]:
    return [int(played.batch.steps[0]) for played in race.rounds]


def advance(race: Lockstep, seconds: float, frame: float = 1 / 60) -> None:
    for _ in range(round(seconds / frame)):
        list(race.advance(frame))


def test_everybody_waits_for_the_persons_first_press_and_then_ticks_with_it() -> None:
    human = Human(make("flappybird").info.play)
    race = rounds(make("flappybird"), human, 0)
    advance(race, 1.0)
    assert steps(race) == [0, 0]
    human.press(Button.PRIMARY)
    for _ in range(20):
        advance(race, 1 / 60)
        assert steps(race)[0] == steps(race)[1]
        assert race.rounds[0].blend == race.rounds[1].blend
    assert steps(race)[0] > 3


def test_a_game_that_waits_for_every_press_moves_the_agent_on_with_each() -> None:
    human = Human(make("nchain").info.play)
    race = rounds(make("nchain"), human, 0)
    for presses in range(1, 4):
        human.press(Button.RIGHT)
        advance(race, 1.0)
        assert steps(race) == [presses, presses]


def test_the_persons_growing_pace_is_the_agents_too() -> None:
    human = Human(make("catch").info.play)
    race = rounds(make("catch"), human, 0)
    human.press(Button.LEFT)
    while race.rounds[0].phase is not Phase.OVER:
        advance(race, 1 / 30)
        assert race.rounds[0].episode == race.rounds[1].episode and steps(race)[0] == steps(race)[1]
    assert race.rounds[0].growth > 1.9 and race.rounds[1].phase is Phase.OVER


def test_when_the_first_is_over_the_other_goes_on() -> None:
    race = rounds(make("cartpole"), 0, 0)
    race.rounds[0].stop()
    advance(race, 0.1)
    assert race.leader is race.rounds[1] and steps(race)[0] == 0 < steps(race)[1]


def test_a_round_that_is_stopped_keeps_its_score() -> None:
    race = rounds(make("cartpole"), 0)
    advance(race, 0.1)
    score = race.rounds[0].score
    race.rounds[0].stop()
    assert score > 0 and race.rounds[0].score == score and race.rounds[0].phase is Phase.OVER


def test_one_step_is_one_tick_of_each() -> None:
    race = rounds(make("cartpole"), 0, 1)
    assert [played for played, _ in race.step()] == list(race.rounds)
    assert steps(race) == [1, 1]


def test_the_same_fruits_fall_for_both_whatever_they_do() -> None:
    race = rounds(make("catch"), 0, 2)
    seen: set[tuple[int, ...]] = set()
    while race.rounds[0].phase is not Phase.OVER:
        advance(race, 1 / 30)
        first, second = (played.batch.state for played in race.rounds)
        assert first.fruit_column[0] == second.fruit_column[0] and first.fruit_row[0] == second.fruit_row[0]
        seen.add((int(first.basket[0]), int(second.basket[0])))
    assert any(left != right for left, right in seen)


def test_the_same_pipes_come_for_both_as_long_as_both_fly() -> None:
    game = make("flappybird", gap=250)
    race = rounds(game, 0, 0)
    flying: Any = [played.controller for played in race.rounds]
    flying[0].policy, flying[1].policy = Flier(1.2), Flier(1.6)
    heights = set()
    while race.rounds[0].score < 4:
        list(race.step())
        first, second = (played.batch.state for played in race.rounds)
        np.testing.assert_array_equal(first.pipe_x, second.pipe_x)
        np.testing.assert_array_equal(first.gap_top, second.gap_top)
        heights.add(float(first.y[0] - second.y[0]))
    assert len(heights) > 3 and race.rounds[1].phase is Phase.RUNNING


@pytest.mark.parametrize("game_id", ["snake", "cartpole", "nchain"])
def test_the_same_moves_make_the_same_game(game_id: str) -> None:
    race = rounds(make(game_id), 0, 0)
    for _ in range(4):
        list(race.step())
        first, second = (played.batch.state for played in race.rounds)
        for name, values in vars(first).items():
            np.testing.assert_array_equal(values, getattr(second, name))
