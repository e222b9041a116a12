"""The folder of agents: what is listed and found, what each action leaves behind, and how damage is mended."""

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from agents.errors import ProfileError, StorageError
from agents.storage import document
from agents.storage.disk import Disk, backup_of
from agents.storage.library import COMPANIONS, STALE_SECONDS, Entry, Library, file_stem
from agents.storage.moves import NOTE
from agents.storage.profile import read, to_bytes, write
from tests.agents.storage.disks import FailingDisk
from tests.agents.storage.profiles import age, make_profile


@pytest.fixture
def library(tmp_path: Path) -> Library:
    shipped = tmp_path / "shipped"
    write(make_profile("Old hand", seed=9, id="f" * 32), shipped / "nchain" / "old-hand.agent")
    return Library(tmp_path / "agents", shipped)


def files(library: Library, folder: str = "") -> set[str]:
    return {path.name for path in (library.folder / folder).iterdir() if path.is_file()}


def own(library: Library) -> list[Entry]:
    return [entry for entry in library.entries() if not entry.shipped]


def card(mean: float) -> dict[str, float]:
    return {**make_profile().scorecard, "mean": mean}


def save_again(library: Library, path: Path, seed: int = 2) -> Path:
    """Save the next version of an agent."""
    return library.save(make_profile(seed=seed, id=read(path).id), path)


def test_empty_library_lists_nothing_and_makes_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path / "agents")
    assert library.entries() == ()
    assert library.best("nchain") is None
    assert not library.folder.exists()


def test_saved_agents_are_listed_without_weights(library: Library) -> None:
    path = library.save(make_profile())
    (entry,) = own(library)
    assert (entry.path, entry.name, entry.problem) == (path, "Pat", "")
    assert entry.profile
    assert not entry.profile.weights


def test_order_is_by_game_then_newest_first(library: Library) -> None:
    for name, game, year in [
        ("a", "nchain", 2001),
        ("b", "nchain", 2003),
        ("c", "cartpole", 2000),
        ("d", "nchain", 2002),
    ]:
        library.save(make_profile(name, game_id=game, changed=f"{year}-01-01T00:00:00+00:00"))
    (library.folder / "aaa.agent").symlink_to(library.folder / "a.agent")
    assert [entry.name for entry in own(library)] == ["c", "b", "d", "a", "aaa"]
    assert [entry.name for entry in library.entries("cartpole")] == ["c"]


