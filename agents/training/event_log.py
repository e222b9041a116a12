"""Writes a training run as TensorBoard event files: its numbers, its weights, its hyper-parameters.

TensorBoard is needed only to view them. The functions `tf.summary.scalar` and the like would import it, so their
records are built here.
"""

import errno
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from agents.acting.policy import Weights
from agents.learning.devices import tensorflow
from agents.training.plan import Plan, Progress
from games.settings import settings_of

SESSION_START = 3
"""Number of `session_start_info` in the plugin's `HParamsPluginData`; its field 1 is a map of names to values."""

BUCKETS = 30
"""Number of bars in a histogram."""


class RunLog:
    """The event file of one run; its steps are frames.

    Args:
        folder: The folder of the event file; made if it is missing.
        plan: The plan of the run; its hyper-parameters are written at once.

    Raises:
        OSError: The folder cannot be made or written to. Every method raises it if the disk cannot be written to.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tf: Any = tensorflow()
        try:
            self._writer = self._tf.summary.create_file_writer(str(folder))
        except self._tf.errors.OpError as error:
            raise OSError(f"cannot write to {folder}: {error.message}") from None
        self._evaluation: object = None
        self._write_settings(plan)

    def write(self, progress: Progress) -> None:
        """Write the progress of the run. Numbers that are not known yet are left out."""
        with self._os_errors(), self._writer.as_default(step=progress.frames):
            self._scalar("score/mean_of_100", progress.mean_score)
            self._scalar("learning/loss", progress.loss)
            self._scalar("learning/max_q", progress.max_q)
            self._scalar("learning/rate", progress.learning_rate)
            self._scalar("learning/epsilon", progress.epsilon)
            if progress.evaluation is not None and progress.evaluation is not self._evaluation:
                self._scalar("score/evaluation", progress.evaluation.mean)
        self._evaluation = progress.evaluation

    def write_weights(self, frames: int, weights: Weights) -> None:
        """Write a histogram of each array of weights."""
        with self._os_errors(), self._writer.as_default(step=frames):
            for name, values in weights.items():
                counts, edges = np.histogram(values, BUCKETS)
                bars = np.stack([edges[:-1], edges[1:], counts], axis=1)  # [buckets, 3] from, to, count
                tensor = self._tf.constant(bars, self._tf.float64)
                self._tf.summary.write(f"weights/{name}", tensor, metadata=self._metadata("histograms", "TENSOR"))

    def close(self) -> None:
        """Flush and close the file."""
        with self._os_errors():
            self._writer.close()

    @contextmanager
    def _os_errors(self) -> Iterator[None]:
        """Turn TensorFlow's own errors into an `OSError`."""
        try:
            yield
        except self._tf.errors.ResourceExhaustedError:
            raise OSError(errno.ENOSPC, "the disk is full") from None
        except self._tf.errors.OpError as error:
            raise OSError(errno.EIO, error.message) from None

    def _scalar(self, name: str, value: float) -> None:
        if math.isfinite(value):
            tensor = self._tf.constant(value, self._tf.float32)
            self._tf.summary.write(name, tensor, metadata=self._metadata("scalars", "SCALAR"))

    def _write_settings(self, plan: Plan) -> None:
        """Write the settings as a session of TensorBoard's plugin "hparams": a map of names to values."""
        settings: dict[str, Any] = {"game": plan.game.info.id, "observation": plan.observation, "seed": plan.seed}
        settings |= {f"game.{name}": getattr(plan.game, name) for name in settings_of(type(plan.game))}
        settings |= plan.config.to_dict()
        entries = (_field(1, name.encode()) + _field(2, _value(value)) for name, value in settings.items())
        content = _field(SESSION_START, b"".join(_field(1, entry) for entry in entries))
        with self._writer.as_default(step=0):
            nothing = self._tf.zeros((0,), self._tf.float32)
            metadata = self._metadata("hparams", "TENSOR", content)
            self._tf.summary.write("_hparams_/session_start_info", nothing, metadata=metadata)

    def _metadata(self, plugin: str, kind: str, content: bytes = b"") -> Any:
        metadata = self._tf.compat.v1.SummaryMetadata
        data = metadata.PluginData(plugin_name=plugin, content=content)
        return metadata(plugin_data=data, data_class=f"DATA_CLASS_{kind}")


def _field(number: int, content: bytes) -> bytes:
    """Encode a field of bytes, text or a message as a protocol buffer."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _value(value: Any) -> bytes:
    """Encode a bool, a number or else text as a `google.protobuf.Value`."""
    if isinstance(value, bool):
        return bytes([4 << 3, value])
    if isinstance(value, int | float):
        return bytes([2 << 3 | 1]) + struct.pack("<d", value)
    return _field(3, str(value).encode())


def _varint(number: int) -> bytes:
    """Encode a length as a varint of protocol buffers."""
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])
