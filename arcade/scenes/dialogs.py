"""Dialogs that ask for yes or no, or for a line of text. They answer with a change of the stack of scenes."""

from collections.abc import Callable

import pygame

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.fields import TextField
from arcade.ui.scene import Change, Pop, Scene
from arcade.ui.style import Colour, Size
from arcade.ui.widgets import OnPress, PushButton

_VEIL = 190  # of 255: opacity of the veil over the scene behind


class _Dialog(Screen):
    """A panel in the middle of the screen with a question and two buttons; `behind` shows through around it."""

    def __init__(self, context: Context, title: str, detail: str, behind: Scene | None = None) -> None:
        super().__init__(context)
        self.title, self.detail, self.behind = title, detail, behind
        self.panel = pygame.Rect(0, 0, 0, 0)
        self._veil = pygame.Surface((1, 1))

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the question over a darkened picture of the scene behind."""
        if self.behind is not None:
            self.behind.draw(surface)
            if self._veil.get_size() != surface.get_size():
                self._veil = pygame.Surface(surface.get_size())
                self._veil.fill(style.GROUND)
                self._veil.set_alpha(_VEIL)
            surface.blit(self._veil, (0, 0))
        super().draw(surface)

    def _detail_lines(self) -> tuple[str, ...]:
        return self.theme.wrap(self.detail, Size.BODY, self._inner_width()) if self.detail else ()

    def _inner_width(self) -> int:
        return min(self.theme.space(76), self.area.width - self.theme.space(10))

    def _open(self, content: int) -> pygame.Rect:
        """Sizes the panel for the question and `content` pixels below it; returns the rectangle of that content."""
        theme = self.theme
        title_lines = len(theme.wrap(self.title, Size.TITLE, self._inner_width()))
        head = title_lines * theme.line(Size.TITLE) + len(self._detail_lines()) * theme.line() + theme.space(3)
        self.panel = pygame.Rect(0, 0, self._inner_width() + theme.space(6), head + content + theme.space(6))
        self.panel.center = self.area.center
        inner = self.panel.inflate(-theme.space(6), -theme.space(6))
        return pygame.Rect(inner.left, inner.top + head, inner.width, content)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws panel and question."""
        theme = self.theme
        theme.panel(surface, self.panel)
        y = self.panel.top + theme.space(3)
        for line in theme.wrap(self.title, Size.TITLE, self._inner_width()):
            theme.text(surface, line, (self.panel.left + theme.space(3), y), Size.TITLE)
            y += theme.line(Size.TITLE)
        y += theme.space()
        for line in self._detail_lines():
            theme.text(surface, line, (self.panel.left + theme.space(3), y), Size.BODY, style.MUTED)
            y += theme.line()

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.CONFIRM, "Choose"), Hint(Button.BACK, "Cancel"))


class ConfirmScene(_Dialog):
    """A dialog that asks for confirmation.

    Args:
        context: Shared by all scenes.
        title: The question.
        detail: An explanation of the consequences.
        yes: The label of the button for yes.
        command: Called for yes. Returns a change that removes this scene from the stack.
        no: The label of the button for no.
        decline: Called for no. Escape pops this scene without a call.
        behind: The scene that asks, shown darkened around the dialog.
    """

    def __init__(
        self,
        context: Context,
        title: str,
        detail: str,
        yes: str,
        command: OnPress,
        no: str = "Cancel",
        decline: OnPress = Pop,
        behind: Scene | None = None,
    ) -> None:
        super().__init__(context, title, detail, behind)
        self._no = PushButton(no, decline)
        self._yes = PushButton(yes, command, main=True)
        self.focus.set([self._no, self._yes], self._yes)

    def layout(self, area: pygame.Rect) -> None:
        """Places two buttons side by side."""
        row = self._open(self._yes.height(self.theme))
        _side_by_side(row, self._no, self._yes, self.theme.space(2))


class PromptScene(_Dialog):
    """A dialog that asks for a line of text.

    Args:
        context: Shared by all scenes.
        title: The question.
        detail: An explanation, "" for none.
        text: The initial text.
        parse: Checks the text; raises a `ValueError` with the problem.
        done: Called with the accepted text. Returns a change of the stack, None to stay.
        yes: The label of the button that accepts.
        accent: Colour of field and buttons.
        path: Whether the text is a path. It may be long, and typing adds to the initial text, a folder.
        behind: The scene that asks, shown darkened around the dialog.
    """

    def __init__(
        self,
        context: Context,
        title: str,
        detail: str,
        text: str,
        parse: Callable[[str], object],
        done: Callable[[str], Change | None],
        yes: str = "Save",
        accent: Colour = style.ACCENT,
        path: bool = False,
        behind: Scene | None = None,
    ) -> None:
        super().__init__(context, title, detail, behind)
        self._done = done
        self.field = TextField("", text, parse, accent=accent, longest=4096 if path else 64, replace=not path)
        self._no = PushButton("Cancel", Pop, accent=accent)
        self._yes = PushButton(yes, self._accept, accent=accent, main=True)
        self.focus.set([self.field, self._no, self._yes])

    def handle(self, event: Input) -> Change | None:
        """Accepts after Enter in the field; handles other input as usual."""
        if event == Press(Button.CONFIRM) and self.focus.current is self.field:
            return self._accept()
        return super().handle(event)

    def _accept(self) -> Change | None:
        return None if self.field.error else self._done(self.field.text.strip())

    def layout(self, area: pygame.Rect) -> None:
        """Places text field, message, and two buttons side by side."""
        theme = self.theme
        height, gap = self._yes.height(theme), theme.space(2)
        rest = self._open(2 * height + 2 * theme.line(Size.SMALL) + gap)
        self.field.rect = pygame.Rect(rest.topleft, (rest.width, height))
        row = pygame.Rect(rest.left, rest.bottom - height, rest.width, height)
        _side_by_side(row, self._no, self._yes, gap)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the panel, and the problem of the text."""
        super().paint(surface)
        if self.field.error:
            room = self.field.rect.move(0, self.field.rect.height + self.theme.space(0.75))
            room.height = 2 * self.theme.line(Size.SMALL)
            self.theme.paragraph(surface, self.field.error, room, Size.SMALL, style.BAD)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.CONFIRM, "Accept"), Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Cancel"))


def _side_by_side(row: pygame.Rect, first: PushButton, second: PushButton, gap: int) -> None:
    width = (row.width - gap) // 2
    first.rect = pygame.Rect(row.left, row.top, width, row.height)
    second.rect = pygame.Rect(row.right - width, row.top, width, row.height)
