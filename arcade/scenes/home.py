"""Home: a card per game, each playing by itself, and the way to everything else."""

import time
from collections.abc import Callable

import pygame

from agents.library import Entry
from arcade import theme as look
from arcade import ways
from arcade.context import Context
from arcade.controls import Button, Hint, Input, Point, Press
from arcade.cut_off import CutOff, ask_to_go_on, find_cut_off
from arcade.icons import draw_icon
from arcade.records import Records, best_entry, records_of, version_of
from arcade.scene import Change, Push, Quit, Scene
from arcade.scenes.dialogs import ConfirmScene
from arcade.screen import Screen
from arcade.showcase import Showcase
from arcade.theme import Size, Theme
from arcade.widgets import CHOOSE, Command, Control, PushButton, Scroll
from games.game import Game
from games.registry import game_ids, make

ALONE_SECONDS = 75.0
"""How long home waits without any input before agents play to it."""

_RENDER_SECONDS = 0.004
"""Time for drawing the games in one frame; those that do not fit in have their turn in the next."""


class GameCard(Control):
    """A game at work, with its name and its records.

    Args:
        game: The rules.
        command: Called when the card is chosen.
    """

    def __init__(self, game: Game, command: Command) -> None:
        super().__init__()
        self.info = game.info
        self.showcase = Showcase(game)
        self.records = Records()
        self._command = command

    def handle(self, event: Input) -> Change | None:
        """Enter, Space or a click opens the game's page."""
        chosen = event in CHOOSE or (isinstance(event, Point) and event.pressed == 1)
        return self._command() if chosen else None

    def picture_rect(self, theme: Theme) -> pygame.Rect:
        """The part of the card that shows the game."""
        inner = self.rect.inflate(-theme.space(2), -theme.space(2))
        inner.height = max(theme.space(2), self.rect.height - text_height(theme))
        return inner

    def lines(self) -> tuple[str, str]:
        """The records in words: a person's, then an agent's."""
        return self.records.own_words(self.info), self.records.agent_words(self.info)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        """Draw the card."""
        theme.panel(surface, self.rect, look.RAISED if focused else look.PANEL)
        picture = self.picture_rect(theme)
        self.showcase.draw(surface, theme, picture)
        left, y = picture.left + theme.space(0.5), picture.bottom + theme.space(1)
        room = picture.width - theme.space(1)
        colour = look.readable(self.info.accent, look.RAISED)
        theme.text(surface, self.info.title, (left, y), Size.BODY, colour, max_width=room)
        y += theme.line() + theme.space(0.5)
        for name, words in zip(("person", "agent"), self.lines(), strict=True):
            line = theme.line(Size.SMALL)
            draw_icon(surface, name, (left + line * 2 // 5, y + line // 2), line * 4 // 5, look.MUTED)
            indent = line + theme.space(0.5)
            theme.text(surface, words, (left + indent, y), Size.SMALL, look.MUTED, max_width=room - indent)
            y += line + theme.space(0.25)
        if focused:
            theme.ring(surface, self.rect, look.readable(self.info.accent, look.GROUND))


def text_height(theme: Theme) -> int:
    """What a card needs below its picture, and around it."""
    return theme.line() + 2 * theme.line(Size.SMALL) + theme.space(4.5)


class HomeScene(Screen):
    """The first screen.

    Args:
        context: What all scenes share.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.cards = [self._card(game_id) for game_id in game_ids()]
        self.menu = [
            PushButton("Agents", lambda: Push(ways.agents(context)), icon="agent", detail="All that were trained"),
            PushButton("High scores", lambda: Push(ways.scores(context)), icon="star", detail="People and agents"),
            PushButton("Settings", lambda: Push(ways.settings(context)), icon="gear", detail="Sound, screen, keys"),
            PushButton("Quit", self._quit, icon="quit"),
        ]
        self._entries: tuple[Entry, ...] = ()
        self._next = 0  # the card whose turn it is to be drawn anew
        self._alone = 0.0  # seconds since the last input
        self._scroll = Scroll()
        self._cut_off: list[CutOff] = []
        self.focus.set([*self.cards, *self.menu])
        context.background(lambda: find_cut_off(context.library), self._cut_off.extend)

    def _card(self, game_id: str) -> GameCard:
        return GameCard(make(game_id), lambda: Push(ways.game_page(self.context, game_id)))

    def enter(self) -> None:
        """Look up records and agents anew; they may have changed."""
        self._alone = 0.0
        self._show_records(self._entries)
        self.context.background(self.context.library.entries, self._take_entries)

    def _take_entries(self, entries: tuple[Entry, ...]) -> None:
        self._show_records(entries)
        for card in self.cards:
            best = best_entry(card.info.id, entries)
            if version_of(best.profile if best else None) != version_of(card.showcase.agent):
                self._look_for_agent(card)

    def _show_records(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        for card in self.cards:
            card.records = records_of(card.info.id, self.context.scores, entries)
        self.relayout()

    def _look_for_agent(self, card: GameCard) -> None:
        def done(best: Entry | None) -> None:
            agent = best.profile if best else None
            card.showcase = Showcase(agent.game() if agent else make(card.info.id), agent)

        self.context.background(lambda: self.context.library.best(card.info.id), done)

    def handle(self, event: Input) -> Change | None:
        """Escape leaves; the cards get the rest."""
        self._alone = 0.0
        if event == Press(Button.BACK):
            return self._quit()
        lab = self._lab()
        if event == Press(Button.EXTRA) and lab:
            return Push(lab(self.context))
        if isinstance(event, Point) and event.wheel and self._scroll.move(-event.wheel * self.theme.space(8)):
            self.relayout()
            return None
        change = self.focus.handle(event)
        if isinstance(event, Press) and self.focus.current and self._scroll.reveal(self.focus.current.rect):
            self.relayout()
        return change

    def _lab(self) -> Callable[[Context], Scene] | None:
        """The lab of the game that has the focus, if it has one."""
        card = self.focus.current
        return ways.LABS.get(card.info.id) if isinstance(card, GameCard) else None

    def _quit(self) -> Change:
        if not self.context.is_training:
            return Quit()
        name = self.context.training.plan.name if self.context.training else ""
        detail = f"{name} is still being trained. The training ends, and what it has learnt is saved."
        return Push(ConfirmScene(self.context, "Quit?", detail, "Save and quit", Quit, behind=self))

    def update(self, seconds: float) -> Change | None:
        """All games play on; training that was cut off is asked about; whoever is left alone is shown more games."""
        if self._cut_off and not self.context.is_training:
            return ask_to_go_on(self.context, self._cut_off.pop(0))
        self._alone += seconds
        agents = [card.showcase.agent for card in self.cards if card.showcase.agent]
        if self._alone >= ALONE_SECONDS and agents and not self.context.is_training:
            return Push(ways.attract(self.context, agents))
        for card in self.cards:
            card.showcase.update(seconds)
        if self.area.height:
            self._render_cards()
        return None

    def _render_cards(self) -> None:
        """Draw as many games anew as there is time for."""
        end = time.perf_counter() + _RENDER_SECONDS
        for _ in self.cards:
            card = self.cards[self._next % len(self.cards)]
            self._next += 1
            if card.rect.colliderect(self.area):
                card.showcase.render(card.showcase.picture(card.picture_rect(self.theme)).size)
            if time.perf_counter() > end:
                break

    def layout(self, area: pygame.Rect) -> None:
        """A grid of cards whose last cell holds the menu."""
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
        """The narrowest card that shows its words whole."""
        theme = self.theme
        words = [text for card in self.cards for text in card.lines()]
        widest = max(theme.width(text, Size.SMALL) for text in words)
        return widest + theme.line(Size.SMALL) + theme.space(3.5)

    def _lay_out_menu(self, cell: pygame.Rect) -> None:
        gap = self.theme.space(1.5)
        height = min((cell.height - gap * (len(self.menu) - 1)) // len(self.menu), self.theme.space(12))
        for index, button in enumerate(self.menu):
            button.rect = pygame.Rect(cell.left, cell.top + index * (height + gap), cell.width, height)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the cards below the title, even when they are scrolled."""
        self.arrange(surface.get_size())
        self.paint(surface)
        clip, margin = surface.get_clip(), self.theme.space()
        surface.set_clip(self._scroll.view.inflate(2 * margin, 2 * margin))
        self.focus.draw(surface, self.theme)
        surface.set_clip(clip)

    def paint(self, surface: pygame.Surface) -> None:
        """The name of the place."""
        theme = self.theme
        shown = theme.text(surface, "DQN Arcade", (theme.space(2), theme.space(1.5)), Size.TITLE)
        left = shown.right + theme.space(3)
        words = "Play a game, then let a network learn it"
        room = surface.get_width() - left - theme.space(2)
        if theme.width(words) > room:
            return self._scroll.draw(surface, theme)
        baseline = shown.bottom - theme.line(Size.SMALL) // 4
        theme.text(surface, words, (left, baseline), Size.BODY, look.MUTED, "bottomleft", room)
        self._scroll.draw(surface, theme)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        lab = (Hint(Button.EXTRA, "Lab"),) if self._lab() else ()
        return (
            Hint(Button.CONFIRM, "Choose"),
            *lab,
            Hint(Button.NEXT, "Next"),
            Hint(Button.MUTE, "Mute"),
            Hint(Button.BACK, "Quit"),
        )


def best_columns(count: int, size: tuple[int, int], gap: int, text: int, narrowest: int = 0) -> int:
    """How many columns give `count` cards the largest pictures.

    Args:
        count: Number of cards.
        size: Room for all of them.
        gap: Pixels between two cards.
        text: Height of the words below a picture.
        narrowest: Least width of a card, unless a single column has less.
    """

    def side(columns: int) -> int:
        rows = -(-count // columns)
        width = (size[0] - gap * (columns - 1)) // columns
        height = (size[1] - gap * (rows - 1)) // rows
        return min(width, height - text)

    most = max(1, min(count, (size[0] + gap) // (narrowest + gap)))
    return max(range(1, most + 1), key=side)