def test_names_become_unique_files(library: Library) -> None:
    paths = [library.save(make_profile()) for _ in range(3)]
    assert [path.name for path in paths] == ["Pat.agent", "Pat 2.agent", "Pat 3.agent"]
    assert library.free_name("pat") == "pat 4"
    assert library.free_name("New") == "New"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../x", "-x"),
        ("..", "agent"),
        ("CON", "agent CON"),
        ("com1.txt", "agent com1.txt"),
        ("console", "console"),
        ("a/b\\c:d*e?", "a-b-c-d-e-"),
        (".hidden", "hidden"),
        ("dot.", "dot"),
        ("   ", "agent"),
        ("Zoë 猫", "Zoë 猫"),
    ],
)
def test_file_names_are_safe(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_long_names_fit_into_a_file_name(library: Library) -> None:
    path = library.save(make_profile("猫" * 64))
    assert len(path.name.encode()) < 200
    assert read(path).name == "猫" * 64


def test_saving_again_keeps_the_version_before(library: Library) -> None:
    path = library.save(make_profile(seed=1))
    assert save_again(library, path) == path
    assert (read(path).seed, read(backup_of(path)).seed) == (2, 1)
    assert files(library) == {"Pat.agent", "Pat.agent.bak"}


def test_saving_follows_an_agent_that_was_renamed(library: Library) -> None:
    profile = make_profile()
    path = library.save(profile)
    renamed = library.rename(library.find("Pat"), "Patricia")
    assert library.save(make_profile(seed=5, id=profile.id), path) == renamed
    (entry,) = own(library)
    assert (entry.name, read(entry.path).seed) == ("Patricia", 5)


def test_saving_over_a_deleted_agent_makes_a_new_one(library: Library) -> None:
    profile = make_profile()
    path = library.save(profile)
    library.delete(library.find("Pat"))
    assert library.save(profile, path) == path
    assert len(own(library)) == 1


def test_shipped_agents_are_found_and_never_written_to(library: Library, tmp_path: Path) -> None:
    entry = library.find("Old hand")
    assert entry.shipped
    before = entry.path.read_bytes(), entry.path.stat().st_mtime_ns
    actions: list[Callable[[], object]] = [
        lambda: library.rename(entry, "Mine"),
        lambda: library.delete(entry),
        lambda: library.save(make_profile(), entry.path),
    ]
    for action in actions:
        with pytest.raises(ProfileError, match="duplicate it first"):
            action()
    copy = library.duplicate(entry)
    assert copy.parent == library.folder
    assert read(copy).name == "Old hand copy"
    assert (entry.path.read_bytes(), entry.path.stat().st_mtime_ns) == before
    assert os.listdir(entry.path.parent) == ["old-hand.agent"]


def test_damaged_shipped_agent_stays_where_it_is(library: Library) -> None:
    path = library.find("Old hand").path
    path.write_bytes(b"nothing")
    (entry,) = library.entries()
    assert entry.profile is None
    assert "old-hand.agent" in entry.problem
    assert path.exists()


def test_finding_by_name_id_path_and_letter_case(library: Library, tmp_path: Path) -> None:
    profile = make_profile()
    path = library.save(profile)
    elsewhere = tmp_path / "elsewhere.agent"
    write(make_profile("Guest"), elsewhere)
    for text in ("Pat", "pat", "Pat.agent", profile.id, str(path)):
        assert library.find(text).path == path
    guest = library.find(str(elsewhere)).profile
    assert guest
    assert guest.name == "Guest"
    assert guest.weights


def test_own_agents_come_before_shipped_ones(library: Library) -> None:
    path = library.save(make_profile("Old hand"))
    assert library.find("Old hand").path == path


def test_unknown_agents_are_answered_with_what_there_is(library: Library) -> None:
    with pytest.raises(ProfileError, match="agent = 'Bob': no such agent, there is Old hand"):
        library.find("Bob")
    with pytest.raises(ProfileError, match="of cartpole, there is none yet"):
        library.find("Old hand", "cartpole")


def test_several_of_one_name_ask_for_the_id(library: Library) -> None:
    first, second = make_profile(), make_profile()
    library.save(first)
    write(second, library.folder / "By hand.agent")
    with pytest.raises(ProfileError, match="several") as caught:
        library.find("Pat")
    assert first.id in str(caught.value)
    assert library.find("By hand").path.stem == "By hand"


def test_renaming_moves_the_file_and_its_backup(library: Library) -> None:
    library.save(make_profile(seed=1))
    path = library.rename(library.find("Pat"), "Ann/e")
    assert path.name == "Ann-e.agent"
    assert read(path).name == "Ann/e"
    assert files(library) == {"Ann-e.agent", "Ann-e.agent.bak"}


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_renaming_refuses_wrong_names(library: Library, name: str) -> None:
    path = library.save(make_profile())
    with pytest.raises(ProfileError, match="1 to 64"):
        library.rename(library.find("Pat"), name)
    assert read(path).name == "Pat"


def test_duplicates_have_a_name_and_an_id_of_their_own(library: Library) -> None:
    entry = library.find(str(library.save(make_profile())))
    first, second = read(library.duplicate(entry)), read(library.duplicate(entry, "Twin"))
    assert (first.name, second.name) == ("Pat copy", "Twin")
    assert len({first.id, second.id, make_profile().id}) == 3
    assert entry.profile
    assert to_bytes(first)[-48:] == to_bytes(entry.profile)[-48:]  # the weights


def test_deleting_can_be_undone(library: Library) -> None:
    path = library.save(make_profile(seed=1))
    save_again(library, path)
    trashed = library.delete(library.find("Pat"))
    assert own(library) == []
    assert trashed.parent.name == "trash"
    assert library.restore(trashed) == path
    assert (read(path).seed, read(backup_of(path)).seed) == (2, 1)
    assert files(library, "trash") == set()


def with_companions(path: Path, words: str = "beside") -> set[str]:
    """Lay something beside an agent under every suffix; returns the names."""
    companions = [path.with_suffix(suffix) for suffix in COMPANIONS]
    for companion in companions:
        companion.write_text(words)
    return {companion.name for companion in companions}


def test_companions_go_where_the_agent_goes(library: Library) -> None:
    path = library.save(make_profile("v1.2"))
    names = with_companions(path)
    assert files(library) == {"v1.2.agent", *names}
    renamed = library.rename(library.find("v1.2"), "Ann")
    names = {name.replace("v1.2", "Ann") for name in names}
    assert files(library) == {"Ann.agent", "Ann.agent.bak", *names}
    trashed = library.delete(library.find("Ann"))
    assert (files(library), files(library, "trash")) == (set(), {"Ann.agent", "Ann.agent.bak", *names})
    assert library.restore(trashed) == renamed
    assert files(library) == {"Ann.agent", "Ann.agent.bak", *names}


def test_duplicates_and_exports_go_without_companions(library: Library, tmp_path: Path) -> None:
    names = with_companions(library.save(make_profile()))
    library.duplicate(library.find("Pat"))
    library.export(library.find("Pat"), tmp_path / "out")
    assert files(library) == {"Pat.agent", "Pat copy.agent", *names}
    assert len(list(tmp_path.glob("out.*"))) == 1


def test_companions_left_alone_are_not_taken_for_those_of_another_agent(library: Library) -> None:
    path = library.save(make_profile())
    names = with_companions(path)
    path.unlink()
    assert library.save(make_profile()).name == "Pat 2.agent"
    library.save(make_profile("Ann"))
    assert library.rename(library.find("Ann"), "Pat").name == "Pat 3.agent"
    assert files(library) >= names


def test_a_damaged_agent_takes_its_companions_along_unless_its_backup_stays(library: Library) -> None:
    path = library.save(make_profile())
    names = with_companions(path)
    path.write_bytes(b"")
    age(path)
    own(library)
    assert files(library) == set()
    assert files(library, "quarantine") == {"Pat.agent", *names}
    path = library.save(make_profile())
    save_again(library, path)
    with_companions(path)
    path.write_bytes(b"")
    age(path)
    own(library)
    assert files(library) == {"Pat.agent", *names}


def test_deleting_twice_and_bringing_back_keeps_all(library: Library) -> None:
    library.save(make_profile(seed=1))
    first = library.delete(library.find("Pat"))
    library.save(make_profile(seed=2))
    second = library.delete(library.find("Pat"))
    library.save(make_profile(seed=3))
    restored = library.restore(second), library.restore(first)
    assert [read(path).seed for path in restored] == [2, 1]
    assert len(own(library)) == 3


def test_exporting_and_importing_keep_the_agent(library: Library, tmp_path: Path) -> None:
    profile = make_profile()
    entry = library.find(str(library.save(profile)))
    file = library.export(entry, tmp_path / "out")
    folder = library.export(entry, tmp_path)
    assert (file.name, folder.name) == ("out.agent", "Pat.agent")
    with pytest.raises(StorageError, match="exists already"):
        library.export(entry, file)
    with pytest.raises(StorageError, match="no such folder"):
        library.export(entry, tmp_path / "missing" / "file")
    other = Library(tmp_path / "other")
    assert read(other.import_file(file)).id == profile.id
    assert read(other.import_file(file)).id != profile.id
    assert len(other.entries()) == 2


def test_importing_refuses_what_is_no_agent(library: Library, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.agent"
    stranger.write_bytes(b"\x80\x04cposix\nsystem\n")
    with pytest.raises(ProfileError, match="stranger"):
        library.import_file(stranger)
    assert not library.folder.exists()


def test_best_is_the_highest_mean_that_can_play(library: Library) -> None:
    for name, mean in [("low", 1.5), ("high", 3.0), ("broken", 9.0)]:
        library.save(make_profile(name, scorecard=card(mean)))
    library.save(make_profile("stranger", scorecard=card(8.0), rules_version=99))
    library.save(make_profile("unrated", scorecard={}))
    damaged = library.folder / "broken.agent"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x7f")
    age(damaged)
    best = library.best("nchain")
    assert best
    assert best.name == "high"
    assert best.profile
    assert best.profile.weights


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    age(path)


def test_damaged_file_falls_back_to_its_backup(library: Library) -> None:
    path = library.save(make_profile(seed=1))
    save_again(library, path)
    damage(path)
    entry = library.find("Pat")
    assert entry.profile
    assert entry.profile.seed == 1
    assert "its backup is used" in entry.problem
    assert files(library) == {"Pat.agent"}
    assert files(library, "quarantine") == {"Pat.agent"}


def test_cut_file_is_mended_by_listing(library: Library) -> None:
    path = library.save(make_profile(seed=1))
    save_again(library, path)
    path.write_bytes(path.read_bytes()[:100])
    age(path)
    (entry,) = own(library)
    assert entry.profile
    assert entry.profile.seed == 1
    assert "quarantine" in entry.problem
    assert own(library)[0].problem == ""


@pytest.mark.parametrize("call", range(9))
def test_a_save_that_failed_leaves_a_backup_that_outlives_damage(library: Library, call: int) -> None:
    path = library.save(make_profile(seed=1, id="d" * 32))
    library.save(make_profile(seed=2, id="d" * 32), path)
    disk = FailingDisk(call)
    try:
        Library(library.folder, disk=disk).save(make_profile(seed=3, id="d" * 32), path)
    except StorageError:
        assert disk.failed
    damage(path)
    recovered = library.find("Pat").profile
    assert recovered
    assert recovered.seed in (1, 2)


def test_a_damaged_name_of_an_array_is_damage_although_the_sums_fit(library: Library) -> None:
    path = library.save(make_profile())
    save_again(library, path)
    last = max(read(path).weights)
    path.write_bytes(path.read_bytes().replace(f'"{last}"'.encode(), f'"{last[:-1]}~"'.encode()))
    age(path)
    (entry,) = own(library)
    assert entry.profile and entry.profile.seed == 0
    assert "its backup is used" in entry.problem


def test_a_version_from_before_a_renaming_gets_the_present_name(library: Library) -> None:
    path = library.rename(library.load(Entry(library.save(make_profile()), None)), "Zoe")
    library.save(make_profile(seed=7))
    path.write_bytes(b"broken")
    age(path)
    assert sorted((entry.name, entry.path.name) for entry in own(library)) == [
        ("Pat", "Pat.agent"),
        ("Zoe", "Zoe.agent"),
    ]
    assert read(path).name == "Zoe"


def test_damaged_file_without_backup_is_set_aside(library: Library) -> None:
    path = library.save(make_profile())
    damaged = path.read_bytes()[:50]
    path.write_bytes(damaged)
    age(path)
    (entry,) = own(library)
    assert entry.profile is None
    assert "quarantine/Pat.agent" in entry.problem
    assert (library.folder / "quarantine" / "Pat.agent").read_bytes() == damaged
    assert own(library) == []


def test_damaged_backup_is_set_aside_too(library: Library) -> None:
    path = library.save(make_profile())
    save_again(library, path)
    path.write_bytes(b"")
    backup_of(path).write_bytes(b"")
    age(path)
    assert [entry.profile for entry in own(library)] == [None]
    assert files(library) == set()
    assert files(library, "quarantine") == {"Pat.agent", "Pat 2.agent"}


def test_newer_file_stays_untouched(library: Library) -> None:
    from agents.storage.container import pack, unpack

    profile = make_profile()
    path = library.save(profile)
    newer = pack(unpack(to_bytes(profile))[0] | {"schema": 99}, profile.weights)
    path.write_bytes(newer)
    (entry,) = own(library)
    assert "newer version" in entry.problem
    assert path.read_bytes() == newer


def test_backup_left_alone_is_found(library: Library) -> None:
    path = library.save(make_profile())
    path.rename(backup_of(path))
    assert [entry.name for entry in own(library)] == ["Pat"]


def test_refused_moves_leave_everything_in_place(library: Library, tmp_path: Path) -> None:
    class NoMoves(Disk):
        def replace(self, path: Path, other: Path) -> None:
            raise OSError(errno.EROFS, "read-only")

    path = library.save(make_profile())
    frozen = Library(library.folder, disk=NoMoves())
    with pytest.raises(StorageError, match="the disk is read-only"):
        frozen.delete(frozen.find("Pat"))
    assert path.exists()
    damage(path)
    with pytest.raises(StorageError, match="read-only"):
        frozen.find("Pat")
    assert path.exists()


@pytest.mark.parametrize("action", ["rename", "delete"])
@pytest.mark.parametrize("number", range(8))
def test_a_move_that_is_refused_half_way_is_taken_back(library: Library, action: str, number: int) -> None:
    class Refusing(Disk):
        """Refuses one renaming or syncing of a folder."""

        left = number

        def replace(self, path: Path, other: Path) -> None:
            self._count()
            super().replace(path, other)

        def sync_folder(self, folder: Path) -> None:
            self._count()
            super().sync_folder(folder)

        def _count(self) -> None:
            self.left -= 1
            if self.left == -1:
                raise OSError(errno.EIO, "no luck")

    path = library.save(make_profile(seed=1))
    save_again(library, path)
    before = {*with_companions(path), *files(library)}
    disk = Refusing()
    shaky = Library(library.folder, disk=disk)
    entry = shaky.find("Pat")
    try:
        shaky.rename(entry, "Ann") if action == "rename" else shaky.delete(entry)
    except StorageError as error:
        assert "no luck" in str(error)
    if disk.left < 0:
        assert files(library) == before
        assert read(path).name == "Pat"
    else:
        assert not path.exists()


def test_litter_of_killed_saves_is_removed_in_time(library: Library) -> None:
    library.save(make_profile())
    old, young = library.folder / ".a.agent.1.tmp", library.folder / ".b.agent.2.tmp"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, path.stat().st_mtime - STALE_SECONDS - 60))
    library.save(make_profile())
    assert not old.exists()
    assert young.exists()


