"""The high scores: the top ten of people and of agents for each game and level."""

from datetime import datetime

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint
from arcade.scenes.places import Play
from arcade.scenes.screen import Screen
from arcade.store.scores import Score
from arcade.ui import style
from arcade.ui.fields import Stepper
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change, Push
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.game import GameInfo
from games.registry import game_ids, info_of, make

_PLACES = 10


class ScoresScene(Screen):
    """The screen with the high scores of people and of agents side by side.

    Args:
        context: Shared by all scenes.
        game_id: The game shown first; None shows the first of the list.
        level: The level shown first; None shows the level last played, or the first.
    """

    def __init__(self, context: Context, game_id: str | None = None, level: str | None = None) -> None:
        super().__init__(context)
        guest = [game_id] if game_id and game_id not in game_ids() else []  # one of Gymnasium's environments
        self.infos = {each: info_of(each) for each in [*guest, *game_ids()]}
        first = game_id or next(iter(self.infos))
        self.game = Stepper(
            "", list(self.infos), first, text=lambda each: self.infos[each].title, on_change=self._choose_game
        )
        self.play = PushButton("Play", self._play, icon="play", main=True)
        self._choose_game(first, level)

    @property
    def info(self) -> GameInfo:
        """The game shown."""
        return self.infos[self.game.value]

    def _choose_game(self, game_id: str, level: str | None = None) -> None:
        levels = list(self.infos[game_id].levels)
        chosen = level or self.context.levels.get(game_id, self.infos[game_id].first_level)
        accent = self.infos[game_id].accent
        self.level = Stepper(
            "", levels, chosen if chosen in levels else levels[0], accent=accent, on_change=lambda _: self.enter()
        )
        self.game.accent = self.play.accent = accent
        steppers: list[Control] = [self.game, self.level] if len(levels) > 1 else [self.game]
        self.focus.set([*steppers, self.play])
        self.relayout()
        self.enter()

    def enter(self) -> None:
        """Reloads the scores."""
        scores = self.context.scores
        self.people = scores.top(self.info.id, self.level.value, count=_PLACES)
        self.agents = scores.top(self.info.id, self.level.value, is_agent=True, count=_PLACES)

    def _play(self) -> Change:
        game = make(self.info.id, **self.info.levels[self.level.value])
        return Push(Play(game))

    def layout(self, area: pygame.Rect) -> None:
        """Places the choices above, two tables below."""
        theme = self.theme
        margin, gap = theme.space(3), theme.space(3)
        height = theme.line() + theme.space(1.5)
        top = margin + theme.line(Size.TITLE) + theme.space(1)
        third, left = (area.width - 2 * margin - 2 * gap) // 3, margin
        steppers = [self.game, self.level] if self.level in self.focus.widgets else [self.game]
        for stepper in steppers:
            stepper.rect = pygame.Rect(left, top, max(third, stepper.width(theme) + theme.space()), height)
            left = stepper.rect.right + gap
        self.play.rect = pygame.Rect(left, top, min(third, area.width - margin - left), height)
        tables = pygame.Rect(margin, top + height + gap, area.width - 2 * margin, 0)
        tables.height = area.height - tables.top - theme.space(2)
        half = (tables.width - gap) // 2
        self._people = pygame.Rect(tables.left, tables.top, half, tables.height)
        self._agents = pygame.Rect(tables.right - half, tables.top, half, tables.height)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws title and tables."""
        theme = self.theme
        colour = style.readable(self.info.accent, style.GROUND)
        theme.text(surface, "High scores", (theme.space(3), theme.space(2)), Size.TITLE, colour)
        self._paint_table(
            surface,
            self._people,
            "People",
            "person",
            self.people,
            "No scores yet. Play, and your first score is a record.",
        )
        self._paint_table(
            surface,
            self._agents,
            "Agents",
            "agent",
            self.agents,
            "No scores yet. Watch an agent play, and its best scores appear here.",
        )

    def _paint_table(
        self,
        surface: pygame.Surface,
        rect: pygame.Rect,
        title: str,
        icon: str,
        scores: tuple[Score, ...],
        empty: str,
    ) -> None:
        theme, line = self.theme, self.theme.line()
        theme.panel(surface, rect)
        inner = rect.inflate(-theme.space(4), -theme.space(3))
        draw_icon(surface, icon, (inner.left + line // 3, inner.top + line // 2), line * 3 // 4, style.MUTED)
        theme.text(surface, title, (inner.left + line + theme.space(0.5), inner.top), Size.BODY, style.MUTED)
        theme.text(surface, self.info.score_name, inner.topright, Size.SMALL, style.MUTED, "topright")
        rows = pygame.Rect(inner.left, inner.top + line + theme.space(), inner.width, 0)
        rows.height = inner.bottom - rows.top
        if not scores:
            rows.inflate_ip(-theme.space(4), 0)
            rows.top = inner.top + inner.height // 3
            theme.paragraph(surface, empty, rows, Size.BODY, style.MUTED)
            return
        step = max(line, min(line + theme.space(2), rows.height // _PLACES))
        widest = max(theme.width(f"{score.score:,}") for score in scores)
        for place, score in enumerate(scores[: max(1, rows.height // step)]):
            row = pygame.Rect(rows.left, rows.top + place * step, rows.width, step)
            self._paint_row(surface, row, place + 1, score, widest)

    def _paint_row(self, surface: pygame.Surface, row: pygame.Rect, place: int, score: Score, widest: int) -> None:
        theme = self.theme
        ink = style.readable(self.info.accent) if place == 1 else style.TEXT
        number = theme.width("00", Size.BODY)
        theme.text(surface, str(place), (row.left + number, row.centery), Size.BODY, style.MUTED, "midright")
        theme.text(surface, f"{score.score:,}", row.midright, Size.BODY, ink, "midright")
        right = row.right - widest - theme.space(2)
        for marked, word, colour in ((score.assisted, "assisted", style.WARNING), (score.raced, "race", style.MUTED)):
            if marked:
                right = theme.text(surface, word, (right, row.centery), Size.SMALL, colour, "midright").left
                right -= theme.space(2)
        day = datetime.fromtimestamp(score.time).strftime("%d %b %Y").lstrip("0")
        left = row.left + number + theme.space(1.5)
        if right - left > theme.width(score.name) + theme.space(2) + theme.width(day, Size.SMALL):
            right = theme.text(surface, day, (right, row.centery), Size.SMALL, style.MUTED, "midright").left
            right -= theme.space(1)
        theme.text(surface, score.name, (left, row.centery), Size.BODY, ink, "midleft", right - left)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        change = (Hint(Button.RIGHT, "Change"),) if self.focus.current is not self.play else ()
        return (Hint(Button.CONFIRM, "Choose"), *change, Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Back"))
