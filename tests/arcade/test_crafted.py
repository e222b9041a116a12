"""Crafted agents with a valid seal: whatever they say is refused in one clear line, or shown safely everywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.storage.container import unpack
from agents.storage.profile import from_bytes
from tests.agents.storage.crafting import CHANGES, Crafter, seal
from tests.soak import SOAK, times

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows tells nothing of a process's memory"),
    pytest.mark.timeout(7_200 if SOAK else 300),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process did that met crafted agents, watched by an audit hook."""
    folder = tmp_path_factory.mktemp("crafted")
    command = [sys.executable, "-m", "tests.arcade.crafted", str(folder), str(times(200, 3_000)), str(times(1, 19))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command += ["all"] if SOAK else []
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_is_refused_in_one_line_or_shown_safely_and_runs_nothing(report: dict[str, Any]) -> None:
    assert report["wrong"] == []


def test_none_costs_a_second_or_much_memory(report: dict[str, Any]) -> None:
    assert report["slowest"] < 1, report["longest"]
    assert report["mebibytes"] < 256


def test_nothing_is_left_elsewhere(report: dict[str, Any]) -> None:
    assert report["left"] == ["given.agent", "home"]


def test_many_are_accepted_and_met_in_every_way(report: dict[str, Any]) -> None:
    met = report["met"]
    assert met["decides"] > times(200, 3_000) // 10
    for way in (
        "home",
        "agents",
        "compare",
        "watch",
        "race",
        "setup",
        "dashboard",
        "evaluate",
        "further",
        "agents list",
    ):
        assert met[way] > 0, way


def test_true_agents_that_are_sealed_anew_are_the_same() -> None:
    for data in Crafter(0).bases:
        document, arrays = unpack(data)
        assert from_bytes(seal(document, arrays)).name == from_bytes(data).name == "Base"


def test_the_same_seed_makes_the_same_agents_and_every_change_occurs() -> None:
    first, second = Crafter(5), Crafter(5)
    made = [first.make() for _ in range(300)]
    assert made[:50] == [second.make() for _ in range(50)]
    told = {word for words, _ in made for word in words.split(", ")}
    assert told == {change.__name__.strip("_") for change in CHANGES}
