"""High scores last, are told apart, and survive every trouble with their file."""

import sqlite3
from pathlib import Path

import pytest

from arcade.scores import Racer, ScoreStore, Tally
from tests.agents.disks import FailingDisk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "scores.sqlite"


def test_the_top_ten_are_the_best_ten_in_order(path: Path) -> None:
    store = ScoreStore(path)
    for score in (3, 11, 7, 1, 9, 5, 12, 2, 8, 4, 10, 6):
        store.add("snake", "Standard", "Pat", score)
    assert [each.score for each in store.top("snake", "Standard")] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]


def test_games_levels_people_and_agents_are_apart(path: Path) -> None:
    store = ScoreStore(path)
    store.add("flappybird", "Hard", "Pat", 3)
    store.add("flappybird", "Easy", "Pat", 30)
    store.add("flappybird", "Hard", "Swift", 300, is_agent=True)
    store.add("snake", "Standard", "Pat", 40, assisted=True)
    assert [each.score for each in store.top("flappybird", "Hard")] == [3]
    assert [each.name for each in store.top("flappybird", "Hard", is_agent=True)] == ["Swift"]
    assert store.top("snake", "Standard")[0].assisted
    assert store.best("flappybird", "Hard") == 3
    assert store.best("flappybird") == 30
    assert store.best("flappybird", is_agent=True) == 300
    assert store.best("catch") is None


def test_the_older_of_equal_scores_stands_first(path: Path) -> None:
    store = ScoreStore(path)
    for name in ("first", "second"):
        store.add("catch", "Standard", name, 20)
    assert [each.name for each in store.top("catch", "Standard")] == ["first", "second"]


def test_a_new_score_is_told_its_place(path: Path) -> None:
    store = ScoreStore(path)
    assert store.add("catch", "Standard", "Pat", 10) == 1
    assert store.add("catch", "Standard", "Pat", 5) == 2
    assert store.add("catch", "Standard", "Pat", 12) == 1
    assert store.add("catch", "Standard", "Bot", 20, is_agent=True) == 1


def test_scores_last(path: Path) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Pat", 10)
    store.close()
    assert ScoreStore(path).best("catch") == 10


def test_a_damaged_file_is_kept_aside_and_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    store = ScoreStore(path)
    assert "damaged" in store.problem
    assert path.with_suffix(".damaged").read_bytes().startswith(b"no database")
    store.add("catch", "Standard", "Pat", 10)
    store.close()
    assert ScoreStore(path).best("catch") == 10


def test_damage_inside_the_file_is_found_when_it_is_opened(path: Path) -> None:
    store = ScoreStore(path)
    row = ("catch", "Standard", "Pat", 1, False, False, 0.0, False)
    with store._data:
        store._data.executemany("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row] * 2_000)
    store.close()
    data = path.read_bytes()
    damaged = data[:4096] + b"\xff" * 4096 + data[8192:]
    path.write_bytes(damaged)
    store = ScoreStore(path)
    assert store.problem == "The scores file was damaged and is kept as scores.damaged; scores start afresh"
    assert path.with_suffix(".damaged").read_bytes() == damaged
    store.add("catch", "Standard", "Pat", 10)
    assert store.best("catch") == 10


def test_every_truncation_is_told_or_opens(path: Path) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Pat", 10)
    store.close()
    data = path.read_bytes()
    for length in range(0, len(data), 97):
        for each in path.parent.iterdir():
            each.unlink()
        path.write_bytes(data[:length])
        store = ScoreStore(path)
        assert store.best("catch") in (None, 10)
        assert store.problem or length == 0 or store.best("catch") == 10
        store.close()


def test_no_damaged_file_takes_the_place_of_another_nor_leaves_its_journal(path: Path) -> None:
    path.parent.mkdir()
    for text in (b"first" * 300, b"second" * 300):
        path.write_bytes(text)
        path.with_name("scores.sqlite-journal").write_bytes(text)
        ScoreStore(path).close()
    kept = [each.read_bytes() for each in path.parent.iterdir() if "damaged" in each.name]
    assert set(kept) == {b"first" * 300, b"second" * 300}
    assert not path.with_name("scores.sqlite-journal").exists()


def test_a_damaged_file_that_cannot_be_moved_costs_nothing_but_saving(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    store = ScoreStore(path, FailingDisk(0))
    assert store.problem == "The scores file is damaged; scores are not saved"
    store.add("catch", "Standard", "Pat", 10)
    assert store.best("catch") == 10
    assert path.read_bytes() == b"no database" * 100


def test_a_file_of_another_shape_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE scores (something TEXT)")
    connection.close()
    store = ScoreStore(path)
    assert store.best("catch") is None
    store.add("catch", "Standard", "Pat", 10)
    assert store.best("catch") == 10
    assert store.problem


def test_an_impossible_place_leaves_scores_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ScoreStore(tmp_path / "file" / "scores.sqlite")
    assert store.problem.startswith("Scores are not saved")
    store.add("catch", "Standard", "Pat", 10)
    assert store.best("catch") == 10


def test_a_file_locked_by_another_arcade_costs_nothing_but_saving(path: Path) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Pat", 10)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    assert store.add("catch", "Standard", "Pat", 12) == 1
    assert "locked" in store.problem
    assert store.best("catch") == 12
    other.close()


def test_results_of_races_last_and_are_counted_for_people_and_agents_apart(path: Path) -> None:
    store = ScoreStore(path)
    rival = Racer("Ada", True, 10)
    for score in (12, 3, 4, 10):
        store.add_race("snake", "Standard", Racer("Pat", False, score), rival, seed=1)
    store.add_race("snake", "Standard", Racer("Pat", True, 11), rival, seed=1)
    store.add_race("catch", "Standard", Racer("Pat", False, 11), rival, seed=1)
    store.close()
    store = ScoreStore(path)
    assert store.tally("snake", None, "Ada") == Tally(won=1, lost=2, drawn=1)
    assert store.tally("snake", "Pat", "Ada") == Tally(won=1, lost=0, drawn=0)
    assert store.tally("snake", None, "Pat") == Tally(0, 0, 0)


def test_scores_of_races_are_marked(path: Path) -> None:
    store = ScoreStore(path)
    store.add("snake", "Standard", "Pat", 9, raced=True)
    store.add("snake", "Standard", "Pat", 8)
    assert [each.raced for each in store.top("snake", "Standard")] == [True, False]


def test_a_file_from_before_there_were_races_goes_on(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE scores (game TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL, score INTEGER NOT NULL, "
            "is_agent INTEGER NOT NULL, assisted INTEGER NOT NULL, time REAL NOT NULL)"
        )
        old.execute("INSERT INTO scores VALUES ('snake', 'Standard', 'Pat', 7, 0, 1, 5.0)")
    old.close()
    for _ in range(2):
        store = ScoreStore(path)
        store.add("snake", "Standard", "Pat", 3, raced=True)
        best = store.top("snake", "Standard")[0]
        assert (best.score, best.assisted, best.time, best.raced) == (7, True, 5.0, False)
        assert store.problem == ""
        store.close()


def test_no_path_means_memory() -> None:
    store = ScoreStore(None)
    store.add("catch", "Standard", "Pat", 10)
    assert store.best("catch") == 10
    assert store.problem == ""
