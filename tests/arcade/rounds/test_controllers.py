"""Who plays: presses that wait, held buttons, and agents that act by their values."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from arcade.input.controls import Button
from arcade.rounds.controllers import WAITING_PRESSES, Handover, Human, TrainedAgent
from arcade.rounds.showcase import RandomPlayer
from games.batch import GameBatch
from games.game import Play
from games.registry import make

CATCH = Play({"left": 0, "right": 2}, idle=1)
SNAKE = Play({"left": 0, "right": 1, "up": 2, "down": 3}, hold=False)
CARTPOLE = Play({"left": 0, "right": 1})
FLAPPY = Play({"primary": 1, "up": 1}, idle=0, hold=False)


@pytest.fixture
def batch() -> GameBatch:
    return GameBatch(make("snake"), 1, 0, observation="grid", autoreset=False)


def act(human: Human, batch: GameBatch) -> int:
    actions = human.act(batch)
    assert actions.shape == (1,) and actions.dtype.kind == "i"
    return int(actions[0])


def test_held_button_acts_until_it_is_released_then_idle(batch: GameBatch) -> None:
    human = Human(CATCH)
    human.press(Button.LEFT)
    assert [act(human, batch) for _ in range(3)] == [0, 0, 0]
    human.release(Button.LEFT)
    assert act(human, batch) == 1


def test_a_tap_between_two_ticks_still_acts_once(batch: GameBatch) -> None:
    human = Human(CATCH)
    human.press(Button.RIGHT)
    human.release(Button.RIGHT)
    assert [act(human, batch), act(human, batch)] == [2, 1]


def test_the_last_held_button_wins_and_releasing_falls_back(batch: GameBatch) -> None:
    human = Human(CATCH)
    human.press(Button.LEFT)
    human.press(Button.RIGHT)
    assert [act(human, batch), act(human, batch)] == [2, 2]
    human.release(Button.RIGHT)
    assert act(human, batch) == 0


def test_a_quick_double_turn_is_kept_and_a_third_press_is_dropped(batch: GameBatch) -> None:
    human = Human(SNAKE)
    for button in (Button.UP, Button.LEFT, Button.DOWN):
        human.press(button)
    assert WAITING_PRESSES == 2
    assert [act(human, batch) for _ in range(3)] == [2, 0, 0]


def test_the_last_push_goes_on_in_cartpole(batch: GameBatch) -> None:
    human = Human(CARTPOLE)
    human.press(Button.LEFT)
    act(human, batch)
    human.release(Button.LEFT)
    assert [act(human, batch), act(human, batch)] == [0, 0]


def test_holding_does_not_repeat_a_flap(batch: GameBatch) -> None:
    human = Human(FLAPPY)
    human.press(Button.PRIMARY)
    assert [act(human, batch), act(human, batch)] == [1, 0]


def test_without_any_press_a_legal_action_is_taken(batch: GameBatch) -> None:
    human = Human(SNAKE)
    assert batch.legal_actions()[0, act(human, batch)]


def test_a_button_that_does_not_play_is_told(batch: GameBatch) -> None:
    human = Human(FLAPPY)
    assert not human.press(Button.PAUSE)
    assert human.press(Button.UP)


def test_a_pause_drops_presses_but_not_the_last_action(batch: GameBatch) -> None:
    human = Human(SNAKE)
    human.press(Button.UP)
    act(human, batch)
    human.press(Button.LEFT)
    human.pause()
    assert not human.ready
    assert act(human, batch) == 2


def act_of(controller: TrainedAgent | Handover, batch: GameBatch) -> int:
    return int(controller.act(batch)[0])


class Values:
    def __init__(self, *values: float) -> None:
        self.values = np.array([values], np.float32)

    def q_values(self, observations: Any) -> NDArray[np.float32]:
        assert len(observations) == 1
        return self.values


def test_an_agent_takes_its_best_legal_action_and_shows_its_values(batch: GameBatch) -> None:
    legal = batch.legal_actions()[0]
    illegal = int((~legal).argmax())
    values = np.where(legal, [0.1, 0.2, 0.3, 0.4], 9.0)
    agent = TrainedAgent(Values(*values), np.random.default_rng(0))
    action = int(agent.act(batch)[0])
    assert action == agent.action == 3 != illegal
    assert agent.q_values is not None and np.allclose(agent.q_values, values)
    assert not agent.random_move


def test_a_slow_agent_acts_on_what_it_saw_before_and_is_idle_at_first() -> None:
    game = make("flappybird")
    batch = GameBatch(game, 1, 0, autoreset=False)
    agent = TrainedAgent(Values(0, 0), np.random.default_rng(0), delay=2)
    wanted, done = [1, 0, 1, 1, 0, 0, 1], []
    for action in wanted:
        agent.policy = Values(*np.eye(2)[action])
        done.append(act_of(agent, batch))
        assert agent.q_values is not None and agent.q_values[action] == 1  # it shows what it sees now
    assert done == [0, 0, *wanted[:5]]
    agent.delay = 0
    agent.policy = Values(0, 1)
    assert act_of(agent, batch) == 1
    agent.delay = 1
    agent.reset()
    assert act_of(agent, batch) == 0  # a new game has seen nothing yet


def test_what_a_slow_agent_chose_is_not_done_where_it_is_illegal_meanwhile(batch: GameBatch) -> None:
    agent = TrainedAgent(Values(0, 0, 1, 0), np.random.default_rng(0), delay=1)
    assert act_of(agent, batch) == 2  # no idle action in Snake: the first choice
    agent.policy = Values(0, 0, 0, 1)
    batch.step(np.array([2]))
    assert act_of(agent, batch) == 2
    batch.step(np.array([2]))
    assert not batch.legal_actions()[0, 3]
    assert act_of(agent, batch) != 3


def test_an_agent_tells_what_it_saw_and_which_output_was_best() -> None:
    batch = GameBatch(make("snake"), 1, 0, observation="ahead", autoreset=False)
    agent = TrainedAgent(Values(0, 0, 1, 0), np.random.default_rng(0))
    agent.act(batch)
    assert agent.observation is not None and (agent.observation == batch.observe()[0]).all()
    assert agent.output == 2  # up, as it is seen, whatever direction that is


@pytest.fixture
def handover() -> Handover:
    return Handover(TrainedAgent(Values(1, 0), np.random.default_rng(0)), Human(CARTPOLE))


def test_a_person_takes_over_and_hands_back(handover: Handover) -> None:
    batch = GameBatch(make("cartpole"), 1, 0, observation="state", autoreset=False)
    assert act_of(handover, batch) == 0
    handover.take_over()
    assert act_of(handover, batch) == 0  # the last push goes on
    handover.human.press(Button.RIGHT)
    assert act_of(handover, batch) == 1 == handover.action
    handover.human.release(Button.RIGHT)
    assert act_of(handover, batch) == 1
    assert handover.agent.action is not None  # the agent goes on choosing
    handover.hand_back()
    assert act_of(handover, batch) == 0


def test_presses_from_before_taking_over_do_not_count(handover: Handover) -> None:
    batch = GameBatch(make("cartpole"), 1, 0, observation="state", autoreset=False)
    handover.human.press(Button.RIGHT)
    handover.take_over()
    assert not handover.human.ready
    handover.human.press(Button.RIGHT)
    handover.hand_back()
    assert act_of(handover, batch) == 0 and not handover.human.ready


def test_whoever_plays_goes_on_in_the_next_game(handover: Handover) -> None:
    handover.take_over()
    handover.reset()
    assert handover.person_plays and handover.action is None


def test_only_a_person_is_waited_for_and_plays_at_a_growing_pace(handover: Handover) -> None:
    human, random_player = Human(CARTPOLE), RandomPlayer(None)
    assert human.waits_for_press and human.speeds_up and human.person_plays and not human.ready
    for other in (handover, handover.agent, random_player):
        assert not (other.waits_for_press or other.speeds_up or other.person_plays) and other.ready


def test_a_game_that_a_person_takes_over_neither_waits_nor_changes_its_pace(handover: Handover) -> None:
    handover.take_over()
    assert handover.person_plays and handover.ready
    assert not handover.waits_for_press and not handover.speeds_up


def test_a_handicap_makes_random_moves_and_says_so(batch: GameBatch) -> None:
    agent = TrainedAgent(Values(0, 0, 0, 1), np.random.default_rng(1), epsilon=1.0)
    moves = [(int(agent.act(batch)[0]), agent.random_move) for _ in range(60)]
    assert len({action for action, _ in moves}) == 3  # all legal ones
    assert all(told == (action != 3) for action, told in moves)


def test_an_agent_that_sees_the_world_turned_shows_its_values_by_the_games_own_actions() -> None:
    batch = GameBatch(make("snake"), 1, 0, observation="ahead", autoreset=False)
    ahead = int(batch.state.direction[0])
    agent = TrainedAgent(Values(0, 0, 1, 2), np.random.default_rng(0))  # up is on, down is back, which is illegal
    assert int(agent.act(batch)[0]) == ahead
    assert agent.q_values is not None and (agent.q_values[ahead], agent.q_values[ahead ^ 1]) == (1, 2)
