"""The focus: the widget of a scene that gets input, and its movement by arrow keys, Tab and mouse."""

from collections.abc import Iterable
from typing import Protocol

import pygame

from arcade.input.controls import DIRECTIONS, Button, Input, Pointer, Press, Typed
from arcade.ui.scene import Change
from arcade.ui.style import Theme


class Widget(Protocol):
    """An element with a rectangle that can have the focus. The scene's layout sets the rectangle."""

    rect: pygame.Rect

    @property
    def enabled(self) -> bool:
        """Whether it can have the focus."""

    @property
    def wants_text(self) -> bool:
        """Whether typed letters are text for it while it has the focus."""

    def takes(self, button: Button) -> bool:
        """Whether the widget uses this direction itself, so that the focus does not move."""

    def handle(self, event: Input) -> Change | None:
        """Reacts to an input. The widget has the focus, or the mouse is over it."""

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draws the widget within its rectangle."""


class Focus:
    """The widgets of a scene in reading order, one of which has the focus.

    Args:
        widgets: The widgets in the order in which Tab visits them.
    """

    def __init__(self, widgets: Iterable[Widget] = ()) -> None:
        self.widgets: list[Widget] = []
        self.current: Widget | None = None
        self.set(widgets)

    def set(self, widgets: Iterable[Widget], current: Widget | None = None) -> None:
        """Replaces the widgets.

        Args:
            widgets: The new widgets, in the order in which Tab visits them.
            current: The widget that gets the focus. If None, the focus stays where it is if it can, else it goes to
                the first enabled widget.
        """
        kept = self.current
        self.widgets = list(widgets)
        if current is not None or kept not in self.widgets:
            self.current = current
        if self.current is None or not self.current.enabled:
            self.current = next((widget for widget in self.widgets if widget.enabled), None)

    @property
    def wants_text(self) -> bool:
        """Whether typed letters are text now."""
        return self.current is not None and self.current.wants_text

    def handle(self, event: Input) -> Change | None:
        """Moves the focus, or passes the input to the focused widget or the widget under the mouse."""
        if isinstance(event, Pointer):
            return self._point(event)
        if isinstance(event, Press) and self._move(event.button):
            return None
        if isinstance(event, Press | Typed) and self.current is not None:
            return self.current.handle(event)
        return None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draws all widgets, the focused one last so that its ring lies on top."""
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
        """Moves the focus if the button is a direction or Tab; returns whether the press was used up by that."""
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
        """Returns the nearest widget in a direction. Distance from the line counts more than distance along it."""
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
    """Returns the distance of `there` along a direction and aside of it; not in that direction if the first is <= 0."""
    if button in (Button.UP, Button.DOWN):
        ahead = there.top - here.bottom if button is Button.DOWN else here.top - there.bottom
        aside = max(there.left - here.right, here.left - there.right, 0)
        centre = abs(there.centerx - here.centerx)
    else:
        ahead = there.left - here.right if button is Button.RIGHT else here.left - there.right
        aside = max(there.top - here.bottom, here.top - there.bottom, 0)
        centre = abs(there.centery - here.centery)
    return ahead + 1, aside + centre / 100
