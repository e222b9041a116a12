"""Saves an agent and its run in child processes and kills them at random instants; reports what was found after each.

Run with a folder, the number of kills and a seed. Children are forked from this one process, which has loaded
everything already, so that hundreds of kills take seconds.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from agents.errors import StorageError
from agents.storage.library import Library
from tests.agents.storage.profiles import make_profile

ID = "c" * 32
_LONGEST_DELAY = 2.5  # saves


def save_for_ever(folder: Path, number: int, pipe: int) -> None:
    """Save one version after the other, and tell the number of each that is said to be saved."""
    library = Library(folder)
    path = folder / "Pat.agent"
    while True:
        number += 1
        save(library, path, number)
        os.write(pipe, number.to_bytes(8, "little"))


def save(library: Library, path: Path, number: int) -> None:
    """Save the version with a number of the agent and its run."""
    profile = make_profile(seed=number, id=ID)
    library.save_run({"frames": number, "rows": np.full(500, number)}, path, profile)
    library.save(profile, path)


def look(folder: Path, saved: int) -> str:
    """What is wrong with the files after version `saved` was said to be saved, "" if nothing."""
    library = Library(folder)
    try:
        (entry,) = library.entries()
        profile = library.load(entry).profile
        assert profile and not entry.problem, entry.problem
        assert profile.seed in (saved, saved + 1), f"version {profile.seed} instead of {saved}"
        point = library.resume_point(profile)
        assert point, "the run is lost"
        tree = point.read()
        assert point.frames in (saved, saved + 1), f"run {point.frames} instead of {saved}"
        assert (tree["rows"] == point.frames).all()
    except (AssertionError, StorageError, ValueError) as error:
        return str(error)
    return ""


def kill_once(folder: Path, saved: int, delay: float) -> int:
    """Let a child save from version `saved` on and kill it; returns the last version that it said was saved."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        save_for_ever(folder, saved, write_end)
    os.close(write_end)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read_end, "rb") as pipe:
        told = pipe.read()
    return int.from_bytes(told[-8:], "little") if told else saved


def main() -> dict[str, Any]:
    """Kill as often as asked for."""
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    saved, problems = 3, []
    Library(folder).save(make_profile(id=ID))
    started = time.perf_counter()
    for number in range(1, saved + 1):
        save(Library(folder), folder / "Pat.agent", number)
    longest = _LONGEST_DELAY * (time.perf_counter() - started) / saved
    for _ in range(kills):
        saved = kill_once(folder, saved, rng.uniform(0, longest))
        problem = look(folder, saved)
        if problem:
            problems.append(problem)
        profile = Library(folder).find(ID).profile
        saved = profile.seed if profile else saved
    litter = len(list(folder.glob(".*.tmp")))
    return {"kills": kills, "saved": saved, "problems": problems, "litter": litter}


if __name__ == "__main__":
    print(json.dumps(main()))
