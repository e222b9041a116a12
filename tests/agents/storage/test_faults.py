"""Every call to the disk fails once, in everything that writes: the old files are whole, the trouble is one line."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from agents.errors import StorageError
from agents.storage import resume
from agents.storage.disk import Disk, backup_of
from agents.storage.library import Library
from agents.storage.profile import read
from tests.agents.storage.disks import FailingDisk
from tests.agents.storage.profiles import make_profile
from tests.soak import times

CODES = [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO][: times(1, 4)]
OLD, NEW = make_profile(seed=1, id="a" * 32), make_profile(seed=2, id="a" * 32)
ROWS = np.arange(1_000)


def prepared(folder: Path) -> Library:
    """A library with one agent, its version before, its run, and another agent in the trash."""
    library = Library(folder)
    path = library.save(make_profile(seed=0, id=OLD.id))
    library.save_run({"frames": 1, "rows": ROWS}, path, OLD)
    library.save(OLD, path)
    library.save(make_profile("Trashed"))
    library.delete(library.find("Trashed"))
    return library


ACTIONS: dict[str, Callable[[Library], object]] = {
    "save": lambda library: library.save(NEW, library.folder / "Pat.agent"),
    "save as new": lambda library: library.save(make_profile("Another")),
    "save the run": lambda library: library.save_run({"frames": 2, "rows": -ROWS}, library.folder / "Pat.agent", NEW),
    "rename": lambda library: library.rename(library.find("Pat"), "Ann"),
    "duplicate": lambda library: library.duplicate(library.find("Pat")),
    "delete": lambda library: library.delete(library.find("Pat")),
    "bring back": lambda library: library.restore(library.folder / "trash" / "Trashed.agent"),
    "export": lambda library: library.export(library.find("Pat"), library.folder.parent / "sent"),
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("action", ACTIONS)
def test_whatever_call_fails_nothing_is_lost(tmp_path: Path, action: str, code: int) -> None:
    number, failed = 0, True
    while failed:
        folder = tmp_path / str(number) / "agents"
        library = prepared(folder)
        disk = FailingDisk(number, code)
        try:
            ACTIONS[action](Library(folder, disk=disk))
        except StorageError as error:
            assert "\n" not in str(error)
            assert disk.failed
        else:
            assert not disk.failed, "a failure that is not told"
        failed, number = disk.failed, number + 1
        check(library)
    assert number > 2


def check(library: Library) -> None:
    """All agents are there, whole, with what lies beside them."""
    assert list(library.folder.parent.rglob("*.tmp")) == []
    everywhere = [*library.folder.glob("*.agent"), *(library.folder / "trash").glob("*.agent")]
    names = {read(path).name for path in everywhere}
    assert names >= {"Trashed"}
    assert names & {"Pat", "Ann"}
    assert all(not entry.problem for entry in library.entries())
    (path,) = [path for path in everywhere if read(path).id == OLD.id]
    assert read(path).seed in (1, 2)
    assert read(backup_of(path)).seed in (0, 1)
    tree = resume.ResumePoint(path, 0).read()
    assert (tree["rows"] == (ROWS if tree["frames"] == 1 else -ROWS)).all()
    assert resume.find(path, read(path)) or read(path).seed == 2


def test_windows_is_asked_again_while_somebody_else_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []
    replace = os.replace

    def held(path: Path, other: Path) -> None:
        tries.append(path)
        if len(tries) < 4:
            raise PermissionError(errno.EACCES, "held by a virus scanner")
        replace(path, other)

    monkeypatch.setattr("agents.storage.disk._WINDOWS", True)
    monkeypatch.setattr("agents.storage.disk.time.sleep", lambda seconds: None)
    monkeypatch.setattr(os, "replace", held)
    (tmp_path / "a").write_text("new")
    Disk().replace(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "new"
    assert len(tries) == 4
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        Disk().replace(tmp_path / "b", tmp_path / "c")


def refuse(*_: Path) -> None:
    raise PermissionError(errno.EACCES, "held for ever")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot sync folders")
def test_a_disk_that_cannot_sync_folders_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def no_folders(file: int) -> None:
        if not os.path.isfile(f"/proc/self/fd/{file}"):
            raise OSError(errno.EINVAL, "no such call")
        fsync(file)

    monkeypatch.setattr(os, "fsync", no_folders)
    library = Library(tmp_path)
    assert read(library.save(OLD)).seed == 1
