"""A large library remembers its agents' descriptions in a file, which is never believed more than the agents' own."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents import headers, index
from agents.config import Config
from agents.library import Library
from agents.profile import Profile, read_header, to_bytes, write
from tests.agents.profiles import age, make_profile

COUNT = 6
ENDLESS = base64.b64encode(np.array([[0.0, np.inf]]).tobytes()).decode()  # a curve


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with some agents that count as many."""
    monkeypatch.setattr(index, "FEWEST", 5)
    for number in range(COUNT):
        path = tmp_path / f"{number}.agent"
        write(make_profile(f"Pat {number}", seed=number, config=Config(hidden=(), batch_size=8 + number % 2)), path)
        age(path)
    return tmp_path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are opened for their descriptions."""
    names: list[str] = []

    def noted(path: Path) -> Profile:
        names.append(path.name)
        return read_header(path)

    monkeypatch.setattr(headers, "read_header", noted)
    return names


def test_files_are_opened_once_among_all_programs(folder: Path, reads: list[str]) -> None:
    first = Library(folder).entries()
    assert len(reads) == COUNT
    library = Library(folder)
    assert library.entries() == first
    assert library.entries() == first
    assert len(reads) == COUNT


def test_a_file_that_changed_is_read_again(folder: Path, reads: list[str]) -> None:
    Library(folder).entries()
    path = folder / "0.agent"
    path.write_bytes(to_bytes(replace(read_header(path), name="Ann", weights=make_profile().weights)))
    (folder / "1.agent").unlink()
    assert sorted(entry.name for entry in Library(folder).entries()) == ["Ann", "Pat 2", "Pat 3", "Pat 4", "Pat 5"]
    assert reads[COUNT:] == ["0.agent"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", "[" * 5_000, '{"rules": "other"}'])
def test_an_index_that_makes_no_sense_is_made_anew(folder: Path, reads: list[str], text: str) -> None:
    Library(folder).entries()
    (folder / index.NAME).write_text(text)
    assert len(Library(folder).entries()) == COUNT
    assert len(reads) == 2 * COUNT
    Library(folder).entries()
    assert len(reads) == 2 * COUNT


@pytest.mark.parametrize(
    ("place", "value"), [(3, 99), (4, "x"), (5, "AAAA"), (5, ENDLESS), (6, 5), (6, "a\u001b[2J"), (8, 5), (-2, 7)]
)
def test_values_that_are_not_allowed_are_not_taken_from_it(
    folder: Path, reads: list[str], place: int, value: object
) -> None:
    good = Library(folder).entries()
    data = json.loads((folder / index.NAME).read_text())
    data["agents"]["2.agent"][place] = value
    (folder / index.NAME).write_text(json.dumps(data))
    assert Library(folder).entries() == good
    assert reads[COUNT:] == ["2.agent"]


def test_small_libraries_have_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "FEWEST", COUNT + 1)
    Library(folder).entries()
    assert not (folder / index.NAME).exists()
