"""`bench learning`, with networks and trainings so small that they take a moment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from agents.config import Config
from agents.learning.device_choice import Candidate, Placement
from agents.presets import PRESETS
from agents.training.plan import Plan, Progress
from arcade.benchmarks import learning_speed
from arcade.benchmarks.learning_speed import Setup, share_row, solved_row, update_rows, words
from arcade.commands import cli
from games.game import PIXELS
from games.registry import game_ids, make

TINY = Config(
    hidden=(4,), batch_size=4, updates_per_call=2, frames=600, learning_starts=100, replay=1_000,
    evaluation_interval=300, evaluation_episodes=2, compile_mode="graph",
)  # fmt: skip

PLACEMENT = Placement("GPU", "graph", "", {Candidate("GPU", "graph"): 900.04, Candidate("CPU", "XLA"): 50.0})


def _setup(game_id: str = "cartpole", kind: str = "features", name: str = "quick", **changes: Any) -> Setup:
    return Setup(make(game_id), kind, name, TINY.replace(**changes))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Setup]:
    """What has been measured; nothing really is."""
    setups: list[Setup] = []

    def placement(setup: Setup) -> Placement:
        setups.append(setup)
        return PLACEMENT

    monkeypatch.setattr(learning_speed, "_placement", placement)
    return setups


def test_every_candidate_is_a_row_and_the_one_taken_is_chosen(measured: list[Setup]) -> None:
    start = {"game": "cartpole", "observation": "features", "preset": "quick"}
    assert list(update_rows([_setup()])) == [
        start | {"device": "GPU", "compile": "graph", "updates_per_second": 900.0, "chosen": True},
        start | {"device": "CPU", "compile": "XLA", "updates_per_second": 50.0, "chosen": False},
    ]


def test_networks_that_are_alike_are_measured_once_and_told_for_each_preset(measured: list[Setup]) -> None:
    alike = [_setup(name="quick"), _setup(name="balanced", frames=900, n_step=3)]
    others = [_setup(name="batches", batch_size=8), _setup(name="layers", hidden=(5,)), _setup("nchain")]
    rows = list(update_rows([*alike, *others]))
    assert [setup.preset for setup in measured] == ["quick", "batches", "layers", "quick"]
    assert [row["preset"] for row in rows[::2]] == ["quick", "balanced", "batches", "layers", "quick"]


def test_speeds_are_those_by_which_training_chooses() -> None:
    (row,) = update_rows([_setup()])
    assert (row["device"], row["compile"], row["chosen"]) == ("CPU", "graph", True)
    assert row["updates_per_second"] > 0


def test_without_quick_every_preset_is_measured_and_every_picture_watched() -> None:
    presets = set(learning_speed._every_preset())
    ours = {kinds: own for kinds, own in PRESETS.items() if kinds[0] in game_ids()}
    assert {(*kinds, name) for kinds, own in ours.items() for name in own} <= presets
    assert {("catch", PIXELS, name) for name in ("quick", "balanced", "best")} <= presets
    pictures = set(learning_speed._pictures())
    assert {("catch", "grid"), ("snake", "grid")} | {(game_id, PIXELS) for game_id in game_ids()} <= pictures
    assert "features" not in {kind for _, kind in pictures}


class _Trainer:
    """Tells of a training that never took place."""

    steps: tuple[Progress, ...] = ()
    plan: Plan

    def __init__(self, plan: Plan) -> None:
        type(self).plan = plan

    def run(self) -> Iterator[Progress]:
        yield from self.steps


def test_the_share_is_that_of_the_time_in_which_updates_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [(0, 3.0, 0.0), (2, 4.0, 0.9), (4, 5.0, 1.6), (6, 6.5, 2.65), (8, 9.0, 9.0)]
    steps = tuple(Progress(updates=count, seconds=spent, update_seconds=part) for count, spent, part in times)
    monkeypatch.setattr(_Trainer, "steps", steps)
    monkeypatch.setattr("agents.training.trainer.Trainer", _Trainer)
    assert share_row(_setup(), seconds=2.0)["share"] == 0.7
    assert _Trainer.plan.config.frames == 10**9  # else the run might end before it has been watched


def test_a_real_training_gives_the_learner_a_part_of_its_time() -> None:
    assert 0 < share_row(_setup("catch", "grid"), seconds=0.02)["share"] < 1


def test_time_to_solved_is_learning_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    last = Progress(frames=5_000, seconds=1.234, compile_seconds=9.0, evaluation_seconds=9.0, solved=True)
    monkeypatch.setattr(_Trainer, "steps", (Progress(), last))
    monkeypatch.setattr("agents.training.trainer.Trainer", _Trainer)
    row = solved_row(_setup(), seed=4, limit=10.0)
    assert row == _setup().names() | {"seed": 4, "seconds": 1.23, "frames": 5_000, "solved": True}
    assert (_Trainer.plan.seed, _Trainer.plan.seconds, _Trainer.plan.until_solved) == (4, 10.0, True)


def test_a_preset_that_does_not_solve_its_game_says_so() -> None:
    row = solved_row(_setup(), seed=0)
    assert not row["solved"]
    assert 600 <= row["frames"] < 700


UPDATES = {"game", "observation", "preset", "device", "compile", "updates_per_second", "chosen"}
SHARES = {"game", "observation", "preset", "share"}
SOLVED = {"game", "observation", "preset", "seed", "seconds", "frames", "solved"}


def test_the_command_prints_one_object_of_the_three_results(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learning_speed, "preset", lambda game, kind, name: TINY)
    for name in ("QUICK_NETWORKS", "QUICK_SHARES", "QUICK_SOLVED"):
        monkeypatch.setattr(learning_speed, name, (("catch", "grid"),))
    monkeypatch.setattr(learning_speed, "QUICK_WATCHED_SECONDS", 0.02)
    assert cli.main(["bench", "learning", "--quick", "--json"]) == 0
    printed = capsys.readouterr()
    (line,) = printed.out.splitlines()
    values = json.loads(line)
    assert {part: [set(row) for row in rows] for part, rows in values.items()} == {
        "updates": [UPDATES],
        "shares": [SHARES],
        "solved": [SOLVED],
    }
    assert printed.err.splitlines()[1:] == [words(part, rows[0]) for part, rows in values.items()]


def test_results_are_told_in_words() -> None:
    start = {"game": "catch", "observation": "grid", "preset": "quick"}
    speed = start | {"device": "CPU", "compile": "XLA", "updates_per_second": 11_800.04, "chosen": True}
    assert " ".join(words("updates", speed).split()) == "catch grid quick CPU XLA 11,800.0 updates/s chosen"
    assert "chosen" not in words("updates", speed | {"chosen": False})
    assert "71% of the training time" in words("shares", start | {"share": 0.712})
    solved = start | {"seed": 1, "seconds": 3.14, "frames": 10_048, "solved": True}
    assert words("solved", solved).endswith("seed 1: solved after 3.1 s of learning, 10,048 frames")
    assert "not solved" in words("solved", solved | {"solved": False})
