"""Data augmentation: replayed pictures are shifted at random, so that a lesson from one place holds nearby, too.

Random shifts by a few pixels made DrQ learn from pixels with little data (Yarats et al. 2021, "Image Augmentation Is
All You Need"). Here a crash at one height teaches about other heights, too.
"""

import numpy as np

from games.game import Array

SHARED_SHIFT = 8
"""Number of pictures that share a shift: few enough for variety in a batch, enough to cost a tenth of an update."""


def shift(pictures: Array, most: int, rng: np.random.Generator) -> None:
    """Shift pictures vertically and horizontally by up to `most` pixels each, repeating the pixels at their edges.

    Args:
        pictures: [M, H, W, …]; changed in place.
        most: Largest shift in pixels.
        rng: Draws the shifts.
    """
    height, width = pictures.shape[1:3]
    margins = ((0, 0), (most, most), (most, most)) + ((0, 0),) * (pictures.ndim - 3)
    for start in range(0, len(pictures), SHARED_SHIFT):
        part = pictures[start : start + SHARED_SHIFT]
        y, x = rng.integers(0, 2 * most + 1, 2)
        part[:] = np.pad(part, margins, "edge")[:, y : y + height, x : x + width]
