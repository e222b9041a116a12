"""Kills a child before each disk call of everything that a library does; reports what was found after each.

Run with a folder and a number: every so many calls are tried, and with 1 whoever finishes what the first was killed in
is killed at each of its own calls, too. Children are forked from
this one process, which has loaded everything already.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy
from agents.errors import StorageError
from agents.storage.disk import Disk, backup_of
from agents.storage.entries import Entry
from agents.storage.history import History, HistoryRecorder
from agents.storage.library import Library
from agents.storage.moves import NOTE
from agents.storage.profile import Profile, read, write
from tests.agents.storage.disks import KillingDisk
from tests.agents.storage.profiles import age, make_profile

PAT, ANN, GONE = "a" * 32, "b" * 32, "c" * 32


def version(name: str, number: int, agent_id: str) -> Profile:
    """The version with a number of an agent."""
    return make_profile(name, seed=number, id=agent_id)


def train(library: Library, profile: Profile, path: Path | None) -> Path:
    """Save an agent as its training does: the run, the agent, and how it played earlier."""
    run = {"frames": profile.seed, "rows": np.full(50, profile.seed)}
    is_kept = path is not None and library.save_run(run, path, profile)
    path = library.save(profile, path)
    if not is_kept:
        library.save_run(run, path, profile)
    library.save_history(history_of(profile), path)
    return path


def history_of(profile: Profile) -> History:
    """A moment of its run."""
    architecture: Architecture = profile.architecture
    recorder = HistoryRecorder(profile.id, architecture, 100)
    recorder.add(profile.seed, 1.0, Policy(architecture, profile.weights))
    return recorder.history()


def prepare(folder: Path) -> None:
    """A library with two agents that were trained, and one in the trash, each with all that lies beside it."""
    library = Library(folder)
    for name, agent_id in (("Pat", PAT), ("Ann", ANN), ("Gone", GONE)):
        path = train(library, version(name, 1, agent_id), None)
        train(library, version(name, 2, agent_id), path)
    library.delete(library.find("Gone"))
    write(make_profile("Guest", id="d" * 32), folder.parent / "guest.agent")


def damage(path: Path) -> None:
    """Change a byte of a file, some time ago."""
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    age(path)


def damage_all(folder: Path) -> None:
    """Damage an agent and its backup."""
    damage(folder / "Ann.agent")
    damage(backup_of(folder / "Ann.agent"))


def nothing(folder: Path) -> None:
    """Leave a folder as it was prepared."""


def listed(library: Library) -> object:
    """Have the library look at what was done to it."""
    for entry in library.entries():
        with suppress(StorageError):
            library.load(entry)
    return library.entries()


PAT_FILE = "Pat.agent"
ACTIONS: dict[str, tuple[Callable[[Path], object], Callable[[Library], object]]] = {
    "save": (nothing, lambda library: train(library, version("Pat", 3, PAT), library.folder / PAT_FILE)),
    "save as new": (nothing, lambda library: train(library, version("New", 1, "e" * 32), None)),
    "save what was renamed": (
        lambda folder: Library(folder).rename(Entry(folder / PAT_FILE, None), "Paul"),
        lambda library: train(library, version("Pat", 3, PAT), library.folder / PAT_FILE),
    ),
    "save what was deleted": (
        nothing,
        lambda library: train(library, version("Gone", 3, GONE), library.folder / "Gone.agent"),
    ),
    "give up a run": (
        nothing,
        lambda library: library.save_run(None, library.folder / "Ann.agent", version("", 3, ANN)),
    ),
    "rename": (nothing, lambda library: library.rename(library.find("Pat"), "Paul")),
    "rename to a name that is taken": (nothing, lambda library: library.rename(library.find("Pat"), "Ann")),
    "rename in letter case": (nothing, lambda library: library.rename(library.find("Pat"), "PAT")),
    "delete": (nothing, lambda library: library.delete(library.find("Pat"))),
    "duplicate": (nothing, lambda library: library.duplicate(library.find("Pat"))),
    "bring back": (nothing, lambda library: library.restore(library.folder / "trash" / "Gone.agent")),
    "bring back beside another of its name": (
        lambda folder: Library(folder).save(version("Gone", 1, "f" * 32)),
        lambda library: library.import_file(library.folder / "trash" / "Gone.agent"),
    ),
    "import": (nothing, lambda library: library.import_file(library.folder.parent / "guest.agent")),
    "export": (nothing, lambda library: library.export(library.find("Pat"), library.folder.parent / "sent")),
    "use the backup": (lambda folder: damage(folder / PAT_FILE), listed),
    "set aside": (damage_all, listed),
    "tell a copy apart": (lambda folder: shutil.copy(folder / PAT_FILE, folder / "Copy.agent"), listed),
}
LOSES = {"use the backup": 1, "set aside": 0}  # the newest version that such damage leaves


def look(folder: Path, action: str) -> list[str]:
    """What is wrong with a library after somebody was killed in it."""
    library = Library(folder)
    listed(library)
    entries = library.entries()
    told = [entry.problem for entry in entries if entry.problem and action not in LOSES]
    problems = [f"told: {problem}" for problem in told]
    problems += [f"{name} is lost" for name, agent_id in (("Pat", PAT), ("Gone", GONE)) if not places(folder, agent_id)]
    files = sorted(folder.glob("*.agent")) + sorted((folder / "trash").glob("*.agent"))
    ids = [read(path).id for path in files]
    names = [entry.name.casefold() for entry in entries]
    problems += ["an id in two places"] * (len(set(ids)) < len(ids)) + ["a name twice"] * (len(set(names)) < len(names))
    newest = LOSES.get(action, 2)
    if action != "set aside" and read(places(folder, PAT)[0]).seed < min(newest, 2):
        problems.append("the newest version of Pat is lost")
    problems += [problem for path in files for problem in wrong_beside(library, path, action)]
    problems += [f"{path.name} is alone" for path in alone(folder)]
    return problems + [f"{NOTE} is still there"] * (folder / NOTE).exists()


def places(folder: Path, agent_id: str) -> list[Path]:
    """Where an agent lies."""
    paths = [*folder.glob("*.agent"), *folder.glob("trash/*.agent")]
    return [path for path in paths if read(path).id == agent_id]


def wrong_beside(library: Library, path: Path, action: str) -> list[str]:
    """What is missing of a run that was kept; the run of Pat may be given up by damage to Pat alone."""
    profile = read(path)
    if profile.id not in (PAT, GONE) or path.parent != library.folder or action in LOSES:
        return []
    try:
        point = library.resume_point(profile, path)
        frames = library.earlier_frames(Entry(path, profile))
    except StorageError as error:
        return [str(error)]
    return [f"the run of {profile.name} cannot go on"] * (point is None) + [f"{path.name}: no snapshots"] * (not frames)


def alone(folder: Path) -> list[Path]:
    """What lies beside no agent."""
    paths = [path for place in (folder, folder / "trash") for path in place.glob("[!.]*") if path.is_file()]
    owners = {path.stem for path in paths if path.suffix == ".agent"}
    return [
        path
        for path in paths
        if path.suffix != ".agent" and path.name.removesuffix(".bak").removesuffix(".agent") not in owners
        and path.stem not in owners
    ]  # fmt: skip


def in_child(folder: Path, disk: Disk, act: Callable[[Library], object]) -> bool:
    """Let a child do something; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            act(Library(folder, disk=disk))
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(7)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and status:
        raise RuntimeError(f"a child failed with {status}")
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def main() -> dict[str, object]:
    """Kill everywhere."""
    base, step = Path(sys.argv[1]), int(sys.argv[2])
    problems: list[str] = []
    kills = 0
    for number, (action, (begin, act)) in enumerate(ACTIONS.items()):
        shutil.rmtree(base, ignore_errors=True)
        prepare(base / "model" / "agents")
        begin(base / "model" / "agents")
        call, killed = number % step, True
        while killed:
            second, killed_again = 0, step == 1
            while second == 0 or killed_again:
                shutil.rmtree(base / "now", ignore_errors=True)
                shutil.copytree(base / "model", base / "now")
                folder = base / "now" / "agents"
                killed = in_child(folder, KillingDisk(call), act)
                if step == 1:
                    killed_again = in_child(folder, KillingDisk(second), listed)
                problems += [f"{action}, call {call}, {second}: {problem}" for problem in look(folder, action)]
                kills, second = kills + killed, second + 1
            call += step
    return {"kills": kills, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(main()))
