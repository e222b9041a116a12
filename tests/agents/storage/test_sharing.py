"""Several programs use one library at once: nothing is lost, nothing is in two places, every name is borne once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak import times

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork"),
    pytest.mark.timeout(7_000),
]


def share(folder: Path, what: str, *numbers: int) -> None:
    """See `tests.agents.storage.sharing`."""
    command = [sys.executable, "-m", "tests.agents.storage.sharing", str(folder / "base"), what, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["problems"] == [], done.stderr[-2000:]


def test_agents_of_one_name_imported_by_six_programs_are_all_there(tmp_path: Path) -> None:
    share(tmp_path, "import", 6, times(2, 50), 0, 1)


def test_four_programs_do_what_they_like_to_one_library(tmp_path: Path) -> None:
    share(tmp_path, "work", 4, 1, times(25, 1_250), 2)


def test_two_programs_interleave_at_random(tmp_path: Path) -> None:
    share(tmp_path, "work", 2, times(6, 200), 8, 3)


def test_one_of_two_programs_is_killed(tmp_path: Path) -> None:
    share(tmp_path, "killed", 2, times(3, 200), 20, 4)
