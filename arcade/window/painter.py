"""Draws the window: moving parts in every frame, everything else only when it may have changed."""

from collections.abc import Sequence

import pygame

from arcade.input.controls import Input, Pointer
from arcade.ui import style
from arcade.ui.hint_bar import HintBar
from arcade.ui.meters import Toast
from arcade.ui.scene import Scene
from arcade.ui.style import Theme

SMALLEST = (640, 400)
"""Smallest size of the picture; a smaller window shows it scaled down."""

_STATIC_SECONDS = 0.2  # a static picture is fully redrawn after this time


class Painter:
    """Draws the scene, the hint bar below it and the toast over it.

    Args:
        theme: Fonts and sizes; fitted to the window.
        bar: The bar of key hints.
        toast: The notices.
    """

    def __init__(self, theme: Theme, bar: HintBar, toast: Toast) -> None:
        self._theme, self._bar, self._toast = theme, bar, toast
        self._canvas: pygame.Surface | None = None  # surface to draw on if the window is smaller than `SMALLEST`
        self._drawn: object = None  # state that was drawn last, None to force a full redraw
        self._age = 0.0  # seconds since the last full redraw

    def mark_changed(self) -> None:
        """Requests a full redraw in the next frame."""
        self._drawn = None

    def pass_time(self, seconds: float) -> None:
        """Adds to the age of the picture."""
        self._age += seconds

    def fit(self, text_scale: float, motion: bool) -> tuple[int, int]:
        """Fits the theme to the window; returns the size of the picture to draw."""
        self._canvas = _canvas_for(pygame.display.get_window_size(), self._canvas)
        size = self._target.get_size()
        self._theme.resize(size, text_scale)
        self._theme.motion = motion
        return size

    def show(self, scene: Scene) -> None:
        """Updates the window: the moving parts, or everything if anything else may have changed."""
        moved = self._draw_what_moves(scene)
        if moved is None:
            self._draw_all(scene)
            pygame.display.flip()
        elif moved:
            pygame.display.update(moved)

    def draw(self, scene: Scene) -> None:
        """Draws everything onto the window, without showing it yet."""
        self.mark_changed()
        self._draw_all(scene)

    def in_picture(self, event: Input) -> Input:
        """Converts the position of a mouse input from the window to the picture, which may be larger."""
        if self._canvas is None or not isinstance(event, Pointer):
            return event
        window, canvas = pygame.display.get_window_size(), self._canvas.get_size()
        position = event.position[0] * canvas[0] // window[0], event.position[1] * canvas[1] // window[1]
        return Pointer(position, event.pressed, event.wheel, event.released)

    @property
    def _target(self) -> pygame.Surface:
        """The surface to draw on."""
        return self._canvas or pygame.display.get_surface()

    @property
    def _area(self) -> pygame.Surface:
        """The scene's part of the surface, above the bar."""
        return self._target.subsurface((0, 0, self._target.get_width(), self._bar.rect.top))

    def _state(self, scene: Scene) -> object:
        """Returns everything that the picture depends on, except time and input."""
        return self._target, scene, self._bar.state

    def _draw_what_moves(self, scene: Scene) -> Sequence[pygame.Rect] | None:
        """Lets the scene redraw its moving parts; returns the changed rectangles, None if a full redraw is needed."""
        unchanged = self._drawn == self._state(scene) and self._age < _STATIC_SECONDS
        if not unchanged or self._toast.busy or self._canvas is not None:
            return None
        return scene.redraw(self._area)

    def _draw_all(self, scene: Scene) -> None:
        state, area = self._state(scene), self._area
        area.fill(style.GROUND)
        scene.draw(area)
        self._toast.draw(area, self._theme)
        if self._drawn != state:
            self._bar.draw(self._target)
        if self._canvas is not None:
            window = pygame.display.get_surface()
            pygame.transform.smoothscale(self._canvas, window.get_size(), window)
        self._drawn, self._age = state, 0.0


def _canvas_for(size: tuple[int, int], old: pygame.Surface | None) -> pygame.Surface | None:
    """Returns a surface to draw on if the window is smaller than `SMALLEST`; None to draw into the window itself."""
    wanted = max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1])
    if wanted == size:
        return None
    return old if old is not None and old.get_size() == wanted else pygame.Surface(wanted)
