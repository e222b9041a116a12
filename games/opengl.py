"""One choice for all windows, made before pygame is loaded: they are shown without OpenGL."""

import os


def avoid_opengl() -> None:
    """Have SDL show windows without OpenGL, unless the environment says otherwise. Call it before a window is opened.

    Mesa, which draws OpenGL where there is no graphics card, brings a copy of LLVM. TensorFlow brings another one. The
    two do not get along in one process, and it dies.
    """
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
