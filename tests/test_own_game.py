"""The game of `docs/own-game.md`, installed as a stranger would, is a game like ours."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.documents import commands

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "own-game.md"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the documented package is installed, and a data folder of its own."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    code = dict(reversed(blocks))
    site = tmp_path_factory.mktemp("site")
    (site / "dodge.py").write_text(code["python"])
    metadata = site / "dodge-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: dodge\nVersion: 1.0\n")
    entry_points = re.search(r'dodge = "(.*?)"', code["toml"])
    assert entry_points
    (metadata / "entry_points.txt").write_text(f"[dqn_arcade.games]\ndodge = {entry_points[1]}\n")
    home = str(tmp_path_factory.mktemp("home"))
    return {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "DQN_ARCADE_HOME": home}


def _run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False
    )


def test_the_example_is_as_short_as_promised() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code
    assert len([line for line in code[1].splitlines() if line.strip()]) < 60


def test_it_holds_the_contract_and_is_drawn(environment: dict[str, str]) -> None:
    done = _run(environment, "-m", "pytest", "-p", "no:cacheprovider", "tests/games/test_contract.py", "-k", "dodge")
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_it_is_trained_saved_and_evaluated(environment: dict[str, str]) -> None:
    train, evaluate = (shlex.split(line)[1:] for line in commands(PAGE) if line.startswith("python main.py"))
    quickly = ["--set", "compile_mode=graph"]  # measuring others takes longer than the training
    trained = _run(environment, *train, *quickly, "--json")
    assert trained.returncode == 0, trained.stderr
    report = json.loads(trained.stdout)
    assert report["game"] == "dodge"
    assert report["solved"], report
    evaluated = _run(environment, *evaluate, "--json")
    assert json.loads(evaluated.stdout)["mean"] >= 50, evaluated.stderr


def test_it_has_a_card_and_is_played(environment: dict[str, str]) -> None:
    done = _run(environment, "tests/robot.py", "dodge")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["frames"] >= 7, "a rock needs seven ticks to fall"
