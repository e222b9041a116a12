"""One focus for keyboard and mouse: which of a scene's widgets is meant, and how arrows walk between them."""

from collections.abc import Iterable
from typing import Protocol

import pygame

from arcade.input.controls import DIRECTIONS, Button, Input, Pointer, Press, Typed
from arcade.ui.scene import Change
from arcade.ui.style import Theme


class Widget(Protocol):
    """Something with a place that can have the focus. Its rectangle is given by the scene's layout."""

    rect: pygame.Rect

    @property
    def enabled(self) -> bool:
        """Whether it can have the focus."""

    @property
    def wants_text(self) -> bool:
        """Whether letters typed while it has the focus are text for it."""

    def takes(self, button: Button) -> bool:
        """Whether it uses this direction itself instead of letting the focus move."""

    def handle(self, event: Input) -> Change | None:
        """React to an input that is meant for it: it has the focus, or the mouse acts on it."""

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw within its rectangle."""


class Focus:
    """The widgets of a scene, in reading order, and which one has the focus.

    Args:
        widgets: In the order in which Tab visits them.
    """

    def __init__(self, widgets: Iterable[Widget] = ()) -> None:
        self.widgets: list[Widget] = []
        self.current: Widget | None = None
        self.set(widgets)

    def set(self, widgets: Iterable[Widget], current: Widget | None = None) -> None:
        """Take other widgets; the focus stays where it was if it can, else goes to `current` or the first."""
        kept = self.current
        self.widgets = list(widgets)
        if current is not None or kept not in self.widgets:
            self.current = current
        if self.current is None or not self.current.enabled:
            self.current = next((widget for widget in self.widgets if widget.enabled), None)

    @property
    def wants_text(self) -> bool:
        """Whether letters are text now."""
        return self.current is not None and self.current.wants_text

    def handle(self, event: Input) -> Change | None:
        """Move the focus, or pass the input on to the widget it is meant for."""
        if isinstance(event, Pointer):
            return self._point(event)
        if isinstance(event, Press) and self._move(event.button):
            return None
        if isinstance(event, Press | Typed) and self.current is not None:
            return self.current.handle(event)
        return None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw all widgets, the focused one last so that its ring lies on top."""
        for widget in self.widgets:
            if widget is not self.current:
                widget.draw(surface, theme, False)
        if self.current is not None:
            self.current.draw(surface, theme, True)

    def _point(self, event: Pointer) -> Change | None:
        for widget in self.widgets:
            if widget.enabled and widget.rect.collidepoint(event.position):
                if not event.wheel and not event.released:
                    self.current = widget
                return widget.handle(event)
        return None

    def _move(self, button: Button) -> bool:
        """Move the focus if the button asks for that; returns whether it did ask."""
        if button in (Button.NEXT, Button.PREVIOUS):
            self._cycle(1 if button is Button.NEXT else -1)
            return True
        if button not in DIRECTIONS or (self.current is not None and self.current.takes(button)):
            return False
        target = self._neighbour(button)
        self.current = target or self.current
        return True

    def _cycle(self, step: int) -> None:
        able = [widget for widget in self.widgets if widget.enabled]
        if able:
            index = able.index(self.current) + step if self.current in able else 0
            self.current = able[index % len(able)]

    def _neighbour(self, button: Button) -> Widget | None:
        """The nearest widget in a direction; being in line counts more than being near."""
        if self.current is None:
            return next((widget for widget in self.widgets if widget.enabled), None)
        here = self.current.rect
        best, nearest = None, float("inf")
        for widget in self.widgets:
            if widget is self.current or not widget.enabled:
                continue
            ahead, aside = _distance(here, widget.rect, button)
            if ahead > 0 and ahead + 3 * aside < nearest:
                best, nearest = widget, ahead + 3 * aside
        return best


def _distance(here: pygame.Rect, there: pygame.Rect, button: Button) -> tuple[float, float]:
    """How far `there` lies in the direction (not at all if 0 or less), and how far off the line."""
    if button in (Button.UP, Button.DOWN):
        ahead = there.top - here.bottom if button is Button.DOWN else here.top - there.bottom
        aside = max(there.left - here.right, here.left - there.right, 0)
        centre = abs(there.centerx - here.centerx)
    else:
        ahead = there.left - here.right if button is Button.RIGHT else here.left - there.right
        aside = max(there.top - here.bottom, here.top - there.bottom, 0)
        centre = abs(there.centery - here.centery)
    return ahead + 1, aside + centre / 100
