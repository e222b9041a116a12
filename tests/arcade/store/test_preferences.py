"""Preferences: checked, saved whole or not at all, damage set aside."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from arcade.store.preferences import Settings, SettingsStore, player_name
from tests.agents.storage.disks import FailingDisk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def test_changes_are_saved_at_once(path: Path) -> None:
    SettingsStore(path).change(name="Pat", text_scale=1.5)
    again = SettingsStore(path)
    assert again.value == Settings(name="Pat", text_scale=1.5)
    assert again.problem == ""


def test_a_value_out_of_range_is_refused_and_nothing_changes(path: Path) -> None:
    store = SettingsStore(path)
    with pytest.raises(ValueError, match=r"text_scale = 3.*from 1 to 2"):
        store.change(text_scale=3.0)
    assert store.value == Settings()
    assert not path.exists()


def test_no_file_is_no_problem(path: Path) -> None:
    store = SettingsStore(path)
    assert (store.value, store.problem) == (Settings(), "")


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"width": "wide"}', '{"text_scale": NaN}', "\x00\x01"], ids=lambda text: repr(text)
)
def test_a_damaged_file_is_kept_aside_and_told(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    store = SettingsStore(path)
    assert store.value == Settings()
    assert "damaged" in store.problem
    assert path.with_suffix(".damaged").read_text() == text
    store.change(name="Pat")
    assert SettingsStore(path).value.name == "Pat"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"keys": ' + "[" * 100_000, "9" * 5000, " " * 2**19])
def test_no_file_is_too_deep_or_too_long(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    assert "is kept as settings.damaged" in SettingsStore(path).problem


@pytest.mark.skipif(os.name == "nt", reason="it has no such files")
@pytest.mark.parametrize("kind", ["pipe", "open pipe", "device", "folder"])
def test_what_is_no_regular_file_is_kept_aside_unread(path: Path, kind: str) -> None:
    path.parent.mkdir()
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    writer = os.open(path, os.O_RDWR | os.O_NONBLOCK) if kind == "open pipe" else None
    store = SettingsStore(path)
    if writer is not None:
        os.close(writer)
    assert "is kept as settings.damaged" in store.problem
    store.change(name="Pat")
    assert SettingsStore(path).value.name == "Pat"


@pytest.mark.parametrize("name", [each for each in Settings.__dataclass_fields__ if each != "name"])
@pytest.mark.parametrize("value", [None, [], {"a": 1}, {"snake": {"up": []}}, "\x00", -(2**70), 1e308])
def test_a_value_of_any_other_kind_is_damage(path: Path, name: str, value: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({name: value}))
    store = SettingsStore(path)
    assert store.value == Settings() and "is kept as settings.damaged" in store.problem


@pytest.mark.parametrize(
    ("name", "shown"), [("\u2066", r"\u2066"), (" Pat\ud800 ", r"Pat\ud800"), ("  ", "Player"), ("x" * 999, "x" * 64)]
)
def test_a_name_in_the_file_is_one_that_can_be_seen(path: Path, name: str, shown: str) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"name": name}))
    store = SettingsStore(path)
    assert (store.value.name, store.problem) == (shown, "")


@pytest.mark.parametrize("name", ["", " ", "\ufe0f", "Pat\u200b", "\u202ePat"])
def test_a_name_that_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name ="):
        player_name(name)


def test_a_name_is_taken_without_surrounding_blanks() -> None:
    assert player_name("  Zoe\u0308  Змея ") == "Zoe\u0308 Змея"


def test_no_damaged_file_takes_the_place_of_another(path: Path) -> None:
    path.parent.mkdir()
    for text in ("first", "second"):
        path.write_text(text)
        assert "damaged" in SettingsStore(path).problem
    assert {each.read_text() for each in path.parent.iterdir()} == {"first", "second"}


@pytest.mark.parametrize("number", range(20))
def test_whatever_call_fails_the_file_is_whole_and_the_trouble_told(path: Path, number: int) -> None:
    SettingsStore(path).change(name="Old")
    disk = FailingDisk(number)
    store = SettingsStore(path, disk)
    store.change(name="New")
    assert SettingsStore(path).value.name in ("Old", "New")
    assert bool(store.problem) == disk.failed
    assert "\n" not in store.problem
    assert disk.failed or SettingsStore(path).value.name == "New"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_damaged_file_that_cannot_be_moved_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{")
    assert SettingsStore(path, FailingDisk(0)).problem == "The settings file is damaged; the defaults are used"
    assert path.read_text() == "{"


def test_a_file_that_is_no_text_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x80")
    assert "damaged" in SettingsStore(path).problem


def test_preferences_of_other_versions_are_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"name": "Pat", "from_the_future": 1}))
    assert SettingsStore(path).value.name == "Pat"


def test_a_disk_that_refuses_is_told_and_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SettingsStore(path)
    store.change(name="Old")

    def refuse(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    store.change(name="New")
    assert store.problem == "Settings are not saved: No space left on device"
    assert store.value.name == "New"
    assert SettingsStore(path).value.name == "Old"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    monkeypatch.undo()
    store.change(name="Newer")
    assert store.problem == ""


def test_no_path_means_memory() -> None:
    store = SettingsStore(None)
    store.change(name="Pat")
    assert store.value.name == "Pat"
