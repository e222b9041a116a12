"""The page of a game: its rules, the best scores, and the way to play it, train agents and watch them."""

from collections.abc import Sequence

import pygame

from agents.storage.library import Entry
from arcade.context import Context
from arcade.input.controls import Button, Hint
from arcade.rounds.showcase import Showcase, check_player
from arcade.scenes.places import LABS, Agents, Play, RaceSetup, Scores, TrainSetup
from arcade.scenes.screen import Screen
from arcade.store.records import NO_AGENT, Records, best_entry, records_of, version_of
from arcade.ui import style
from arcade.ui.fields import Stepper
from arcade.ui.numbers import number
from arcade.ui.scene import Change, Push
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.game import Game
from games.registry import make


class GamePageScene(Screen):
    """The page of one game.

    Args:
        context: Shared by all scenes.
        game_id: The game.

    Raises:
        ValueError: There is no such game.
    """

    def __init__(self, context: Context, game_id: str) -> None:
        super().__init__(context)
        self.game: Game = make(game_id)
        self.info = self.game.info
        self.showcase = Showcase(self.game, background=context.begin_game)
        self.records = Records(loading=True)
        self._entries: tuple[Entry, ...] | None = None  # agents of the game when last listed
        self._make_widgets()

    def _make_widgets(self) -> None:
        game_id, accent = self.info.id, self.info.accent
        levels = list(self.info.levels)
        self.play = PushButton("Play", self._play, icon="play", accent=accent, main=True)
        self.level = Stepper("Level", levels, self._level(), accent=accent, on_change=self._choose_level)
        self.race = PushButton("Race", lambda: Push(RaceSetup(game_id)), icon="race", accent=accent)
        self.train = PushButton("Train", lambda: Push(TrainSetup(game_id)), icon="curve", accent=accent)
        self.watch = PushButton("Watch", self._watch, icon="agent", accent=accent, enabled=False)
        self.agents = PushButton("Agents", lambda: Push(Agents(game_id)), icon="list", accent=accent)
        self.scores = PushButton("Scores", lambda: Push(Scores(game_id, self._level())), icon="star", accent=accent)
        self.play.detail = "Start a round"
        self.race.detail = "Beat an agent"
        self.train.detail = "Teach an agent"
        self.watch.detail = style.LOADING
        self.scores.detail = "The top ten"
        lab = LABS.get(game_id)
        self.lab = PushButton("Lab", lambda: Push(lab) if lab else None, icon="dot", accent=accent)
        self.lab.detail = "Compare ways to learn"
        level: list[Control] = [self.level] if len(levels) > 1 else []
        laboratory: list[Control] = [self.lab] if lab else []
        above = [self.play, self.race, *level, *laboratory]
        self.focus.set([*above, self.train, self.watch, self.agents, self.scores], self.play)
        self._tell_records(self._entries)

    def enter(self) -> None:
        """Reloads records and agents, which may have changed."""
        super().enter()
        self._tell_records(self._entries)
        self.in_background(lambda: self.context.library.entries(self.info.id), self._take_entries)

    def _take_entries(self, entries: tuple[Entry, ...]) -> None:
        self._tell_records(entries)
        best = best_entry(self.info.id, entries)
        if best is None or version_of(best.profile) != version_of(self.showcase.agent):
            self.in_background(self._find_best, self._take_best)

    def _find_best(self) -> Entry | None:
        return self.context.library.best(self.info.id, check_player)

    def _level(self) -> str:
        return self.context.levels.get(self.info.id, self.info.first_level)

    def _choose_level(self, level: str) -> None:
        self.context.levels[self.info.id] = level

    def _tell_records(self, entries: tuple[Entry, ...] | None) -> None:
        self._entries = entries
        self.records = records_of(self.info.id, self.context.scores, entries)
        count = self.records.agents
        self.agents.detail = "None yet" if not count else "1 agent" if count == 1 else f"{count} agents"
        if self.records.loading:
            self.agents.detail = style.LOADING
        self.relayout()

    def _take_best(self, entry: Entry | None) -> None:
        best = entry.profile if entry else None
        self.showcase = Showcase(best.game() if best else self.game, best, self.context.begin_game)
        self.watch.enabled = best is not None
        self.watch.detail = best.name if best else NO_AGENT
        self.relayout()

    def _play(self) -> Change:
        return Push(Play(make(self.info.id, **self.info.levels[self._level()])))

    def _watch(self) -> Change | None:
        agent = self.showcase.agent
        return Push(Play(agent.game(), agent)) if agent else None

    def update(self, seconds: float) -> None:
        """Lets the game play on."""
        self.showcase.update(seconds)
        if self.area.height:
            self.showcase.render(self.showcase.picture(self._picture).size)

    def layout(self, area: pygame.Rect) -> None:
        """Places the game at the left, text and buttons at the right."""
        theme = self.theme
        margin, gap = theme.space(3), theme.space(1.5)
        inner = area.inflate(-2 * margin, -2 * margin)
        width = round(min(inner.width * 0.45 / theme.text_scale**0.5, inner.height))  # larger text needs the room
        caption = len(self._caption_lines(width)) * theme.line(Size.SMALL) + theme.space()
        self._picture = pygame.Rect(inner.left, inner.top, width, inner.height - caption)
        self._column = pygame.Rect(inner.left + width + margin, inner.top, inner.width - width - margin, inner.height)
        half = (self._column.width - gap) // 2
        tall = self.train.height(theme)
        bottom = self._column.bottom
        for left, right in ((self.agents, self.scores), (self.train, self.watch)):
            left.rect = pygame.Rect(self._column.left, bottom - tall, half, tall)
            right.rect = pygame.Rect(self._column.right - half, bottom - tall, half, tall)
            bottom -= tall + gap
        if self.lab in self.focus.widgets:
            self.lab.rect = pygame.Rect(self._column.left, bottom - tall, self._column.width, tall)
            bottom -= tall + gap
        if self.level in self.focus.widgets:
            height = theme.line() + theme.space(1.5)
            self.level.rect = pygame.Rect(self._column.left, bottom - height, self._column.width, height)
            bottom -= height + gap
        self.play.rect = pygame.Rect(self._column.left, bottom - tall, half, tall)
        self.race.rect = pygame.Rect(self._column.right - half, bottom - tall, half, tall)
        self._words = pygame.Rect(self._column.topleft, (self._column.width, self.play.rect.top - gap - inner.top))

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Redraws the game only; nothing else moves."""
        return None if super().redraw(surface) is None else self.showcase.redraw(surface, self._picture)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the game, its name, its rules, the records and the player's name."""
        theme = self.theme
        self.showcase.draw(surface, theme, self._picture)
        title_colour = style.readable(self.info.accent, style.GROUND)
        left, top, width, _ = self._words
        theme.text(surface, self.info.title, (left, top), Size.TITLE, title_colour, max_width=width)
        y = top + theme.line(Size.TITLE) + theme.space(0.5)
        tiles = self._tiles_height()
        size = self._rules_size(self._words.bottom - y)
        for rule in self.info.rules:
            room = pygame.Rect(left, y, width, self._words.bottom - y)
            if room.height < len(theme.wrap(rule, size, width)) * theme.line(size):
                break
            y = theme.paragraph(surface, rule, room, size, style.TEXT) + theme.space(0.5)
        y += theme.space(1.5)
        if self._words.bottom - y > tiles:
            self._paint_records(surface, pygame.Rect(left, y, width, tiles))
        self._paint_caption(surface)

    def _rules_size(self, height: int) -> Size:
        """Returns the text size of the rules: small if they would not fit otherwise."""
        theme = self.theme
        lines = sum(len(theme.wrap(rule, Size.BODY, self._words.width)) for rule in self.info.rules)
        return Size.BODY if lines * theme.line() + theme.space(1.5) <= height else Size.SMALL

    def _tiles_height(self) -> int:
        return self.theme.line(Size.TITLE) + 2 * self.theme.line(Size.SMALL) + self.theme.space(3)

    def _paint_records(self, surface: pygame.Surface, rect: pygame.Rect) -> None:
        """Draws the person's best score and the best agent's mean side by side."""
        records, half = self.records, (rect.width - self.theme.space(1.5)) // 2
        own = "-" if records.own is None else number(records.own)
        below = "not played yet" if records.own is None else self.info.score_noun(own)
        self._paint_tile(surface, pygame.Rect(rect.left, rect.top, half, rect.height), "Your best", own, below)
        mean = "-" if records.mean is None else number(records.mean * self.info.play.episodes)
        below = "none trained yet" if records.mean is None else f"{self.info.score_noun(mean)} on average"
        below = style.LOADING if records.loading else below
        self._paint_tile(
            surface, pygame.Rect(rect.right - half, rect.top, half, rect.height), "Best agent", mean, below
        )

    def _paint_tile(self, surface: pygame.Surface, rect: pygame.Rect, title: str, value: str, below: str) -> None:
        theme = self.theme
        theme.panel(surface, rect)
        left, y, room = rect.left + theme.space(2), rect.top + theme.space(1.5), rect.width - theme.space(3)
        theme.text(surface, title, (left, y), Size.SMALL, style.MUTED, max_width=room)
        y += theme.line(Size.SMALL)
        theme.text(surface, value, (left, y), Size.TITLE, style.TEXT, max_width=room)
        y += theme.line(Size.TITLE)
        theme.text(surface, below, (left, y), Size.SMALL, style.MUTED, max_width=room)

    def _paint_caption(self, surface: pygame.Surface) -> None:
        if self.showcase.trouble or self.showcase.problem:
            return  # the game has ended with an error
        y = self.showcase.picture(self._picture).bottom + self.theme.space()
        for line in self._caption_lines(self._picture.width):
            self.theme.text(surface, line, (self._picture.centerx, y), Size.SMALL, style.MUTED, "midtop")
            y += self.theme.line(Size.SMALL)

    def _caption_lines(self, width: int) -> tuple[str, ...]:
        agent, records = self.showcase.agent, self.records
        may_appear = records.loading or records.mean is not None
        told = "Random moves" if may_appear else "Random moves, no agent yet"
        return self.theme.wrap(f"{agent.name} is playing" if agent else told, Size.SMALL, width)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        level = (Hint(Button.RIGHT, "Change"),) if self.focus.current is self.level else ()
        return (Hint(Button.CONFIRM, "Choose"), *level, Hint(Button.BACK, "Back"))
