"""Makes SDL open windows without OpenGL."""

import os


def avoid_opengl() -> None:
    """Make SDL open windows without OpenGL, unless the environment variable is set. Call it before a window is opened.

    Mesa, which implements OpenGL on systems without a graphics card, contains a copy of LLVM, and so does TensorFlow.
    With both copies in one process, it crashes.
    """
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
