"""The lab's dials: the chain's settings and those of learning, each with its effect at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pygame

from agents.nchain.tables import Parameters
from arcade.input.controls import Hint, Input
from arcade.ui.fields import Stepper
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control
from games.nchain.rules import NChain
from games.settings import settings_of

EPISODE = 100
"""Steps in an episode of the lab: short, so that there is soon something to be seen."""


@dataclass(frozen=True)
class _Dial:
    owner: type
    field: str
    label: str
    choices: Sequence[Any]


_SHARES = tuple(index / 20 for index in range(21))
_DIALS = (
    _Dial(NChain, "states", "States n", tuple(range(2, 11))),
    _Dial(NChain, "slip", "Slip", _SHARES),
    _Dial(NChain, "small", "Small", tuple(float(number) for number in range(11))),
    _Dial(NChain, "large", "Large", tuple(float(number) for number in (0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 50))),
    _Dial(Parameters, "epsilon", "Explore ε", _SHARES),
    _Dial(Parameters, "epsilon_decay", "ε decay", (0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)),
    _Dial(Parameters, "learning_rate", "Rate α", (0.01, *_SHARES[1:])),
    _Dial(Parameters, "halving", "α halves", (0, 5, 10, 20, 50, 100, 1000)),
    _Dial(Parameters, "discount", "Discount γ", (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99)),
)


class Dials:
    """All dials, one below the other.

    Args:
        accent: Colour of focus and marks.
        on_change: Called when one has been turned.
    """

    def __init__(self, accent: Colour, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._of = {(dial.owner, dial.field): self._stepper(dial, accent) for dial in _DIALS}

    def _stepper(self, dial: _Dial, accent: Colour) -> Stepper[Any]:
        described = settings_of(dial.owner)[dial.field]
        return Stepper(
            dial.label,
            dial.choices,
            described.default,
            text=_halving_in_words if dial.field == "halving" else "{:g}".format,
            help=described.help,
            standard=described.default,
            accent=accent,
            on_change=lambda _: self._on_change(),
        )

    @property
    def widgets(self) -> list[Stepper[Any]]:
        """In the order in which they are drawn."""
        return list(self._of.values())

    @property
    def game(self) -> NChain:
        """The chain as it is set."""
        return NChain(**self._values(NChain))

    @property
    def parameters(self) -> Parameters:
        """How the tables learn, as it is set."""
        return Parameters(**self._values(Parameters), episode=EPISODE)

    def _values(self, owner: type) -> dict[str, Any]:
        return {field: stepper.value for (kind, field), stepper in self._of.items() if kind is owner}

    def message(self, widget: object) -> str:
        """What a dial does, "" for any other widget."""
        return widget.message if isinstance(widget, Stepper) else ""

    def width(self, theme: Theme) -> int:
        """The width that shows every label and value whole."""
        label = max(theme.width(stepper.label) for stepper in self._of.values()) + theme.line() // 2 + theme.space(1.5)
        box = theme.width("0.999") + 2 * (theme.line() + theme.space(1)) + theme.space(0.5)
        return 2 * max(label, box)

    def layout(self, theme: Theme, rect: pygame.Rect) -> int:
        """Place the dials at the top of a rectangle; returns the y below the last one."""
        gap = theme.space(0.75)
        help_room = 3 * theme.line(Size.SMALL)
        step = min(theme.line() + theme.space(1) + gap, (rect.height - help_room) // len(self._of))
        for index, stepper in enumerate(self._of.values()):
            stepper.rect = pygame.Rect(rect.left, rect.top + index * step, rect.width, step - gap)
        return rect.top + len(self._of) * step


class DialsPage:
    """The dials as a page of their own, with what each does beside it, for large text.

    Args:
        dials: The same that turn everything on the other pages.
    """

    title = "Dials"
    legend = ""

    def __init__(self, theme: Theme, dials: Dials) -> None:
        self._theme, self._dials = theme, dials
        self.help = pygame.Rect(0, 0, 0, 0)  # where there is room for what the focused dial does

    @property
    def widgets(self) -> list[Control]:
        """All dials."""
        return [*self._dials.widgets]

    def change(self) -> None:
        """Nothing here depends on them."""

    def handle(self, event: Input) -> bool:
        """There are no keys of its own."""
        return False

    def update(self, seconds: float) -> None:
        """Nothing moves."""

    def layout(self, rect: pygame.Rect) -> None:
        """The dials at the left, words at the right."""
        theme = self._theme
        width = min(self._dials.width(theme), rect.width * 3 // 5)
        self._dials.layout(theme, pygame.Rect(rect.left, rect.top, width, rect.height))
        left = rect.left + width + theme.space(2)
        self.help = pygame.Rect(left, rect.top, rect.right - left, rect.height)

    def paint(self, surface: pygame.Surface) -> None:
        """There is nothing but widgets."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return ()

    def leave(self) -> None:
        """Nothing is held."""


def _halving_in_words(visits: int) -> str:
    return f"{visits}" if visits else "never"
