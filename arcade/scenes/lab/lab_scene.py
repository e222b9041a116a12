"""The NChain lab: walk the chain by hand, watch four methods learn it, and run a contest of a hundred trials."""

from typing import Protocol

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.lab.contest_page import ContestPage
from arcade.scenes.lab.dials import Dials, DialsPage
from arcade.scenes.lab.learning_page import LearningPage
from arcade.scenes.lab.walk_page import WalkPage
from arcade.scenes.lab.workbench import Workbench
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.scene import Change
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.registry import make


class Page(Protocol):
    """One page of the lab."""

    title: str
    legend: str  # one or two sentences that explain the page

    @property
    def widgets(self) -> list[Control]:
        """The widgets that can have the focus."""

    def change(self) -> None:
        """Reacts to a dial that has changed."""

    def handle(self, event: Input) -> bool:
        """Handles the page's own keys, whatever has the focus; returns whether the event was one of them."""

    def update(self, seconds: float) -> None:
        """Advances the page by some time."""

    def layout(self, rect: pygame.Rect) -> None:
        """Places everything within a rectangle."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draws everything but the widgets."""

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""

    def leave(self) -> None:
        """Releases the resources of the page."""


_TITLES = ("The NChain lab", "Lab")


class LabScene(Screen):
    """The lab: the dials at the left, one page at the right. If the text is large, the dials are a page too.

    Args:
        context: Shared by all scenes.
    """

    moves = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        accent = make("nchain").info.accent
        self.dials = Dials(accent, self._turned)
        self.bench = Workbench(self.dials.game, self.dials.parameters)
        self.pages: list[Page] = [
            WalkPage(self.theme, self.bench, accent),
            LearningPage(self.theme, self.bench, accent, training=context.is_training),
            ContestPage(self.theme, self.bench, accent),
        ]
        self._accent = accent
        self._dials_page = DialsPage(self.theme, self.dials)
        self._tabs = [self._tab(page) for page in (*self.pages, self._dials_page)]
        self._narrow = False  # whether the dials are a page of their own
        self._help = self._head = pygame.Rect(0, 0, 0, 0)
        self.page = self.pages[0]
        self.show(self.page)

    def _tab(self, page: Page) -> PushButton:
        return PushButton(page.title, lambda: self.show(page), accent=self._accent)

    @property
    def _shown_pages(self) -> list[Page]:
        return [*self.pages, self._dials_page] if self._narrow else self.pages

    def show(self, page: Page) -> None:
        """Shows a page. The other pages do not advance meanwhile."""
        self.page = page
        for tab, each in zip(self._tabs, (*self.pages, self._dials_page), strict=True):
            tab.main = each is page
        self.focus.set(self._widgets(), page.widgets[0])
        self.relayout()

    def _widgets(self) -> list[Control]:
        tabs = self._tabs[: len(self._shown_pages)]
        return [*tabs, *self.page.widgets] if self._narrow else [*tabs, *self.page.widgets, *self.dials.widgets]

    def _turned(self) -> None:
        self.bench.set(self.dials.game, self.dials.parameters)
        for page in self.pages:
            page.change()
        self.relayout()

    def handle(self, event: Input) -> Change | None:
        """Handles the key for the next page; passes other input to the page, then to the widgets."""
        if event == Press(Button.EXTRA):
            pages = self._shown_pages
            self.show(pages[(pages.index(self.page) + 1) % len(pages)])
            return None
        return None if self.page.handle(event) else super().handle(event)

    def update(self, seconds: float) -> Change | None:
        """Advances the page."""
        self.page.update(seconds)
        if self._widgets() != self.focus.widgets:  # a new layout may show or hide a button
            self.focus.set(self._widgets())
            self.relayout()
        return None

    def leave(self) -> None:
        """Releases the resources of all pages."""
        for page in self.pages:
            page.leave()

    def layout(self, area: pygame.Rect) -> None:
        """Places title and tabs above, the dials at the left if they fit, the page at the right."""
        theme, margin = self.theme, self.theme.space(2)
        inner = area.inflate(-2 * margin, -2 * margin)
        tall = theme.line() + theme.space(1.5)
        self._make_room(self.dials.width(theme) > inner.width * 2 // 7)
        self._head = pygame.Rect(inner.left, inner.top, self._lay_out_tabs(inner, tall) - inner.left, tall)
        top = inner.top + tall + margin
        rect = pygame.Rect(inner.left, top, inner.width, inner.bottom - top)
        if not self._narrow:
            panel = pygame.Rect(inner.left, top, self.dials.width(theme), rect.height)
            bottom = self.dials.layout(theme, panel) + theme.space(1)
            self._help = pygame.Rect(panel.left, bottom, panel.width, max(0, panel.bottom - bottom))
            rect = pygame.Rect(panel.right + 2 * margin, top, inner.right - panel.right - 2 * margin, rect.height)
        self.page.layout(rect)
        if self._narrow:
            self._help = self._dials_page.help if self.page is self._dials_page else pygame.Rect(0, 0, 0, 0)

    def _make_room(self, narrow: bool) -> None:
        """Makes the dials a page of their own, or puts them beside the pages."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if self.page not in self._shown_pages:
            self.page = self.pages[0]
        self.focus.set(self._widgets())

    def _lay_out_tabs(self, inner: pygame.Rect, tall: int) -> int:
        """Places the tabs from the right; returns the x at which they begin."""
        theme, right = self.theme, inner.right
        for tab in reversed(self._tabs[: len(self._shown_pages)]):
            width = tab.width(theme)
            tab.rect = pygame.Rect(right - width, inner.top, width, tall)
            right -= width + theme.space(1.5)
        return max(inner.left, right)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the title, the help text and the page."""
        theme = self.theme
        colour = style.readable(self._accent, style.GROUND)
        title = next((each for each in _TITLES if theme.width(each, Size.TITLE) <= self._head.width), "")
        theme.text(surface, title, self._head.midleft, Size.TITLE, colour, "midleft")
        if self._help.height:
            words = self.dials.message(self.focus.current) or self.page.legend
            theme.paragraph(surface, words, self._help, Size.SMALL, style.MUTED)
        self.page.paint(surface)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (
            *self.page.hints(),
            Hint(Button.CONFIRM, "Choose"),
            Hint(Button.NEXT, "Next"),
            Hint(Button.EXTRA, "Next page"),
            Hint(Button.BACK, "Leave"),
        )
