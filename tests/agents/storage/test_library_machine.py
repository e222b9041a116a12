"""Whatever is done to the library in whatever order, no agent is lost, and what is listed can be used."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.errors import StorageError
from agents.storage import resume
from agents.storage.disk import backup_of
from agents.storage.library import Entry, Library
from agents.storage.profile import Profile, read
from tests.agents.storage.disks import FailingDisk
from tests.agents.storage.profiles import age, make_profile
from tests.soak import times

NAMES = st.sampled_from(["Pat", "pat", "Pat 2", "Ann", "../up", "CON", "Zoë"])
NUMBERS = st.integers(0, 10**6)


class LibraryMachine(RuleBasedStateMachine):
    """A library beside a model of it: the version that each agent has by its id, and where it went."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="library-"))
        self.library = Library(self.folder / "agents")
        self.versions: dict[str, int] = {}  # of the agents that are listed
        self.before: dict[str, int | None] = {}  # their versions before, as far as they have a backup
        self.trashed: list[tuple[Path, str]] = []
        self.count = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    # What a person does

    @rule(name=NAMES)
    def save_new(self, name: str) -> None:
        profile = self._next(name)
        self.library.save(profile)
        self._note(profile, None)

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS, run=st.booleans())
    def train_on(self, number: int, run: bool) -> None:
        entry = self._pick(number)
        profile = self._next(entry.name, entry)
        if run:
            self.library.save_run({"frames": profile.seed}, entry.path, profile)
        assert self.library.save(profile, entry.path) == entry.path
        self._note(profile, self.versions[profile.id])
        point = self.library.resume_point(profile)
        assert point is None or point.frames == profile.seed
        assert point or not run

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS, name=NAMES)
    def rename(self, number: int, name: str) -> None:
        entry = self._pick(number)
        had_run = self._has_run(entry)
        path = self.library.rename(entry, name)
        renamed = self.library.load(Entry(path, None))
        assert renamed.name == name or renamed.name.startswith(f"{name} ")
        assert self._has_run(renamed) == had_run
        self.before[self._id(entry)] = self.versions[self._id(entry)]

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS)
    def duplicate(self, number: int) -> None:
        entry = self._pick(number)
        copy = read(self.library.duplicate(entry))
        assert copy.id not in self.versions
        self.versions[copy.id], self.before[copy.id] = copy.seed, None

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        entry = self._pick(number)
        self.trashed.append((self.library.delete(entry), self._id(entry)))
        self._forget(entry)

    @precondition(lambda self: self.trashed)
    @rule(number=NUMBERS)
    def bring_back(self, number: int) -> None:
        path, agent_id = self.trashed.pop(number % len(self.trashed))
        restored = self.library.restore(path)
        version = read(restored).seed
        self.versions[agent_id] = version
        backup = backup_of(restored)
        self.before[agent_id] = read(backup).seed if backup.exists() else None

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS)
    def send_to_a_friend_and_back(self, number: int) -> None:
        entry = self._pick(number)
        sent = self.library.export(entry, self.folder / f"sent-{self.count}")
        self.count += 1
        came = read(self.library.import_file(sent))
        assert came.id not in self.versions
        self.versions[came.id], self.before[came.id] = came.seed, None

    # What goes wrong

    @rule()
    def start_anew(self) -> None:
        self.library = Library(self.folder / "agents")

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS, call=st.integers(0, 20), lasting=st.booleans(), what=st.sampled_from(["s", "r", "d", "b"]))
    def disk_fails(self, number: int, call: int, lasting: bool, what: str) -> None:
        """In the midst of saving, renaming, deleting or bringing back: it is done, or it is as if never asked for."""
        entry = self._pick(number)
        agent_id, disk = self._id(entry), FailingDisk(call, lasting=lasting and what == "s")
        library = Library(self.library.folder, disk=disk)
        profile = self._next(entry.name, entry)
        try:
            if what == "s":
                library.save(profile, entry.path)
            elif what == "r":
                library.rename(entry, "Renamed")
            elif what == "d":
                self.trashed.append((library.delete(entry), agent_id))
                self._forget(entry)
            elif self.trashed:
                path, agent_id = self.trashed[-1]
                library.restore(path)
                self.trashed.pop()
        except StorageError as error:
            assert "\n" not in str(error)
            assert disk.failed
        found = self._listed().get(agent_id)
        assert (found is not None) == (agent_id not in [trashed for _, trashed in self.trashed])
        if found is not None:
            version = self.library.load(found).profile
            assert version
            assert version.seed in (self.versions.get(agent_id, version.seed), profile.seed)
            self.versions[agent_id] = version.seed
            backup = backup_of(found.path)
            self.before[agent_id] = read(backup).seed if backup.exists() else None

    @precondition(lambda self: self.versions)
    @rule(number=NUMBERS, place=NUMBERS)
    def file_is_damaged(self, number: int, place: int) -> None:
        """Its backup takes its place, or it is set aside."""
        entry = self._pick(number)
        agent_id = self._id(entry)
        data = bytearray(entry.path.read_bytes())
        data[place % len(data)] ^= 1
        entry.path.write_bytes(data)
        age(entry.path)
        before = self.before[agent_id]
        try:
            found = self.library.load(entry).profile
            assert found and found.seed == before
            self.versions[agent_id], self.before[agent_id] = found.seed, None
        except StorageError:
            assert before is None
            self._forget(entry)
        kept = (self.library.folder / "quarantine").iterdir()
        assert bytes(data) in [path.read_bytes() for path in kept if path.is_file()]

    # What always holds

    @invariant()
    def every_agent_is_listed_once_and_whole(self) -> None:
        listed = self._listed()
        assert set(listed) == set(self.versions)
        assert len(listed) == len(self.library.entries())
        for agent_id, entry in listed.items():
            loaded = self.library.load(entry)
            assert loaded.profile
            assert (loaded.profile.seed, loaded.problem) == (self.versions[agent_id], "")

    @invariant()
    def what_was_deleted_lies_in_the_trash(self) -> None:
        for path, agent_id in self.trashed:
            assert read(path).id == agent_id

    @invariant()
    def no_two_agents_have_one_name(self) -> None:
        names = [entry.name.casefold() for entry in self.library.entries()]
        assert len(set(names)) == len(names)

    @invariant()
    def there_is_no_litter(self) -> None:
        assert list(self.folder.rglob("*.tmp")) == []

    # Helpers

    def _next(self, name: str, entry: Entry | None = None) -> Profile:
        self.count += 1
        changes: dict[str, Any] = {"id": self._id(entry)} if entry else {}
        return make_profile(name, seed=self.count, **changes)

    def _note(self, profile: Profile, before: int | None) -> None:
        self.versions[profile.id], self.before[profile.id] = profile.seed, before

    def _forget(self, entry: Entry) -> None:
        del self.versions[self._id(entry)], self.before[self._id(entry)]

    def _listed(self) -> dict[str, Entry]:
        return {self._id(entry): entry for entry in self.library.entries()}

    def _pick(self, number: int) -> Entry:
        ids = list(self.versions)  # their order is that of what was done; the ids themselves are random
        return self._listed()[ids[number % len(ids)]]

    def _has_run(self, entry: Entry) -> bool:
        return entry.path.with_suffix(resume.SUFFIX).exists()

    @staticmethod
    def _id(entry: Entry) -> str:
        assert entry.profile, entry.problem
        return entry.profile.id


LibraryMachine.TestCase.settings = settings(
    max_examples=times(12, 400), stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLibrary = LibraryMachine.TestCase
