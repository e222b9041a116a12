"""The state of Snake."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS = np.array([(0, -1), (0, 1), (-1, 0), (1, 0)])
"""[4, 2] row and column step of each action: left, right, up, down."""


@dataclass
class SnakeState:
    """B boards of n×n cells, numbered row by row."""

    expiry: NDArray[np.int32]  # [B, n·n] a cell is body while expiry > clock
    clock: NDArray[np.int32]  # [B]
    head: NDArray[np.int64]  # [B] cell
    direction: NDArray[np.int64]  # [B] the action last taken
    fruit: NDArray[np.int64]  # [B] cell, −1 on a full board
    length: NDArray[np.int64]  # [B]
    hunger: NDArray[np.int64]  # [B] ticks since the last fruit
    eaten: NDArray[np.int64]  # [B] fruits
    alive: NDArray[np.bool_]  # [B]
