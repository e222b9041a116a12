"""The observations of a game in the form that a script's Keras model takes and in the form that the replay stores."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from games.game import PIXELS, Array, GameInfo, ObservationSpec


@dataclass(frozen=True)
class ModelInput:
    """The input of a model: one observation of a kind, or the last `frames` of them, in the model's dtype.

    Attributes:
        spec: The observation.
        frames: Number of observations in one input; None if the input has no axis for them.
        dtype: Dtype of the input.
    """

    spec: ObservationSpec
    frames: int | None
    dtype: str

    @classmethod
    def of(
        cls, info: GameInfo, shape: tuple[int, ...], frames: int | None, dtype: str, kind: str | None
    ) -> "ModelInput":
        """Return the input for the first kind of observation of a game, or for `kind`, that fits a model's shape.

        Raises:
            ValueError: No observation fits; one line lists those of the game.
        """
        specs = [info.observation(name) for name in (info.kinds if kind is None else (kind,))]
        for spec in specs:
            if shape == spec.shape and frames in (None, 1):
                return cls(spec, None, dtype)
            if shape[1:] == spec.shape and spec.kind != PIXELS and frames in (None, shape[0]):
                return cls(spec, shape[0], dtype)
        raise ValueError(_mismatch(shape, specs, frames))

    def begin(self, observation: Array) -> Array:
        """Return the inputs [B, *input_shape] at the start of games: the first frame, repeated if there are several."""
        return observation if self.frames is None else np.repeat(observation[:, None], self.frames, axis=1)

    def follow(self, seen: Array, observation: Array) -> Array:
        """Return the input after one more frame."""
        return observation if self.frames is None else np.concatenate([seen[:, 1:], observation[:, None]], axis=1)

    def stored(self) -> tuple[ObservationSpec, bool]:
        """Return the observation in the replay, with frames on the last axis, and whether to store single frames."""
        if self.frames is None:
            return self.spec, self.spec.kind == PIXELS
        return replace(self.spec, shape=(*self.spec.shape, self.frames)), True

    def to_store(self, observation: Array) -> Array:
        """Return a frame with the axis on which the replay stacks frames."""
        return observation if self.frames is None else observation[..., None]

    def from_store(self, observation: Array) -> Array:
        """Return the inputs [M, *input_shape] for observations from the replay."""
        return np.ascontiguousarray(self.typed(observation if self.frames is None else np.moveaxis(observation, -1, 1)))

    def typed(self, seen: Array) -> Array:
        """Return the input in the model's dtype.

        Raises:
            ValueError: The model takes whole numbers, but the input has others.
        """
        typed = seen.astype(self.dtype, copy=False)
        if seen.dtype.kind == "f" and typed.dtype.kind != "f" and (other := seen[typed != seen]).size:
            raise ValueError(f"model: takes {self.dtype}, but {self.spec.kind} holds other numbers, such as {other[0]}")
        return typed


def _mismatch(shape: tuple[int, ...], specs: Sequence[ObservationSpec], frames: int | None) -> str:
    offers = ", ".join(f"{spec.kind} {spec.shape}" for spec in specs)
    before = f"(nb_frames, *shape), nb_frames being {frames}" if frames else "or that with a first axis of nb_frames"
    return f"model: takes {shape}: must be the shape of an observation, {before}; there are {offers}"
