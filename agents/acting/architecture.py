"""The architecture of a Q network as plain numbers, which profiles store, and the shapes of its arrays.

Convolutions are `valid`, channels last; every layer but the last is followed by a ReLU. Byte observations are scaled
to 0 … 1 first. A duelling head (Wang et al. 2016) has a value and an advantage output: Q = V + A − mean A.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

from agents.config import Config
from games.game import ObservationSpec

MAX_WORK = 2**32
"""Most `Architecture.work` of an agent that can be saved or loaded: a few tenths of a second for each decision."""

MAX_PREVIEW_WORK = 2**27
"""Most work of an agent that plays in a preview: a few milliseconds. Five times the work of Mnih et al.'s network."""

_COPY_COST = 128  # number of multiplications that take as long as copying one number into or out of a patch


@dataclass(frozen=True)
class Convolution:
    """A convolution of `filters` square kernels of width `kernel`, with a stride."""

    filters: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class Architecture:
    """The shape of a Q network.

    Attributes:
        input_shape: Shape of one observation.
        byte_input: Whether observations are bytes, which are scaled by 1/255.
        convolutions: Convolutions before the dense layers; empty for a dense network.
        hidden: Units of each hidden dense layer.
        actions: Number of outputs.
        duelling: Whether state value and advantages have separate outputs.
    """

    input_shape: tuple[int, ...]
    byte_input: bool
    convolutions: tuple[Convolution, ...]
    hidden: tuple[int, ...]
    actions: int
    duelling: bool = False

    @classmethod
    def of(cls, config: Config, observation: ObservationSpec, actions: int) -> "Architecture":
        """Return the architecture for a configuration.

        Raises:
            ValueError: The configuration has convolutions or shifts but the observation is no picture, or it is too
                small for the convolutions.
        """
        convolutions: tuple[Convolution, ...] = ()
        is_picture = len(observation.shape) in (2, 3)
        if config.shift and not is_picture:
            raise ValueError(f"shift = {config.shift}: {observation.kind} is no picture, so it must be 0")
        if config.network == "conv":
            if not is_picture:
                raise ValueError(f"network = 'conv': {observation.kind} is no picture, so it must be 'dense'")
            convolutions = tuple(map(Convolution, config.filters, config.kernels, config.strides))
        architecture = cls(
            observation.shape, observation.dtype == "uint8", convolutions, config.hidden, actions, config.duelling
        )
        architecture.shapes()
        return architecture

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return name and shape of every array, in order: dense kernels [inputs, units], convolutions [k, k, in, out].

        Raises:
            ValueError: A convolution is wider than its input.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        pictures = self._pictures()
        for index, (layer, (_, _, channels)) in enumerate(zip(self.convolutions, pictures, strict=False)):
            shapes[f"conv{index}/kernel"] = (layer.kernel, layer.kernel, channels, layer.filters)
            shapes[f"conv{index}/bias"] = (layer.filters,)
        inputs = prod(pictures[-1] if pictures else self.input_shape)
        for index, units in enumerate(self.hidden):
            shapes |= _dense(f"dense{index}", inputs, units)
            inputs = units
        if self.duelling:
            shapes |= _dense("value", inputs, 1)
        return shapes | _dense("advantage" if self.duelling else "output", inputs, self.actions)

    def _pictures(self) -> list[tuple[int, int, int]]:
        """Return height, width and channels of each convolution's input, and of the last one's output."""
        if not self.convolutions:
            return []
        height, width, *rest = self.input_shape
        pictures = [(height, width, *(rest or (1,)))]
        for layer in self.convolutions:
            height, width, _ = pictures[-1]
            if layer.kernel > min(height, width):
                raise ValueError(f"kernels: {layer.kernel} is wider than its input of {height}x{width}")
            height, width = ((side - layer.kernel) // layer.stride + 1 for side in (height, width))
            pictures.append((height, width, layer.filters))
        return pictures

    def patch_sizes(self) -> list[int]:
        """Return the number of values in all patches of one observation, for each convolution."""
        pictures = self._pictures()
        return [
            height * width * layer.kernel**2 * channels
            for layer, (_, _, channels), (height, width, _) in zip(
                self.convolutions, pictures, pictures[1:], strict=False
            )
        ]

    @property
    def work(self) -> int:
        """The cost of one decision: its multiplications, plus the cost of copies in units of multiplications."""
        kernels = [prod(shape) for name, shape in self.shapes().items() if name.endswith("/kernel")]
        patches, moved = self.patch_sizes(), prod(self.input_shape) + sum(map(prod, self._pictures()))
        convolved = sum(size * layer.filters for size, layer in zip(patches, self.convolutions, strict=True))
        return convolved + sum(kernels[len(patches) :]) + _COPY_COST * (sum(patches) + moved)

    @property
    def by_products(self) -> bool:
        """Whether all convolutions are computed as matrix products of patches, since few patches share a pixel.

        XLA makes products fast and convolutions slow, so a single remaining convolution would undo the gain.
        """
        return all(layer.kernel in (1, 2, 3, layer.stride) for layer in self.convolutions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a profile's metadata."""
        return {
            "kind": "conv" if self.convolutions else "dense",
            "input_shape": list(self.input_shape),
            "byte_input": self.byte_input,
            "convolutions": [[layer.filters, layer.kernel, layer.stride] for layer in self.convolutions],
            "hidden": list(self.hidden),
            "actions": self.actions,
            "duelling": self.duelling,
        }


def _dense(name: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/kernel": (inputs, units), f"{name}/bias": (units,)}
