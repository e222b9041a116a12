"""The whole arcade in a real window on a virtual screen, driven by keys alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A virtual screen of its own."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


def _play(story: str, display: str, home: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DISPLAY": display,
        "SDL_VIDEODRIVER": "x11",
        "DQN_ARCADE_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "tests/robot.py", story],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=118,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.fixture(scope="module")
def trained(display: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("home")
    return home, _play("train", display, home)


def test_cartpole_is_trained_saved_and_left(trained: tuple[Path, dict[str, Any]]) -> None:
    home, report = trained
    assert report["best"] >= 475
    assert report["status"] == "finished"
    assert len(list(home.rglob("*.agent"))) == 1


def test_the_agent_balances_five_hundred_steps_after_a_new_start(
    display: str, trained: tuple[Path, dict[str, Any]]
) -> None:
    assert _play("watch", display, trained[0])["score"] == 500
