"""Displays: opening windows without OpenGL, and the end of the program when its display is gone."""

import ctypes
import sys
from collections.abc import Callable

from games.opengl import avoid_opengl

__all__ = ["avoid_opengl", "when_display_is_lost"]

_LIBRARY = "libX11.so.6"
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class _Kept:
    """Keeps the function that the library calls in memory."""

    handler: object = None


def when_display_is_lost(end: Callable[[], object]) -> None:
    """Call a function when the X server is gone; when it returns, X's library ends the process with status 1.

    Elsewhere than under X11, a display that is gone closes the window or makes `pygame.error` come up.
    """
    if sys.platform != "linux":
        return
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        return  # there is none, so nobody uses it

    def lost(display: int | None) -> int:
        end()
        return 0

    _Kept.handler = _Handler(lost)
    library.XSetIOErrorHandler(_Kept.handler)
