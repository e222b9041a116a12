"""Several programs do at random to one library what people and trainings do; reports what is wrong in the end.

Run with a folder, what to do ("import", "work" or "killed"), the number of programs, of rounds, of things that each
does in a round, and a seed. The programs are forked from this one process, which has loaded everything already.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agents.errors import StorageError
from agents.storage.entries import Entry
from agents.storage.history import History
from agents.storage.library import Library
from agents.storage.profile import Profile, read, write
from agents.training.saver import Saver
from tests.agents.storage.killing_moves import alone, history_of
from tests.agents.storage.profiles import make_profile

NAMES = ("Pat", "pat", "Ann", "Pat 2", "a/b", "a:b")


class FakeTrainer:
    """Stands for the training of one version of an agent."""

    state_size, has_plain_games, is_sound = 100, True, True

    def __init__(self, agent: Profile) -> None:
        self.agent, self.agent_id = agent, agent.id

    def profile(self) -> Profile:
        """The agent."""
        return self.agent

    def history(self) -> History:
        """How it played earlier."""
        return history_of(self.agent)

    def get_state(self) -> dict[str, Any]:
        """What the run needs to go on."""
        return {"frames": self.agent.seed}

    def progress(self) -> Any:
        """Where the run stands."""
        return SimpleNamespace(best=None)


class Program:
    """One program that uses the library.

    Args:
        folder: Of the agents.
        seed: Of what it does.
        journal: Where it notes which version of an agent it was told is saved.
    """

    def __init__(self, folder: Path, seed: int, journal: Path) -> None:
        self.library, self.rng, self.journal = Library(folder), random.Random(seed), journal
        self.actions: list[Callable[[Entry], object]] = [
            self.save_new, self.train, self.train, self.rename, self.delete, self.restore, self.import_file,
            lambda entry: self.library.duplicate(entry), lambda entry: self.library.load(entry).profile,
        ]  # fmt: skip

    def work(self, count: int) -> None:
        """Do something so many times; what others made impossible meanwhile is told and passed over."""
        for _ in range(count):
            entries = self.library.entries()
            entry = self.rng.choice(entries) if entries else None
            act = self.rng.choice(self.actions) if entry else self.save_new
            with suppress(StorageError):
                act(entry)  # type: ignore[arg-type]

    def note(self, agent: Profile) -> None:
        """A version is said to be saved."""
        with self.journal.open("a") as file:
            file.write(f"{agent.id} {agent.seed}\n")

    def save_new(self, _: Entry | None) -> None:
        """A new agent's first saves."""
        self.train_on(make_profile(self.rng.choice(NAMES), seed=1), None, Saver(self.library))

    def train(self, entry: Entry) -> None:
        """Go on with the run of an agent."""
        assert entry.profile
        saver = Saver(self.library, entry.path)
        try:
            saver.hold(entry.profile.id)
            place = self.library.where(entry.profile.id)
            if place:
                self.train_on(read(place), place, saver)
        finally:
            saver.end()

    def train_on(self, agent: Profile, path: Path | None, saver: Saver) -> None:
        """Save an agent twice as its training does."""
        saver.path = path
        for _ in range(2):
            agent = replace(agent, seed=agent.seed + 1, weights=make_profile(seed=agent.seed + 1).weights)
            trainer: Any = FakeTrainer(agent)
            saver.begin(trainer)
            saver.save(trainer)
            self.note(agent)
        saver.end()

    def rename(self, entry: Entry) -> None:
        """Give an agent another name."""
        self.library.rename(entry, self.rng.choice(NAMES))

    def delete(self, entry: Entry) -> None:
        """Throw an agent away."""
        self.library.delete(entry)

    def restore(self, _: Entry) -> None:
        """Bring one back."""
        trashed = sorted((self.library.folder / "trash").glob("*.agent"))
        if trashed:
            self.library.import_file(self.rng.choice(trashed))

    def import_file(self, _: Entry) -> None:
        """Take an agent in from elsewhere."""
        sent = sorted(self.library.folder.parent.glob("sent/*.agent"))
        self.library.import_file(self.rng.choice(sent))


def prepare(base: Path) -> Path:
    """A fresh folder of agents beside one with agents of one name that were sent."""
    shutil.rmtree(base, ignore_errors=True)
    for number in range(24):
        write(make_profile("Pat", seed=number), base / "sent" / f"{number:02}.agent")
    return base / "agents"


def import_all(folder: Path, programs: int, number: int) -> None:
    """One program's share of the agents that were sent."""
    for path in sorted(folder.parent.glob("sent/*.agent"))[number::programs]:
        Library(folder).import_file(path)


def fork(act: Callable[[], object]) -> int:
    """Do something in a child; returns its number."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(7)
    return child


def look(folder: Path, journal: Path, killed: bool) -> list[str]:
    """What is wrong with a library."""
    library = Library(folder)
    entries = library.entries()
    problems = [entry.problem for entry in entries if entry.problem]
    files = [*folder.glob("*.agent"), *folder.glob("trash/*.agent")]
    agents = {path: read(path) for path in files}
    by_id = {agent.id: (path, agent) for path, agent in agents.items()}
    names = [entry.name.casefold() for entry in entries]
    problems += ["an id in two files"] * (len(by_id) < len(files)) + ["a name twice"] * (len(set(names)) < len(names))
    problems += [f"{path.name} is alone" for path in alone(folder)]
    for agent_id, number in saved(journal).items():
        path, agent = by_id.get(agent_id, (None, None))
        if path is None or agent is None:
            problems.append(f"{agent_id} is lost")
            continue
        if not number <= agent.seed <= number + killed:
            problems.append(f"version {agent.seed} of {agent.name}, not {number}")
        if path.parent == folder:
            point = library.resume_point(agent, path)
            problems += [f"the run of {agent.name} cannot go on"] * (point is None)
    return problems


def saved(journal: Path) -> dict[str, int]:
    """The newest version of each agent that somebody was told is saved."""
    newest: dict[str, int] = {}
    for line in journal.read_text().splitlines() if journal.exists() else ():
        agent_id, number = line.split()
        newest[agent_id] = max(newest.get(agent_id, 0), int(number))
    return newest


def one_round(base: Path, what: str, programs: int, count: int, seed: int) -> list[str]:
    """Let all programs work at once."""
    folder, journal = prepare(base), base / "journal"
    if what == "import":
        jobs = [fork(partial(import_all, folder, programs, number)) for number in range(programs)]
    else:
        seeds = [seed * 1000 + number for number in range(programs)]
        jobs = [fork(partial(Program(folder, each, journal).work, count)) for each in seeds]
    if what == "killed":
        time.sleep(random.Random(seed).uniform(0, 0.02) * count)
        os.kill(jobs[0], signal.SIGKILL)
    failed = [job for job in jobs if os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]) not in (0, -signal.SIGKILL)]
    problems = look(folder, journal, what == "killed") + ["a program failed"] * len(failed)
    if what == "import" and len(list(folder.glob("*.agent"))) != 24:
        problems.append(f"{len(list(folder.glob('*.agent')))} of 24 are there")
    return problems


def main() -> dict[str, Any]:
    """All rounds."""
    base, what = Path(sys.argv[1]), sys.argv[2]
    programs, rounds, count, seed = map(int, sys.argv[3:7])
    problems = [
        f"round {number}: {problem}"
        for number in range(rounds)
        for problem in one_round(base, what, programs, count, seed + number)
    ]
    return {"rounds": rounds, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(main()))
