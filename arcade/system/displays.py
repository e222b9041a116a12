"""Displays: windows without OpenGL, and a callback for a lost X server."""

import ctypes
import sys
from collections.abc import Callable

from games.opengl import avoid_opengl

__all__ = ["avoid_opengl", "when_display_is_lost"]

_LIBRARY = "libX11.so.6"
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class _Kept:
    """A reference to the callback, which must not be garbage-collected while the library may call it."""

    handler: object = None


def when_display_is_lost(end: Callable[[], object]) -> None:
    """Call a function when the connection to the X server is lost. Xlib then ends the process with status 1.

    On other display systems, a lost display closes the window or raises `pygame.error`.
    """
    if sys.platform != "linux":
        return
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        return  # without the library, X11 is not in use

    def lost(display: int | None) -> int:
        end()
        return 0

    _Kept.handler = _Handler(lost)
    library.XSetIOErrorHandler(_Kept.handler)
