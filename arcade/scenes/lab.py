"""The lab: NChain walked by hand, learnt by four methods side by side, and fought over a hundred times."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import pygame

from arcade import theme as look
from arcade.context import Context
from arcade.controls import Button, Hint, Input, Press
from arcade.fields import Stepper
from arcade.lab.bench import Bench
from arcade.lab.contest import ContestPage
from arcade.lab.dials import Dials
from arcade.lab.learning import LearningPage
from arcade.lab.walk import WalkPage
from arcade.scene import Change
from arcade.screen import Screen
from arcade.theme import Size
from arcade.widgets import Control, PushButton
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


class LabScene(Screen):
    """Pages at the right of the dials that they all share.

    Args:
        context: What all scenes share.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        accent = make("nchain").info.accent
        self.dials = Dials(accent, self._turned)
        self.bench = Bench(self.dials.game, self.dials.parameters)
        self.pages: list[Page] = [
            WalkPage(self.theme, self.bench, accent),
            LearningPage(self.theme, self.bench, accent, training=context.is_training),
            ContestPage(self.theme, self.bench, accent),
        ]
        self._accent = accent
        self._tabs = [self._tab(index) for index in range(len(self.pages))]
        self._help = self._head = pygame.Rect(0, 0, 0, 0)
        self.page = self.pages[0]
        self.show(0)

    def _tab(self, index: int) -> PushButton:
        return PushButton(self.pages[index].title, lambda: self.show(index), accent=self._accent)

    def show(self, index: int) -> None:
        """Turn to a page; what goes on in another one stands still."""
        self.page = self.pages[index]
        for each, tab in enumerate(self._tabs):
            tab.main = each == index
        self.focus.set(self._widgets(), self.page.widgets[0])
        self.relayout()

    def _widgets(self) -> list[Control]:
        return [*self._tabs, *self.page.widgets, *self.dials.widgets]

    def _turned(self) -> None:
        self.bench.set(self.dials.game, self.dials.parameters)
        for page in self.pages:
            page.change()
        self.relayout()

    def handle(self, event: Input) -> Change | None:
        """The page's own keys first, then the widgets."""
        if event == Press(Button.EXTRA):
            self.show((self.pages.index(self.page) + 1) % len(self.pages))
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
        """Title and tabs above, the dials at the left, the page at the right."""
        theme, margin = self.theme, self.theme.space(2)
        inner = area.inflate(-2 * margin, -2 * margin)
        tall = theme.line() + theme.space(1.5)
        right = inner.right
        for tab in reversed(self._tabs):
            width = tab.width(theme)
            tab.rect = pygame.Rect(right - width, inner.top, width, tall)
            right -= width + theme.space(1.5)
        self._head = pygame.Rect(inner.left, inner.top, max(0, right - inner.left), tall)
        top = inner.top + tall + margin
        width = min(self.dials.width(theme), inner.width * 2 // 5)
        panel = pygame.Rect(inner.left, top, width, inner.bottom - top)
        bottom = self.dials.layout(theme, panel) + theme.space(1)
        self._help = pygame.Rect(panel.left, bottom, panel.width, max(0, panel.bottom - bottom))
        left = panel.right + 2 * margin
        self.page.layout(pygame.Rect(left, top, inner.right - left, inner.bottom - top))

    def paint(self, surface: pygame.Surface) -> None:
        """The title, what the focused dial does, and the page."""
        theme = self.theme
        colour = look.readable(self._accent, look.GROUND)
        theme.text(surface, "The NChain lab", self._head.midleft, Size.TITLE, colour, "midleft", self._head.width)
        current = self.focus.current
        words = current.message if isinstance(current, Stepper) and current.message else self.page.legend
        theme.paragraph(surface, words, self._help, Size.SMALL, look.MUTED)
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


LABS: Mapping[str, Callable[[Context], Screen]] = MappingProxyType({"nchain": LabScene})
"""The games that have a lab."""
