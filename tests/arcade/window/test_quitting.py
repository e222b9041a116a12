"""Quitting in the midst of training keeps what was learnt; so does being killed, all but the last minute."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.storage import resume
from agents.storage.library import Library
from agents.training.saver import SAVE_SECONDS
from tests.soak import SOAK, times

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(600)  # every process loads TensorFlow


def arcade(home: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DQN_ARCADE_HOME": str(home), "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "dummy"}
    command = [sys.executable, "-m", "tests.arcade.window.quitting", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def agents(home: Path) -> Library:
    return Library(home / "data" / "agents")


def can_go_on(library: Library, entry: Any) -> bool:
    """Whether an agent has seen something and its run can go on exactly."""
    agent = library.load(entry).profile
    point = library.resume_point(agent) if agent else None
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
    assert library.interrupted() == ()
    if SOAK:  # on a machine that has nothing else to do
        assert max(json.loads(out.splitlines()[-1])) <= 5


@pytest.mark.parametrize("seconds", [0.2, *([SAVE_SECONDS] if SOAK else [])])
def test_an_arcade_that_is_killed_in_training_offers_to_go_on_and_loses_a_minute_at_most(
    tmp_path: Path, seconds: float
) -> None:
    library = agents(tmp_path)
    with arcade(tmp_path, "stay", str(seconds)) as child:
        trained = follow_until_a_save_is_near(child, tmp_path, seconds)
        assert library.interrupted() == (), "it goes on"
        child.kill()
        child.communicate()
    (entry,) = library.interrupted()
    assert entry.name == "Killed"
    assert can_go_on(library, entry)
    kept = resume.ResumePoint(entry.path, 0).read()["seconds"]
    assert 0 < trained - kept <= 60


def follow_until_a_save_is_near(child: "subprocess.Popen[str]", home: Path, seconds: float) -> float:
    """Follow an arcade that tells how long it has trained through three saves and almost to the next; returns that."""
    assert child.stdout and child.stderr
    saves: set[int] = set()
    trained_before = 0.0
    for line in child.stdout:
        trained = float(line)
        new = {path.stat().st_mtime_ns for path in home.rglob("*.resume")} - saves
        if new:
            saves, trained_before = saves | new, trained
        if len(saves) >= 3 and trained > trained_before + 0.9 * seconds:
            return trained
    raise AssertionError(child.stderr.read()[-2000:])
