"""Opening the arcade in a process of its own, and what is refused."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pygame
import pytest

from agents.errors import ProfileError
from arcade.window.opening import run

ROOT = Path(__file__).parents[3]


def run_python(code: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    merged = {**os.environ, "DQN_ARCADE_HOME": str(home), **environment}
    cleaned = {name: value for name, value in merged.items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=cleaned, capture_output=True, text=True, timeout=60, check=False
    )


def test_without_a_display_one_line_says_so(tmp_path: Path) -> None:
    code = "import sys; from arcade.window.opening import run; sys.exit(run())"
    done = run_python(code, tmp_path, SDL_VIDEODRIVER="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "XDG_RUNTIME_DIR" not in line]
    assert len(lines) == 1
    assert lines[0].startswith("No window can be opened")


def test_the_first_frame_comes_before_tensorflow(tmp_path: Path) -> None:
    report = tmp_path / "first.json"
    code = "import sys; from arcade.window.opening import run; sys.exit(run())"
    started = {"DQN_ARCADE_STARTED": str(time.time()), "DQN_ARCADE_FIRST_FRAME": str(report)}
    done = run_python(code, tmp_path, **started)
    assert done.returncode == 0, done.stderr
    told = json.loads(report.read_text())
    assert told["tensorflow"] is False
    assert 0 < told["seconds"] < 10


def test_the_first_frame_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    code = "import main, sys; main.run_command([]); print(*sys.modules)"
    done = run_python(code, tmp_path, DQN_ARCADE_FIRST_FRAME=str(tmp_path / "first.json"))
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"pygame", "arcade.scenes.home.home_scene"} <= loaded
    assert not loaded & {
        "pkg_resources",
        "agents.training.trainer",
        "agents.learning.dqn",
        "skimage",
        "PIL",
        "rich",
        "gymnasium",
    }
    assert {name for name in loaded if name.startswith("arcade.scenes.")} == {
        "arcade.scenes.dialogs",
        "arcade.scenes.home",
        "arcade.scenes.home.cards_scene",
        "arcade.scenes.home.home_scene",
        "arcade.scenes.home.interrupted_runs",
        "arcade.scenes.places",
        "arcade.scenes.screen",
    }


def test_every_scene_is_loaded_once_the_first_one_stands() -> None:
    code = "from arcade.window import navigation; navigation.load_scenes(); import sys; print(*sys.modules)"
    done = run_python(code, ROOT)
    scenes = {path.stem for path in (ROOT / "arcade" / "scenes").rglob("*.py")} - {"__init__"}
    assert scenes <= {name.rpartition(".")[2] for name in done.stdout.split() if name.startswith("arcade.scenes.")}


@pytest.mark.parametrize(
    ("where", "error", "words"),
    [({"game": "chess"}, ValueError, "chess"), ({"watch": "Nobody"}, ProfileError, "Nobody")],
    ids=["game", "agent"],
)
def test_opening_at_something_unknown_is_refused(
    where: dict[str, str], error: type[Exception], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path))
    with pytest.raises(error, match=words):
        run(**where)  # type: ignore[arg-type]
    assert not pygame.display.get_init()
