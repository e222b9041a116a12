"""The card of an agent: a game that it plays, its scorecard, its learning curve and its settings."""

from collections.abc import Sequence

import numpy as np
import pygame

from agents.config import Config
from agents.errors import StorageError
from agents.storage.library import Entry
from agents.storage.profile import Profile
from arcade.context import Context
from arcade.rounds.showcase import Showcase
from arcade.ui import style
from arcade.ui.charts import Line, LineChart
from arcade.ui.column import Column
from arcade.ui.numbers import duration, number, short_number
from arcade.ui.style import Size
from games.game import GameInfo
from games.settings import settings_of


class AgentCard:
    """A panel, `rect`, that shows one agent.

    Args:
        context: Shared by all scenes.
    """

    def __init__(self, context: Context) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.entry: Entry | None = None
        self._context, self._theme = context, context.theme
        self._info: GameInfo | None = None
        self._showcase: Showcase | None = None
        self._problem = ""  # reason why the agent does not play
        self._picture = pygame.Rect(0, 0, 0, 0)
        self._chart = LineChart("Mean score by frames", empty="No curve was saved", ground=style.PANEL)

    def show(self, entry: Entry, info: GameInfo | None) -> None:
        """Shows another agent, which begins to play as soon as it is loaded."""
        if entry == self.entry:
            return
        self.entry, self._info, self._showcase, self._problem = entry, info, None, ""
        profile = entry.profile
        points = np.array(profile.curve if profile else (), np.float64).reshape(-1, 2)
        accent = info.accent if info else style.ACCENT
        self._chart.show([Line(points, accent)])
        self._chart.value = short_number(float(points[-1, 1])) if len(points) else ""
        if profile is not None and info is not None:
            self._context.background(lambda: self._loaded(entry), self._play)

    def clear(self) -> None:
        """Shows no agent."""
        self.entry = self._showcase = None

    def _loaded(self, entry: Entry) -> tuple[Entry, Profile | str]:
        """Returns the entry, and its agent with weights or the reason why it cannot play."""
        try:
            return entry, self._context.library.load(entry).profile or ""
        except StorageError as error:
            return entry, str(error)

    def _play(self, loaded: tuple[Entry, Profile | str]) -> None:
        entry, player = loaded
        if entry is not self.entry:
            return
        if isinstance(player, str):
            self._problem = player
            return
        try:
            self._showcase = Showcase(player.game(), player, self._context.begin_game)
        except StorageError as error:
            self._problem = str(error)

    def update(self, seconds: float) -> None:
        """Lets the agent play on."""
        if self._showcase is not None and self._picture.width:
            self._showcase.update(seconds)
            self._showcase.render(self._showcase.picture(self._picture).size)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect]:
        """Redraws the agent's game in its place; returns the changed rectangles."""
        return self._showcase.redraw(surface, self._picture) if self._showcase and self._picture.width else ()

    def draw(self, surface: pygame.Surface) -> None:
        """Draws as much as fits."""
        theme = self._theme
        theme.panel(surface, self.rect)
        if self.entry is None:
            return
        inner = self.rect.inflate(-theme.space(3), -theme.space(3))
        if self.entry.profile is None or self._info is None:
            self._draw_problem(surface, inner)
            return
        half = (inner.width - theme.space(2)) // 2
        if half < theme.width("Mean with 1% random moves 000.0", Size.SMALL):  # large text: facts below the picture
            self._picture = pygame.Rect(inner.topleft, (inner.width, inner.height * 2 // 5))
            facts = inner.copy()
            facts.top, facts.height = self._picture.bottom + theme.space(), inner.height * 3 // 5 - theme.space()
            self._draw_picture(surface)
            self._draw_facts(surface, facts)
            return
        top = min(half, inner.height * 3 // 5)
        self._picture = pygame.Rect(inner.left, inner.top, half, top)
        self._draw_picture(surface)
        self._draw_facts(surface, pygame.Rect(inner.right - half, inner.top, half, inner.height))
        below = pygame.Rect(inner.left, inner.top + top + theme.space(1.5), half, 0)
        below.height = inner.bottom - below.top
        if below.height > theme.line(Size.SMALL) * 4:
            self._chart.rect = below
            self._chart.draw(surface, theme)

    def _draw_picture(self, surface: pygame.Surface) -> None:
        self._theme.panel(surface, self._picture, style.BAR)
        if self._showcase is not None:
            self._showcase.draw(surface, self._theme, self._picture)
        elif self._problem:
            words = self._picture.inflate(-self._theme.space(2), -self._theme.space(2))
            self._theme.paragraph(surface, self._problem, words, Size.SMALL, style.WARNING)

    def _draw_problem(self, surface: pygame.Surface, inner: pygame.Rect) -> None:
        assert self.entry is not None
        words = self.entry.problem
        if self.entry.profile is not None:
            words = f"The game {self.entry.profile.game_id} is not installed, so this agent cannot play here."
        self._theme.paragraph(surface, words, inner, Size.BODY, style.WARNING)

    def _draw_facts(self, surface: pygame.Surface, rect: pygame.Rect) -> None:
        assert self.entry is not None
        assert self.entry.profile is not None
        assert self._info is not None
        profile, column = self.entry.profile, Column(surface, self._theme, rect)
        column.text(self.entry.name, Size.BODY, style.readable(self._info.accent))
        if self.entry.problem:
            column.paragraph(self.entry.problem, Size.SMALL, style.WARNING)
        for label, value in (*_scorecard(profile, self._info), *_training(profile)):
            self._draw_pair(column, label, value)
        column.skip(self._theme.space(1.5))
        column.text("Settings", Size.BODY, style.TEXT)
        for label, value in _settings(profile):
            self._draw_pair(column, label, value)

    def _draw_pair(self, column: Column, label: str, value: str) -> None:
        column.skip(self._theme.space(0.5))
        column.pair(label, value, size=Size.SMALL)


def _scorecard(profile: Profile, info: GameInfo) -> list[tuple[str, str]]:
    card = profile.scorecard
    if not card:
        return [("Scorecard", "not tested yet")]
    lines = [
        (f"Mean {info.score_name}", f"{number(card['mean'])} ± {number(card.get('ci95', 0))}"),
        ("Min, median, max", f"{number(card['min'])}, {number(card['median'])}, {number(card['max'])}"),
    ]
    if "mean_epsilon" in card:
        lines.append(("Mean with 1% random moves", number(card["mean_epsilon"])))
    return [*lines, ("Test games", f"{card['episodes']:,}")]


def _training(profile: Profile) -> list[tuple[str, str]]:
    return [
        ("Sees", profile.observation),
        ("Trained for", f"{short_number(profile.frames)} frames, {duration(profile.seconds)}"),
    ]


def _settings(profile: Profile) -> list[tuple[str, str]]:
    """Returns preset, game settings, network, and the settings that differ from their defaults."""
    lines = [("Preset", profile.preset)] if profile.preset else []
    lines += [(name.capitalize(), str(value)) for name, value in profile.game_settings.items()]
    usual = Config()
    for name, setting in settings_of(Config).items():
        value = getattr(profile.config, name)
        if name == "hidden" or value != getattr(usual, name):
            text = f"{value:,}" if setting.type is int and not setting.many else setting.format(value)
            lines.append((name.replace("_", " ").capitalize(), text))
    return lines
