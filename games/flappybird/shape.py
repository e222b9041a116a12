"""The shape of the bird, used by the rules for collisions and by the view for its picture."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

BIRD_WIDTH, BIRD_HEIGHT = 34, 24
BODY = (15.0, 12.0, 15.0, 12.0)
"""The body, an ellipse: centre x and y, half width and half height, in pixels from the top left corner."""
BEAK = (27.0, 14.5, 7.0, 4.0)
"""The beak, an ellipse in the same form."""


@cache
def bird_mask() -> NDArray[np.bool_]:
    """Return the pixels of the bird, [24, 34], read-only: a round body with a beak that reaches the right edge."""
    x, y = np.arange(BIRD_WIDTH) + 0.5, np.arange(BIRD_HEIGHT)[:, None] + 0.5
    mask = _inside(BODY, x, y) | _inside(BEAK, x, y)
    mask.setflags(write=False)
    return mask


def _inside(ellipse: tuple[float, float, float, float], x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.bool_]:
    centre_x, centre_y, half_width, half_height = ellipse
    inside: NDArray[np.bool_] = ((x - centre_x) / half_width) ** 2 + ((y - centre_y) / half_height) ** 2 <= 1
    return inside
