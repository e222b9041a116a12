"""The picture of a Gymnasium environment: its own (`rgb_array`), fitted into the surface."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from games.border import GameError, short
from games.drawing import FIELD
from games.gym.game import GymnasiumGame, GymnasiumState
from games.gym.living import Living
from games.gym.moment import ActionHistory, Moment
from games.view import fit

MOST_CAMERAS = 16
"""Largest number of environments kept for drawing."""

LARGEST_SIDE = 4096
"""Largest side of a picture in pixels."""

Picture = NDArray[np.uint8]
"""[height, width, 3] red, green and blue."""


class _Camera:
    """An environment for drawing, which replays the moments of one game after the other."""

    def __init__(self, env_id: str) -> None:
        self.env_id = env_id
        self._living = Living(env_id, draws=True)
        self._moment: weakref.ref[Moment] | None = None  # weak, so that the moment is freed when it is not needed
        self._history: weakref.ref[ActionHistory] | None = None
        self._seed: int | None = None
        self._done: list[Any] = []
        self._picture: pygame.Surface | None = None

    @property
    def is_free(self) -> bool:
        """Whether the game that it drew last can no longer continue."""
        return self._history is None or self._history() is None

    def picture(self, moment: Moment) -> pygame.Surface:
        """Draw a moment."""
        if self._picture is None or self._moment is None or self._moment() is not moment:
            self._go_to(moment)
            pixels = picture_of(self._living.name, self._living.render())
            self._picture = pygame.image.frombytes(pixels.tobytes(), pixels.shape[1::-1], "RGB")
            self._moment, self._history = weakref.ref(moment), weakref.ref(moment.history)
        return self._picture

    def _go_to(self, moment: Moment) -> None:
        actions, done = moment.actions, self._done
        if self._seed != moment.seed or actions[: len(done)] != done:
            observation: Any = self._living.reset(moment.seed)[0]
            self._seed, done = moment.seed, []
        elif len(actions) == len(done):
            return
        for number, action in enumerate(actions[len(done) :], len(done) + 1):
            observation = self._living.step(action, number)[0]
        self._done = actions
        moment.compare(self._living, observation)


def picture_of(name: str, rendered: Any) -> Picture:
    """Convert a rendered picture to red, green and blue bytes; grey, transparency and floats up to 1 are accepted.

    Raises:
        GameError: It is not a picture.
    """
    if isinstance(rendered, list | tuple) and rendered and isinstance(rendered[-1], np.ndarray):
        rendered = rendered[-1]  # the latest of several pictures
    pixels = np.asarray(rendered)
    if pixels.dtype.kind == "f":
        pixels = np.nan_to_num(pixels) * (255 if pixels.size and pixels.max() <= 1 else 1)
    elif pixels.dtype.kind == "b":
        pixels = pixels * 255
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    fine = pixels.ndim == 3 and pixels.dtype.kind in "fiu" and pixels.shape[2] in (1, 3, 4)
    if not fine or not 0 < min(pixels.shape) <= max(pixels.shape) <= LARGEST_SIDE:
        raise GameError(f"{name}: render: gives {short(rendered)}: must be a picture [height, width, 3] in bytes")
    if pixels.dtype != np.uint8:
        pixels = pixels.clip(0, 255).astype(np.uint8)
    return pixels.repeat(3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]


_cameras: "OrderedDict[tuple[str, int], _Camera]" = OrderedDict()  # cameras that are not in use
_lock = threading.Lock()


def draw(
    surface: pygame.Surface,
    game: GymnasiumGame,
    state: GymnasiumState,
    row: int,
    previous: GymnasiumState | None,
    blend: float,
) -> None:
    """Draw one copy; see `games.view`. The picture is not interpolated between ticks."""
    moment: Moment = state.moment[row]
    with _camera(moment) as camera:
        picture = camera.picture(moment)
    place = pygame.Rect(fit(surface.get_size(), picture.get_size()))
    surface.fill(FIELD)
    surface.blit(pygame.transform.smoothscale(picture, place.size), place)


@contextmanager
def _camera(moment: Moment) -> Iterator[_Camera]:
    """Yield the camera of this moment's game, which other threads cannot use meanwhile."""
    key = moment.env_id, moment.seed
    with _lock:
        camera = _cameras.pop(key, None) or _spare(moment.env_id)
    camera = camera or _Camera(moment.env_id)
    yield camera  # a camera that fails is dropped
    with _lock:
        _cameras[key] = camera
        while len(_cameras) > MOST_CAMERAS:
            _cameras.popitem(last=False)


def _spare(env_id: str) -> _Camera | None:
    """Return a free camera of this environment, or if there are many the least recently used one.

    Cameras are never closed.
    """
    own = [key for key in _cameras if key[0] == env_id]
    free = next((key for key in own if _cameras[key].is_free), None)
    if free is None and own and len(_cameras) >= MOST_CAMERAS:
        free = own[0]
    return _cameras.pop(free) if free else None
