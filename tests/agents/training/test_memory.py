"""An arcade that stays open may train as many different networks as one likes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak import SOAK

ROOT = Path(__file__).parents[3]
TRAININGS, MEBIBYTES = 30, 50


@pytest.mark.skipif(not SOAK or sys.platform != "linux", reason="takes minutes, and reads what Linux tells of memory")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("compile_mode", ["graph", "auto"])
def test_memory_stays_where_it_is_after_three_trainings(compile_mode: str) -> None:
    command = [sys.executable, "-m", "tests.agents.training.training_in_a_row", str(TRAININGS), compile_mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    memory = [float(line) for line in done.stdout.split()]
    assert len(memory) == TRAININGS
    assert max(memory[3:]) - memory[2] <= MEBIBYTES, memory
