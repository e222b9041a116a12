"""The bar at the bottom: the keys that act now, what goes on in the background, and the badge of a running training."""

from collections.abc import Sequence

import pygame

from arcade import theme as look
from arcade.controls import SIGNS, Button, Hint
from arcade.meters import Badge
from arcade.theme import Size, Theme

_MOST_ROWS = 3


class HintBar:
    """Shows hints as keys with words; a click on one is a press of its key.

    Attributes:
        rect: Its place in the window.
        badge: Shown at the right while its text is not empty; a click on it means `Button.DASHBOARD`.
    """

    def __init__(self, theme: Theme) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.badge = Badge(icon="agent")
        self._theme = theme
        self._hints: Sequence[Hint] = ()
        self._status = ""
        self._keys: list[tuple[pygame.Rect, Hint]] = []
        self._state: object = None

    def layout(self, size: tuple[int, int], hints: Sequence[Hint], status: str) -> int:
        """Find room for everything at the bottom of a window; returns the bar's height."""
        state = (size, hints, status, self.badge.text, self._theme.version)
        if state != self._state:
            self._state = state
            self._hints, self._status = hints, status
            self._place(size)
        return self.rect.height

    def button_at(self, position: tuple[int, int]) -> Button | None:
        """The button that a click at a point of the window means."""
        if self.badge.text and self.badge.rect.collidepoint(position):
            return Button.DASHBOARD
        return next((hint.button for rect, hint in self._keys if rect.collidepoint(position)), None)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the bar into the window."""
        theme = self._theme
        surface.fill(look.BAR, self.rect)
        for rect, hint in self._keys:
            cap = self._cap(rect, hint)
            theme.panel(surface, cap, look.RAISED)
            theme.text(surface, SIGNS[hint.button], cap.center, Size.SMALL, look.TEXT, "center")
            position = cap.right + theme.space(0.75), cap.centery
            theme.text(surface, hint.text, position, Size.SMALL, look.MUTED, "midleft", rect.right - position[0] + 1)
        right = self.rect.right - theme.space(2)
        if self.badge.text:
            self.badge.draw(surface, theme)
            right = self.badge.rect.left - theme.space(2)
        if self._status:
            room = right - self._last_right()
            if room > theme.space(8):
                middle = self.rect.top + self._row_height() // 2
                theme.text(surface, self._status, (right, middle), Size.SMALL, look.MUTED, "midright", room)

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
        """Give each hint its place, row by row from the left; returns the number of rows."""
        theme, row = self._theme, 0
        badge = self.badge.place(theme).width + theme.space(2) if self.badge.text else 0
        left, self._keys = theme.space(2), []
        for hint in self._hints:
            needed = min(self._width(hint), width - theme.space(4))
            if left + needed > width - theme.space(2) - (badge if row == 0 else 0) and left > theme.space(2):
                row, left = row + 1, theme.space(2)
            if row >= _MOST_ROWS:
                return _MOST_ROWS
            self._keys.append((pygame.Rect(left, row * self._row_height(), needed, self._row_height()), hint))
            left += needed + theme.space(2.5)
        return row + 1

    def _width(self, hint: Hint) -> int:
        theme = self._theme
        return self._cap_width(hint) + theme.space(0.75) + theme.width(hint.text, Size.SMALL)

    def _cap_width(self, hint: Hint) -> int:
        theme = self._theme
        return max(theme.line(Size.SMALL), theme.width(SIGNS[hint.button], Size.SMALL)) + theme.space(1)

    def _cap(self, rect: pygame.Rect, hint: Hint) -> pygame.Rect:
        cap = pygame.Rect(rect.left, 0, self._cap_width(hint), self._theme.line(Size.SMALL) + self._theme.space(0.5))
        cap.centery = rect.centery
        return cap

    def _row_height(self) -> int:
        return self._theme.line(Size.SMALL) + self._theme.space(2)

    def _last_right(self) -> int:
        first_row = [rect.right for rect, _ in self._keys if rect.top == self.rect.top]
        return max(first_row, default=0) + self._theme.space(3)
