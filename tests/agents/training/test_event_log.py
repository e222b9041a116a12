"""Event files, read back record by record as TensorBoard does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]

from agents.learning.devices import tensorflow
from agents.presets import preset
from agents.training.event_log import RunLog
from agents.training.plan import Plan, Progress
from games.registry import make


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, Any]]:
    """Step and summary value of each record of a log."""
    folder: Path = tmp_path_factory.mktemp("logs")
    game = make("catch", grid=7)
    config = preset(game, "grid", "quick").replace(hidden=(300, 20), double=False)
    log = RunLog(folder, Plan(game, "grid", config, seed=3))
    log.write(Progress(frames=64, loss=0.25, epsilon=0.5))
    log.write_weights(64, {"dense0/kernel": np.array([[0, 1], [1, 10]], np.float32)})
    log.close()
    tf: Any = tensorflow()
    (path,) = folder.iterdir()
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    events = [tf.compat.v1.Event.FromString(record) for record in records]
    return [(event.step, value) for event in events for value in event.summary.value]


def _find(values: list[tuple[int, Any]], tag: str) -> tuple[int, Any, Any]:
    step, value = next((step, value) for step, value in values if value.tag == tag)
    return step, value.metadata.plugin_data, np.array(tensorflow().make_ndarray(value.tensor))


def test_numbers_are_scalars_and_unknown_ones_are_left_out(values: list[tuple[int, Any]]) -> None:
    step, plugin, number = _find(values, "learning/loss")
    assert (step, plugin.plugin_name, float(number)) == (64, "scalars", 0.25)
    assert "learning/max_q" not in {value.tag for _, value in values}


def test_weights_are_histograms(values: list[tuple[int, Any]]) -> None:
    step, plugin, bars = _find(values, "weights/dense0/kernel")
    assert (step, plugin.plugin_name, bars.shape) == (64, "histograms", (30, 3))
    assert (bars[0, 0], bars[-1, 1], bars[:, 2].sum()) == (0, 10, 4)
    np.testing.assert_array_equal(bars[1:, 0], bars[:-1, 1])
    np.testing.assert_array_equal(bars[[0, 3, 29], 2], [1, 2, 1])


def test_hyper_parameters_are_a_session(values: list[tuple[int, Any]]) -> None:
    _, plugin, _ = _find(values, "_hparams_/session_start_info")
    assert plugin.plugin_name == "hparams"
    assert plugin.content[0] == 3 << 3 | 2
    length, start = 0, 1
    while True:
        length |= (plugin.content[start] & 127) << (7 * (start - 1))
        start += 1
        if plugin.content[start - 1] < 128:
            break
    assert len(plugin.content) == start + length > 200
    settings = dict(Struct.FromString(plugin.content[start:]))  # the same map of names to values
    assert (settings["game"], settings["game.grid"], settings["seed"]) == ("catch", 7, 3)
    assert (settings["double"], settings["hidden"], settings["discount"]) == (False, "[300, 20]", 0.95)
