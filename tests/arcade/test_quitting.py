"""Quitting in the midst of training keeps what was learnt; so does being killed, all but the last minute."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.library import Library
from tests.soak import SOAK, times

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)  # every process loads TensorFlow


def arcade(home: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DQN_ARCADE_HOME": str(home), "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "dummy"}
    command = [sys.executable, "-m", "tests.arcade.quitting", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def agents(home: Path) -> Library:
    return Library(home / "data" / "agents")


def can_go_on(library: Library, entry: Any) -> bool:
    """Whether an agent has seen something and its run can go on exactly."""
    agent = library.load(entry).profile
    point = library.runs.resume_point(agent) if agent else None
    return bool(agent and agent.frames > 0 and point and point.frames > 0)


@pytest.mark.parametrize("number", range(times(1, 10)))
def test_quitting_in_the_midst_of_training_keeps_what_was_learnt(tmp_path: Path, number: int) -> None:
    quits = times(1, 5)
    with arcade(tmp_path, "quit", str(quits)) as child:
        out, err = child.communicate()
    assert child.returncode == 0, err[-2000:]
    library = agents(tmp_path)
    entries = library.entries()
    assert sorted(entry.name for entry in entries) == [f"Agent {index}" for index in range(quits)]
    assert all(can_go_on(library, entry) for entry in entries)
    assert library.runs.cut_off() == ()
    if SOAK:  # on a machine that has nothing else to do
        assert max(json.loads(out.splitlines()[-1])) <= 5


def test_an_arcade_that_is_killed_in_training_offers_to_go_on_with_it(tmp_path: Path) -> None:
    with arcade(tmp_path, "stay") as child:
        assert child.stdout
        lines = iter(child.stdout.readline, "")
        assert any(line.strip() == "saved" for line in lines), child.stderr and child.stderr.read()[-2000:]
        assert agents(tmp_path).runs.cut_off() == (), "it goes on"
        child.kill()
        child.communicate()
    library = agents(tmp_path)
    (entry,) = library.runs.cut_off()
    assert entry.name == "Killed"
    assert can_go_on(library, entry)
