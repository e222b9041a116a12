import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.acting.policy import CONVOLVED_ROWS, Policy, epsilon_greedy, greedy, random_actions
from agents.config import Config
from agents.errors import ProfileError
from agents.learning.networks import build, initial_weights, set_weights
from games.game import PIXELS_SPEC, ObservationSpec
from tests.agents.storage.profiles import lost_profile

CASES = {
    "dense": (Config(hidden=(32, 16)), ObservationSpec("features", (6,))),
    "duelling": (Config(hidden=(32,), duelling=True), ObservationSpec("features", (6,))),
    "bytes": (Config(hidden=(32,)), ObservationSpec("centred", (9, 9, 3), "uint8", 0, 255)),
    "grid without channels": (
        Config(network="conv", filters=(4,), kernels=(3,), strides=(1,), hidden=(8,)),
        ObservationSpec("grid", (10, 10)),
    ),
    "patches side by side": (
        Config(network="conv", filters=(4, 6), kernels=(7, 3), strides=(7, 1), hidden=(8,)),
        PIXELS_SPEC,
    ),
    "small patches with steps": (
        Config(network="conv", filters=(4, 6), kernels=(3, 2), strides=(2, 1), hidden=(8,)),
        ObservationSpec("centred", (9, 9, 3), "uint8", 0, 255),
    ),
    "pixels": (Config(network="conv", hidden=(16,), duelling=True), PIXELS_SPEC),
}


def _observations(spec: ObservationSpec, count: int) -> np.ndarray:
    values = np.random.default_rng(1).random((count, *spec.shape)) * spec.high
    return values.astype(spec.dtype)


@pytest.mark.parametrize("case", CASES)
def test_numpy_equals_the_keras_network(case: str) -> None:
    config, spec = CASES[case]
    architecture = Architecture.of(config, spec, 3)
    weights = initial_weights(architecture, np.random.default_rng(0))
    model = build(architecture)
    set_weights(model, architecture, weights)
    observations = _observations(spec, CONVOLVED_ROWS + 3)
    expected = np.array(model(observations))
    np.testing.assert_allclose(Policy(architecture, weights).q_values(observations), expected, atol=1e-5)


def test_observations_are_left_as_they_were() -> None:
    config, spec = CASES["dense"]
    architecture = Architecture.of(config, spec, 2)
    observations = _observations(spec, 4)
    before = observations.copy()
    Policy(architecture, initial_weights(architecture, np.random.default_rng(0))).q_values(observations)
    np.testing.assert_array_equal(observations, before)


def test_greedy_takes_the_best_legal_action() -> None:
    q_values = np.array([[1.0, 5.0, 3.0], [1.0, 5.0, 3.0]])
    legal = np.array([[True, True, True], [True, False, True]])
    assert greedy(q_values, legal).tolist() == [1, 2]


def test_random_actions_are_legal_and_follow_their_weights() -> None:
    legal = np.ones((20_000, 2), np.bool_)
    rng = np.random.default_rng(0)
    assert random_actions(legal, rng).mean() == pytest.approx(0.5, abs=0.02)
    assert random_actions(legal, rng, (0.92, 0.08)).mean() == pytest.approx(0.08, abs=0.01)
    legal[:, 1] = False
    assert random_actions(legal, rng).max() == 0


def test_epsilon_is_the_part_of_random_moves() -> None:
    q_values = np.tile([0.0, 1.0], (20_000, 1))
    legal = np.ones(q_values.shape, np.bool_)
    rng = np.random.default_rng(0)
    assert epsilon_greedy(q_values, legal, 0.0, rng).min() == 1
    assert (epsilon_greedy(q_values, legal, 0.5, rng) == 0).mean() == pytest.approx(0.25, abs=0.02)


def test_values_that_are_not_finite_are_told_by_the_agents_name(recwarn: pytest.WarningsRecorder) -> None:
    agent = lost_profile("Lost")
    seen = np.ones((2, 4), np.float32)
    with pytest.raises(ProfileError, match=r"^Lost: its Q values are not finite$"):
        agent.policy().q_values(seen)
    assert not np.isfinite(Policy(agent.architecture, agent.weights).q_values(seen)).any(), "a training watches itself"
    assert not recwarn.list, "numpy's warnings tell nobody anything"


def test_large_patches_are_cut_out_of_few_observations_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    config, spec = CASES["pixels"]
    architecture = Architecture.of(config, spec, 3)
    weights = initial_weights(architecture, np.random.default_rng(0))
    observations = _observations(spec, 7)
    expected = Policy(architecture, weights).q_values(observations)
    monkeypatch.setattr("agents.acting.policy.CONVOLVED_NUMBERS", 3 * max(architecture.patch_sizes()))
    policy = Policy(architecture, weights)
    assert policy._rows == 3
    np.testing.assert_allclose(policy.q_values(observations), expected, atol=1e-5)
