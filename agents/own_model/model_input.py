"""The observations of a game as a script's Keras model takes them, and as the replay keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from games.game import PIXELS, Array, GameInfo, ObservationSpec


@dataclass(frozen=True)
class ModelInput:
    """One kind of observation, as it is or the last `frames` of them, in the numbers that a model takes.

    Attributes:
        spec: The observation.
        frames: How many the model sees at once; None where it has no axis for them.
        dtype: Kind of number that the model takes.
    """

    spec: ObservationSpec
    frames: int | None
    dtype: str

    @classmethod
    def of(
        cls, info: GameInfo, shape: tuple[int, ...], frames: int | None, dtype: str, kind: str | None
    ) -> "ModelInput":
        """The first kind of observation of a game, or the one that is named, that fits a model's shape.

        Raises:
            ValueError: None does; one line says what there is.
        """
        specs = [info.observation(name) for name in (info.kinds if kind is None else (kind,))]
        for spec in specs:
            if shape == spec.shape and frames in (None, 1):
                return cls(spec, None, dtype)
            if shape[1:] == spec.shape and spec.kind != PIXELS and frames in (None, shape[0]):
                return cls(spec, shape[0], dtype)
        raise ValueError(_mismatch(shape, specs, frames))

    def begin(self, observation: Array) -> Array:
        """[B, *input_shape] of games that have just begun: their first frame, as often as needed."""
        return observation if self.frames is None else np.repeat(observation[:, None], self.frames, axis=1)

    def follow(self, seen: Array, observation: Array) -> Array:
        """The input after one more frame."""
        return observation if self.frames is None else np.concatenate([seen[:, 1:], observation[:, None]], axis=1)

    def stored(self) -> tuple[ObservationSpec, bool]:
        """The observation as the replay keeps it, the frames last, and whether it shall store single frames."""
        if self.frames is None:
            return self.spec, self.spec.kind == PIXELS
        return replace(self.spec, shape=(*self.spec.shape, self.frames)), True

    def to_store(self, observation: Array) -> Array:
        """A frame with the axis in which the replay stacks frames."""
        return observation if self.frames is None else observation[..., None]

    def from_store(self, observation: Array) -> Array:
        """[M, *input_shape] out of the replay."""
        return np.ascontiguousarray(self.typed(observation if self.frames is None else np.moveaxis(observation, -1, 1)))

    def typed(self, seen: Array) -> Array:
        """The input in the numbers that the model takes.

        Raises:
            ValueError: The model takes whole numbers, and there are others.
        """
        typed = seen.astype(self.dtype, copy=False)
        if seen.dtype.kind == "f" and typed.dtype.kind != "f" and (other := seen[typed != seen]).size:
            raise ValueError(f"model: takes {self.dtype}, but {self.spec.kind} holds other numbers, such as {other[0]}")
        return typed


def _mismatch(shape: tuple[int, ...], specs: Sequence[ObservationSpec], frames: int | None) -> str:
    offers = ", ".join(f"{spec.kind} {spec.shape}" for spec in specs)
    before = f"(nb_frames, *shape), nb_frames being {frames}" if frames else "or that with a first axis of nb_frames"
    return f"model: takes {shape}: must be the shape of an observation, {before}; there are {offers}"
