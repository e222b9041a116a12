"""Killed at any instant of a save, the agent and its run are the old or the new ones, whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.storage import library as library_module
from agents.storage.library import Library
from agents.storage.profile import read
from tests.agents.storage.killing import ID
from tests.agents.storage.profiles import make_profile
from tests.soak import times

ROOT = Path(__file__).parents[3]
KILLS = times(200, 2_000)


@pytest.mark.skipif(not hasattr(sys, "getdlopenflags"), reason="needs processes that fork")
@pytest.mark.timeout(1_800)
def test_no_kill_leaves_an_agent_unreadable_or_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "tests.agents.storage.killing", str(tmp_path), str(KILLS), "11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["problems"] == []
    assert report["kills"] == KILLS
    assert report["saved"] > KILLS / 20, "hardly any save got through"
    assert report["litter"] > KILLS / 20, "hardly any kill met a save"
    monkeypatch.setattr(library_module, "STALE_SECONDS", -1.0)
    library = Library(tmp_path)
    library.save(make_profile("Another"))
    assert list(tmp_path.glob(".*.tmp")) == [], "litter goes in time"
    assert read(tmp_path / "Pat.agent").id == ID


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
@pytest.mark.timeout(3_600)
def test_no_kill_at_any_disk_call_loses_an_agent_or_what_lies_beside_it(tmp_path: Path) -> None:
    step = times(5, 1)
    command = [sys.executable, "-m", "tests.agents.storage.killing_moves", str(tmp_path / "base"), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["problems"] == []
    assert report["kills"] > 150 / step, "hardly any call was met"
