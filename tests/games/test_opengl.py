"""Every way to open a window keeps OpenGL out of the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from games.opengl import avoid_opengl

VARIABLE = "SDL_FRAMEBUFFER_ACCELERATION"
OPENED = {
    "the arcade": "from arcade.window.opening import open_display; open_display()",
    "a script": "from games.registry import make; from games.window import Window; import numpy as np; "
    "game = make('catch'); Window(game, game.reset(1, np.random.default_rng(0)))",
    "a command": "import sys, main; sys.argv = ['main.py', '--help']; main.main()",
}


@pytest.mark.parametrize("code", OPENED.values(), ids=OPENED)
def test_windows_are_shown_without_opengl(code: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    told = f"{code}\nimport os, sys; sys.exit(os.environ.get('{VARIABLE}') != '0')"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=Path(__file__).parents[2], env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_a_person_may_want_opengl_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    avoid_opengl()
    assert os.environ[VARIABLE] == "1"
