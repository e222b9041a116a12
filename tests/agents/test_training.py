import time
from typing import Any

import numpy as np
import pytest

from agents.evaluation import EVALUATION_SEED, evaluate
from agents.presets import preset
from agents.training import Plan, Progress, Trainer
from games.registry import make


def _plan(game_id: str, observation: str, changes: dict[str, Any] | None = None, **more: Any) -> Plan:
    game = make(game_id)
    return Plan(game, observation, preset(game, observation, "quick").replace(**changes or {}), **more)


def _last(trainer: Trainer) -> Progress:
    *_, last = trainer.run()
    return last


SHORT = {"compile_mode": "graph", "hidden": (8,), "frames": 3_000, "learning_starts": 200, "evaluation_interval": 1_000}


@pytest.fixture(scope="module")
def caught() -> Trainer:
    """Catch, trained until solved: a second of learning."""
    trainer = Trainer(_plan("catch", "grid", until_solved=True, name="Catcher", seed=1))
    _last(trainer)
    return trainer


def test_catch_is_learnt_from_the_grid(caught: Trainer) -> None:
    progress = caught.progress()
    assert progress.solved
    assert progress.best is not None
    assert progress.best.mean == 1.0
    assert progress.frames < caught.total_frames, "solved ends the run"


def test_the_profile_plays_as_its_scorecard_says(caught: Trainer) -> None:
    profile = caught.profile()
    assert profile.name == "Catcher"
    assert profile.frames == caught.progress().frames
    card = evaluate(profile.policy(), profile.game(), profile.observation, episodes=1000, seed=EVALUATION_SEED)
    assert {**card.to_dict(), "mean_epsilon": profile.scorecard["mean_epsilon"]} == profile.scorecard
    assert 0.5 < profile.scorecard["mean_epsilon"] <= 1.0


def test_training_further_starts_from_the_profile(caught: Trainer) -> None:
    profile = caught.profile()
    further = Trainer(_plan("catch", "grid", {"frames": 1_000, "learning_starts": 5_000}, start=profile, seed=2))
    for name, weights in profile.weights.items():
        np.testing.assert_array_equal(further.acting_policy()[0].weights[name], weights)
    _last(further)
    assert further.profile().parent == profile.id
    assert further.profile().frames == profile.frames + further.progress().frames


def test_the_same_seed_trains_the_same_agent() -> None:
    runs = [Trainer(_plan("cartpole", "features", SHORT, seed=7)) for _ in range(2)]
    assert _last(runs[0]).updates == _last(runs[1]).updates > 0
    for name, weights in runs[0].profile().weights.items():
        np.testing.assert_array_equal(weights, runs[1].profile().weights[name])


def test_progress_grows_and_every_chunk_is_counted() -> None:
    trainer = Trainer(_plan("cartpole", "features", SHORT))
    seen = list(trainer.run())
    frames = [progress.frames for progress in seen]
    assert frames == sorted(frames)
    assert frames[-1] >= 3_000
    last = seen[-1]
    config = trainer.plan.config
    due = (last.frames - 200) / config.frames_per_update
    assert due - config.updates_per_call <= last.updates <= due
    assert len(trainer.curves().evaluation) == 3
    assert sum("Evaluation" in progress.event for progress in seen) >= 3
    assert trainer.curves().score[:, 1].min() >= 8
    mean = trainer.curves().mean
    assert mean[-1, 1] == pytest.approx(last.mean_score)
    assert (mean[:, 2] <= mean[:, 1]).all()
    assert (mean[:, 1] <= mean[:, 3]).all()


def test_a_time_limit_ends_the_run() -> None:
    trainer = Trainer(_plan("cartpole", "features", {**SHORT, "frames": 10_000_000}, seconds=0.05))
    assert _last(trainer).frames < 1_000_000


def test_pixels_are_learnt_from_with_single_frames() -> None:
    changes = {
        "frames": 600, "learning_starts": 300, "batch_size": 4, "updates_per_call": 2, "copies": 4, "hidden": (8,),
        "frames_per_update": 16.0, "filters": (4,), "kernels": (8,), "strides": (4,), "evaluation_interval": 10_000,
    }  # fmt: skip
    progress = _last(Trainer(_plan("catch", "pixels", changes)))
    assert progress.updates > 0
    assert np.isfinite(progress.loss)


def test_prioritised_n_step_duelling_runs_together() -> None:
    changes = {**SHORT, "prioritised": True, "n_step": 3, "duelling": True, "averaging": 0.9}
    progress = _last(Trainer(_plan("snake", "features", changes)))
    assert progress.updates > 0
    assert np.isfinite(progress.loss)


def test_shown_states_are_copies() -> None:
    trainer = Trainer(_plan("cartpole", "features", SHORT))
    shown = trainer.shown_state()
    before = shown.physics.copy()
    _last(trainer)
    np.testing.assert_array_equal(shown.physics, before)
    assert len(shown.physics) == 9


def test_an_observation_of_another_game_is_refused() -> None:
    game = make("cartpole")
    with pytest.raises(ValueError, match="observation = 'grid': cartpole has features, pixels"):
        Trainer(Plan(game, "grid", preset(game, "features", "quick")))


def test_nobody_waits_for_an_evaluation_to_end() -> None:
    trainer = Trainer(_plan("nchain", "features", {**SHORT, "evaluation_interval": 1_000, "frames": 1_500}))
    frames = [progress.frames for progress in trainer.run()]
    assert max(frames.count(each) for each in frames) > 100, "a thousand steps are yielded from again and again"


def test_time_spent_elsewhere_during_an_evaluation_is_not_counted() -> None:
    trainer = Trainer(_plan("nchain", "features", {**SHORT, "evaluation_interval": 1_000, "frames": 1_500}))
    waited = 0.0
    for progress in trainer.run():
        if progress.frames >= 1_000 and waited < 0.5:
            time.sleep(0.05)
            waited += 0.05
    assert trainer.progress().evaluation_seconds < waited
