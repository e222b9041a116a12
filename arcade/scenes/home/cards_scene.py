"""The base of screens with a grid of game cards and a menu: home, and the Gymnasium games."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pygame

from agents.storage.library import Entry
from arcade.context import Context
from arcade.input.controls import Input, Pointer, Press
from arcade.rounds.showcase import Showcase, check_player
from arcade.scenes.places import GamePage
from arcade.scenes.screen import Screen
from arcade.store.records import NO_AGENT, Records, best_entry, of_game, records_of, version_of
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.scene import Change, Push
from arcade.ui.style import Size, Theme
from arcade.ui.widgets import CHOOSE, Control, OnPress, PushButton, Scroll
from games.game import Game
from games.registry import make

_RENDER_SECONDS = 0.002
"""Drawing time per frame; games that do not fit in are drawn in the next frames."""


class GameCard(Control):
    """A card with a running game, its name and its records.

    Args:
        showcase: The running game.
        command: Called when the card is chosen.
    """

    def __init__(self, showcase: Showcase, command: OnPress) -> None:
        super().__init__()
        self.info = showcase.game.info
        self.showcase = showcase
        self.records = Records(loading=True)
        self._command = command

    def handle(self, event: Input) -> Change | None:
        """Opens the game's page after Enter, Space or a click."""
        chosen = event in CHOOSE or (isinstance(event, Pointer) and event.pressed == 1)
        return self._command() if chosen else None

    def picture_rect(self, theme: Theme) -> pygame.Rect:
        """Returns the part of the card that shows the game."""
        inner = self.rect.inflate(-theme.space(2), -theme.space(2))
        inner.height = max(theme.space(2), self.rect.height - text_height(theme))
        return inner

    def lines(self) -> tuple[str, str]:
        """Returns the records in words: the person's, then the best agent's."""
        return self.records.own_words(self.info), self.records.agent_words(self.info)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draws the card."""
        theme.panel(surface, self.rect, style.RAISED if focused else style.PANEL)
        picture = self.picture_rect(theme)
        self.showcase.draw(surface, theme, picture)
        left, y = picture.left + theme.space(0.5), picture.bottom + theme.space(1)
        room = picture.width - theme.space(1)
        colour = style.readable(self.info.accent, style.RAISED)
        theme.text(surface, self.info.title, (left, y), Size.BODY, colour, max_width=room)
        y += theme.line() + theme.space(0.5)
        for name, words in zip(("person", "agent"), self.lines(), strict=True):
            line = theme.line(Size.SMALL)
            draw_icon(surface, name, (left + line * 2 // 5, y + line // 2), line * 4 // 5, style.MUTED)
            indent = line + theme.space(0.5)
            theme.text(surface, words, (left + indent, y), Size.SMALL, style.MUTED, max_width=room - indent)
            y += line + theme.space(0.25)
        if focused:
            theme.ring(surface, self.rect, style.readable(self.info.accent, style.GROUND))


def text_height(theme: Theme) -> int:
    """Returns the height of a card's text and margins."""
    return theme.line() + 2 * theme.line(Size.SMALL) + theme.space(4.5)


