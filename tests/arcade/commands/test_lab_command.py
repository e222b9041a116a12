"""`lab nchain`: words, JSON, and figures that are what they are said to be."""

import json
from typing import Any

import numpy as np
import pytest

from agents.nchain.contest import Contest
from agents.nchain.tables import EGREEDY, NAIVE
from agents.training.plan import Plan, Progress
from arcade.commands import cli, lab
from games.nchain.optimum import optimal_values
from games.nchain.rules import NChain

Output = pytest.CaptureFixture[str]


class Trainer:
    """Knows the true values, and ends when it should be left."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.total_frames = plan, plan.config.frames

    def run(self) -> Any:
        yield Progress(frames=self.total_frames // 2)
        yield Progress(frames=self.total_frames)
        raise AssertionError("the evaluation at the end is not wanted")

    def acting_policy(self) -> tuple[Any, int]:
        class Known:
            def q_values(self, observations: Any) -> Any:
                return observations @ optimal_values(NChain(), 0.95).astype(np.float32)

        return Known(), 1


@pytest.fixture(autouse=True)
def miniature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "LEARNING_STEPS", 3_000)
    monkeypatch.setattr(lab, "CONTEST_STEPS", 500)
    monkeypatch.setattr(lab, "Trainer", Trainer)


def run(capsys: Output, *words: str) -> dict[str, Any]:
    assert cli.main(["lab", "nchain", "--contests", "5", "--json", *words]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    values: dict[str, Any] = json.loads(out)
    return values


def test_json_has_the_promised_fields_for_every_method(capsys: Output) -> None:
    values = run(capsys)
    assert set(values) == {"optimal", "methods"}
    np.testing.assert_allclose(values["optimal"], optimal_values(NChain(), 0.95), atol=1e-4)
    assert [row["method"] for row in values["methods"]] == ["naive", "table", "egreedy", "network"]
    for row in values["methods"]:
        assert set(row) == {"method", "table", "reward_per_step", "wins"}
        assert np.shape(row["table"]) == (5, 2)
    assert sum(row["wins"] for row in values["methods"]) == 5
    network = values["methods"][3]
    assert network["wins"] == 0 and network["reward_per_step"] == pytest.approx(3.66, abs=0.06)
    np.testing.assert_allclose(network["table"], values["optimal"], rtol=1e-5)


def test_the_same_seed_gives_the_same_figures_and_methods_keep_their_order(capsys: Output) -> None:
    first, again, other = (run(capsys, "--methods", "egreedy,naive", "--seed", seed) for seed in ("1", "1", "2"))
    assert [row["method"] for row in first["methods"]] == ["egreedy", "naive"]
    assert first == again != other


def test_the_contest_is_fought_with_a_rate_that_never_falls(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    made: list[Any] = []

    class Noted(Contest):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            made.append(self)

    monkeypatch.setattr(lab, "Contest", Noted)
    values = run(capsys, "--methods", "naive,egreedy")
    learnt, rivals = made
    assert learnt.methods == rivals.methods == (NAIVE, EGREEDY)
    assert learnt.learners.parameters.halving > 0 and rivals.learners.parameters.halving == 0
    assert [row["wins"] for row in values["methods"]] == rivals.wins.tolist()
    assert values["methods"][1]["reward_per_step"] == pytest.approx(learnt.reward_per_step[1], abs=1e-4)


def test_words_tell_the_errors_the_wins_and_the_tutorials_own(capsys: Output) -> None:
    assert cli.main(["lab", "nchain", "--contests", "3"]) == 0
    told = capsys.readouterr().out
    for words in ("earns 3.68 per step", "of the true values where visited", "rate: Summed rewards", "13, 22 and 65"):
        assert words in told


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lab", "GAME"),
        ("lab snake", "snake"),
        ("lab nchain --methods guess", "naive,table,egreedy,network"),
        ("lab nchain --methods table,table", "each once"),
        ("lab nchain --methods ", "--methods"),
        ("lab nchain --contests 0", "whole number"),
        ("lab nchain --seed x", "whole number"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words: str, expected: str, capsys: Output) -> None:
    assert cli.main(words.split(" ")) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert expected in captured.err
