"""A game of others that has failed: what it did wrong is shown where its picture would be, and everything goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pygame

from arcade import theme as look
from arcade.theme import Size, Theme
from games.border import GameError


class Trouble:
    """Remembers the first failure of a game; whoever shows that game leaves it alone from then on.

    Attributes:
        words: What went wrong, "" as long as nothing has.
    """

    def __init__(self) -> None:
        self.words = ""

    def __bool__(self) -> bool:
        return bool(self.words)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Take a failure down instead of letting it through."""
        try:
            yield
        except GameError as error:
            self.words = str(error)

    def draw(self, surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
        """Say what went wrong within `rect`."""
        theme.panel(surface, rect, look.PANEL)
        room = rect.inflate(-theme.space(2), -theme.space(2)).clip(surface.get_rect())
        if min(room.size) > 0:
            theme.paragraph(surface, self.words, room, Size.SMALL, look.readable(look.WARNING))
