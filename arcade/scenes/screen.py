"""The base class of scenes: context, widgets with focus, work in the background, and a layout that is kept."""

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
    """A base for scenes. Subclasses implement `layout` and `paint`, and add widgets to `self.focus`.

    Escape pops the scene; all other input goes to the widgets.

    Attributes:
        game_played: The id of the game played here, "" for none. The keys chosen for that game are in force.
        shows_training: Whether the screen shows the training run, so that the window need not.
        moves: Whether the screen is fully redrawn in every frame. If not, it is redrawn after an input and a few
            times a second.
        is_left: Whether the scene is no longer on the stack.
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
        self._request: object = None  # token of the latest `open_with` call, None after it was answered or cancelled
        self._opened: Change | None = None  # the change that this call led to

    @property
    def keys(self) -> Keys:
        """Text keys while a text field has the focus, else menu keys."""
        return Keys.TEXT if self.focus.wants_text else Keys.MENU

    @property
    def focused(self) -> Widget | None:
        """The focused widget."""
        return self.focus.current

    def enter(self) -> None:
        """Cancels a pending `open_with`. Called when the scene comes to the top of the stack.

        Subclasses extend it to reload data that may have changed.
        """
        self._request = self._opened = None

    def leave(self) -> None:
        """Marks the scene as left: later results from the background are dropped. Called when it leaves the stack."""
        self.is_left = True
        self._request = self._opened = None

    # Work in the background

    def in_background(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Does slow work like `Context.background`, but calls `done` only if the scene is still on the stack."""
        self.context.background(work, lambda result: None if self.is_left else done(result))

    def open_with(self, read: Callable[[], T], where: Callable[[T], Change | None]) -> None:
        """Reads something in the background, then makes the change that `where` returns for it.

        Only the latest call counts. An error of `read` or `where` becomes a notice.

        Args:
            read: Reads it, on another thread.
            where: Takes the result, on this thread, and returns a change for `update` to return.
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
        """Goes back after Escape; passes other input to the widgets."""
        if event == Press(Button.BACK):
            return Pop()
        return self.focus.handle(event)

    def update(self, seconds: float) -> Change | None:
        """Returns the change of a finished `open_with`. Subclasses override it if something moves."""
        change, self._opened = self._opened, None
        return change

    def draw(self, surface: pygame.Surface) -> None:
        """Lays out if necessary, paints, then draws the widgets."""
        self.arrange(surface.get_size())
        self.paint(surface)
        self.focus.draw(surface, self.theme)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Draws nothing, or asks for a full draw if `moves`. Subclasses override it to redraw only a part."""
        return None if self.moves or self._laid_out is None else ()

    def arrange(self, size: tuple[int, int]) -> None:
        """Calls `layout` if the size or the text scale has changed, or after `relayout`."""
        state = (size, self.theme.version)
        if state != self._laid_out:
            self._laid_out = state
            self.area = pygame.Rect((0, 0), size)
            self.layout(self.area)

    def relayout(self) -> None:
        """Requests a call of `layout` before the next drawing."""
        self._laid_out = None

    def layout(self, area: pygame.Rect) -> None:
        """Gives every widget its rectangle within `area`. Subclasses implement it."""

    def paint(self, surface: pygame.Surface) -> None:
        """Draws everything below the widgets. Subclasses implement it."""

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.BACK, "Back"),)
