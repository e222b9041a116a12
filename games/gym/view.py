"""How a Gymnasium environment looks: its own picture (`rgb_array`), fitted into the surface."""

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import pygame

from games.drawing import FIELD
from games.gym.game import GymnasiumGame, GymnasiumState
from games.gym.moment import Moment, make_env
from games.view import fit

MOST_CAMERAS = 16
"""Games whose environments are kept for drawing, over all threads."""


class _Camera:
    """Draws the moments of one game on an environment of its own, which it steps after them."""

    def __init__(self, moment: Moment) -> None:
        # Never closed: classic environments would then end pygame, and the window with it.
        self._env = make_env(moment.env_id, render_mode="rgb_array")
        self._moment: Moment | None = None
        self._done: list[Any] = []
        self._picture: pygame.Surface | None = None

    def picture(self, moment: Moment) -> pygame.Surface:
        """What a moment looks like."""
        if moment is not self._moment or self._picture is None:
            self._go_to(moment)
            pixels = np.asarray(self._env.render())
            self._picture = pygame.image.frombytes(pixels.tobytes(), pixels.shape[1::-1], "RGB")
            self._moment = moment
        return self._picture

    def _go_to(self, moment: Moment) -> None:
        actions, done = moment.actions, self._done
        if self._moment is None or self._moment.seed != moment.seed or actions[: len(done)] != done:
            self._env.reset(seed=moment.seed)
            done = []
        for action in actions[len(done) :]:
            self._env.step(action)
        self._done = actions


_cameras: "OrderedDict[tuple[int, str, int], _Camera]" = OrderedDict()
_lock = threading.Lock()


def draw(
    surface: pygame.Surface,
    game: GymnasiumGame,
    state: GymnasiumState,
    row: int,
    previous: GymnasiumState | None,
    blend: float,
) -> None:
    """Draw one copy; see `games.view`. Nothing is known of what lies between two ticks."""
    moment: Moment = state.moment[row]
    picture = _camera(moment).picture(moment)
    place = pygame.Rect(fit(surface.get_size(), picture.get_size()))
    surface.fill(FIELD)
    surface.blit(pygame.transform.smoothscale(picture.convert(surface), place.size), place)


def _camera(moment: Moment) -> _Camera:
    """The camera that follows this moment's game in this thread."""
    key = threading.get_ident(), moment.env_id, moment.seed
    with _lock:
        camera = _cameras.pop(key, None) or _Camera(moment)
        _cameras[key] = camera
        while len(_cameras) > MOST_CAMERAS:
            _cameras.popitem(last=False)
    return camera
