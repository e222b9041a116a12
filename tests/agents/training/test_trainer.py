from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from agents.acting.evaluation import EVALUATION_SEED, Scorecard, evaluate
from agents.acting.policy import Policy
from agents.errors import DivergedError
from agents.learning.dqn import DQN, Losses
from agents.learning.update_batch import UpdateBatch
from agents.presets import preset
from agents.training.keeper import Keeper
from agents.training.plan import Plan, Progress
from agents.training.trainer import Trainer
from games.registry import make
from tests.agents.storage.profiles import make_profile


def _plan(game_id: str, observation: str, changes: dict[str, Any] | None = None, **more: Any) -> Plan:
    game = make(game_id)
    return Plan(game, observation, preset(game, observation, "quick").replace(**changes or {}), **more)


def _last(trainer: Trainer) -> Progress:
    *_, last = trainer.run()
    return last


SHORT = {
    "compile_mode": "graph", "hidden": (8,), "frames": 3_000, "learning_starts": 200, "evaluation_interval": 1_000,
    "goal": 0.0,
}  # fmt: skip


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


def test_a_run_keeps_how_it_played_earlier(caught: Trainer) -> None:
    """Moments do not follow the network: they play as it did, from untrained to nearly solved."""
    history, profile = caught.history(), caught.profile()
    assert history.agent == profile.id and history.moments[0].frames == 0
    assert len(history.moments) > 3
    first, last = (
        evaluate(history.policy(index), profile.game(), profile.observation, episodes=200).mean for index in (0, -1)
    )
    assert first < 0.6 < last


def test_training_further_starts_from_the_profile(caught: Trainer) -> None:
    profile = caught.profile()
    changes = {"compile_mode": "graph", "frames": 1_000, "learning_starts": 5_000}
    further = Trainer(_plan("catch", "grid", changes, start=profile, seed=2))
    for name, weights in profile.weights.items():
        np.testing.assert_array_equal(further.acting_policy()[0].weights[name], weights)
    _last(further)
    assert further.profile().parent == profile.id
    assert further.profile().frames == profile.frames + further.progress().frames


@pytest.fixture(scope="module")
def short() -> tuple[Trainer, list[Progress]]:
    """CartPole, trained for a moment, and all progress that was told."""
    trainer = Trainer(_plan("cartpole", "features", SHORT, seed=7))
    return trainer, list(trainer.run())


def test_the_same_seed_trains_the_same_agent(short: tuple[Trainer, list[Progress]]) -> None:
    again = Trainer(_plan("cartpole", "features", SHORT, seed=7))
    assert _last(again).updates == short[0].progress().updates > 0
    for name, weights in short[0].profile().weights.items():
        np.testing.assert_array_equal(weights, again.profile().weights[name])


def test_progress_grows_and_every_chunk_is_counted(short: tuple[Trainer, list[Progress]]) -> None:
    trainer, seen = short
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


def test_a_goal_ends_the_run_when_enough_games_reach_it() -> None:
    trainer = Trainer(_plan("catch", "grid", {"compile_mode": "graph", "goal": 0.5}, seed=1))
    progress = _last(trainer)
    assert progress.frames < trainer.total_frames
    assert progress.best is not None
    assert progress.best.episodes == 1_000
    assert progress.best.mean >= 0.5


def test_the_learners_share_of_the_time_is_a_part_of_it(short: tuple[Trainer, list[Progress]]) -> None:
    progress = short[1][-1]
    assert 0 < progress.update_seconds < progress.seconds


def test_the_scorecard_at_the_end_has_as_many_games_as_asked_for_without_a_limit() -> None:
    changes = {**SHORT, "frames": 1_500, "evaluation_episodes": 3, "evaluation_limit": 5, "scorecard_episodes": 120}
    trainer = Trainer(_plan("cartpole", "features", changes))
    card = _last(trainer).best
    assert card is not None
    assert card.episodes == 120
    assert card.scores.max() > 5, "the limit is for evaluations during training"


