"""Plain words about a run: each finding appears when it should, and only then."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from agents.acting.evaluation import Scorecard
from agents.config import Config
from agents.training.plan import Plan, Progress
from agents.training.session import SessionReport, Status
from arcade.scenes.training.diagnosis import Finding, Mood, assess, result
from games.registry import make

PLAN = Plan(make("cartpole"), "features", Config())
HEALTHY = Progress(frames=50_000, updates=9_000, epsilon=0.02, loss=0.1, max_q=30.0, mean_score=180.0)


def card(mean: float, episodes: int = 20) -> Scorecard:
    return Scorecard(0, 0.0, np.full(episodes, mean))


def finding(random_mean: float | None = 22.0, **changes: Any) -> Finding:
    progress = dataclasses.replace(HEALTHY, **changes)
    return assess(SessionReport(Status.TRAINING, progress=progress), PLAN, random_mean)


def test_a_healthy_run_is_compared_with_random_play() -> None:
    told = finding()
    assert told.mood is Mood.GOOD and "180 steps" in told.text and "22" in told.text


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_bad(loss: float) -> None:
    told = finding(loss=loss)
    assert told.mood is Mood.BAD and "learning_rate" in told.text


def test_before_the_first_update_a_missing_loss_is_normal() -> None:
    told = finding(updates=0, frames=250, loss=float("nan"))
    assert told.mood is Mood.CALM and "25%" in told.text


def test_exploding_values_are_a_warning() -> None:
    assert finding(max_q=2_000.0).mood is Mood.WARNING


def test_much_exploring_explains_low_scores() -> None:
    told = finding(epsilon=0.8, mean_score=20.0)
    assert told.mood is Mood.CALM and "80%" in told.text


def test_no_better_than_random_is_calm_early_and_a_warning_late() -> None:
    assert finding(mean_score=22.0, frames=30_000).mood is Mood.CALM
    late = finding(mean_score=22.0, frames=150_000)
    assert late.mood is Mood.WARNING and late.text.startswith("Not learning")


def test_a_collapse_names_both_scores_and_that_the_best_is_kept() -> None:
    told = finding(evaluation=card(40), best=card(400))
    assert told.mood is Mood.WARNING and "40" in told.text and "400" in told.text and "is saved" in told.text


def test_a_solved_game_is_told() -> None:
    told = finding(solved=True, best=card(500, 100))
    assert told.mood is Mood.GOOD and told.text.startswith("Solved")


def test_without_the_random_score_no_comparison_is_made() -> None:
    assert "Random" not in finding(random_mean=None).text


def test_a_session_that_starts_says_what_it_does() -> None:
    assert assess(SessionReport(Status.STARTING, "Loading TensorFlow"), PLAN).text == "Loading TensorFlow"


def test_results_in_words() -> None:
    ended = SessionReport(Status.FINISHED, progress=dataclasses.replace(HEALTHY, best=card(480, 100), solved=True))
    assert result(ended, PLAN) == "Solved! The saved agent reached a mean of 480 steps over 100 games."
    short = SessionReport(Status.STOPPED, progress=dataclasses.replace(HEALTHY, best=card(120.5)))
    assert "120" in result(short, PLAN) and "475" in result(short, PLAN)
    assert "before the first evaluation" in result(SessionReport(Status.STOPPED, progress=HEALTHY), PLAN)


def test_a_weaker_last_evaluation_of_a_solved_run_is_explained() -> None:
    told = finding(solved=True, best=card(490.0), evaluation=card(300.0))
    assert told.mood is Mood.GOOD and "490" in told.text and "is saved; the latest evaluation reached 300" in told.text
    assert "latest" not in finding(solved=True, best=card(490.0), evaluation=card(490.0)).text


def test_falling_behind_is_told() -> None:
    report = SessionReport(Status.TRAINING, progress=HEALTHY)
    assert "overloaded" in assess(report, PLAN, 22.0, fps=20.0).text
    assert "overloaded" not in assess(report, PLAN, 22.0, fps=59.0).text
    slow = dataclasses.replace(report, seconds_left=40_000.0)
    assert "11 more hours" in assess(slow, PLAN, 22.0, fps=59.0).text
