"""A game of others that has failed: what it did wrong is shown where its picture would be, and everything goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pygame

from arcade.system.log import get_logger
from arcade.ui import style
from arcade.ui.style import Size, Theme
from games.border import GameError
from games.game import Game
from games.registry import is_ours

WAIT_SECONDS = 1.0
"""How long the window waits in all for a game of others that is shown though nobody asked for it."""

FRAME_SECONDS = 0.02
"""What such a game may take each time without being held to be slow."""


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
            get_logger(__name__).warning("A game has failed", exc_info=error)
            self.words = str(error)

    def draw(self, surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
        """Say what went wrong within `rect`."""
        theme.panel(surface, rect, style.PANEL)
        room = rect.inflate(-theme.space(2), -theme.space(2)).clip(surface.get_rect())
        if min(room.size) > 0:
            theme.paragraph(surface, self.words, room, Size.SMALL, style.readable(style.WARNING))


class Patience:
    """Ends the showing of a game of others whose steps or pictures hold the window up again and again.

    Args:
        game: Who is waited for. Our own games are known to be fast.
    """

    def __init__(self, game: Game) -> None:
        self._name, self._trusted = game.info.id, is_ours(type(game))
        self._left = WAIT_SECONDS

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Measure a call of the game.

        Raises:
            GameError: The window has waited long enough.
        """
        begin = time.perf_counter()
        yield
        self._left = min(WAIT_SECONDS, self._left + FRAME_SECONDS - (time.perf_counter() - begin))
        if self._left < 0 and not self._trusted:
            raise GameError(f"{self._name}: it is too slow to be shown here")