def test_threads_may_save_at_once(library: Library) -> None:
    threads = [threading.Thread(target=lambda: library.save(make_profile())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(own(library)) == 8


def test_names_that_look_like_paths_stay_inside(library: Library, tmp_path: Path) -> None:
    for name in ("../../escape", "/etc/passwd", "..\\up", "C:\\x"):
        assert library.save(make_profile(name)).parent == library.folder
    entry = library.find("../../escape")
    copies: list[Any] = [
        library.duplicate(entry),
        library.rename(entry, "../gone"),
        library.delete(library.find("C:\\x")),
    ]
    assert all(library.folder in path.parents for path in copies)


@pytest.mark.parametrize("call", range(12))
def test_bringing_back_beside_an_agent_of_the_same_name_is_done_or_not(library: Library, call: int) -> None:
    trashed = library.delete(Entry(library.save(make_profile(id="d" * 32)), None))
    library.save(make_profile(id="e" * 32))
    disk = FailingDisk(call)
    try:
        restored = Library(library.folder, disk=disk).restore(trashed)
    except StorageError:
        assert disk.failed
        assert read(trashed).id == "d" * 32
        assert len(own(library)) == 1
    else:
        assert read(restored).name == "Pat 2"
        assert len(own(library)) == 2


def test_nobody_writes_over_an_agent_that_bears_the_old_name_by_now(library: Library) -> None:
    run, other = make_profile("K", seed=1), make_profile("Other", seed=77)
    path = library.save(run)
    library.save(other)
    library.rename(library.find("K"), "Keep")
    library.rename(library.find("Other"), "K")
    for seed in (2, 3):
        assert library.save(replace(run, seed=seed), path).stem == "Keep"
    assert {entry.name: read(entry.path).seed for entry in own(library)} == {"Keep": 3, "K": 77}


def test_a_run_whose_agent_was_taken_away_is_saved_beside_who_has_its_place_now(library: Library) -> None:
    run = make_profile("K", seed=1)
    path = library.save(run)
    path.unlink()
    other = library.save(make_profile("K", seed=5))
    assert other == path
    saved = library.save(replace(run, seed=2), path)
    assert (saved.stem, read(saved).name, read(saved).seed) == ("K 2", "K 2", 2)
    assert read(other).seed == 5


def test_names_are_borne_once(library: Library, tmp_path: Path) -> None:
    for name in ("Pat", "pat", "Ann"):
        library.save(make_profile(name))
    sent = tmp_path / "sent.agent"
    write(make_profile("PAT"), sent)
    imported = read(library.import_file(sent)).name
    renamed = read(library.rename(library.find("Ann"), "Pat")).name
    copied = read(library.duplicate(library.find("Pat"), "Pat")).name
    assert [imported, renamed, copied] == ["PAT 3", "Pat 4", "Pat 5"]
    assert read(library.rename(library.find("Pat"), "PAT")).name == "PAT", "its own name in other letter case"


def test_a_name_that_somebody_takes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    class Late(Disk):
        """Somebody else is faster by an instant, once."""

        taken: ClassVar[list[Path]] = []

        def claim(self, path: Path, other: Path) -> None:
            if not self.taken:
                self.taken.append(other)
                write(make_profile("Theirs"), other)
            super().claim(path, other)

    library = Library(tmp_path / "agents", disk=Late())
    path = library.save(make_profile("Pat"))
    assert (path.stem, read(Late.taken[0]).name) == ("Pat 2", "Theirs")
    assert files(library) == {"Pat.agent", "Pat 2.agent"}


def test_a_disk_without_second_names_claims_names_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", refuse)
    assert [library.save(make_profile()).stem for _ in range(2)] == ["Pat", "Pat 2"]
    with pytest.raises(StorageError, match="exists already"):
        library.export(library.find("Pat"), library.folder / "Pat 2")


def test_importing_from_the_trash_brings_everything_back(library: Library) -> None:
    path = library.save(make_profile())
    names = with_companions(path)
    agent_id = read(path).id
    trashed = library.delete(library.find("Pat"))
    assert library.import_file(trashed) == path
    assert read(path).id == agent_id
    assert files(library) == {"Pat.agent", *names}
    with pytest.raises(StorageError, match="restored already"):
        library.restore(trashed)


def test_a_copy_made_by_hand_becomes_an_agent_of_its_own(library: Library) -> None:
    path = library.save(make_profile("R"))
    save_again(library, path)
    original = read(path)
    library.save_run({"frames": 3}, path, original)
    for suffix in (".agent", ".agent.bak", ".resume"):
        shutil.copy(path.with_name(f"R{suffix}"), path.with_name(f"A copy{suffix}"))
    names = {entry.name: entry.profile.id for entry in own(library) if entry.profile}
    assert names["R"] == original.id
    assert names["A copy"] != original.id
    copy = library.find("A copy")
    assert copy.profile
    assert library.resume_point(copy.profile, copy.path) is None, "a run belongs to one file"
    assert library.resume_point(original, path) is not None
    assert library.resume_point(original, copy.path) is None
    library.save(replace(copy.profile, seed=9), copy.path)
    assert (read(path).seed, read(copy.path).seed) == (original.seed, 9)


def test_a_copy_that_cannot_be_written_to_is_told(library: Library) -> None:
    class Full(Disk):
        def create(self, path: Path) -> int:
            raise OSError(errno.ENOSPC, "full")

    path = library.save(make_profile("R"))
    shutil.copy(path, path.with_name("Copy.agent"))
    told = [entry.problem for entry in Library(library.folder, disk=Full()).entries() if entry.problem]
    assert len(told) == 1
    assert "is a copy of R" in told[0] and "disk is full" in told[0]


def test_a_file_that_is_still_being_copied_is_left_alone(library: Library) -> None:
    path = library.save(make_profile())
    save_again(library, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    (entry,) = own(library)
    assert entry.profile is None
    assert "may still be written" in entry.problem
    assert files(library) == {"Pat.agent", "Pat.agent.bak"}
    path.write_bytes(whole)
    assert [entry.problem for entry in own(library)] == [""]


def test_what_this_program_does_not_take_but_is_whole_stays_where_it_is(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = library.save(make_profile())
    age(path)

    def refuse(_: object) -> str:
        raise ValueError("a letter that this Python does not know")

    monkeypatch.setitem(document.FIELDS, "name", refuse)
    (entry,) = own(library)
    assert "does not know" in entry.problem
    assert files(library) == {"Pat.agent"}
    with pytest.raises(ProfileError, match="does not know"):
        library.find("Pat")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_agent_that_may_not_be_read_is_told_with_the_reason(library: Library) -> None:
    library.save(make_profile()).chmod(0)
    with pytest.raises(ProfileError, match="no permission"):
        library.find("Pat")


def test_an_agent_that_cannot_be_used_is_told_with_the_reason(library: Library) -> None:
    library.folder.mkdir()
    (library.folder / "Link.agent").symlink_to(library.folder)
    with pytest.raises(ProfileError, match="is a link"):
        library.find("Link")


def test_an_agent_that_was_renamed_since_it_was_listed_is_found_by_its_id(library: Library) -> None:
    library.save(make_profile())
    entry = next(iter(own(library)))
    other = Library(library.folder)
    moved = other.rename(other.find("Pat"), "Ann")
    assert library.load(entry).path == moved
    assert library.rename(entry, "Bob").stem == "Bob"
    assert library.delete(entry).name == "Bob.agent"
    with pytest.raises(ProfileError, match="is not in"):
        library.delete(entry)


def test_files_elsewhere_are_not_renamed_or_deleted(library: Library, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.agent"
    write(make_profile(), elsewhere)
    for act in (library.delete, lambda entry: library.rename(entry, "Ann")):
        with pytest.raises(ProfileError, match="is not in"):
            act(library.find(str(elsewhere)))
    assert elsewhere.exists()


def test_a_note_of_moves_that_makes_no_sense_is_set_aside(library: Library) -> None:
    path = library.save(make_profile())
    for text in ("[", "5", '[["Pat.agent"]]', '[["../x", "y"]]', '[["Pat.agent", "/tmp/y"]]', "[" * 60_000):
        (library.folder / NOTE).write_text(text)
        assert [entry.path for entry in own(library)] == [path]
        assert not (library.folder / NOTE).exists()
    assert len(files(library, "quarantine")) == 6


def test_moves_that_are_in_the_way_of_something_by_now_are_taken_back(library: Library) -> None:
    path = library.save(make_profile())
    library.save_run({"frames": 1}, path, read(path))
    path.with_suffix(".resume").rename(library.folder / "Ann.resume")
    (library.folder / "Ann.agent").write_bytes(b"somebody else's")
    note = [["Pat.resume", "Ann.resume"], ["Pat.agent", "Ann.agent"]]
    (library.folder / NOTE).write_text(json.dumps(note))
    library.entries()
    assert path.with_suffix(".resume").exists() and path.exists()
    assert not (library.folder / "Ann.resume").exists()


def test_what_was_thrown_away_is_counted(library: Library) -> None:
    assert library.size_of("trash") == (0, 0)
    path = library.save(make_profile())
    size = path.stat().st_size
    library.delete(library.find("Pat"))
    assert library.size_of("trash") == (1, size)
