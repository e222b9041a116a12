"""Widgets that can have the focus: buttons and lists, and scrolling. Fields are in `arcade.ui.fields`."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import pygame

from arcade.input.controls import Button, Input, Pointer, Press
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change
from arcade.ui.style import Colour, Size, Theme

T = TypeVar("T")

OnPress = Callable[[], Change | None]
"""The action of a widget; returns the change of screen, if any."""

CHOOSE = (Press(Button.CONFIRM), Press(Button.PRIMARY))
"""The presses that choose the focused widget."""


class Control:
    """The base of all widgets. The layout of the scene sets `rect`."""

    def __init__(self) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.enabled = True

    @property
    def wants_text(self) -> bool:
        """Whether the widget takes text input."""
        return False

    def takes(self, button: Button) -> bool:
        """Whether the widget itself uses this direction, instead of moving the focus."""
        return False

    def handle(self, event: Input) -> Change | None:
        """React to an input."""
        return None

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw within `rect`."""


class PushButton(Control):
    """A button with a label and optionally an icon and a second line.

    Args:
        label: A word or two.
        command: Called when the button is chosen.
        icon: Name of an icon from `arcade.ui.icons`, "" for none.
        detail: A smaller second line, "" for none.
        accent: Colour of the focus ring, and of the whole button if it is `main`.
        main: Whether it is the main button of the screen.
    """

    def __init__(
        self,
        label: str,
        command: OnPress,
        *,
        icon: str = "",
        detail: str = "",
        accent: Colour = style.ACCENT,
        main: bool = False,
        enabled: bool = True,
    ) -> None:
        super().__init__()
        self.label, self.detail, self.icon = label, detail, icon
        self.command = command
        self.accent = accent
        self.main = main
        self.enabled = enabled

    def handle(self, event: Input) -> Change | None:
        """Call the command on Enter, Space or a click."""
        chosen = event in CHOOSE or (isinstance(event, Pointer) and event.pressed == 1)
        return self.command() if chosen and self.enabled else None

    def width(self, theme: Theme) -> int:
        """Return the width that fits the label and the detail."""
        text = max(theme.width(self.label), theme.width(self.detail, Size.SMALL))
        return text + theme.space(4) + (theme.line() + theme.space() if self.icon else 0)

    def height(self, theme: Theme) -> int:
        """Return the height that fits the label and the detail."""
        return theme.line() + theme.space(2) + (theme.line(Size.SMALL) if self.detail else 0)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the button, with a ring if it is focused."""
        colour = self.accent if self.main else style.RAISED
        ink = style.ink_on(colour) if self.main else style.TEXT
        if not self.enabled:
            colour, ink = style.PANEL, style.DIM
        theme.panel(surface, self.rect, colour)
        left = self.rect.left + theme.space(2)
        if self.icon:
            size = theme.line() * 3 // 4
            sign = ink if self.main or not self.enabled else self.accent
            draw_icon(surface, self.icon, (left + size // 2, self.rect.centery), size, sign)
            left += size + theme.space(1.5)
        self._draw_label(surface, theme, left, ink)
        if focused:
            theme.ring(surface, self.rect, style.readable(self.accent, style.GROUND))

    def _draw_label(self, surface: pygame.Surface, theme: Theme, left: int, ink: Colour) -> None:
        room = self.rect.right - theme.space() - left
        if not self.detail or self.rect.height < theme.line() + theme.line(Size.SMALL):
            if self.icon:
                theme.text(surface, self.label, (left, self.rect.centery), Size.BODY, ink, "midleft", room)
            else:
                theme.text(
                    surface, self.label, self.rect.center, Size.BODY, ink, "center", self.rect.width - theme.space()
                )
            return
        top = self.rect.centery - (theme.line() + theme.line(Size.SMALL)) // 2
        theme.text(surface, self.label, (left, top), Size.BODY, ink, max_width=room)
        dim = ink if self.main else style.MUTED
        theme.text(surface, self.detail, (left, top + theme.line()), Size.SMALL, dim, max_width=room)


class ListBox(Control, Generic[T]):
    """A scrolling list with one selected item.

    Args:
        draw_row: Draws an item within a rectangle: `draw_row(surface, rect, item, selected)`.
        on_select: Called when another item is selected.
        on_choose: Called when the selected item is chosen with Enter or a click.
        accent: Colour of the focus ring.
    """

    def __init__(
        self,
        draw_row: Callable[[pygame.Surface, pygame.Rect, T, bool], None],
        *,
        on_select: Callable[[T], None] | None = None,
        on_choose: Callable[[T], Change | None] | None = None,
        accent: Colour = style.ACCENT,
    ) -> None:
        super().__init__()
        self.items: Sequence[T] = ()
        self.index = 0
        self.row_height = 48
        self.gap = 8
        self.accent = accent
        self._draw_row, self._on_select, self._on_choose = draw_row, on_select, on_choose
        self._offset = 0

    @property
    def selected(self) -> T | None:
        """The selected item; None if the list is empty."""
        return self.items[self.index] if self.items else None

    def show(self, items: Sequence[T], index: int | None = None) -> None:
        """Set the items; the selection keeps its index unless another one is given."""
        self.items = items
        self.enabled = bool(items)
        self.index = max(0, min(self.index if index is None else index, len(items) - 1))
        self._reveal()

    def takes(self, button: Button) -> bool:
        """Whether up or down moves the selection; at the ends of the list, they move the focus."""
        return (button is Button.UP and self.index > 0) or (button is Button.DOWN and self.index < len(self.items) - 1)

    def handle(self, event: Input) -> Change | None:
        """Move the selection, choose, or scroll."""
        if event == Press(Button.UP):
            self._select(self.index - 1)
        elif event == Press(Button.DOWN):
            self._select(self.index + 1)
        elif event in CHOOSE:
            return self._choose()
        elif isinstance(event, Pointer):
            return self._point(event)
        return None

    def row_rect(self, index: int) -> pygame.Rect:
        """Return the present rectangle of a row, which may be outside `rect`."""
        top = self.rect.top + index * (self.row_height + self.gap) - self._offset
        return pygame.Rect(self.rect.left, top, self.rect.width - self._bar_room(), self.row_height)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the visible rows, and a scroll bar if there are more."""
        self._reveal()
        clip = surface.get_clip()
        margin = theme.space()
        surface.set_clip(self.rect.inflate(2 * margin, 0).clip(surface.get_rect()))
        for index, item in enumerate(self.items):
            rect = self.row_rect(index)
            if rect.bottom > self.rect.top and rect.top < self.rect.bottom:
                self._draw_row(surface, rect, item, index == self.index)
        surface.set_clip(clip)
        if focused and self.items:
            theme.ring(surface, self.row_rect(self.index), style.readable(self.accent, style.GROUND))
        draw_scroll_bar(surface, theme, self.rect, self._offset, self._length())

    def _point(self, event: Pointer) -> Change | None:
        if event.wheel:
            self._scroll(self._offset - event.wheel * (self.row_height + self.gap))
            return None
        if event.pressed == 1:
            for index in range(len(self.items)):
                if self.row_rect(index).collidepoint(event.position):
                    again = index == self.index
                    self._select(index)
                    return self._choose() if again else None
        return None

    def _choose(self) -> Change | None:
        item = self.selected
        return self._on_choose(item) if item is not None and self._on_choose else None

    def _select(self, index: int) -> None:
        if 0 <= index < len(self.items) and index != self.index:
            self.index = index
            self._reveal()
            if self._on_select:
                self._on_select(self.items[index])

    def _length(self) -> int:
        return len(self.items) * (self.row_height + self.gap) - self.gap

    def _bar_room(self) -> int:
        return self.gap * 2 if self._length() > self.rect.height else 0

    def _scroll(self, offset: int) -> None:
        self._offset = max(0, min(offset, self._length() - self.rect.height))

    def _reveal(self) -> None:
        top = self.index * (self.row_height + self.gap)
        lowest, highest = top + self.row_height - self.rect.height, top
        self._scroll(max(lowest, min(self._offset, highest)))


