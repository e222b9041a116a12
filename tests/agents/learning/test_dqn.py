from typing import Any

import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.learning.dqn import DQN
from agents.learning.learner_pool import LearnerPool
from agents.learning.networks import initial_weights
from agents.learning.update_batch import UpdateBatch
from games.game import ObservationSpec

SPEC = ObservationSpec("features", (3,))
SMALL = Config(hidden=(16,), batch_size=8, updates_per_call=4, target_interval=4, learning_rate_updates=0)
GRAPH = SMALL.replace(compile_mode="graph")
"""For what does not depend on how updates are compiled: these are compiled soonest."""


def _make(config: Config, seed: int = 0) -> DQN:
    return DQN(Architecture.of(config, SPEC, 2), config, seed=seed, device="cpu")


def _sample(config: Config, seed: int = 0) -> UpdateBatch:
    """Terminal transitions of a bandit: action 1 is worth 1, action 0 nothing."""
    rng = np.random.default_rng(seed)
    count = config.updates_per_call * config.batch_size
    action = rng.integers(0, 2, count).astype(np.int32)
    observation = rng.random((count, 3), np.float32)
    nothing = np.zeros(count, np.float32)
    legal = np.ones((count, 2), np.bool_)
    return UpdateBatch(
        observation=observation,
        legal=legal,
        action=action,
        reward=action.astype(np.float32),
        discount=nothing,
        next_observation=observation,
        next_legal=legal,
        importance=nothing + 1,
    )


VARIANTS: dict[str, dict[str, Any]] = {
    "double": {},
    "plain": {"double": False},
    "duelling": {"duelling": True},
    "averaged": {"averaging": 0.9},
    "soft target": {"target_mix": 0.1, "target_interval": 1},
    "squared, unclipped": {"loss": "squared", "gradient_clip": 0.0},
    "rmsprop": {"optimizer": "rmsprop"},
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_learns_what_actions_are_worth(variant: str) -> None:
    changes = {"learning_rate": 1e-2, "compile_mode": "XLA", **VARIANTS[variant]}
    config = SMALL.replace(**changes)
    dqn = _make(config)
    for seed in range(60):
        dqn.learn(_sample(config, seed))
    values = dqn.policy().q_values(np.full((1, 3), 0.5, np.float32))
    np.testing.assert_allclose(values, [[0.0, 1.0]], atol=0.2)


@pytest.mark.parametrize("part", [0.5, 0.8])
def test_advantage_learning_widens_the_gap_between_actions(part: float) -> None:
    """The lesser action's value q becomes what solves q = 0 − part · (1 − q)."""
    dqn = _make(SMALL.replace(learning_rate=1e-2, compile_mode="XLA", advantage_learning=part, target_interval=4))
    for seed in range(200):
        dqn.learn(_sample(SMALL, seed))
    values = dqn.policy().q_values(np.full((1, 3), 0.5, np.float32))
    np.testing.assert_allclose(values, [[-part / (1 - part), 1.0]], rtol=0.1)


def test_the_same_seed_learns_the_same() -> None:
    policies = []
    for _ in range(2):
        dqn = _make(GRAPH)  # rounding differs between the modes
        dqn.learn(_sample(SMALL))
        policies.append(dqn.policy())
    for name, weights in policies[0].weights.items():
        np.testing.assert_array_equal(weights, policies[1].weights[name])


@pytest.fixture(scope="module")
def measured() -> DQN:
    """One whose compile modes were measured, and that has learnt nothing yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "agents.learning.dqn._LEARNERS", LearnerPool()
        )  # XLA is tried, whatever other tests have compiled
        return _make(SMALL, seed=3)


def test_measuring_the_compile_modes_leaves_no_trace(measured: DQN) -> None:
    start = initial_weights(measured.architecture, np.random.default_rng(3))
    weights = measured.policy().weights
    assert set(weights) == set(start)
    for name, values in start.items():
        np.testing.assert_array_equal(weights[name], values)


def test_the_faster_compile_mode_is_chosen_and_explained(measured: DQN) -> None:
    placement = measured.placement
    speeds = placement.updates_per_second
    assert set(speeds) == {("CPU", "XLA"), ("CPU", "graph")}
    assert (placement.device, placement.compile_mode) == max(speeds, key=lambda candidate: speeds[candidate])
    assert "updates/s" in placement.reason


def test_a_compile_mode_can_be_asked_for() -> None:
    placement = _make(GRAPH).placement
    assert placement.compile_mode == "graph"
    assert set(placement.updates_per_second) == {("CPU", "graph")}
    assert "graph was asked for" in placement.reason


def test_nothing_is_traced_twice() -> None:
    dqn = _make(GRAPH)
    for seed in range(3):
        dqn.learn(_sample(GRAPH, seed))
    assert dqn._learner._compiled.experimental_get_tracing_count() == 1


def test_errors_come_back_in_the_order_of_the_sample() -> None:
    config = GRAPH.replace(learning_rate=1e-7, final_learning_rate=1e-7)
    dqn = _make(config)
    sample = _sample(config)
    q_values = dqn.policy().q_values(sample.observation)
    expected = sample.reward - q_values[np.arange(len(q_values)), sample.action]
    np.testing.assert_allclose(dqn.learn(sample).errors, expected, atol=1e-4)


def test_transitions_of_no_importance_change_nothing() -> None:
    dqn = _make(GRAPH)
    sample = _sample(GRAPH)
    sample.importance[:] = 0
    before = dqn.policy().weights
    dqn.learn(sample)
    for name, weights in dqn.policy().weights.items():
        np.testing.assert_array_equal(before[name], weights)


def test_a_policy_that_was_handed_out_does_not_change() -> None:
    dqn = _make(GRAPH)
    policy = dqn.policy()
    before = policy.weights["dense0/kernel"].copy()
    dqn.learn(_sample(SMALL))
    np.testing.assert_array_equal(policy.weights["dense0/kernel"], before)
    assert not np.array_equal(dqn.policy().weights["dense0/kernel"], before)


def test_learning_goes_on_from_restored_weights() -> None:
    dqn = _make(GRAPH)
    earlier = dqn.policy()
    dqn.learn(_sample(SMALL))
    dqn.restore(earlier.weights)
    for name, weights in dqn.policy().weights.items():
        np.testing.assert_array_equal(weights, earlier.weights[name])
    dqn.learn(_sample(SMALL))
    assert not np.array_equal(dqn.policy().weights["dense0/kernel"], earlier.weights["dense0/kernel"])