class CardsScene(Screen):
    """A grid of game cards that lead to the games' pages.

    Args:
        context: Shared by all scenes.
        games: The first games; `add_game` adds others.
        title: The screen's title.
        words: A subtitle.
        menu: Buttons for the last cell of the grid.
    """

    def __init__(self, context: Context, games: Sequence[Game], title: str, words: str, menu: list[PushButton]) -> None:
        super().__init__(context)
        self.title, self.words, self.menu = title, words, menu
        self.cards = [self._card(game) for game in games]
        self._entries: dict[str, tuple[Entry, ...]] | None = None  # agents of each game when last listed
        self._next = 0  # index of the card to redraw next
        self._fresh: list[GameCard] = []  # cards whose games were redrawn in this frame
        self._scroll = Scroll()
        self.focus.set([*self.cards, *self.menu])

    def _card(self, game: Game) -> GameCard:
        page = GamePage(game.info.id)
        return GameCard(Showcase(game, background=self.context.begin_game), lambda: Push(page))

    def add_game(self, game: Game) -> None:
        """Adds a card."""
        self.cards.append(self._card(game))
        self.focus.set([*self.cards, *self.menu])
        self._show_records(self._entries)
        if self._entries is not None:
            self._take_entries(self._entries)

    def enter(self) -> None:
        """Reloads records and agents, which may have changed."""
        super().enter()
        self._show_records(self._entries)
        self.in_background(self._list, self._take_entries)

    def _list(self) -> dict[str, tuple[Entry, ...]]:
        """Returns all agents by game, including games whose cards have not been added yet."""
        entries = self.context.library.entries()
        games = {entry.profile.game_id for entry in entries if entry.profile}
        return {game_id: of_game(game_id, entries) for game_id in games}

    def _take_entries(self, entries: dict[str, tuple[Entry, ...]]) -> None:
        self._show_records(entries)
        for card in self.cards:
            of_its_game = entries.get(card.info.id, ())
            best = best_entry(card.info.id, of_its_game)
            if version_of(best.profile if best else None) != version_of(card.showcase.agent):
                self._look_for_agent(card, of_its_game)

    def _show_records(self, entries: dict[str, tuple[Entry, ...]] | None) -> None:
        self._entries = entries
        for card in self.cards:
            of_its_game = None if entries is None else entries.get(card.info.id, ())
            card.records = records_of(card.info.id, self.context.scores, of_its_game)
        self.relayout()

    def _look_for_agent(self, card: GameCard, entries: tuple[Entry, ...]) -> None:
        def done(best: Entry | None) -> None:
            agent = best.profile if best else None
            game = agent.game() if agent else make(card.info.id)
            card.showcase = Showcase(game, agent, self.context.begin_game)

        self.in_background(lambda: self.context.library.best(card.info.id, check_player, entries), done)

    def handle(self, event: Input) -> Change | None:
        """Scrolls with the wheel; passes other input to the cards."""
        if isinstance(event, Pointer) and event.wheel and self._scroll.move(-event.wheel * self.theme.space(8)):
            self.relayout()
            return None
        change = self.focus.handle(event)
        if isinstance(event, Press) and self.focus.current and self._scroll.reveal(self.focus.current.rect):
            self.relayout()
        return change

    def update(self, seconds: float) -> Change | None:
        """Lets all games play on."""
        for card in self.cards:
            card.showcase.update(seconds)
        if self.area.height:
            self._render_cards()
        return None

    def _render_cards(self) -> None:
        """Redraws as many games as there is time for."""
        self._fresh = []
        end = time.perf_counter() + _RENDER_SECONDS
        for _ in self.cards:
            card = self.cards[self._next % len(self.cards)]
            self._next += 1
            if card.rect.colliderect(self.area):
                card.showcase.render(card.showcase.picture(card.picture_rect(self.theme)).size)
                self._fresh.append(card)
            if time.perf_counter() > end:
                break

    def layout(self, area: pygame.Rect) -> None:
        """Places the cards in a grid whose last cell holds the menu."""
        theme, gap = self.theme, self.theme.space(2)
        head = theme.line(Size.TITLE) + theme.space(3)
        room = pygame.Rect(gap, head, area.width - 2 * gap, area.height - head - gap)
        count = len(self.cards) + 1
        columns = best_columns(count, room.size, gap, text_height(theme), self._text_width())
        rows = -(-count // columns)
        width = (room.width - gap * (columns - 1)) // columns
        height = max((room.height - gap * (rows - 1)) // rows, text_height(theme) + theme.space(8))
        self._scroll.view, self._scroll.length = room, rows * (height + gap) - gap
        self._scroll.move(0)
        cells = [
            pygame.Rect(
                room.left + index % columns * (width + gap),
                room.top + index // columns * (height + gap) - self._scroll.offset,
                width,
                height,
            )
            for index in range(count)
        ]
        for card, cell in zip(self.cards, cells, strict=False):
            card.rect = cell
        self._lay_out_menu(cells[-1])

    def _text_width(self) -> int:
        """Returns the width of the narrowest card that shows its text whole."""
        theme = self.theme
        words = [text for card in self.cards for text in card.lines()]
        if any(card.records.loading for card in self.cards):  # the cards must not move when loading ends
            words.append(NO_AGENT)
        widest = max((theme.width(text, Size.SMALL) for text in words), default=0)
        return widest + theme.line(Size.SMALL) + theme.space(3.5)

    def _lay_out_menu(self, cell: pygame.Rect) -> None:
        gap = self.theme.space(1.5)
        height = min((cell.height - gap * (len(self.menu) - 1)) // len(self.menu), self.theme.space(12))
        for index, button in enumerate(self.menu):
            button.rect = pygame.Rect(cell.left, cell.top + index * (height + gap), cell.width, height)

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the title, then the cards, clipped to the area below it."""
        self.arrange(surface.get_size())
        self.paint(surface)
        with self._clipped(surface):
            self.focus.draw(surface, self.theme)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Redraws the games on the cards; nothing else moves."""
        if super().redraw(surface) is None:
            return None
        with self._clipped(surface):
            return [
                rect for card in self._fresh for rect in card.showcase.redraw(surface, card.picture_rect(self.theme))
            ]

    @contextmanager
    def _clipped(self, surface: pygame.Surface) -> Iterator[None]:
        """Clips drawing to the area that scrolls."""
        clip, margin = surface.get_clip(), self.theme.space()
        surface.set_clip(self._scroll.view.inflate(2 * margin, 2 * margin))
        yield
        surface.set_clip(clip)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws title, subtitle and scroll bar."""
        theme = self.theme
        shown = theme.text(surface, self.title, (theme.space(2), theme.space(1.5)), Size.TITLE)
        left = shown.right + theme.space(3)
        room = surface.get_width() - left - theme.space(2)
        if theme.width(self.words) > room:
            return self._scroll.draw(surface, theme)
        baseline = shown.bottom - theme.line(Size.SMALL) // 4
        theme.text(surface, self.words, (left, baseline), Size.BODY, style.MUTED, "bottomleft", room)
        self._scroll.draw(surface, theme)


def best_columns(count: int, size: tuple[int, int], gap: int, text: int, narrowest: int = 0) -> int:
    """Returns the number of columns that gives `count` cards the largest pictures.

    Args:
        count: Number of cards.
        size: Width and height of the grid.
        gap: Pixels between two cards.
        text: Height of the text below a picture.
        narrowest: Least width of a card; a single column may be narrower.
    """

    def side(columns: int) -> int:
        rows = -(-count // columns)
        width = (size[0] - gap * (columns - 1)) // columns
        height = (size[1] - gap * (rows - 1)) // rows
        return min(width, height - text)

    most = max(1, min(count, (size[0] + gap) // (narrowest + gap)))
    return max(range(1, most + 1), key=side)
