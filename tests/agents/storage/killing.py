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
from typing import Any, BinaryIO

import numpy as np

from agents.errors import StorageError
from agents.storage.library import Library
from agents.storage.profile import read
from tests.agents.storage.profiles import make_profile

ID = "c" * 32
_LONGEST_DELAY = 2.5  # saves
_MEASURED, _MEASURED_EVERY = 5, 20  # saves whose pace is measured, and kills from one measurement to the next


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


def begin_to_save(folder: Path, saved: int) -> tuple[int, BinaryIO]:
    """Fork a child that saves from version `saved` on; returns its process id and the pipe of what it tells."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        save_for_ever(folder, saved, write_end)
    os.close(write_end)
    return child, os.fdopen(read_end, "rb")


def kill(child: int) -> None:
    """Kill a child and wait for its end."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def kill_once(folder: Path, saved: int, delay: float) -> int:
    """Let a child save from version `saved` on and kill it; returns the last version that it said was saved."""
    child, pipe = begin_to_save(folder, saved)
    time.sleep(delay)
    kill(child)
    with pipe:
        told = pipe.read()
    return int.from_bytes(told[-8:], "little") if told else saved


def seconds_of_a_save(folder: Path, saved: int) -> float:
    """The seconds that a child needs for a save at present, on average; other work may have changed the pace."""
    started = time.perf_counter()
    child, pipe = begin_to_save(folder, saved)
    with pipe:
        pipe.read(8 * _MEASURED)
        seconds = (time.perf_counter() - started) / _MEASURED
        kill(child)
    return seconds


def main() -> dict[str, Any]:
    """Kill as often as asked for."""
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    saved, problems = 3, []
    Library(folder).save(make_profile(id=ID))
    for number in range(1, saved + 1):
        save(Library(folder), folder / "Pat.agent", number)
    for each in range(kills):
        if each % _MEASURED_EVERY == 0:
            longest = _LONGEST_DELAY * seconds_of_a_save(folder, saved)
            saved = read(folder / "Pat.agent").seed
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
