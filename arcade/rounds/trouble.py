"""Handling of third-party games that fail or are slow: the error is shown instead of the picture."""

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
"""Total time that the window waits for a slow third-party game in a preview."""

FRAME_SECONDS = 0.02
"""Time that each call of such a game may take without counting as slow."""


class Trouble:
    """The first failure of a game. It is true once there is one; then the game must not be called any more.

    Attributes:
        words: The error, "" if there is none.
    """

    def __init__(self) -> None:
        self.words = ""

    def __bool__(self) -> bool:
        return bool(self.words)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Record a `GameError` raised inside the context, instead of passing it on."""
        try:
            yield
        except GameError as error:
            get_logger(__name__).warning("A game has failed", exc_info=error)
            self.words = str(error)

    def draw(self, surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
        """Draw the error within `rect`."""
        theme.panel(surface, rect, style.PANEL)
        room = rect.inflate(-theme.space(2), -theme.space(2)).clip(surface.get_rect())
        if min(room.size) > 0:
            theme.paragraph(surface, self.words, room, Size.SMALL, style.readable(style.WARNING))


class Patience:
    """A time budget for a third-party game in a preview, whose steps and pictures might slow the window.

    Args:
        game: The game. Built-in games are not limited.
    """

    def __init__(self, game: Game) -> None:
        self._name, self._trusted = game.info.id, is_ours(type(game))
        self._left = WAIT_SECONDS

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Measure the calls of the game inside the context.

        Raises:
            GameError: The budget is used up.
        """
        begin = time.perf_counter()
        yield
        self._left = min(WAIT_SECONDS, self._left + FRAME_SECONDS - (time.perf_counter() - begin))
        if self._left < 0 and not self._trusted:
            raise GameError(f"{self._name}: too slow for a preview")
