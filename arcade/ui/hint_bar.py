"""The bar at the bottom of the window: active keys, background status, and the badge of a running training."""

from collections.abc import Sequence

import pygame

from arcade.input.controls import Button, Device, Hint
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.meters import Badge
from arcade.ui.signs import Signs
from arcade.ui.style import Size, Theme

_MOST_ROWS = 3


class HintBar:
    """The hint bar. It shows each hint with the key sign of the device in use; a click on a hint presses its button.

    Attributes:
        rect: Its rectangle in the window.
        state: Everything that its picture depends on.
        badge: Badge on the right, shown while its text is not empty; a click on it presses `Button.DASHBOARD`.
    """

    def __init__(self, theme: Theme) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.badge = Badge(icon="agent")
        self._theme = theme
        self._hints: Sequence[Hint] = ()
        self._signs = Signs(Device.KEYBOARD, {})
        self._status = ""
        self._keys: list[tuple[pygame.Rect, Hint]] = []
        self.state: object = None

    def layout(self, size: tuple[int, int], hints: Sequence[Hint], status: str, signs: Signs) -> int:
        """Lay out the bar at the bottom of a window; returns its height."""
        state = (size, hints, status, signs, self.badge.text, self._theme.version)
        if state != self.state:
            self.state = state
            self._signs, self._status = signs, status
            self._hints = [hint for hint in hints if signs.shows(hint.button)]
            self._place(size)
        return self.rect.height

    def button_at(self, position: tuple[int, int]) -> Button | None:
        """Return the button of a click at a point of the window, None for none."""
        if self.badge.text and self.badge.rect.collidepoint(position):
            return Button.DASHBOARD
        return next((hint.button for rect, hint in self._keys if rect.collidepoint(position)), None)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the bar."""
        theme = self._theme
        surface.fill(style.BAR, self.rect)
        for rect, hint in self._keys:
            if self._by_mouse:
                self._draw_button(surface, rect, hint)
                continue
            sign = self._sign_rect(rect, hint)
            self._signs.draw(surface, theme, hint.button, sign)
            position = sign.right + theme.space(0.75), sign.centery
            theme.text(surface, hint.text, position, Size.SMALL, style.MUTED, "midleft", rect.right - position[0] + 1)
        if self._by_mouse:
            centre = theme.space(2) + self._signs.height(theme) // 2, self.rect.top + self._row_height() // 2
            draw_icon(surface, "mouse", centre, self._signs.height(theme), style.MUTED)
        right = self.rect.right - theme.space(2)
        if self.badge.text:
            self.badge.draw(surface, theme)
            right = self.badge.rect.left - theme.space(2)
        if self._status:
            room = right - self._last_right()
            if room > theme.space(8):
                middle = self.rect.top + self._row_height() // 2
                theme.text(surface, self._status, (right, middle), Size.SMALL, style.MUTED, "midright", room)

    @property
    def _by_mouse(self) -> bool:
        return self._signs.device is Device.MOUSE

    def _draw_button(self, surface: pygame.Surface, rect: pygame.Rect, hint: Hint) -> None:
        """Draw a hint as a button for the mouse."""
        theme = self._theme
        button = rect.inflate(0, self._signs.height(theme) - rect.height)
        theme.panel(surface, button, style.RAISED)
        theme.text(surface, hint.text, button.center, Size.SMALL, style.TEXT, "center", button.width)

    def _place(self, size: tuple[int, int]) -> None:
        theme = self._theme
        rows = self._rows(size[0])
        self.rect = pygame.Rect(0, 0, size[0], rows * self._row_height())
        self.rect.bottom = size[1]
        for rect, _ in self._keys:
            rect.y += self.rect.top
        if self.badge.text:
            self.badge.place(theme, midright=(size[0] - theme.space(2), self.rect.top + self._row_height() // 2))

    def _rows(self, width: int) -> int:
        """Place the hints row by row; returns the number of rows."""
        theme, row = self._theme, 0
        edge = theme.space(2) + (self._signs.height(theme) + theme.space(1) if self._by_mouse else 0)
        badge = self.badge.place(theme).width + theme.space(2) if self.badge.text else 0
        left, self._keys = edge, []
        for hint in self._hints:
            needed = min(self._width(hint), width - edge - theme.space(2))
            if left + needed > width - theme.space(2) - (badge if row == 0 else 0) and left > edge:
                row, left = row + 1, edge
            if row >= _MOST_ROWS:
                return _MOST_ROWS
            self._keys.append((pygame.Rect(left, row * self._row_height(), needed, self._row_height()), hint))
            left += needed + theme.space(1 if self._by_mouse else 2.5)
        return row + 1

    def _width(self, hint: Hint) -> int:
        theme = self._theme
        beside = theme.space(2) if self._by_mouse else self._signs.width(theme, hint.button) + theme.space(0.75)
        return beside + theme.width(hint.text, Size.SMALL)

    def _sign_rect(self, rect: pygame.Rect, hint: Hint) -> pygame.Rect:
        theme = self._theme
        sign = pygame.Rect(rect.left, 0, self._signs.width(theme, hint.button), self._signs.height(theme))
        sign.centery = rect.centery
        return sign

    def _row_height(self) -> int:
        return self._theme.line(Size.SMALL) + self._theme.space(2)

    def _last_right(self) -> int:
        first_row = [rect.right for rect, _ in self._keys if rect.top == self.rect.top]
        return max(first_row, default=0) + self._theme.space(3)
