"""Widgets without input: progress bars, bars of Q values, badges, and short notifications."""

from collections.abc import Sequence

import pygame

from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import short_number
from arcade.ui.style import Colour, Size, Theme, ease
from games.drawing import mix

_LARGEST = 1e300  # values beyond have no bar, since their range could overflow


class ProgressBar:
    """A progress bar with text on it."""

    def __init__(self, accent: Colour = style.ACCENT) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.accent = accent
        self.part = 0.0
        self.text = ""

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the bar; the text over its filled part has another colour."""
        theme.pill(surface, self.rect, style.RAISED)
        done = self.rect.copy()
        done.width = round(self.rect.width * min(1.0, max(0.0, self.part)))
        ink = style.ink_on(self.accent)
        clip = surface.get_clip()
        surface.set_clip(done.clip(clip))
        theme.pill(surface, self.rect, self.accent)
        theme.text(surface, self.text, self.rect.center, Size.SMALL, ink, "center", self.rect.width)
        surface.set_clip(pygame.Rect(done.right, done.top, self.rect.width - done.width, done.height).clip(clip))
        theme.text(surface, self.text, self.rect.center, Size.SMALL, style.TEXT, "center", self.rect.width)
        surface.set_clip(clip)


class Bars:
    """Labelled bars of the Q values of an agent, with the chosen action marked.

    The scale covers all values shown so far, so bars of one game can be compared over time.
    """

    def __init__(self, labels: Sequence[str], accent: Colour = style.ACCENT) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.accent = accent
        self.labels = labels
        self.values: Sequence[float] = ()
        self.texts: Sequence[str] = ()
        self.chosen: int | None = None
        self._low, self._high = 0.0, 0.0

    def show(self, values: Sequence[float], chosen: int | None = None, texts: Sequence[str] = ()) -> None:
        """Set the values. `texts` replace the numbers beside the bars.

        A value that is not finite has a text, but no bar.
        """
        self.values, self.chosen = values, chosen
        self.texts = texts or [value_text(value) for value in values]
        self._low = min([self._low, *filter(_is_shown, values)])
        self._high = max([self._high, *filter(_is_shown, values)])

    def height(self, theme: Theme) -> int:
        """Return the height of all bars."""
        return len(self.labels) * (theme.line() + theme.space(0.5))

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a row for each value: mark of the choice, label, bar and number."""
        step = theme.line() + theme.space(0.5)
        for index, label in enumerate(self.labels):
            row = pygame.Rect(self.rect.left, self.rect.top + index * step, self.rect.width, theme.line())
            value = self.values[index] if index < len(self.values) else None
            text = self.texts[index] if index < len(self.texts) else ""
            self._draw_row(surface, theme, row, label, value, text, index == self.chosen)

    def _draw_row(
        self,
        surface: pygame.Surface,
        theme: Theme,
        row: pygame.Rect,
        label: str,
        value: float | None,
        text: str,
        chosen: bool,
    ) -> None:
        sign = theme.line() * 2 // 3
        ink = style.TEXT if chosen else style.MUTED
        if chosen:
            colour = style.readable(self.accent)
            draw_icon(surface, "play", (row.left + sign // 2, row.centery), sign, colour)
        left = row.left + sign + theme.space()
        label_room = max(theme.width(each) for each in self.labels)
        label_room = min(label_room, row.width * 2 // 5)
        number_room = theme.width("-000.00", Size.SMALL)
        theme.text(surface, label, (left, row.centery), Size.BODY, ink, "midleft", label_room)
        bar_left = left + label_room + theme.space()
        bar = pygame.Rect(bar_left, 0, max(8, row.right - number_room - theme.space() - bar_left), row.height // 2)
        bar.centery = row.centery
        theme.pill(surface, bar, style.RAISED)
        if value is None:
            return
        if _is_shown(value):
            self._draw_bar(surface, bar, value, chosen)
        theme.text(surface, text, row.midright, Size.SMALL, ink, "midright")

    def _draw_bar(self, surface: pygame.Surface, bar: pygame.Rect, value: float, chosen: bool) -> None:
        span = (self._high - self._low) or 1.0
        zero = bar.left + round(-self._low / span * bar.width)
        end = bar.left + round((value - self._low) / span * bar.width)
        colour = self.accent if chosen else mix(self.accent, style.RAISED, 0.55)
        surface.fill(colour, (min(zero, end), bar.top, max(2, abs(end - zero)), bar.height))
        surface.fill(style.TEXT, (min(zero, bar.right - 1), bar.top - 1, 1, bar.height + 2))


def value_text(value: float) -> str:
    """Format the number beside a bar."""
    return f"{value:.2f}" if abs(value) < 10_000 else short_number(value)


def _is_shown(value: float) -> bool:
    return abs(value) <= _LARGEST


class Badge:
    """A short text on a coloured pill."""

    def __init__(self, text: str = "", colour: Colour = style.ACCENT, icon: str = "") -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.text, self.colour, self.icon = text, colour, icon

    def place(self, theme: Theme, **anchor: tuple[int, int]) -> pygame.Rect:
        """Set the size and the position, given as a pygame anchor such as `topright=(x, y)`; returns the rectangle."""
        sign = theme.line(Size.SMALL) if self.icon else 0
        size = theme.width(self.text, Size.SMALL) + theme.space(2) + sign, theme.line(Size.SMALL) + theme.space(0.5)
        self.rect = pygame.Rect((0, 0), size)
        for name, point in anchor.items():
            setattr(self.rect, name, point)
        return self.rect

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the pill and the text, in black or white, whichever has more contrast."""
        ink = style.ink_on(self.colour)
        theme.pill(surface, self.rect, self.colour)
        left = self.rect.left + theme.space()
        if self.icon:
            size = theme.line(Size.SMALL) * 2 // 3
            draw_icon(surface, self.icon, (left + size // 2, self.rect.centery), size, ink)
            left += theme.line(Size.SMALL)
        room = self.rect.right - theme.space() - left
        theme.text(surface, self.text, (left, self.rect.centery), Size.SMALL, ink, "midleft", max(room, 0) + 1)


class Toast:
    """A notification at the top of the window that disappears after some seconds."""

    STAY_SECONDS = 5.0

    def __init__(self) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.text = ""
        self._age = 0.0

    @property
    def busy(self) -> bool:
        """Whether a notification is shown."""
        return bool(self.text)

    def show(self, text: str) -> None:
        """Show a notification."""
        self.text, self._age = text, 0.0

    def update(self, seconds: float) -> None:
        """Let time pass."""
        self._age += seconds
        if self._age > self.STAY_SECONDS + 2 * style.MOTION_SECONDS:
            self.text = ""

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the notification at the top of the surface, where it hides least; it slides in and out."""
        if not self.text:
            return
        space = theme.space(1.5)
        widest = surface.get_width() - 4 * space
        lines = theme.wrap(self.text, Size.BODY, widest - 2 * space)[:3]
        width = max(theme.width(line) for line in lines) + 2 * space
        self.rect = pygame.Rect(0, 0, width, len(lines) * theme.line() + 2 * theme.space())
        hidden = self.rect.height + space
        self.rect.midtop = (surface.get_width() // 2, space // 2)
        self.rect.y -= round(hidden * (1 - self._presence())) if theme.motion else 0
        theme.panel(surface, self.rect, style.RAISED, style.LINE)
        for index, line in enumerate(lines):
            top = self.rect.top + theme.space() + index * theme.line()
            theme.text(surface, line, (self.rect.centerx, top), Size.BODY, style.TEXT, "midtop")

    def _presence(self) -> float:
        leaving = self.STAY_SECONDS + style.MOTION_SECONDS
        if self._age < leaving:
            return ease(self._age / style.MOTION_SECONDS)
        return 1 - ease((self._age - leaving) / style.MOTION_SECONDS)
