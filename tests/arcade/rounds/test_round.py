"""A round: its pace, its episodes and what it reports."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from arcade.input.controls import Button
from arcade.rounds.controllers import Handover, Human, TrainedAgent
from arcade.rounds.round import BETWEEN_SECONDS, Phase, Round
from games.registry import make


class Always:
    """Values one action most."""

    def __init__(self, action: int, actions: int) -> None:
        self.values = np.eye(actions, dtype=np.float32)[[action]]

    def q_values(self, observations: Any) -> NDArray[np.float32]:
        return self.values


def agent(action: int, actions: int) -> TrainedAgent:
    return TrainedAgent(Always(action, actions), np.random.default_rng(0))


def person(game_id: str, **settings: Any) -> tuple[Human, Round]:
    game = make(game_id, **settings)
    human = Human(game.info.play)
    return human, Round(game, human, seed=1)


def test_a_person_is_waited_for_and_the_first_press_plays_at_once() -> None:
    human, played = person("cartpole")
    assert played.advance(1.0) == [] and played.is_fresh
    human.press(Button.LEFT)
    assert len(played.advance(0.001)) == 1
    assert played.batch.state.push[0] == 0 and not played.is_fresh


def test_ticks_follow_the_games_own_pace_and_the_speed() -> None:
    played = Round(make("cartpole"), agent(0, 2), seed=1, work_seconds=math.inf)
    played.advance(0.0)
    assert len(played.advance(0.1)) == 5
    played.speed = 0.5
    assert len(played.advance(0.08)) == 2


def test_a_persons_game_takes_a_second_to_reach_its_pace() -> None:
    human, played = person("catch")
    human.press(Button.LEFT)
    played.advance(0.001)
    assert played.rate == pytest.approx(6 * 0.35, rel=0.02)
    for _ in range(11):
        played.advance(0.1)
    assert played.rate == pytest.approx(6)
    played.hold()
    human.press(Button.LEFT)
    played.advance(0.001)
    assert played.rate < 3  # and again after a pause


def test_ticks_come_at_their_rate_whatever_the_frames() -> None:
    game = make("nchain")
    played = Round(game, agent(0, 2), seed=1, step_limit=1_000, work_seconds=math.inf)
    ticks = sum(len(played.advance(1 / 61)) for _ in range(610))
    assert ticks - 1 == pytest.approx(10 * game.info.ticks_per_second, abs=1)  # the first one comes at once


def test_the_end_of_a_round_stands_for_as_long_as_it_is_asked_to() -> None:
    played = Round(make("cartpole"), agent(0, 2), seed=1)
    played.advance(0.01)
    assert not played.over_for(0.0)
    played.stop()
    played.advance(0.5)
    assert played.over_for(0.5) and not played.over_for(0.6)


def test_a_long_stall_is_not_caught_up_in_full() -> None:
    played = Round(make("catch"), agent(1, 3), seed=1)
    assert len(played.advance(60.0)) <= 3


def test_the_picture_moves_from_the_previous_state() -> None:
    played = Round(make("catch"), agent(1, 3), seed=1)
    played.advance(0.0)
    played.advance(0.5 / played.rate)
    assert played.previous is not None
    assert played.previous.fruit_row[0] == 0 and played.batch.state.fruit_row[0] == 1
    assert played.blend == pytest.approx(0.5)


def test_a_round_of_catch_is_twenty_fruits_and_sums_their_score() -> None:
    human, played = person("catch")
    human.press(Button.LEFT)
    ends, growths = [], []
    while played.phase is not Phase.OVER:
        ends += [tick for tick in played.advance(0.05) if tick.ended]
        growths.append(played.growth)
    assert len(ends) == 20 == len(played.finished_scores)
    assert played.score == sum(played.finished_scores) == sum(tick.good for tick in ends)
    assert growths[0] == 1.0 and growths == sorted(growths) and growths[-1] == pytest.approx(1 + 0.06 * 19)


def test_the_basket_stays_where_it_is_from_fruit_to_fruit() -> None:
    played = Round(make("catch"), agent(2, 3), seed=1)
    baskets = []
    while len(played.finished_scores) < 6:
        if any(tick.ended for tick in played.advance(0.02)):
            before = int(played.batch.state.basket[0])
            while played.phase is Phase.BETWEEN:
                played.advance(0.0001)
                played.phase_seconds += 0.1
            baskets.append((before, int(played.batch.state.basket[0])))
            seen = played.batch.observe()
            assert (seen == played.game.observe(played.batch.state, played.batch.kind)).all()
    assert all(before == after for before, after in baskets)


def test_the_end_of_an_episode_stands_for_a_moment() -> None:
    played = Round(make("catch"), agent(1, 3), seed=1)
    while played.phase is Phase.RUNNING:
        played.advance(0.05)
    phases = [played.phase]
    for part in (0.9, 0.2):
        played.advance(BETWEEN_SECONDS * part)
        phases.append(played.phase)
    assert phases == [Phase.BETWEEN, Phase.BETWEEN, Phase.RUNNING]


def test_a_score_that_grows_with_time_is_no_event_and_falling_is_no_good_end() -> None:
    played = Round(make("cartpole"), agent(0, 2), seed=1)
    ticks = []
    while played.phase is Phase.RUNNING:
        ticks += played.advance(0.02)
    assert ticks[-1].ended and not ticks[-1].good
    assert not any(tick.event for tick in ticks[1:])


def test_reaching_the_limit_is_a_good_end() -> None:
    played = Round(make("nchain"), agent(0, 2), seed=1)
    ticks = []
    while played.phase is Phase.RUNNING:
        ticks += played.advance(0.2)
    assert ticks[-1].ended and ticks[-1].good


def test_holding_keeps_the_picture_and_waits_for_a_press() -> None:
    human, played = person("snake")
    human.press(Button.UP)
    played.advance(0.001)
    played.advance(0.05)
    blend, steps = played.blend, int(played.batch.steps[0])
    played.hold()
    played.advance(5.0)
    assert (played.blend, int(played.batch.steps[0])) == (blend, steps)
    assert played.phase is Phase.READY and not played.is_fresh


@pytest.mark.parametrize("game_id", ["cartpole", "nchain"])
def test_a_round_that_a_person_has_taken_over_goes_on_at_the_plain_pace_without_a_press(game_id: str) -> None:
    game = make(game_id)
    handover = Handover(agent(0, len(game.info.actions)), Human(game.info.play))
    played = Round(game, handover, seed=1)
    played.advance(0.1)
    steps = int(played.batch.steps[0])
    handover.take_over()
    played.hold()  # a pause of the watcher
    assert (played.phase, played.rate) == (Phase.RUNNING, game.info.ticks_per_second)
    for _ in range(4):
        played.advance(0.25)
    assert played.batch.steps[0] > steps


def test_nothing_moves_without_a_press_in_a_game_that_waits_for_people() -> None:
    human, played = person("nchain")
    human.press(next(Button(name) for name in human.play.buttons))
    played.advance(0.1)
    played.advance(2.0)
    assert played.batch.steps[0] == 1 and played.phase is Phase.RUNNING


def test_a_fresh_round_forgets_the_last_one() -> None:
    human, played = person("snake")
    human.press(Button.UP)
    while played.phase is not Phase.OVER:
        played.advance(0.1)
    played.begin()
    assert played.is_fresh and played.score == 0 and played.previous is None
    human.press(Button.UP)
    assert played.advance(0.001)


def test_a_single_step_plays_one_tick_whatever_the_time() -> None:
    played = Round(make("cartpole"), agent(0, 2), seed=1)
    played.step()
    played.step()
    assert played.batch.steps[0] == 2 and played.blend == 1.0


def test_cartpole_begins_slowly_for_a_person_and_ends_at_its_own_pace() -> None:
    _, played = person("cartpole")
    assert played.growth == 0.5
    played.batch.state.steps[:] = 500
    assert played.growth == pytest.approx(1.0)
    assert Round(make("cartpole"), agent(0, 2), seed=1).growth == 1.0


def test_flappy_bird_grows_faster_with_every_pipe_for_a_person() -> None:
    _, played = person("flappybird")
    played.batch.state.passed[:] = 20
    assert played.growth == pytest.approx(1.2)


def test_a_tick_tells_what_was_done_and_which_round_number_was_reached() -> None:
    human, played = person("flappybird")
    human.press(Button.PRIMARY)
    assert [tick.acted for tick in played.advance(0.001)] == [True]
    assert not any(tick.acted for tick in played.advance(0.25))
    steady = Round(make("cartpole"), agent(0, 2), seed=1)
    steady.batch.state.steps[:] = 99
    assert steady.step().milestone == 100
    assert steady.step().milestone == 0
