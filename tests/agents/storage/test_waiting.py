"""Nobody waits while bytes are made, written or synced: the library's lock is held for looking and renaming alone."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.policy import Policy
from agents.storage import container
from agents.storage.disk import Disk
from agents.storage.history import HistoryRecorder
from agents.storage.library import Library
from agents.storage.profile import write
from tests.agents.storage.profiles import make_profile

PATIENCE = 20.0  # seconds until a thread counts as stuck
PAT = make_profile(id="a" * 32)
STAGES = ("sum", "write", "sync")


class Gate:
    """Holds a thread that saves whenever it makes, writes or syncs bytes, until it is let through or for good."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.reached: list[str] = []
        self._arrived, self._may_pass = threading.Semaphore(0), threading.Semaphore(0)
        self._open = False

    def pass_through(self, stage: str) -> None:
        if threading.current_thread() is self.thread and not self._open:
            self.reached.append(stage)
            self._arrived.release()
            assert self._may_pass.acquire(timeout=PATIENCE)

    def waits(self, thread: threading.Thread) -> bool:
        """Wait until the thread stands here (True) or has ended."""
        while not self._arrived.acquire(timeout=0.01):
            if not thread.is_alive():
                return self._arrived.acquire(blocking=False)
        return True

    def let_through(self) -> None:
        self._may_pass.release()

    def open(self) -> None:
        self._open = True
        self._may_pass.release()


class GatedDisk(Disk):
    """Writes and syncs files only as far as a gate allows."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def write(self, file: int, data: memoryview) -> int:
        self._gate.pass_through("write")
        return super().write(file, data)

    def sync(self, file: int) -> None:
        self._gate.pass_through("sync")
        super().sync(file)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    made, total = Gate(), container._sum

    def gated_sum(views: Any) -> str:
        made.pass_through("sum")
        return total(views)

    monkeypatch.setattr(container, "_sum", gated_sum)
    return made


@pytest.fixture
def library(tmp_path: Path, gate: Gate) -> Library:
    made = Library(tmp_path / "agents", disk=GatedDisk(gate))
    made.save(PAT)
    made.save(make_profile("Ann"))
    write(make_profile("Ann"), tmp_path / "guest.agent")
    return made


def path_of(library: Library) -> Path:
    return library.folder / "Pat.agent"


def save_history(library: Library) -> None:
    recorder = HistoryRecorder(PAT.id, PAT.architecture, 100)
    recorder.add(1, 1.0, Policy(PAT.architecture, PAT.weights))
    library.save_history(recorder.history(), path_of(library))


SAVES: dict[str, Callable[[Library], object]] = {
    "a run": lambda library: library.save_run({"frames": 1, "rows": np.ones(9)}, path_of(library), PAT),
    "an agent": lambda library: library.save(PAT, path_of(library)),
    "a new agent": lambda library: library.save(make_profile("New")),
    "an agent whose name is taken": lambda library: library.save(make_profile("Ann")),
    "its earlier play": save_history,
    "a duplicate": lambda library: library.duplicate(library.find("Pat")),
    "an import whose name is taken": lambda library: library.import_file(library.folder.parent / "guest.agent"),
}


@contextmanager
def saving(library: Library, save: Callable[[Library], object], gate: Gate) -> Iterator[threading.Thread]:
    """Save in a thread that the gate holds; whatever happens, the thread ends well."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            save(library)
        except BaseException as error:
            faults.append(error)

    gate.thread = threading.Thread(target=work)
    gate.thread.start()
    try:
        yield gate.thread
    finally:
        gate.open()
        gate.thread.join(PATIENCE)
    assert not gate.thread.is_alive() and not faults, faults


def ends_by_itself(work: Callable[[], object]) -> bool:
    """Whether some work ends although the gate holds the thread that saves."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(2.0)
    return not thread.is_alive()


@pytest.mark.parametrize("what", SAVES)
def test_agents_are_found_and_loaded_while_bytes_are_made_written_and_synced(
    what: str, library: Library, gate: Gate
) -> None:
    other = Library(library.folder)  # as another program has it

    def look() -> None:
        library.load(library.find("Ann"))
        other.load(other.find("Ann"))

    with saving(library, SAVES[what], gate) as thread:
        while gate.waits(thread):
            assert ends_by_itself(look), f"{what} is saved: all wait for its {gate.reached[-1]}"
            gate.let_through()
    assert set(gate.reached) == set(STAGES)


def test_an_agent_that_was_renamed_meanwhile_is_written_before_anybody_waits(library: Library, gate: Gate) -> None:
    library.rename(library.find("Pat"), "Paul")
    with saving(library, lambda library: library.save(PAT, path_of(library)), gate) as thread:
        while gate.waits(thread):
            assert ends_by_itself(lambda: library.find("Ann"))
            gate.let_through()
    assert library.find(PAT.id).name == "Paul"


def test_a_name_that_is_taken_while_the_agent_is_written_gets_a_number(library: Library, gate: Gate) -> None:
    fresh = make_profile("New")
    with saving(library, lambda library: library.save(fresh), gate) as thread:
        assert gate.waits(thread)
        Library(library.folder).save(make_profile("New"))
        gate.let_through()
        while gate.waits(thread):
            assert ends_by_itself(lambda: library.find("Ann")), "it is written anew before anybody waits"
            gate.let_through()
    assert library.find(fresh.id).name == "New 2"
    assert len(library.entries()) == 4


def deleted_but_open(folder: Path) -> int:
    """Files of a folder that are gone from it while this process still has them open."""
    names = (os.readlink(each) for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
    return sum(name.startswith(str(folder)) and name.endswith(" (deleted)") for name in names)


class CountingDisk(Disk):
    """Counts deleted files that are still open at the last call of each save that is made under the lock."""

    counts: list[int]

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self.counts.append(deleted_but_open(folder))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_the_bytes_of_an_old_run_are_freed_after_the_lock(tmp_path: Path) -> None:
    disk = CountingDisk()
    disk.counts = []
    library = Library(tmp_path / "agents", disk=disk)
    path = library.save(PAT)
    library.save_run({"frames": 1}, path, PAT)
    disk.counts = []
    library.save_run({"frames": 2}, path, PAT)
    assert disk.counts == [1]
    assert deleted_but_open(path.parent) == 0
