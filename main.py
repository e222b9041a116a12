"""DQN Arcade: `python main.py` opens the window, `python main.py --help` lists the commands."""

import os
import sys

# Read by native libraries when they are first loaded, so they are set before anything else is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# Idle threads of numpy's matrix products spin for a while and take the cores from TensorFlow and the window.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Without this SDL shows the window through OpenGL; Mesa's copy of LLVM then meets TensorFlow's and the process dies.
os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")

from arcade.cli import main as run_command
from arcade.console import keep_errors_clean, keep_output_clean


def main() -> int:
    """Run the command that the process was given; returns the exit status."""
    keep_errors_clean()
    keep_output_clean()
    return run_command()


if __name__ == "__main__":
    sys.exit(main())
