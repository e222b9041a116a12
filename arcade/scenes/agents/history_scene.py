"""The history of an agent: a slider through the snapshots of its training, and the chosen snapshot at play."""

from collections.abc import Sequence

import numpy as np
import pygame

from agents.errors import StorageError
from agents.storage.library import Entry
from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Pointer, Press
from arcade.rounds.showcase import Showcase
from arcade.scenes.places import Play
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.charts import Line, LineChart
from arcade.ui.numbers import number, short_number
from arcade.ui.scene import Change, Push
from arcade.ui.slider import Slider
from arcade.ui.style import Size
from arcade.ui.widgets import PushButton
from games.game import GameInfo
from games.registry import info_of

TOUR_SECONDS = 4.0
"""Time for each snapshot when all are played through."""


class HistoryScene(Screen):
    """The screen with all snapshots of an agent, from the earliest to the saved agent.

    Args:
        context: Shared by all scenes.
        entry: The agent.

    Raises:
        ValueError: Its game is not installed.
    """

    def __init__(self, context: Context, entry: Entry) -> None:
        super().__init__(context)
        if entry.profile is None:
            raise ValueError(entry.problem)
        self.entry, self.profile = entry, entry.profile
        self.info: GameInfo = info_of(entry.profile.game_id)
        self.selves: tuple[Profile, ...] = ()  # the snapshots, oldest first, then the saved agent
        self.loading = True
        self.showcase: Showcase | None = None
        self._tour: float | None = None  # seconds that this snapshot has been shown; None unless playing through
        self._picture = pygame.Rect(0, 0, 0, 0)
        self._chart = LineChart("Mean score by frames", empty="No curve was saved")
        accent = self.info.accent
        self.slider = Slider(self._move, accent)
        self.tour = PushButton("Play through", self._toggle_tour, icon="play", accent=accent)
        self.watch = PushButton("Watch it play", self._watch, icon="agent", accent=accent)
        self.focus.set([])
        self.in_background(self._load, self._show)

    def _load(self) -> tuple[tuple[Profile, ...], str]:
        """Returns the readable snapshots and the saved agent, and the problem of the others, "" for none."""
        library, now = self.context.library, None
        try:
            now = library.load(self.entry).profile
            return (*library.earlier_selves(self.entry), *([now] if now else [])), ""
        except StorageError as error:
            return (now,) if now else (), str(error)

    def _show(self, loaded: tuple[tuple[Profile, ...], str]) -> None:
        selves, problem = loaded
        if problem:
            self.context.notice(problem)
        self.selves, self.loading = selves, False
        if len(selves) > 1:
            start = selves[0].frames
            whole = max(1, selves[-1].frames - start)
            parts = [min(1.0, (each.frames - start) / whole) for each in selves]
            ends = f"{short_number(start)} frames" if start else "untrained", "saved agent"
            self.slider.show(parts, ends, len(selves) - 1)
            self.focus.set([self.slider, self.tour, self.watch], self.slider)
        self._choose()
        self.relayout()

    @property
    def chosen(self) -> Profile | None:
        """The snapshot that the slider points at."""
        return self.selves[self.slider.index] if self.selves else None

    def _move(self, index: int) -> None:
        self._tour = None
        self._choose()

    def _choose(self) -> None:
        """Lets the chosen snapshot play, and marks its place on the curve."""
        chosen = self.chosen
        if chosen is None:
            return
        try:
            self.showcase = Showcase(chosen.game(), chosen, self.context.begin_game)
        except StorageError as error:
            self.context.notice(str(error))
        points = np.array(self.profile.curve, np.float64).reshape(-1, 2)
        points[:, 0] += self.selves[0].frames if len(self.selves) > 1 else 0  # curves count the frames of the last run
        self._chart.show([Line(points, self.info.accent)], cursor=float(chosen.frames))
        self._chart.value = "" if not len(points) else short_number(float(points[-1, 1]))

    def _toggle_tour(self) -> None:
        if self._tour is not None:
            self._tour = None
        else:
            if self.slider.index == len(self.selves) - 1:
                self._go_to(0)
            self._tour = 0.0

    def _go_to(self, index: int) -> None:
        self.slider.index = index
        self._choose()

    def _watch(self) -> Change | None:
        chosen = self.chosen
        try:
            return Push(Play(chosen.game(), chosen)) if chosen else None
        except StorageError as error:
            self.context.notice(str(error))
            return None

    def handle(self, event: Input) -> Change | None:
        """Handles the key that plays through; a slider that is being dragged gets all mouse input."""
        if isinstance(event, Pointer) and self.slider.held:
            self.slider.handle(event)
            return None
        if event == Press(Button.PAUSE) and len(self.selves) > 1:
            self._toggle_tour()
            return None
        return super().handle(event)

    def update(self, seconds: float) -> Change | None:
        """Lets the chosen snapshot play on; moves to the next one in time while playing through."""
        self.tour.label, self.tour.icon = ("Stop here", "pause") if self._tour is not None else ("Play through", "play")
        if self._tour is not None:
            self._tour += seconds
            if self._tour >= TOUR_SECONDS:
                self._advance_tour()
        if self.showcase is not None and self._picture.width:
            self.showcase.update(seconds)
            self.showcase.render(self.showcase.picture(self._picture).size)
        return None

    def _advance_tour(self) -> None:
        if self.slider.index + 1 < len(self.selves):
            self._go_to(self.slider.index + 1)
            self._tour = 0.0
        else:
            self._tour = None

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places the picture at the left, the curve at the right, slider and buttons below."""
        theme, margin = self.theme, self.theme.space(3)
        inner = area.inflate(-2 * margin, -2 * margin)
        height = theme.line() + theme.space(1.75)
        gap, half = theme.space(2), (inner.width - theme.space(2)) // 2
        for index, button in enumerate((self.tour, self.watch)):
            width = min(half, button.width(theme) + theme.space(2))
            left = inner.left if index == 0 else inner.right - width
            button.rect = pygame.Rect(left, inner.bottom - height, width, height)
        self.slider.rect = pygame.Rect(inner.left, 0, inner.width, self.slider.height(theme))
        self.slider.rect.bottom = inner.bottom - height - gap
        self._words = pygame.Rect(inner.left, 0, inner.width, 2 * theme.line(Size.SMALL))
        self._words.bottom = self.slider.rect.top - theme.space()
        top = inner.top + theme.line(Size.TITLE) + theme.space()
        self._picture = pygame.Rect(inner.left, top, half, self._words.top - gap // 2 - top)
        self._chart.rect = pygame.Rect(inner.right - half, top, half, self._picture.height)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Redraws the game only; nothing else moves."""
        if self.showcase is None or super().redraw(surface) is None:
            return None
        return self.showcase.redraw(surface, self._picture)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws title, game and curve, and a line about the chosen snapshot."""
        theme, margin = self.theme, self.theme.space(3)
        accent = style.readable(self.info.accent, style.GROUND)
        title = f"How {self.entry.name} learnt"
        theme.text(surface, title, (margin, margin), Size.TITLE, accent, max_width=self.area.width - 2 * margin)
        if len(self.selves) < 2:
            self._paint_empty(surface)
            return
        if self.showcase is not None:
            self.showcase.draw(surface, theme, self._picture)
        self._chart.draw(surface, theme)
        theme.paragraph(surface, self._describe(), self._words, Size.SMALL, style.TEXT)

    def _describe(self) -> str:
        chosen = self.chosen
        if chosen is None:
            return ""
        place, count = self.slider.index + 1, len(self.selves)
        if place == count:
            return f"{place} of {count}: the saved agent, after {chosen.frames:,} frames."
        told = f"{self.info.scored(number(chosen.curve[-1][1]))} on average" if chosen.curve else "untrained"
        return f"{place} of {count}: after {chosen.frames:,} frames, {told}."

    def _paint_empty(self, surface: pygame.Surface) -> None:
        room = pygame.Rect(self._picture.left, self._picture.top, self.area.width - 2 * self._picture.left, 0)
        room.height = 4 * self.theme.line()
        words = "There are no snapshots of this agent. New runs save them: train an agent, or train this one further."
        if self.loading:
            words = style.LOADING
        self.theme.paragraph(surface, words, room, Size.BODY, style.MUTED)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        if len(self.selves) < 2:
            return (Hint(Button.BACK, "Back"),)
        tour = Hint(Button.PAUSE, "Play through" if self._tour is None else "Stop here")
        if self.focus.current is self.slider:
            return (Hint(Button.LEFT, "Earlier"), Hint(Button.RIGHT, "Later"), tour, Hint(Button.BACK, "Back"))
        return (Hint(Button.CONFIRM, "Choose"), tour, Hint(Button.BACK, "Back"))
