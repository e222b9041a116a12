"""Writes the numbers of a training run as TensorBoard event files. TensorBoard is needed only to look at them."""

import math
from pathlib import Path
from typing import Any

from agents.devices import tensorflow
from agents.training import Progress


class ScalarLog:
    """One run's numbers over its frames.

    Args:
        folder: Where the event file goes; made if it is missing.

    Raises:
        OSError: The folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tf: Any = tensorflow()
        metadata = self._tf.compat.v1.SummaryMetadata
        # tf.summary.scalar would ask for TensorBoard; this is the record that it writes.
        self._metadata = metadata(
            plugin_data=metadata.PluginData(plugin_name="scalars"), data_class="DATA_CLASS_SCALAR"
        )
        try:
            self._writer = self._tf.summary.create_file_writer(str(folder))
        except self._tf.errors.OpError as error:
            raise OSError(f"cannot write to {folder}: {error.message}") from None
        self._evaluation: object = None

    def write(self, progress: Progress) -> None:
        """Note where the run stands. Numbers that are not known yet are left out."""
        with self._writer.as_default(step=progress.frames):
            self._scalar("score/mean_of_100", progress.mean_score)
            self._scalar("learning/loss", progress.loss)
            self._scalar("learning/max_q", progress.max_q)
            self._scalar("learning/rate", progress.learning_rate)
            self._scalar("learning/epsilon", progress.epsilon)
            if progress.evaluation is not None and progress.evaluation is not self._evaluation:
                self._scalar("score/evaluation", progress.evaluation.mean)
        self._evaluation = progress.evaluation

    def close(self) -> None:
        """Write out what is left and let go of the file."""
        self._writer.close()

    def _scalar(self, name: str, value: float) -> None:
        if math.isfinite(value):
            self._tf.summary.write(name, self._tf.constant(value, self._tf.float32), metadata=self._metadata)
