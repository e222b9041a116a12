"""Pictures moved a little at random when they are replayed, so that what is learnt in one place holds in the next.

Random shifts by a few pixels are what made learning from pixels work with little data in DrQ (Yarats et al. 2021,
"Image Augmentation Is All You Need"). Here they let a loss that was seen at one height teach about all others.
"""

import numpy as np

from games.game import Array

TOGETHER = 8
"""Pictures that are moved alike: few enough to mix in a batch, enough that moving them costs a tenth of an update."""


def shift(pictures: Array, most: int, rng: np.random.Generator) -> None:
    """Move pictures up or down and to a side, each by up to `most` pixels; the outermost ones fill what comes free.

    Args:
        pictures: [M, H, W, …]; changed in place.
        most: Farthest move in pixels.
        rng: Draws the moves.
    """
    height, width = pictures.shape[1:3]
    margins = ((0, 0), (most, most), (most, most)) + ((0, 0),) * (pictures.ndim - 3)
    for start in range(0, len(pictures), TOGETHER):
        part = pictures[start : start + TOGETHER]
        y, x = rng.integers(0, 2 * most + 1, 2)
        part[:] = np.pad(part, margins, "edge")[:, y : y + height, x : x + width]
