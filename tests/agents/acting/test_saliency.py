"""The gradient by the inputs is that of finite differences, for every kind of network."""

import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy
from agents.acting.saliency import input_gradient
from agents.config import Config
from games.game import Array, ObservationSpec
from tests.agents.storage.profiles import lost_profile

CASES = {
    "linear": (Config(hidden=()), ObservationSpec("features", (5,))),
    "dense": (Config(hidden=(32, 16)), ObservationSpec("features", (6,))),
    "duelling": (Config(hidden=(32,), duelling=True), ObservationSpec("features", (6,))),
    "bytes": (Config(hidden=(32,)), ObservationSpec("centred", (5, 5, 3), "uint8", 0, 255)),
    "grid without channels": (
        Config(network="conv", filters=(4, 3), kernels=(3, 2), strides=(1, 1), hidden=(8,)),
        ObservationSpec("grid", (7, 7)),
    ),
    "convolutions that leave inputs out": (
        Config(network="conv", filters=(4, 5), kernels=(4, 2), strides=(3, 2), hidden=(8,), duelling=True),
        ObservationSpec("frames", (14, 12, 2), "uint8", 0, 255),
    ),
}


def network(case: str) -> tuple[Policy, Array]:
    config, spec = CASES[case]
    architecture = Architecture.of(config, spec, 3)
    rng = np.random.default_rng(4)
    # Double precision, so that small differences can be told from rounding.
    weights = {key: rng.normal(size=shape) / 2 for key, shape in architecture.shapes().items()}
    observation = rng.uniform(spec.low, spec.high, spec.shape)
    return Policy(architecture, weights), observation.astype(spec.dtype)  # type: ignore[arg-type]


def forward(policy: Policy, inputs: Array, output: int) -> float:
    """The value of an output for inputs as the layers get them, by plain loops: a second opinion."""
    values: Array = inputs
    for index, layer in enumerate(policy.architecture.convolutions):
        values = values[..., None] if values.ndim == 2 else values
        kernel, bias = policy.weights[f"conv{index}/kernel"], policy.weights[f"conv{index}/bias"]
        rows, columns = ((size - layer.kernel) // layer.stride + 1 for size in values.shape[:2])
        result = np.zeros((rows, columns, layer.filters))
        for y in range(rows):
            for x in range(columns):
                top, left = y * layer.stride, x * layer.stride
                window = values[top : top + layer.kernel, left : left + layer.kernel]
                result[y, x] = np.tensordot(window, kernel, 3) + bias
        values = np.maximum(result, 0)
    values = values.reshape(-1)
    for index in range(len(policy.architecture.hidden)):
        values = np.maximum(values @ policy.weights[f"dense{index}/kernel"] + policy.weights[f"dense{index}/bias"], 0)
    if not policy.architecture.duelling:
        return float((values @ policy.weights["output/kernel"] + policy.weights["output/bias"])[output])
    advantage = values @ policy.weights["advantage/kernel"] + policy.weights["advantage/bias"]
    value = values @ policy.weights["value/kernel"] + policy.weights["value/bias"]
    return float(value[0] + advantage[output] - advantage.mean())


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_gradient_of_finite_differences(case: str) -> None:
    policy, observation = network(case)
    scaled = observation / 255 if policy.architecture.byte_input else observation.astype(np.float64)
    for output in range(3):
        gradient = input_gradient(policy, observation, output)
        assert gradient.shape == observation.shape
        expected = np.zeros(observation.size)
        for index in range(observation.size):
            shift = np.zeros(observation.shape)
            shift.flat[index] = 1e-6
            difference = forward(policy, scaled + shift, output) - forward(policy, scaled - shift, output)
            expected[index] = difference / 2e-6
        np.testing.assert_allclose(gradient.ravel(), expected, atol=1e-4)
        assert np.abs(expected).max() > 0.01


def test_inputs_that_no_kernel_reaches_move_nothing() -> None:
    policy, observation = network("convolutions that leave inputs out")
    gradient = input_gradient(policy, observation, 0)
    assert not gradient[:, 10:].any() and gradient[:, :10].any()


@pytest.mark.parametrize("output", [-1, 3])
def test_an_output_that_is_not_there_is_refused(output: int) -> None:
    policy, observation = network("dense")
    with pytest.raises(ValueError, match=f"output = {output}: must be 0 to 2"):
        input_gradient(policy, observation, output)


def test_an_observation_of_another_shape_is_refused() -> None:
    policy, observation = network("dense")
    with pytest.raises(ValueError, match=r"observation of shape \(5,\): must be \(6,\)"):
        input_gradient(policy, observation[:-1], 0)


def test_a_gradient_that_is_not_finite_is_told(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(ValueError, match=r"^Lost: its Q values are not finite$"):
        input_gradient(lost_profile("Lost").policy(), np.ones(4, np.float32), 0)
    assert not recwarn.list
