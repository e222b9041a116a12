"""One learner on one device. Two devices without a GPU: a fresh process splits its CPU into two logical ones."""

import gc
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.architecture import Architecture, Convolution
from agents.config import Config
from agents.learning.device_choice import Candidate
from agents.learning.learner import Learner, UpdateRule
from agents.learning.networks import initial_weights
from games.game import ObservationSpec

ROOT = Path(__file__).parents[3]
CONFIG = Config(hidden=(8,), batch_size=4, updates_per_call=2, averaging=0.9)
ARCHITECTURE = Architecture.of(CONFIG, ObservationSpec("features", (3,)), 2)
RULE = UpdateRule.of(CONFIG)


def _learner() -> Learner:
    return Learner(ARCHITECTURE, RULE, Candidate("CPU", "graph"))


def _ones(learner: Learner) -> Any:
    """The arguments of `update`, all ones."""
    return learner._tf.nest.map_structure(
        lambda spec: np.ones(spec.shape, spec.dtype.as_numpy_dtype), learner._signature()
    )


def test_measuring_leaves_every_variable_as_it_was() -> None:
    weights = initial_weights(ARCHITECTURE, np.random.default_rng(0))
    learner = _learner()
    learner.begin(weights, CONFIG)
    before = [np.array(variable) for variable in learner.variables()]
    assert learner.updates_per_second() > 0
    assert len(before) > 3 * len(weights)  # three networks, and what the optimiser remembers
    assert learner.nbytes == sum(each.nbytes for each in before)
    for variable, value in zip(learner.variables(), before, strict=True):
        np.testing.assert_array_equal(np.array(variable), value)


def test_begun_anew_it_is_as_a_new_one() -> None:
    weights = initial_weights(ARCHITECTURE, np.random.default_rng(0))
    new, used = _learner(), _learner()
    used.begin(
        {name: values + 1 for name, values in weights.items()},
        CONFIG.replace(learning_rate=0.5, target_interval=1, averaging=0.5),
    )
    ones = _ones(used)
    used.update(*ones)
    for learner in (new, used):
        learner.begin(weights, CONFIG)
    for _ in range(2):
        state = used.get_state()
        for name, value in new.get_state().items():
            np.testing.assert_array_equal(state[name], value, err_msg=name)
        for learner in (new, used):
            learner.update(*ones)


@pytest.mark.parametrize(
    ("numbers", "follows"),
    [({"target_interval": 1}, 1.0), ({"target_interval": 1, "target_mix": 0.25}, 0.25), ({"target_interval": 3}, 0.0)],
)
def test_the_target_follows_as_the_configuration_says(numbers: dict[str, Any], follows: float) -> None:
    learner = Learner(ARCHITECTURE, replace(RULE, updates_per_call=1), Candidate("CPU", "graph"))
    weights = initial_weights(ARCHITECTURE, np.random.default_rng(0))
    learner.begin(weights, CONFIG.replace(**numbers))
    learner.update(*_ones(learner))
    state = learner.get_state()
    for name, start in weights.items():
        followed = start + follows * (state[f"online/{name}"] - start)
        np.testing.assert_allclose(state[f"target/{name}"], followed, atol=1e-7)
    assert any((state[f"online/{name}"] != start).any() for name, start in weights.items())


def _graphs() -> int:
    """How many graphs TensorFlow keeps."""
    gc.collect()
    return sum(type(each).__name__ == "FuncGraph" for each in gc.get_objects())


def test_nothing_that_was_compiled_outlives_its_learner() -> None:
    before = _graphs()
    learner = _learner()
    learner.begin(initial_weights(ARCHITECTURE, np.random.default_rng(0)), CONFIG)
    learner.updates_per_second()
    assert _graphs() > before
    del learner
    assert _graphs() == before


