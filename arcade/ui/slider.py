"""A slider over a number of positions, moved with arrows or the mouse."""

from collections.abc import Callable, Sequence

import pygame

from arcade.input.controls import Button, Input, Pointer, Press
from arcade.ui import style
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control


class Slider(Control):
    """A choice of one of several positions on a line.

    Args:
        on_change: Called with the index of the new position.
        accent: Colour of the line before the knob, and of the focus ring.

    Attributes:
        index: Index of the present position.
        held: Whether the mouse drags the knob; the scene then passes on all mouse events, wherever they are.
    """

    def __init__(self, on_change: Callable[[int], None], accent: Colour = style.ACCENT) -> None:
        super().__init__()
        self.index = 0
        self.accent = accent
        self._on_change = on_change
        self._parts: Sequence[float] = (0.0,)
        self._ends = ("", "")
        self.held = False

    def show(self, parts: Sequence[float], ends: tuple[str, str], index: int) -> None:
        """Set the positions.

        Args:
            parts: Each position on the line, 0 to 1, in ascending order.
            ends: Texts below the two ends of the line.
            index: Index of the present position.
        """
        self._parts, self._ends, self.index = parts, ends, index
        self.enabled = len(parts) > 1

    def takes(self, button: Button) -> bool:
        """Whether the button is left or right, which move the knob."""
        return button in (Button.LEFT, Button.RIGHT)

    def handle(self, event: Input) -> None:
        """Move by one position with the arrows, or to the nearest one with a click or drag."""
        if event == Press(Button.LEFT):
            self.move(-1)
        elif event == Press(Button.RIGHT):
            self.move(1)
        elif isinstance(event, Pointer):
            self._point(event)

    def height(self, theme: Theme) -> int:
        """Return the height of the line and the texts below it."""
        return theme.space(3) + theme.line(Size.SMALL)

    def move(self, by: int) -> None:
        """Move by some positions, not beyond the ends."""
        self._go(min(max(self.index + by, 0), len(self._parts) - 1))

    def _point(self, event: Pointer) -> None:
        if event.pressed == 1:
            self.held = True
        elif event.released:
            self.held = False
        if event.wheel:
            self.move(event.wheel)
        elif self.held:
            line = self._line()
            part = (event.position[0] - line.left) / max(1, line.width)
            self._go(min(range(len(self._parts)), key=lambda index: abs(self._parts[index] - part)))

    def _go(self, index: int) -> None:
        if index != self.index:
            self.index = index
            self._on_change(index)

    def _line(self) -> pygame.Rect:
        knob = max(8, self.rect.height // 4)
        return pygame.Rect(self.rect.left + knob, self.rect.top + knob, self.rect.width - 2 * knob, 1)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the line with a mark at each position, the knob, and the texts at the ends."""
        line, thick = self._line(), max(4, theme.space(0.5))
        knob = pygame.Rect(0, 0, theme.space(2.5), theme.space(2.5))
        knob.center = line.left + round(self._parts[self.index] * line.width), line.top
        whole = pygame.Rect(line.left, line.top - thick // 2, line.width, thick)
        theme.pill(surface, whole, style.LINE)
        theme.pill(surface, pygame.Rect(whole.topleft, (max(thick, knob.centerx - line.left), thick)), self.accent)
        for part in self._parts:
            mark = pygame.Rect(0, 0, max(2, thick // 2), thick * 2)
            mark.center = line.left + round(part * line.width), line.top
            surface.fill(style.MUTED, mark)
        theme.pill(surface, knob, style.TEXT)
        if focused:
            theme.ring(surface, knob, style.readable(self.accent, style.GROUND))
        top, half = line.top + theme.space(1.75), self.rect.width // 2
        theme.text(surface, self._ends[0], (self.rect.left, top), Size.SMALL, style.MUTED, max_width=half)
        theme.text(surface, self._ends[1], (self.rect.right, top), Size.SMALL, style.MUTED, "topright", half)
