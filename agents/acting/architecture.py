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

MAX_WORK = 2**32
"""Most `Architecture.work` of an agent that can be saved or loaded: some tenths of a second a decision."""

MAX_PREVIEW_WORK = 2**27
"""Most work of an agent that plays unasked, on cards and in lists: some milliseconds. Five times that of Mnih et al."""

_MOVED = 128  # multiplications in the time in which one number is cut out of a picture or written back


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
        """Height, width and channels of what each convolution takes, then of what the last one gives."""
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
        """Count the numbers that each convolution cuts out of one observation, to multiply them with its kernels."""
        pictures = self._pictures()
        return [
            height * width * layer.kernel**2 * channels
            for layer, (_, _, channels), (height, width, _) in zip(
                self.convolutions, pictures, pictures[1:], strict=False
            )
        ]

    @property
    def work(self) -> int:
        """The cost of one decision: its multiplications, and as many more as take as long as moving numbers does."""
        kernels = [prod(shape) for name, shape in self.shapes().items() if name.endswith("/kernel")]
        patches, moved = self.patch_sizes(), prod(self.input_shape) + sum(map(prod, self._pictures()))
        convolved = sum(size * layer.filters for size, layer in zip(patches, self.convolutions, strict=True))
        return convolved + sum(kernels[len(patches) :]) + _MOVED * (sum(patches) + moved)

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
