"""Asked to stop at random instants, commands and the window keep what was learnt and end as they are told to."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.storage.library import Library
from tests.soak import times

ROOT = Path(__file__).parents[3]
TRIALS = times(5, 300)
pytestmark = [
    pytest.mark.timeout(7_200),  # every child sets up a network
    pytest.mark.skipif(sys.platform != "linux", reason="needs processes that fork, and an X server"),
    pytest.mark.usefixtures("hangups_are_heard"),
]


@pytest.fixture
def display() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A virtual screen, and its server."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield f":{number}", server
        server.terminate()


def test_no_signal_loses_what_was_learnt(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.arcade.system.stopping", str(tmp_path), str(TRIALS), "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["problems"] == []
    assert sum(report["statuses"].values()) >= TRIALS / 2


def test_an_arcade_whose_display_is_lost_saves_its_training(
    tmp_path: Path, display: tuple[str, "subprocess.Popen[bytes]"]
) -> None:
    name, server = display
    environment = {**os.environ, "DQN_ARCADE_HOME": str(tmp_path), "DISPLAY": name, "SDL_VIDEODRIVER": "x11"}
    command = [sys.executable, "-m", "tests.arcade.window.leaving", "Gone"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True) as child:
        assert child.stderr
        assert any(line == "learning\n" for line in child.stderr)
        time.sleep(0.5)
        server.kill()
        _, told = child.communicate(timeout=60)
    library = Library(tmp_path / "data" / "agents")
    (entry,) = library.entries()
    assert child.returncode == 1
    assert told.splitlines()[-1] == f"dqn-arcade: the display is gone; Gone is saved as {entry.path}"
    profile = library.load(entry).profile
    assert profile is not None and profile.frames > 0
    assert library.resume_point(profile) is not None
    assert library.interrupted() == ()