TWO_CPUS = """
import json, time
from agents.learning.devices import tensorflow
tf = tensorflow()
one = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], [one, one])

import numpy as np
from agents.learning import dqn
from agents.learning.learner import Learner
from agents.learning.update_batch import UpdateBatch
from tests.agents.learning.test_learner import ARCHITECTURE, CONFIG

update = Learner.update

def hindered(self, *arrays):
    time.sleep(0.2 if self.device == slow else 0)
    return update(self, *arrays)

Learner.update = hindered

def learn(devices, mode):
    dqn.devices_for = lambda wish: (devices, "made for a test")
    agent, rng = dqn.DQN(ARCHITECTURE, CONFIG.replace(compile_mode=mode)), np.random.default_rng(0)
    observation, ones = rng.random((8, 3), np.float32), np.ones(8, np.float32)
    legal = np.ones((8, 2), np.bool_)
    action = np.arange(8, dtype=np.int32) % 2
    sample = UpdateBatch(observation, legal, action, ones, ones, observation, legal, ones)
    losses = [agent.learn(sample).loss for _ in range(3)]
    arrays = sample.split(2, 4), np.zeros(2, np.float32)
    learner, measured = agent._learner, agent.placement.updates_per_second
    return {
        "device": agent.placement.device,
        "reason": agent.placement.reason,
        "measured": sorted(map(str, measured)),
        "variables": sorted({variable.device[-5:] for variable in map(tf.convert_to_tensor, learner.variables())}),
        "operations": sorted({result.backing_device[-5:] for result in learner.update(*arrays)}),
        "traces": learner._compiled.experimental_get_tracing_count(),
        "losses": losses,
    }

runs = {}
for slow in ("CPU:0", "CPU:1"):
    runs[f"{slow} is slow"] = learn(("CPU:0", "CPU:1"), "graph")
slow = None
runs["XLA"] = learn(("CPU:1",), "XLA")
print(json.dumps(runs))
"""


Runs = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def runs() -> Runs:
    """What became of learning where one of two CPUs is slow, and with XLA on the one that is not the default."""
    done = subprocess.run([sys.executable, "-c", TWO_CPUS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: Runs = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("name", "device"), [("CPU:0 is slow", "CPU:1"), ("CPU:1 is slow", "CPU:0"), ("XLA", "CPU:1")])
def test_everything_is_on_the_device_that_proved_faster(runs: Runs, name: str, device: str) -> None:
    assert runs[name]["device"] == device
    assert runs[name]["variables"] == [device]
    assert runs[name]["operations"] == [device]


def test_both_devices_are_measured_and_told_of(runs: Runs) -> None:
    run = runs["CPU:0 is slow"]
    assert run["measured"] == ["CPU:0 graph", "CPU:1 graph"]
    assert run["reason"].startswith("made for a test; graph was asked for; measured CPU:1 graph ")
    assert run["reason"].index("CPU:0 graph") > run["reason"].index("CPU:1 graph")


def test_learning_is_the_same_wherever_it_is(runs: Runs) -> None:
    expected = runs["CPU:1 is slow"]["losses"]
    assert expected[-1] < expected[0]
    for run in runs.values():
        np.testing.assert_allclose(run["losses"], expected, rtol=1e-4)


def test_nothing_is_traced_twice_on_a_device_that_is_not_the_default(runs: Runs) -> None:
    assert {name: run["traces"] for name, run in runs.items()} == dict.fromkeys(runs, 1)


@pytest.mark.parametrize(("mode", "products"), [("XLA", True), ("graph", False)])
def test_the_network_is_built_for_the_compile_mode(mode: str, products: bool) -> None:
    """XLA is slow with convolutions, a graph is not."""
    import keras

    picture = Architecture((12, 12, 2), True, (Convolution(3, 4, 4), Convolution(3, 3, 1)), (4,), 2)
    learner = Learner(picture, RULE, Candidate("CPU", mode))
    for network in (learner._online, learner._target):
        assert (type(network.get_layer("conv1")) is not keras.layers.Conv2D) == products
