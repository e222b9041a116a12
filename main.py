"""DQN Arcade: `python main.py` opens the window, `python main.py --help` lists the commands."""

import os
import sys

from arcade.system import signals

if __name__ == "__main__":
    signals.begin_program()  # before any slow import

# Native libraries read these variables when they are loaded, so they are set before other imports.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# The idle threads of OpenBLAS (numpy) keep spinning and take CPU time from TensorFlow and the window.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from arcade.commands.cli import main as run_command
from arcade.system.displays import avoid_opengl
from arcade.system.streams import claim_streams


def main() -> int:
    """Run the command in `sys.argv`; returns the exit status."""
    claim_streams()
    avoid_opengl()
    return run_command()


if __name__ == "__main__":
    status = main()
    signals.end_program()
    sys.exit(status)
