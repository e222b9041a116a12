"""Pixel observations: a game's picture as grey frames of 80×80, the last four of them stacked.

Every frame is the picture that people see, drawn by the game's view at twice the size and averaged down, not sampled:
motion by less than a pixel still changes the grey values.
"""

from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray
from skimage.color import rgb2gray

from games.game import PIXELS_SPEC, Array, Game, State
from games.states import count_of
from games.view import painter

SIDE, DEPTH = PIXELS_SPEC.shape[1:]
OVERSAMPLING = 2
"""Factor by which the picture is drawn larger in both directions. Views are antialiased, so two is enough."""

Frames = NDArray[np.uint8]


class FrameRenderer:
    """Draws copies of a game as grey frames. It needs no display, and any thread may own one.

    Averaging and scikit-image's `rgb2gray` are both weighted sums, so they are computed as one: `rgb2gray` of the
    averaging matrix gives the weight of each byte. The result is that of `rgb2gray` followed by
    `downscale_local_mean`, rounded, at a fraction of the cost.

    Args:
        game: The game to draw. Its picture is stretched to a square, without margins.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._paint = painter(game)
        self._surface = pygame.Surface((SIDE * OVERSAMPLING, SIDE * OVERSAMPLING), 0, 32)
        self._weights = _byte_weights(self._surface)
        self._sums = np.empty((SIDE, SIDE * len(self._weights)), np.uint16)
        self._values = self._sums.astype(np.float32)

    def __call__(self, state: State) -> Frames:
        """Draw every row of a state: [B, 80, 80]."""
        count = count_of(state)
        frames = np.empty((count, SIDE, SIDE), np.uint8)
        for row in range(count):
            self._paint(self._surface, self._game, state, row, None, 1.0)
            frames[row] = self._average()
        return frames

    def _average(self) -> NDArray[np.float32]:
        pixels = pygame.surfarray.pixels2d(self._surface).T.view(np.uint8).reshape(SIDE, OVERSAMPLING, -1)
        self._values[:] = np.add(pixels[:, 0], pixels[:, 1], out=self._sums, dtype=np.uint16)
        greys: NDArray[np.float32] = self._values.reshape(-1, len(self._weights)) @ self._weights
        greys += 0.5  # rounds, as the cast to bytes truncates
        return greys.reshape(SIDE, SIDE)


def _byte_weights(surface: pygame.Surface) -> NDArray[np.float32]:
    """[bytes of `OVERSAMPLING` pixels in a row] the weight of each byte in the averaged grey pixel."""
    size = surface.get_bytesize()
    averaging = np.zeros((OVERSAMPLING, size, 3), np.float32)
    for channel, shift in enumerate(surface.get_shifts()[:3]):
        averaging[:, shift // 8, channel] = 1 / OVERSAMPLING**2
    weights: NDArray[np.float32] = rgb2gray(averaging.reshape(-1, 3))
    return weights


class FrameStack:
    """The last four frames of B copies, oldest first. A new game repeats its first frame.

    Returned stacks never change: restarted copies are written into the next stack.
    """

    def __init__(self) -> None:
        self._stack: Frames = np.zeros((0, SIDE, SIDE, DEPTH), np.uint8)
        self._begun: list[tuple[Array, Frames]] = []

    def reset(self, frames: Frames) -> Frames:
        """Start with first frames [B, 80, 80]; returns [B, 80, 80, 4]."""
        self._begun = []
        self._stack = _repeated(frames)
        return self._stack

    def push(self, frames: Frames) -> Frames:
        """Add the next frame of every copy [B, 80, 80]; returns a new [B, 80, 80, 4]."""
        # The four frames of a pixel lie in one word of four bytes, the oldest lowest: a shift drops the oldest.
        words = (self._stack.view("<u4") >> np.uint32(8)).astype("<u4", copy=False)
        self._stack = words.view(np.uint8)
        for rows, fresh in self._begun:
            self._stack[rows, ..., :-1] = fresh[..., 1:]
        self._begun = []
        self._stack[..., -1] = frames
        return self._stack

    def restart(self, rows: Array, frames: Frames) -> Frames:
        """Restart the copies in `rows` with `frames` [len(rows), 80, 80]; returns only their stacks."""
        fresh = _repeated(frames)
        self._begun.append((rows, fresh))
        return fresh

    def go_on(self, stack: Frames) -> None:
        """Continue from a stack [B, 80, 80, 4] that was returned before."""
        self._begun = []
        self._stack = stack.copy()

    def keep(self, rows: Any) -> None:
        """Keep only `rows` (a mask or index array), in their order."""
        current = self._stack.copy()
        for begun, fresh in self._begun:
            current[begun] = fresh
        self._begun = []
        self._stack = current[rows]


def _repeated(frames: Frames) -> Frames:
    return np.repeat(frames[..., None], DEPTH, axis=-1)
