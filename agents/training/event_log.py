"""Writes a training run as TensorBoard event files: its numbers, its weights, its hyper-parameters.

TensorBoard is needed only to look at them: `tf.summary`'s own functions would ask for it, so the records that they
write are put together here.
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
"""Bars of a histogram."""


class RunLog:
    """One run over its frames.

    Args:
        folder: Where the event file goes; made if it is missing.
        plan: What is trained; its hyper-parameters are noted at once.

    Raises:
        OSError: The folder cannot be made or written to; every method raises it once the disk takes no more.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tf: Any = tensorflow()
        try:
            self._writer = self._tf.summary.create_file_writer(str(folder))
        except self._tf.errors.OpError as error:
            raise OSError(f"cannot write to {folder}: {error.message}") from None
        self._evaluation: object = None
        self._note_settings(plan)

    def write(self, progress: Progress) -> None:
        """Note where the run stands. Numbers that are not known yet are left out."""
        with self._telling_faults(), self._writer.as_default(step=progress.frames):
            self._scalar("score/mean_of_100", progress.mean_score)
            self._scalar("learning/loss", progress.loss)
            self._scalar("learning/max_q", progress.max_q)
            self._scalar("learning/rate", progress.learning_rate)
            self._scalar("learning/epsilon", progress.epsilon)
            if progress.evaluation is not None and progress.evaluation is not self._evaluation:
                self._scalar("score/evaluation", progress.evaluation.mean)
        self._evaluation = progress.evaluation

    def write_weights(self, frames: int, weights: Weights) -> None:
        """Note how the values of each array are spread."""
        with self._telling_faults(), self._writer.as_default(step=frames):
            for name, values in weights.items():
                counts, edges = np.histogram(values, BUCKETS)
                bars = np.stack([edges[:-1], edges[1:], counts], axis=1)  # [buckets, 3] from, to, how many
                tensor = self._tf.constant(bars, self._tf.float64)
                self._tf.summary.write(f"weights/{name}", tensor, metadata=self._metadata("histograms", "TENSOR"))

    def close(self) -> None:
        """Write out what is left and let go of the file."""
        with self._telling_faults():
            self._writer.close()

    @contextmanager
    def _telling_faults(self) -> Iterator[None]:
        """Make TensorFlow's own errors an `OSError`."""
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

    def _note_settings(self, plan: Plan) -> None:
        """A session of TensorBoard's "hparams": a map of names to values, wrapped as its plugin reads it."""
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
    """A field of bytes, text or a message, as protocol buffers write it."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _value(value: Any) -> bytes:
    """A truth, a number or else text, as `google.protobuf.Value` has them."""
    if isinstance(value, bool):
        return bytes([4 << 3, value])
    if isinstance(value, int | float):
        return bytes([2 << 3 | 1]) + struct.pack("<d", value)
    return _field(3, str(value).encode())


def _varint(number: int) -> bytes:
    """A length as protocol buffers write it."""
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])
