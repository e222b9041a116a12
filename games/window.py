"""A simple window that shows a game, for scripts. The arcade has its own."""

import os
from types import TracebackType

from games.game import Game, State
from games.opengl import avoid_opengl
from games.states import copy_state

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from games.view import draw, fit

SIDE = 640
"""Initial longest side of the window in pixels; it can be resized."""

FRAMES_PER_SECOND = 60


class Window:
    """A window that shows one game at the pace of people. Closing the window or Escape ends it.

    Args:
        game: The game.
        state: Its initial state.

    Attributes:
        open: Whether the window is open.

    Raises:
        pygame.error: There is no display.
    """

    def __init__(self, game: Game, state: State) -> None:
        self.open = True
        self._game, self._shown = game, copy_state(state)
        self._pace = pygame.time.Clock()
        avoid_opengl()
        pygame.display.init()
        size = fit((SIDE, SIDE), game.info.aspect)[2:]
        self._surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        pygame.display.set_caption(game.info.title)

    def __enter__(self) -> "Window":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, state: State) -> None:
        """Show the initial state of a game."""
        self._shown = copy_state(state)
        self._draw(None, 1.0)

    def show(self, state: State) -> bool:
        """Show the state after one more tick; returns whether the window is still open."""
        previous, self._shown = self._shown, copy_state(state)
        frames = max(1, round(FRAMES_PER_SECOND / self._game.info.ticks_per_second))
        for frame in range(1, frames + 1):
            if not self.open:
                break
            self._draw(previous, frame / frames)
        return self.open

    def close(self) -> None:
        """Close the window."""
        self.open = False
        pygame.display.quit()

    def _draw(self, previous: State | None, blend: float) -> None:
        for event in pygame.event.get():
            if event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE):
                self.open = False
        self._surface = pygame.display.get_surface() or self._surface  # a new one after a resize
        self._surface.fill((0, 0, 0))
        draw(self._surface, self._game, self._shown, 0, previous, blend)
        pygame.display.flip()
        self._wait()

    def _wait(self) -> None:
        """Wait until the next frame is due."""
        self._pace.tick(FRAMES_PER_SECOND)