class Scroll:
    """The scroll position of a page that is higher than its view. The scene moves its widgets up by `offset`.

    Attributes:
        view: The visible rectangle.
        length: Height of the whole page.
        offset: Pixels by which the page is scrolled down.
    """

    def __init__(self) -> None:
        self.view = pygame.Rect(0, 0, 0, 0)
        self.length = 0
        self.offset = 0

    def move(self, by: int) -> bool:
        """Scroll by some pixels, down if positive; returns whether anything moved."""
        before = self.offset
        self.offset = max(0, min(self.offset + by, self.length - self.view.height))
        return self.offset != before

    def reveal(self, rect: pygame.Rect) -> bool:
        """Scroll until a rectangle at its present position is visible; returns whether anything moved."""
        if rect.top < self.view.top:
            return self.move(rect.top - self.view.top)
        return self.move(max(0, rect.bottom - self.view.bottom))

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the scroll bar if the page is higher than its view."""
        draw_scroll_bar(surface, theme, self.view, self.offset, self.length)


def draw_scroll_bar(surface: pygame.Surface, theme: Theme, view: pygame.Rect, offset: int, length: int) -> None:
    """Draw a narrow scroll bar at the right edge of a view if its content is higher."""
    if length <= view.height:
        return
    width = max(4, theme.space(0.5))
    height = max(theme.space(3), view.height * view.height // length)
    top = view.top + (view.height - height) * offset // (length - view.height)
    theme.pill(surface, pygame.Rect(view.right - width, view.top, width, view.height), style.PANEL)
    theme.pill(surface, pygame.Rect(view.right - width, top, width, height), style.LINE)
