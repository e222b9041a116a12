"""The lab's dials: settings of the chain and of learning that take effect at once."""

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
"""Steps of an episode in the lab; short, so that results appear soon."""


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
        on_change: Called when the value of a dial has changed.
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
        """The dials in drawing order."""
        return list(self._of.values())

    @property
    def game(self) -> NChain:
        """The chain with the current settings."""
        return NChain(**self._values(NChain))

    @property
    def parameters(self) -> Parameters:
        """The current parameters of learning."""
        return Parameters(**self._values(Parameters), episode=EPISODE)

    def _values(self, owner: type) -> dict[str, Any]:
        return {field: stepper.value for (kind, field), stepper in self._of.items() if kind is owner}

    def message(self, widget: object) -> str:
        """Returns the help text of a dial, "" for any other widget."""
        return widget.message if isinstance(widget, Stepper) else ""

    def width(self, theme: Theme) -> int:
        """Returns the width that shows every label and value whole."""
        label = max(theme.width(stepper.label) for stepper in self._of.values()) + theme.line() // 2 + theme.space(1.5)
        box = theme.width("0.999") + 2 * (theme.line() + theme.space(1)) + theme.space(0.5)
        return 2 * max(label, box)

    def layout(self, theme: Theme, rect: pygame.Rect) -> int:
        """Places the dials at the top of a rectangle; returns the y below the last one."""
        gap = theme.space(0.75)
        help_room = 3 * theme.line(Size.SMALL)
        step = min(theme.line() + theme.space(1) + gap, (rect.height - help_room) // len(self._of))
        for index, stepper in enumerate(self._of.values()):
            stepper.rect = pygame.Rect(rect.left, rect.top + index * step, rect.width, step - gap)
        return rect.top + len(self._of) * step


class DialsPage:
    """A page with the dials and their help texts, for large text.

    Args:
        theme: Fonts and spaces.
        dials: The dials of all pages.
    """

    title = "Dials"
    legend = ""

    def __init__(self, theme: Theme, dials: Dials) -> None:
        self._theme, self._dials = theme, dials
        self.help = pygame.Rect(0, 0, 0, 0)  # place for the help text of the focused dial

    @property
    def widgets(self) -> list[Control]:
        """The dials."""
        return [*self._dials.widgets]

    def change(self) -> None:
        """Does nothing: the page shows nothing but the dials."""

    def handle(self, event: Input) -> bool:
        """Returns False: the page has no keys of its own."""
        return False

    def update(self, seconds: float) -> None:
        """Does nothing: nothing on the page moves."""

    def layout(self, rect: pygame.Rect) -> None:
        """Places the dials at the left, the help text at the right."""
        theme = self._theme
        width = min(self._dials.width(theme), rect.width * 3 // 5)
        self._dials.layout(theme, pygame.Rect(rect.left, rect.top, width, rect.height))
        left = rect.left + width + theme.space(2)
        self.help = pygame.Rect(left, rect.top, rect.right - left, rect.height)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws nothing: the page has only widgets."""

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return ()

    def leave(self) -> None:
        """Does nothing: the page holds no resources."""


def _halving_in_words(visits: int) -> str:
    return f"{visits}" if visits else "never"
