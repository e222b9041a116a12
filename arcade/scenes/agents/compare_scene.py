"""A comparison of agents of one game: their learning curves in one chart, and the settings in which they differ."""

import numpy as np
import pygame

from agents.storage.library import Entry
from arcade.context import Context
from arcade.input.controls import Button, Hint
from arcade.scenes.agents.differences import MARKERS, MOST_AGENTS, Row, differences
from arcade.scenes.screen import Screen
from arcade.store.records import entry_mean
from arcade.ui import style
from arcade.ui.charts import Line, LineChart
from arcade.ui.icons import draw_icon
from arcade.ui.numbers import number
from arcade.ui.style import Colour, Size
from arcade.ui.widgets import ListBox
from games.registry import info_of

COLOURS: tuple[Colour, ...] = (style.ORANGE, style.SKY, style.GREEN, style.YELLOW, style.PURPLE)
"""The colour of each agent's line, in the order of `differences.MARKERS`."""


class CompareScene(Screen):
    """The screen that compares up to five agents of a game.

    Args:
        context: Shared by all scenes.
        game_id: The agents' game.
        chosen: The first agent of the comparison.

    Raises:
        ValueError: The game is not installed.
    """

    def __init__(self, context: Context, game_id: str, chosen: Entry) -> None:
        super().__init__(context)
        self.info = info_of(game_id)
        self.rows: list[Row] = []
        accent = self.info.accent
        self.list: ListBox[Entry] = ListBox(self._draw_agent, on_choose=self._toggle, accent=accent)
        self.table: ListBox[Row] = ListBox(self._draw_difference, accent=accent)
        self._places: list[Entry | None] = [None] * MOST_AGENTS
        self.loading = True
        self._chart = LineChart("Mean score by frames", empty=style.LOADING)
        self.focus.set([self.list, self.table], self.list)
        self.in_background(
            lambda: context.library.entries(game_id), lambda entries: self._take_entries(entries, chosen)
        )

    def _take_entries(self, entries: tuple[Entry, ...], chosen: Entry) -> None:
        """Compares the chosen agent with the best of the others first."""
        self.loading, self._chart.empty = False, "No curves were saved"
        usable = [entry for entry in entries if entry.profile]
        first = next((index for index, entry in enumerate(usable) if entry.path == chosen.path), 0)
        self.list.show(usable, first)
        others = sorted(usable[:first] + usable[first + 1 :], key=lambda each: entry_mean(each) or 0.0, reverse=True)
        for index, entry in enumerate([*usable[first : first + 1], *others[:1]]):
            self._places[index] = entry
        self._show()
        self.focus.set([self.list, self.table], self.list)
        self.relayout()

    def _toggle(self, entry: Entry) -> None:
        """Adds an agent to the comparison, or removes it."""
        if entry in self._places:
            self._places[self._places.index(entry)] = None
        elif None in self._places:
            self._places[self._places.index(None)] = entry
        else:
            self.context.notice(f"{MOST_AGENTS} agents at most: remove one first")
        self._show()

    def _show(self) -> None:
        lines = []
        for entry, colour, marker in zip(self._places, COLOURS, MARKERS, strict=True):
            if entry is not None and entry.profile is not None:
                points = np.array(entry.profile.curve, np.float64).reshape(-1, 2)
                lines.append(Line(points, colour, marker=marker))
        self._chart.show(lines)
        self.rows = differences([entry.profile for entry in self._compared if entry.profile])
        self.table.show(self.rows if self._compared else [], 0)

    @property
    def _compared(self) -> list[Entry]:
        return [entry for entry in self._places if entry is not None]

    def _sign(self, entry: Entry) -> tuple[str, Colour]:
        place = self._places.index(entry)
        return MARKERS[place], COLOURS[place]

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places list and chart above, the table below."""
        theme, margin, gap = self.theme, self.theme.space(3), self.theme.space(2)
        inner = area.inflate(-2 * margin, -2 * margin)
        top = inner.top + theme.line(Size.TITLE) + theme.space()
        self.list.row_height, self.list.gap = theme.line() + theme.space(), theme.space(0.5)
        self.table.row_height, self.table.gap = theme.line(Size.SMALL) + theme.space(0.5), theme.space(0.25)
        upper = (inner.bottom - top) // 2
        width = inner.width * 2 // 5
        self.list.rect = pygame.Rect(inner.left, top, width, upper)
        self._chart.rect = pygame.Rect(inner.left + width + gap, top, inner.width - width - gap, upper)
        self._head = pygame.Rect(inner.left, top + upper + gap, inner.width, theme.line(Size.SMALL) + theme.space(0.75))
        self.table.rect = pygame.Rect(inner.left, self._head.bottom, inner.width, inner.bottom - self._head.bottom)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws title, chart, and the names above the table's columns."""
        theme, margin = self.theme, self.theme.space(3)
        accent = style.readable(self.info.accent, style.GROUND)
        title = f"Compare {self.info.title} agents"
        theme.text(surface, title, (margin, margin), Size.TITLE, accent, max_width=self.area.width - 2 * margin)
        self._chart.draw(surface, theme)
        if not self._compared:
            words = style.LOADING if self.loading else "Choose agents in the list."
            theme.paragraph(surface, words, self._head, Size.SMALL, style.MUTED)
            return
        theme.text(surface, "Differences", self._head.topleft, Size.SMALL, style.MUTED, max_width=self._label_room)
        for index, entry in enumerate(self._compared):
            marker, colour = self._sign(entry)
            left, size = self._column(index), theme.line(Size.SMALL) * 2 // 3
            draw_icon(surface, marker, (left + size // 2, self._head.top + theme.line(Size.SMALL) // 2), size, colour)
            room = self._column(index + 1) - left - size - theme.space(1.5)
            position = left + size + theme.space(0.5), self._head.top
            theme.text(surface, entry.name, position, Size.SMALL, style.TEXT, max_width=room)

    @property
    def _label_room(self) -> int:
        """Width of the table's first column."""
        theme = self.theme
        widest = max((theme.width(label, Size.SMALL) for label, _ in self.rows), default=0)
        return min(max(widest, theme.width("Differences", Size.SMALL)) + theme.space(2), self._head.width * 2 // 5)

    def _column(self, index: int) -> int:
        """Returns the left edge of an agent's column."""
        room = self._head.width - self._label_room - self.theme.space(2)
        return self._head.left + self._label_room + index * (room // max(2, len(self._compared)))

    def _draw_agent(self, surface: pygame.Surface, rect: pygame.Rect, entry: Entry, selected: bool) -> None:
        theme = self.theme
        theme.panel(surface, rect, style.RAISED if selected else style.PANEL)
        size = theme.line() * 2 // 3
        left = rect.left + theme.space()
        if entry in self._places:
            marker, colour = self._sign(entry)
            draw_icon(surface, marker, (left + size // 2, rect.centery), size, colour)
        left += size + theme.space()
        mean, right = entry_mean(entry), rect.right - theme.space()
        if mean is not None:
            right = theme.text(surface, number(mean), (right, rect.centery), Size.BODY, style.TEXT, "midright").left
        room = right - theme.space() - left
        theme.text(surface, entry.name, (left, rect.centery), Size.BODY, style.TEXT, "midleft", room)

    def _draw_difference(self, surface: pygame.Surface, rect: pygame.Rect, row: Row, selected: bool) -> None:
        theme, (label, values) = self.theme, row
        if selected and self.focus.current is self.table:
            theme.panel(surface, rect, style.PANEL)
        theme.text(surface, label, (rect.left, rect.centery), Size.SMALL, style.MUTED, "midleft", self._label_room)
        for index, value in enumerate(values):
            left = self._column(index)
            room = self._column(index + 1) - left - theme.space()
            theme.text(surface, value, (left, rect.centery), Size.SMALL, style.TEXT, "midleft", room)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        choose = "Remove" if self.list.selected in self._places else "Compare"
        return (
            *((Hint(Button.CONFIRM, choose),) if self.focus.current is self.list else ()),
            Hint(Button.NEXT, "Next"),
            Hint(Button.BACK, "Back"),
        )
