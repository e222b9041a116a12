"""A drawn table of action values: numbers, arrows for the policy, and shades for the errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from agents.nchain.tables import relative_error
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import short_number
from arcade.ui.style import Colour, Size, Theme
from games.drawing import mix

ACTION_ICONS = ("right", "left")
"""The icons of forward and back."""

_WORST = 0.5  # relative error from which the shade is full
_SHADE = 0.5  # share of the warning colour in a full shade; numbers stay readable on it


@dataclass(frozen=True)
class Sheet:
    """The contents of one table.

    Attributes:
        title: Its name.
        short: A shorter name.
        colour: Colour of its name.
        table: [S, 2] the numbers; None while there are none.
        optimal: [S, 2] the true values, for the shade; None shades nothing.
        notes: Lines below it.
        at: The learner's state; None for no learner.
        touched: (state, action) whose number has just changed.
        sums: Whether the numbers are sums of rewards, which may be large, rather than estimates of values.
    """

    title: str
    short: str
    colour: Colour
    table: NDArray[np.float64] | None
    optimal: NDArray[np.float64] | None = None
    notes: Sequence[str] = ()
    at: int | None = None
    touched: tuple[int, int] | None = None
    sums: bool = False


def needed_width(theme: Theme) -> int:
    """Returns the width of the narrowest table that shows numbers like 61.4 whole."""
    return theme.line(Size.SMALL) + theme.space(0.5) + 2 * (theme.width("00.0", Size.SMALL) + _beside_number(theme))


def height(theme: Theme, states: int, notes: int) -> int:
    """Returns the height of a table with its title, its head and its notes."""
    return theme.line() + theme.space(1) + (states + 1) * row_height(theme) + notes * theme.line(Size.SMALL)


def row_height(theme: Theme) -> int:
    """Returns the height of one state's row."""
    return theme.line(Size.SMALL) + theme.space(0.5)


def draw_sheet(surface: pygame.Surface, theme: Theme, rect: pygame.Rect, sheet: Sheet, states: int) -> None:
    """Draws a table with a row for each state: its number, the value of forward and the value of back."""
    colour = style.readable(sheet.colour, style.GROUND)
    title = sheet.title if theme.width(sheet.title) <= rect.width else sheet.short
    theme.text(surface, title, rect.topleft, Size.BODY, colour, max_width=rect.width)
    row = pygame.Rect(rect.left, rect.top + theme.line() + theme.space(0.5), rect.width, row_height(theme))
    _draw_head(surface, theme, row)
    for state in range(states):
        row.top += row.height
        if row.bottom <= rect.bottom:
            _draw_row(surface, theme, row, sheet, state)
    y = row.bottom + theme.space(0.5)
    for note in sheet.notes:
        if y + theme.line(Size.SMALL) <= rect.bottom + theme.space(1):
            theme.text(surface, note, (rect.left, y), Size.SMALL, style.MUTED, max_width=rect.width)
        y += theme.line(Size.SMALL)


def _cells(theme: Theme, row: pygame.Rect) -> tuple[pygame.Rect, pygame.Rect, pygame.Rect]:
    """Returns the places of a state's number and of its two values."""
    first = theme.line(Size.SMALL) + theme.space(0.5)
    width = (row.width - first) // 2
    left = row.left + first
    number = pygame.Rect(row.left, row.top, first, row.height)
    return number, pygame.Rect(left, row.top, width, row.height), pygame.Rect(left + width, row.top, width, row.height)


def _draw_head(surface: pygame.Surface, theme: Theme, row: pygame.Rect) -> None:
    size = theme.line(Size.SMALL) * 3 // 4
    for cell, name, words in zip(_cells(theme, row)[1:], ACTION_ICONS, ("forward", "back"), strict=True):
        right = cell.right - theme.space(0.75)
        if cell.width > theme.width("forward", Size.SMALL) + theme.space(1.5):
            theme.text(surface, words, (right, cell.centery), Size.SMALL, style.MUTED, "midright")
        else:
            draw_icon(surface, name, (right - size // 2, cell.centery), size, style.MUTED)


def _draw_row(surface: pygame.Surface, theme: Theme, row: pygame.Rect, sheet: Sheet, state: int) -> None:
    number, *cells = _cells(theme, row)
    _draw_state(surface, theme, number, state, sheet.at == state)
    if sheet.table is None:
        for cell in cells:
            theme.text(surface, "-", cell.move(-theme.space(0.75), 0).midright, Size.SMALL, style.MUTED, "midright")
        return
    values = sheet.table[state]
    errors = relative_error(values, sheet.optimal[state]) if sheet.optimal is not None else np.zeros(2)
    best = int(values.argmax()) if values.any() else None
    for action, cell in enumerate(cells):
        known = bool(values[action])
        shade = min(1.0, float(errors[action]) / _WORST) * _SHADE if known else 0.0
        inner = cell.inflate(-2, -2)
        surface.fill(mix(style.PANEL, style.VERMILION, shade), inner)
        if sheet.touched == (state, action):
            pygame.draw.rect(surface, style.YELLOW, inner, 2)
        _draw_value(surface, theme, inner, float(values[action]), known, action == best, sheet.sums)
        if action == best:
            size = theme.line(Size.SMALL) * 3 // 4
            draw_icon(
                surface,
                ACTION_ICONS[action],
                (inner.left + theme.space(0.25) + size // 2, cell.centery),
                size,
                style.TEXT,
            )


def _draw_state(surface: pygame.Surface, theme: Theme, cell: pygame.Rect, state: int, here: bool) -> None:
    """Draws the state's number, on the token while the learner is there."""
    if here:
        pygame.draw.circle(surface, style.PURPLE, cell.center, min(cell.size) // 2)
    colour = style.ink_on(style.PURPLE) if here else style.MUTED
    theme.text(surface, f"{state}", cell.center, Size.SMALL, colour, "center")


def _draw_value(
    surface: pygame.Surface, theme: Theme, cell: pygame.Rect, value: float, known: bool, best: bool, sums: bool
) -> None:
    room = cell.width - _beside_number(theme) + theme.space(0.5)
    if sums:
        texts = [f"{value:.0f}", short_number(value), f"{value / 1000:.0f}k"]
    else:
        texts = [f"{value:.2f}", f"{value:.1f}", f"{value:.0f}"]
    text = next((each for each in texts if theme.width(each, Size.SMALL) <= room), texts[-1])
    place = cell.right - theme.space(0.5), cell.centery
    colour = style.TEXT if best else style.MUTED
    theme.text(surface, text if known else "-", place, Size.SMALL, colour, "midright")


def _beside_number(theme: Theme) -> int:
    """Returns the width of the arrow and the gaps beside a cell's number."""
    return theme.line(Size.SMALL) * 3 // 4 + theme.space(1.25)
