"""A network described by an enum and bounded integers: what a profile stores, and the shapes of its arrays.

Convolutions are `valid`, channels last; every layer but the last is followed by a ReLU. Byte observations are scaled
to 0 … 1 first. A duelling head (Wang et al. 2016) has a value and an advantage output:
Q = V + A − mean A.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

from agents.config import Config
from games.game import ObservationSpec


@dataclass(frozen=True)
class Convolution:
    """One convolution: `filters` square kernels of width `kernel`, moved by `stride`."""

    filters: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class Architecture:
    """The shape of a Q network.

    Attributes:
        input_shape: Shape of one observation.
        byte_input: Whether observations are bytes, to be scaled by 1/255.
        convolutions: Convolutions before the dense layers; empty for a dense network.
        hidden: Units of each hidden dense layer.
        actions: Number of outputs.
        duelling: Whether value and advantage are apart.
    """

    input_shape: tuple[int, ...]
    byte_input: bool
    convolutions: tuple[Convolution, ...]
    hidden: tuple[int, ...]
    actions: int
    duelling: bool = False

    @classmethod
    def of(cls, config: Config, observation: ObservationSpec, actions: int) -> "Architecture":
        """The network that a configuration asks for.

        Raises:
            ValueError: Convolutions over an observation that is no picture, or too small for them; no picture to shift.
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
        """Name and shape of every array, in order. Dense kernels are [inputs, units], convolutions [k, k, in, out].

        Raises:
            ValueError: A convolution is wider than its input.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        size = (*self.input_shape, 1) if len(self.input_shape) == 2 else self.input_shape
        for index, layer in enumerate(self.convolutions):
            if layer.kernel > min(size[:2]):
                raise ValueError(f"kernels: {layer.kernel} is wider than its input of {size[0]}x{size[1]}")
            shapes[f"conv{index}/kernel"] = (layer.kernel, layer.kernel, size[2], layer.filters)
            shapes[f"conv{index}/bias"] = (layer.filters,)
            size = (*((length - layer.kernel) // layer.stride + 1 for length in size[:2]), layer.filters)
        inputs = prod(size)
        for index, units in enumerate(self.hidden):
            shapes |= _dense(f"dense{index}", inputs, units)
            inputs = units
        if self.duelling:
            shapes |= _dense("value", inputs, 1)
        return shapes | _dense("advantage" if self.duelling else "output", inputs, self.actions)

    @property
    def by_products(self) -> bool:
        """Whether its convolutions are computed as products of patches: each pixel is cut out once, or for few patches.

        XLA makes fast code of products and slow code of convolutions, so one convolution left over would undo the gain.
        """
        return all(layer.kernel in (1, 2, 3, layer.stride) for layer in self.convolutions)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a profile's metadata."""
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
