"""The lab: its dials, walking by hand, learning at a chosen speed, the contest, and room for all of it."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.nchain import network
from agents.nchain.tables import TABULAR
from agents.training.plan import Progress
from agents.training.session import Command, SessionReport, Status
from arcade.input.controls import Button, Press
from arcade.scenes.game.game_scene import GamePageScene
from arcade.scenes.home.cards_scene import GameCard
from arcade.scenes.home.home_scene import HomeScene
from arcade.scenes.lab import contest_page as contest_module
from arcade.scenes.lab import learning_page
from arcade.scenes.lab.lab_scene import LabScene
from arcade.scenes.places import Lab
from arcade.ui.scene import Pop, Push
from games.nchain.optimum import optimal_values
from games.nchain.rules import NChain
from tests.arcade.scenes.scenery import SIZES, check_widgets, make_context, picture, press


class Network:
    """Stands for a DQN: notes how far it is let, and that it was stopped."""

    made: list["Network"] = []  # noqa: RUF012

    def __init__(self, game: NChain, discount: float) -> None:
        self.table = optimal_values(game, discount)
        self.rewards, self.words = np.empty((0, 2)), "learning"
        self.game, self.discount, self.allowed, self.stopped = game, discount, 0, False
        Network.made.append(self)

    def let(self, frames: int) -> None:
        self.allowed = frames

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    Network.made.clear()
    monkeypatch.setattr(learning_page, "NetworkLearner", Network)
    clock = SimpleNamespace(perf_counter=itertools.count(0, 1e-4).__next__)  # a frame has room for sixty steps
    monkeypatch.setattr(learning_page, "time", clock)
    monkeypatch.setattr(contest_module, "time", clock)
    monkeypatch.setattr(contest_module, "TRIALS", 4)
    monkeypatch.setattr(contest_module, "LEARNING_STEPS", 60)
    made = LabScene(make_context(tmp_path))
    yield made
    made.leave()


def turn(scene: Any, label: str, by: Button = Button.RIGHT) -> None:
    """Turn a dial by one."""
    scene.focus.current = next(each for each in scene.dials.widgets if each.label == label)
    press(scene, by)


def learn(scene: Any) -> Any:
    scene.show(scene.pages[1])
    return scene.page


# Ways in and out


def test_the_page_of_nchain_leads_to_the_lab_and_no_other_does(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    page: Any = GamePageScene(context, "nchain")
    assert page.lab.handle(Press(Button.CONFIRM)) == Push(Lab())
    assert page.lab in page.focus.widgets
    other: Any = GamePageScene(context, "snake")
    assert other.lab not in other.focus.widgets


def test_the_card_of_nchain_leads_there_with_one_key(tmp_path: Path) -> None:
    home: Any = HomeScene(make_context(tmp_path))
    for card in home.cards:
        assert isinstance(card, GameCard)
        home.focus.current = card
        assert home.handle(Press(Button.EXTRA)) == (Push(Lab()) if card.info.id == "nchain" else None)
        assert any(hint.button is Button.EXTRA for hint in home.hints()) is (card.info.id == "nchain")


def test_escape_leaves_and_stops_the_network(scene: Any) -> None:
    page = learn(scene)
    press(scene, Button.PAUSE)
    page.update(0.01)
    assert isinstance(press(scene, Button.BACK), Pop)
    scene.leave()
    assert [each.stopped for each in Network.made] == [True]


# Walking by hand


def test_arrows_walk_and_the_table_learns_by_the_rule(scene: Any) -> None:
    turn(scene, "Slip", Button.LEFT)
    for _ in range(3):
        turn(scene, "Slip", Button.LEFT)
    assert scene.bench.game.slip == 0.0
    scene.focus.current = scene.page.widgets[0]
    press(scene, Button.RIGHT, Button.RIGHT, Button.LEFT)
    learner = scene.page._learner
    assert learner.state.position[0] == 0
    assert learner.tables[0, 2, 1] == pytest.approx(0.8 * 2)
    assert "= 0.00 + 0.80 × (2 + 0.95 × 0.00 - 0.00) = 1.60" in scene.page._told.rule
    press(scene, Button.RESTART)
    assert not scene.page._learner.tables.any()


def test_a_slip_is_told(scene: Any) -> None:
    while scene.page._told is None or not scene.page._told.slipped:
        press(scene, Button.RIGHT)
    assert "slipped" in scene.page._told.happened
    assert scene.page._slips == 1


# Dials


def test_a_turned_dial_changes_the_true_values_at_once(scene: Any) -> None:
    before = scene.bench.optimal
    turn(scene, "Discount γ", Button.LEFT)
    assert (scene.bench.optimal < before).all()
    turn(scene, "Large")
    assert scene.bench.game.large == 12.0


def test_learning_goes_on_when_rewards_change_and_begins_afresh_when_the_chain_grows(scene: Any) -> None:
    page = learn(scene)
    for _ in range(50):
        page.step()
    turn(scene, "Small")
    assert page.steps == 50 and page._learners.game.small == 3.0
    turn(scene, "States n")
    assert page.steps == 0 and page._learners.tables.shape == (len(TABULAR), 6, 2)
    picture(scene)


# Learning


def test_they_learn_at_the_chosen_speed(scene: Any) -> None:
    page = learn(scene)
    page.update(1.0)
    assert page.steps == 0
    press(scene, Button.PAUSE)
    for _ in range(60):
        page.update(1 / 60)
    assert 9 <= page.steps <= 10
    press(scene, Button.FASTER, Button.FASTER)
    assert page._speed.value == 100
    press(scene, Button.PAUSE)
    steps = page.steps
    page.update(1.0)
    assert page.steps == steps
    press(scene, Button.STEP)
    assert page.steps == steps + 1


def test_slowest_and_full_speed_are_the_ends(scene: Any) -> None:
    page = learn(scene)
    press(scene, *[Button.SLOWER] * 9)
    assert page._speed.value == 1
    press(scene, *[Button.FASTER] * 9)
    assert page._speed.value == learning_page.FULL_SPEED
    press(scene, Button.PAUSE)
    page.update(1 / 60)
    assert 50 < page.steps < 70


def test_the_network_keeps_the_pace_and_begins_afresh_on_another_chain(scene: Any) -> None:
    page = learn(scene)
    press(scene, Button.PAUSE)
    page.update(0.2)
    assert Network.made[0].allowed == page.steps
    turn(scene, "Slip")
    assert Network.made[0].stopped
    page.update(0.01)
    assert len(Network.made) == 1  # not at every turn of a dial that is still being turned
    page.update(1.0)
    assert Network.made[1].game.slip == scene.bench.game.slip
    press(scene, Button.PAUSE)
    page.update(0.2)
    assert Network.made[1].allowed == 0


def test_the_network_waits_while_another_agent_is_trained(scene: Any) -> None:
    page = learn(scene)
    page._training = True
    press(scene, Button.PAUSE)
    page.update(0.1)
    assert not Network.made
    assert "off during training" in page._network_sheet().notes[1]


def test_the_mean_of_ten_episodes_is_plotted(scene: Any) -> None:
    page = learn(scene)
    for _ in range(1_200):
        page.step()
    points = page._curves[2].array()
    assert points[:, 0].tolist() == [100.0 * each for each in range(1, 13)]
    assert 0 < points[-1, 1] < 10


# The contest


def test_the_contest_counts_every_trial(scene: Any) -> None:
    scene.show(scene.pages[2])
    picture(scene)
    press(scene, Button.RESTART)
    while not scene.page.contest.done:
        scene.page.update(0.01)
    assert scene.page.contest.wins.sum() == 4
    assert "rate fell" in contest_module._lesson(scene.page.contest)
    picture(scene)
    scene.focus.current = scene.page.widgets[1]
    press(scene, Button.CONFIRM)
    assert scene.page.contest.learners.parameters.halving == 0
    assert "stayed constant" in contest_module._lesson(scene.page.contest)


# Room


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("index", range(3))
def test_widgets_have_room(tmp_path: Path, size: tuple[int, int], index: int) -> None:
    scene: Any = LabScene(make_context(tmp_path, size))
    scene.show(scene.pages[index])
    check_widgets(scene, size)


@pytest.mark.parametrize("index", range(3))
def test_large_text_has_room(tmp_path: Path, index: int) -> None:
    size = SIZES[0]
    scene: Any = LabScene(make_context(tmp_path, (1280, 720), 2.0))
    scene.show(scene.pages[index])
    picture(scene, size)
    scene.update(0.0)
    check_widgets(scene, size)


def test_large_text_gives_the_dials_a_page_of_their_own(tmp_path: Path) -> None:
    size = 800, 560
    scene: Any = LabScene(make_context(tmp_path, (800, 600), 2.0))
    picture(scene, size)
    dial = scene.dials.widgets[0]
    assert dial not in scene.focus.widgets
    for _ in scene.pages:
        press(scene, Button.EXTRA)
    assert scene.focus.current is dial
    check_widgets(scene, size)
    states = scene.bench.game.states
    press(scene, Button.RIGHT)
    assert scene.bench.game.states == states + 1
    picture(scene, SIZES[-1])
    scene.theme.resize((1280, 720), 1.0)
    picture(scene, (1280, 680))
    assert scene.page is scene.pages[0]
    assert dial in scene.focus.widgets


def test_tables_without_room_are_shown_in_turn(tmp_path: Path) -> None:
    scene: Any = LabScene(make_context(tmp_path, (800, 600), 2.0))
    page = learn(scene)
    picture(scene, (800, 560))
    scene.update(0.0)
    others = page._others
    assert others in page.widgets and page._shown < len(TABULAR) + 2
    before = picture(scene, (800, 560))
    others.handle(Press(Button.CONFIRM))
    assert picture(scene, (800, 560)) != before


# The network's own thread


class Session:
    """A session that publishes what a test says."""

    def __init__(self, plan: Any) -> None:
        self.plan, self.sent = plan, []  # type: ignore[var-annotated]
        self.latest = SessionReport(Status.STARTING)

    def start(self) -> None:
        pass

    def send(self, command: Command) -> None:
        self.sent.append(command)


def test_a_network_is_held_to_the_frames_it_is_let(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "TrainingSession", Session)
    learner: Any = network.NetworkLearner(NChain(), 0.95)
    assert learner.table is None and learner.words == "Starting"
    learner._session.latest = SessionReport(Status.TRAINING, progress=Progress(frames=500))
    for frames in (400, 450, 600):
        learner.let(frames)
    assert learner._session.sent == [Command.PAUSE, Command.RESUME]
    learner._session.latest = SessionReport(Status.TRAINING, progress=Progress(frames=learner._total))
    learner.let(10**9)
    learner.let(10**9)
    assert learner._session.sent[2:] == [Command.STOP]
    assert learner.words == "60,000 frames"


def test_the_network_uses_the_projects_preset_with_the_dials_discount() -> None:
    plan = network.network_plan(NChain(states=3), 0.5)
    assert (
        plan.preset == "quick" and plan.config.discount == 0.5 and plan.game.info.observation("features").shape == (3,)
    )


def test_a_networks_values_are_a_table_of_states_and_actions() -> None:
    class Known:
        def q_values(self, observations: Any) -> Any:
            return observations @ np.arange(6, dtype=np.float32).reshape(3, 2)

    assert network.table_of(Known(), 3).tolist() == [[0, 1], [2, 3], [4, 5]]
