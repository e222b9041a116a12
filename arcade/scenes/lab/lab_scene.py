"""The lab: NChain walked by hand, learnt by four methods side by side, and fought over a hundred times."""

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
    legend: str  # how to read it, in a sentence or two

    @property
    def widgets(self) -> list[Control]:
        """What may have the focus."""

    def change(self) -> None:
        """A dial has been turned."""

    def handle(self, event: Input) -> bool:
        """React to keys that act wherever the focus is; returns whether this was one."""

    def update(self, seconds: float) -> None:
        """Let time pass."""

    def layout(self, rect: pygame.Rect) -> None:
        """Find room for everything."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draw what is no widget."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""

    def leave(self) -> None:
        """Let go of what is held."""


_TITLES = ("The NChain lab", "Lab")


class LabScene(Screen):
    """Pages at the right of the dials that they all share; where the text is too large for that, these are a page too.

    Args:
        context: What all scenes share.
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
        self._narrow = False  # whether the dials need a page of their own
        self._help = self._head = pygame.Rect(0, 0, 0, 0)
        self.page = self.pages[0]
        self.show(self.page)

    def _tab(self, page: Page) -> PushButton:
        return PushButton(page.title, lambda: self.show(page), accent=self._accent)

    @property
    def _shown_pages(self) -> list[Page]:
        return [*self.pages, self._dials_page] if self._narrow else self.pages

    def show(self, page: Page) -> None:
        """Turn to a page; what goes on in another one stands still."""
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
        """The page's own keys first, then the widgets."""
        if event == Press(Button.EXTRA):
            pages = self._shown_pages
            self.show(pages[(pages.index(self.page) + 1) % len(pages)])
            return None
        return None if self.page.handle(event) else super().handle(event)

    def update(self, seconds: float) -> Change | None:
        """Let the page go on."""
        self.page.update(seconds)
        if self._widgets() != self.focus.widgets:  # the page has more or less room than it had
            self.focus.set(self._widgets())
            self.relayout()
        return None

    def leave(self) -> None:
        """Let go of what the pages hold."""
        for page in self.pages:
            page.leave()

    def layout(self, area: pygame.Rect) -> None:
        """Title and tabs above, the dials at the left if there is room for them, the page at the right."""
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
        """Give the dials a page of their own, or take it away."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if self.page not in self._shown_pages:
            self.page = self.pages[0]
        self.focus.set(self._widgets())

    def _lay_out_tabs(self, inner: pygame.Rect, tall: int) -> int:
        """From the right; returns the x at which they begin."""
        theme, right = self.theme, inner.right
        for tab in reversed(self._tabs[: len(self._shown_pages)]):
            width = tab.width(theme)
            tab.rect = pygame.Rect(right - width, inner.top, width, tall)
            right -= width + theme.space(1.5)
        return max(inner.left, right)

    def paint(self, surface: pygame.Surface) -> None:
        """The title, what the focused dial does, and the page."""
        theme = self.theme
        colour = style.readable(self._accent, style.GROUND)
        title = next((each for each in _TITLES if theme.width(each, Size.TITLE) <= self._head.width), "")
        theme.text(surface, title, self._head.midleft, Size.TITLE, colour, "midleft")
        if self._help.height:
            words = self.dials.message(self.focus.current) or self.page.legend
            theme.paragraph(surface, words, self._help, Size.SMALL, style.MUTED)
        self.page.paint(surface)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return (
            *self.page.hints(),
            Hint(Button.CONFIRM, "Choose"),
            Hint(Button.NEXT, "Next"),
            Hint(Button.EXTRA, "Next page"),
            Hint(Button.BACK, "Leave"),
        )
