"""Runs of agents: which were cut off, and what is kept of them."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.config import Config
from agents.errors import StorageError
from agents.storage import resume
from agents.storage.container import pack_parts, unpack
from agents.storage.library import Library
from agents.storage.runs import HeldElsewhereError
from agents.training.plan import Plan
from agents.training.session import TrainingSession
from games.registry import make
from tests.agents.storage.profiles import make_profile

ROOT = Path(__file__).parents[3]

HOLD = """
import sys, time
from pathlib import Path
from agents.storage.library import Library

with Library(Path(sys.argv[1])).going_on(sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "agents")


def names(library: Library) -> list[str]:
    return [entry.name for entry in library.interrupted()]


def test_a_run_whose_process_was_killed_is_found_until_it_is_forgotten(library: Library) -> None:
    profile = make_profile()
    library.save(profile)
    library.save(make_profile("Another"))
    command = [sys.executable, "-c", HOLD, str(library.folder), profile.id]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "held\n"
        assert names(library) == [], "it goes on"
        library.runs.forget(profile.id)
        child.kill()
        assert child.wait() == (-signal.SIGKILL if sys.platform != "win32" else 1)
    assert names(library) == ["Pat"]
    assert names(Library(library.folder)) == ["Pat"], "asking changes nothing"
    library.runs.forget(profile.id)
    assert names(library) == []


def test_a_run_that_ends_is_not_cut_off_however_it_ends(library: Library) -> None:
    profile = make_profile()
    library.save(profile)
    with library.going_on(profile.id):
        assert names(library) == []
    with pytest.raises(ValueError, match="bad"), library.going_on(profile.id):
        raise ValueError("bad")
    assert names(library) == []
    assert list((library.folder / "running").iterdir()) == []


def test_a_run_has_one_writer_among_all_programs(library: Library) -> None:
    profile = make_profile()
    path = library.save(profile)
    point = resume.ResumePoint(path, 3)
    command = [sys.executable, "-c", HOLD, str(library.folder), profile.id]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "held\n"
        before = path.stat().st_mtime_ns
        assert library.runs.is_going_on(profile.id)
        with pytest.raises(HeldElsewhereError, match=r"Pat is being trained elsewhere.*agents duplicate"):
            TrainingSession(Plan(make("nchain"), "features", Config(), start=profile, resume=point), library)
        with library.going_on("b" * 32):
            pass
        child.kill()
    with library.going_on(profile.id), pytest.raises(HeldElsewhereError), library.going_on(profile.id):
        pass
    assert path.stat().st_mtime_ns == before
    assert not library.runs.is_going_on(profile.id)


def test_who_looks_whether_a_run_goes_on_does_not_keep_it_from_going_on(library: Library) -> None:
    looked: list[bool] = []

    def look() -> None:
        while not ended.is_set():
            looked.append(library.runs.is_going_on("a" * 32))

    ended = threading.Event()
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        with library.going_on("a" * 32):
            pass
    ended.set()
    for thread in threads:
        thread.join()
    assert looked


def test_a_disk_without_locks_stops_no_training(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.storage.locks.lock", lambda file: False)
    library.save(make_profile(id="a" * 32))
    with library.going_on("a" * 32), library.going_on("a" * 32):
        assert names(library) == []
    (library.folder / "running" / ("a" * 32)).touch()
    assert names(library) == [], "nobody can tell whether it was cut off"


@pytest.mark.parametrize("change", [{"parents": 5}, {"parents": [5]}, {"frames": "x"}, {"frames": -1}, {"values": []}])
def test_values_of_another_kind_are_damage(library: Library, change: dict[str, object]) -> None:
    profile = make_profile()
    path = library.save(profile)
    library.save_run({"frames": 3, "rows": np.ones(4)}, path, profile)
    file = path.with_suffix(resume.SUFFIX)
    document, arrays = unpack(file.read_bytes(), resume._LIMITS)
    file.write_bytes(b"".join(pack_parts(document | change, arrays, resume._LIMITS)))
    with pytest.raises(StorageError, match=r"Pat\.resume: damaged.*quarantine/Pat\.resume"):
        library.resume_point(profile)
    assert library.resume_point(profile) is None


def test_a_run_that_was_never_saved_is_no_agent(library: Library) -> None:
    (library.folder / "running").mkdir(parents=True)
    (library.folder / "running" / ("a" * 32)).touch()
    assert names(library) == []


def test_a_folder_that_cannot_be_written_to_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    library = Library(tmp_path / "file" / "agents")
    with library.going_on("a" * 32):
        assert names(library) == []


def test_what_is_saved_of_a_run_follows_its_agent_and_can_be_taken_away(library: Library) -> None:
    profile = make_profile()
    path = library.save(profile)
    tree = {"frames": 3, "rows": np.ones(4)}
    renamed = library.rename(library.find("Pat"), "Ann")
    library.save_run(tree, path, profile)
    assert not path.with_suffix(resume.SUFFIX).exists()
    assert library.resume_point(profile) == resume.ResumePoint(renamed, 3)
    library.save_run(None, path, profile)
    assert library.resume_point(profile) is None
    assert library.save_run(tree, path, make_profile()) is False, "an agent that lies nowhere"
    assert list(library.folder.glob("*.resume")) == []


def test_an_agent_that_was_deleted_while_it_is_trained_comes_back_with_its_run(library: Library) -> None:
    profile = make_profile()
    path = library.save(profile)
    library.save_run({"frames": 3}, path, profile)
    library.save(make_profile("Pat"))
    trashed = library.delete(library.find(profile.id))
    later = replace(profile, seed=7)
    assert library.save_run({"frames": 4}, path, later)
    assert library.save(later, path) == path
    assert not trashed.exists()
    assert library.resume_point(later) == resume.ResumePoint(path, 4)
    assert len(library.entries()) == 2
