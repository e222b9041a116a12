"""What nearly all scenes share: a context, widgets with focus, and a layout that is made only when the size changes."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Keys, Press
from arcade.ui import style
from arcade.ui.focus import Focus, Widget
from arcade.ui.scene import Change, Pop

T = TypeVar("T")


class Screen:
    """A base for scenes: fill in `layout` and `paint`, add widgets to `self.focus`.

    Escape pops the scene; everything else goes to the widgets.

    Attributes:
        game_played: The id of the game that is played here, whose chosen keys are in force then; "" for none.
        shows_training: Whether the screen shows how the training goes, so that the window need not.
        moves: Whether all of it may change at any time. What does not move is drawn anew after an input, and a few
            times a second.
        is_left: Whether it has gone off the stack.
    """

    game_played = ""
    shows_training = False
    moves = False

    def __init__(self, context: Context) -> None:
        self.context = context
        self.theme = context.theme
        self.focus = Focus()
        self.area = pygame.Rect(0, 0, 0, 0)
        self._laid_out: object = None
        self.is_left = False
        self._request: object = None  # the latest call of `open_with` that still counts
        self._opened: Change | None = None  # what came of it

    @property
    def keys(self) -> Keys:
        """Letters are typed while a text field has the focus, and are commands otherwise."""
        return Keys.TEXT if self.focus.wants_text else Keys.MENU

    @property
    def focused(self) -> Widget | None:
        """The widget that has the focus."""
        return self.focus.current

    def enter(self) -> None:
        """Called when the scene comes on top; extend it where data may have changed meanwhile.

        What was to be opened before something else came on top is opened no more.
        """
        self._request = self._opened = None

    def leave(self) -> None:
        """Called when the scene goes off the stack: what comes from the background later is dropped."""
        self.is_left = True
        self._request = self._opened = None

    # Work in the background

    def in_background(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Does slow work as `Context.background`, but calls `done` only if the scene has not been left by then."""
        self.context.background(work, lambda result: None if self.is_left else done(result))

    def open_with(self, read: Callable[[], T], where: Callable[[T], Change | None]) -> None:
        """Reads something in the background, then asks for the change that `where` makes of it.

        The latest call counts. What cannot be read or opened is told as a notice.

        Args:
            read: Reads it, on another thread.
            where: Makes a change of it, on this thread; `update` returns that.
        """
        self._request = request = object()
        context = self.context
        context.status = context.status or style.LOADING

        def result() -> T | Exception:
            try:
                return read()
            except (OSError, ValueError) as error:
                return error

        def done(found: T | Exception) -> None:
            context.status = "" if context.status == style.LOADING else context.status
            if request is not self._request:
                return
            self._request = None
            try:
                if isinstance(found, Exception):
                    raise found
                self._opened = where(found)
            except (OSError, ValueError) as error:
                context.notice(str(error))

        context.background(result, done)

    # Input, time and drawing

    def handle(self, event: Input) -> Change | None:
        """Escape goes back; the widgets get the rest."""
        if event == Press(Button.BACK):
            return Pop()
        return self.focus.handle(event)

    def update(self, seconds: float) -> Change | None:
        """Go where `open_with` leads as soon as that can be; nothing moves unless a scene says so."""
        change, self._opened = self._opened, None
        return change

    def draw(self, surface: pygame.Surface) -> None:
        """Lay out if need be, paint, then draw the widgets."""
        self.arrange(surface.get_size())
        self.paint(surface)
        self.focus.draw(surface, self.theme)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Nothing moves by itself, or everything, unless a scene knows better."""
        return None if self.moves or self._laid_out is None else ()

    def arrange(self, size: tuple[int, int]) -> None:
        """Call `layout` if the size, the text scale or the scene itself asks for it."""
        state = (size, self.theme.version)
        if state != self._laid_out:
            self._laid_out = state
            self.area = pygame.Rect((0, 0), size)
            self.layout(self.area)

    def relayout(self) -> None:
        """Have `layout` called before the next drawing, because what is shown has changed."""
        self._laid_out = None

    def layout(self, area: pygame.Rect) -> None:
        """Fill in: give every widget its rectangle within `area`."""

    def paint(self, surface: pygame.Surface) -> None:
        """Fill in: draw what is no widget. It comes to lie below the widgets."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return (Hint(Button.BACK, "Back"),)