def test_the_scorecard_at_the_end_decides_between_the_finalists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four policies the best three by few games are played in full; what the fourth is worth is not asked."""
    profile = make_profile()
    config = profile.config.replace(finalists=3, evaluation_episodes=2, scorecard_episodes=200)
    policies = [Policy(profile.architecture, profile.weights) for _ in range(4)]
    worth = {2: [5, 9, 7, 8], 200: [99, 6, 8, 7]}  # the mean of each policy over as many games

    def play(policy: Policy, *_: Any, episodes: int, epsilon: float, **__: Any) -> Generator[None, None, Scorecard]:
        yield
        number = next(index for index, each in enumerate(policies) if each is policy)
        return Scorecard(0, epsilon, np.full(episodes, worth[episodes][number] if episodes in worth else 0))

    monkeypatch.setattr("agents.training.keeper.evaluating", play)
    keeper = Keeper(profile.game(), profile.observation, config, policies[0])
    for policy in policies:
        list(keeper.consider(policy))
    assert keeper.policy is policies[1]
    list(keeper.confirm())
    assert keeper.policy is policies[2]
    assert keeper.best is not None and keeper.best.mean == 8 and keeper.best.episodes == 200


def _collapse(trainer: Trainer) -> Progress:
    """Break the agent after its first evaluation, which is made out to be good, and train on to the next one."""
    for progress in trainer.run():
        if progress.event and progress.best:
            if "collapsed" in progress.event or progress.evaluation is not progress.best:
                return progress
            trainer._keeper.best = Scorecard(0, 0.0, np.full(20, 10_000))
            trainer._dqn.restore({name: 0 * array for name, array in trainer.acting_policy()[0].weights.items()})
    raise AssertionError("no second evaluation")


@pytest.mark.parametrize("guard", [True, False])
def test_a_collapsed_agent_goes_on_from_the_best_policy(guard: bool) -> None:
    changes = {**SHORT, "epsilon_frames": 500, "averaging": 0.5, "guard": guard}
    trainer = Trainer(_plan("cartpole", "features", changes))
    progress = _collapse(trainer)
    acting, best = trainer.acting_policy()[0].weights, trainer._keeper.policy.weights
    assert ("collapsed" in progress.event) == guard
    assert all((acting[name] == best[name]).all() for name in best) == guard


@pytest.mark.parametrize(("best", "latest", "collapsed"), [(-110, -120, False), (-110, -166, True), (10, 4, True)])
def test_scores_below_zero_collapse_too(best: int, latest: int, collapsed: bool) -> None:
    profile = make_profile(game_id="cartpole")
    keeper = Keeper(profile.game(), profile.observation, profile.config, profile.policy())
    keeper.best, keeper.latest = (Scorecard(0, 0.0, np.full(20, mean)) for mean in (best, latest))
    assert keeper.collapsed == collapsed


def test_while_exploring_a_low_score_is_no_collapse() -> None:
    trainer = Trainer(_plan("cartpole", "features", {**SHORT, "epsilon_frames": 100_000}))
    assert "collapsed" not in _collapse(trainer).event


PIXEL_RUN = {
    "frames": 600, "learning_starts": 300, "batch_size": 4, "updates_per_call": 2, "copies": 4, "hidden": (8,),
    "frames_per_update": 16.0, "filters": (4,), "kernels": (8,), "strides": (4,), "evaluation_interval": 10_000,
}  # fmt: skip


def test_pixels_are_learnt_from_with_single_frames() -> None:
    progress = _last(Trainer(_plan("catch", "pixels", PIXEL_RUN)))
    assert progress.updates > 0
    assert np.isfinite(progress.loss)


def test_replayed_pictures_are_moved_both_those_acted_on_and_those_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[Any] = []
    monkeypatch.setattr("agents.training.trainer.shift", lambda pictures, most, rng: moved.append((pictures, most)))
    learnt: list[UpdateBatch] = []
    learn = DQN.learn

    def noted(dqn: DQN, sample: UpdateBatch) -> Losses:
        learnt.append(sample)
        return learn(dqn, sample)

    monkeypatch.setattr(DQN, "learn", noted)
    _last(Trainer(_plan("catch", "pixels", {**PIXEL_RUN, "shift": 3})))
    expected = [pictures for sample in learnt for pictures in (sample.observation, sample.next_observation)]
    assert len(moved) == len(expected) > 0
    assert all(pictures is other and most == 3 for (pictures, most), other in zip(moved, expected, strict=True))


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
    with pytest.raises(ValueError, match="observation = 'grid': cartpole has features, state, pixels"):
        Trainer(Plan(game, "grid", preset(game, "features", "quick")))


def test_nobody_waits_for_an_evaluation_to_end() -> None:
    trainer = Trainer(_plan("nchain", "features", {**SHORT, "evaluation_interval": 1_000, "frames": 1_500}))
    frames = [progress.frames for progress in trainer.run()]
    assert max(frames.count(each) for each in frames) > 100, "a thousand steps are yielded from again and again"


def test_time_spent_elsewhere_during_an_evaluation_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def now() -> float:
        clock[0] += 1e-6  # what is not waited for takes no time worth counting
        return clock[0]

    trainer = Trainer(_plan("nchain", "features", {**SHORT, "evaluation_interval": 1_000, "frames": 1_500}))
    monkeypatch.setattr("agents.training.trainer.time.perf_counter", now)
    for progress in trainer.run():
        if progress.frames >= 1_000:
            clock[0] += 1.0  # somebody else's second
    assert clock[0] > 100
    assert 0 < trainer.progress().evaluation_seconds < 1


def test_a_run_shorter_than_its_interval_is_evaluated_in_the_end() -> None:
    trainer = Trainer(_plan("cartpole", "features", {**SHORT, "frames": 500, "evaluation_interval": 100_000}))
    events = [progress.event for progress in trainer.run() if progress.event]
    card = trainer.progress().best
    assert [words.partition(" ")[0] for words in events] == ["Evaluating", "Evaluation:", "Evaluation:"]
    assert card is not None and card.episodes == trainer._keeper.final_episodes
    assert trainer.profile().scorecard["episodes"] == card.episodes
    assert trainer.curves().evaluation[:, 0].tolist() == [trainer.progress().frames]


def _stopped(frames: int, seed: int = 3) -> Trainer:
    """A run that is left before its first evaluation."""
    trainer = Trainer(_plan("cartpole", "features", {**SHORT, "evaluation_interval": 100_000}, seed=seed))
    for progress in trainer.run():
        if progress.frames >= frames:
            return trainer
    raise AssertionError("it ended by itself")


def test_a_run_that_is_stopped_early_looks_how_its_agent_plays_and_goes_on_as_if_it_had_not() -> None:
    trainer = _stopped(600)
    before = _without_times(trainer.get_state())
    trainer.glance()
    card = trainer.progress().evaluation
    assert card is not None and trainer.profile().scorecard == card.to_dict()
    after = _without_times(trainer.get_state())
    assert trainer.progress().best is None
    np.testing.assert_equal(after, before)


def _without_times(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_times(value) if isinstance(value, dict) else value
        for name, value in tree.items()
        if "seconds" not in name
    }


def test_a_look_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.training.trainer.GLANCE_SECONDS", 0.0)
    trainer = _stopped(600)
    trainer.glance()
    assert trainer.profile().scorecard == {}


def test_a_network_that_blows_up_ends_the_run_where_that_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    learn = DQN.learn

    def explode(dqn: DQN, sample: UpdateBatch) -> Losses:
        sample.reward[:] = np.inf
        return learn(dqn, sample)

    trainer = Trainer(_plan("cartpole", "features", SHORT))
    monkeypatch.setattr(DQN, "learn", explode)
    with pytest.raises(DivergedError, match=r"the loss is (nan|inf) after \d+ frames: the network diverged"):
        _last(trainer)
    assert not trainer.is_sound


def test_weights_that_are_not_finite_are_not_evaluated() -> None:
    trainer = _stopped(600)
    trainer._dqn.restore({name: array * np.nan for name, array in trainer.acting_policy()[0].weights.items()})
    assert not trainer.is_sound
    trainer.glance()
    assert trainer.profile().scorecard == {}
    with pytest.raises(DivergedError, match="a weight is not finite"):
        list(trainer._evaluate())


def test_a_run_is_sound_between_its_chunks_and_not_within_one(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = _stopped(600)
    assert trainer.is_sound
    monkeypatch.setattr(trainer._batch, "step", _lose)
    with pytest.raises(ConnectionResetError):
        _last(trainer)
    assert not trainer.is_sound


def _lose(*_: Any) -> Any:
    raise ConnectionResetError("gone")
