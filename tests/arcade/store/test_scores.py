"""High scores last, are told apart, and survive every trouble with their file."""

import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from arcade.store import score_file, scores
from arcade.store.scores import Racer, ScoreStore, Tally
from tests.agents.storage.disks import FailingDisk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "scores.sqlite"


def write_rows(path: Path, rows: Sequence[tuple[object, ...]], table: str = "scores") -> None:
    """Write rows past the store, as another program might."""
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


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
    ScoreStore(path).close()
    write_rows(path, [("catch", "Standard", "Pat", 1, False, False, 0.0, False)] * 2_000)
    data = path.read_bytes()
    damaged = data[:4096] + b"\xff" * 4096 + data[8192:]
    path.write_bytes(damaged)
    store = ScoreStore(path)
    assert store.problem == "The scores file was damaged and is kept as scores.damaged; a new one was begun"
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


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for another program."""
    monkeypatch.setattr("arcade.store.scores._WAIT_SECONDS", 0.05)


def scores_of(store: ScoreStore) -> list[int]:
    return [each.score for each in store.top("catch", "Standard")]


def test_what_another_program_keeps_from_being_saved_is_shown_and_saved_later(path: Path, soon: None) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Pat", 10)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert store.add("catch", "Standard", "Pat", 12) == 1
        store.add_race("catch", "Standard", Racer("Pat", False, 1), Racer("Ada", True, 0), seed=1)
        assert "locked" in store.problem
        assert scores_of(store) == [12, 10]
    assert scores_of(store) == [12, 10]
    assert store.add("catch", "Standard", "Pat", 11) == 2
    assert (store.problem, scores_of(store)) == ("", [12, 11, 10])
    again = ScoreStore(path)
    assert scores_of(again) == [12, 11, 10]
    assert again.tally("catch", None, "Ada").won == 1


def test_what_waits_is_saved_in_the_end(path: Path, soon: None) -> None:
    store = ScoreStore(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.add("catch", "Standard", "Pat", 12)
    store.close()
    assert scores_of(ScoreStore(path)) == [12]


def test_a_file_that_is_held_at_the_start_is_read_when_it_is_free(path: Path, soon: None) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Old", 99)
    store.close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store = ScoreStore(path)
        assert "locked" in store.problem
        store.add("catch", "Standard", "Pat", 1)
        assert scores_of(store) == [1]
    assert scores_of(store) == [99, 1]
    store.close()
    assert scores_of(ScoreStore(path)) == [99, 1]


def test_reading_never_waits(path: Path) -> None:
    store = ScoreStore(path)
    store.add("catch", "Standard", "Pat", 10)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        adding = threading.Thread(target=store.add, args=("catch", "Standard", "Pat", 12))
        adding.start()
        longest = 0.0
        while adding.is_alive():
            began = time.perf_counter()
            store.top("catch", "Standard")
            longest = max(longest, time.perf_counter() - began)
            time.sleep(0.01)
        assert longest < 0.5  # while the score waits for seconds
    store.close()
    assert scores_of(ScoreStore(path)) == [12, 10]


def test_a_file_that_is_held_is_waited_for_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arcade.store.scores._WAIT_SECONDS", 0.6)
    monkeypatch.setattr("arcade.store.scores._AGAIN_SECONDS", 0.0)
    store = ScoreStore(path)
    seconds = []
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for score in range(3):
            began = time.monotonic()
            store.add("catch", "Standard", "Pat", score)
            seconds.append(time.monotonic() - began)
    assert seconds[0] >= 0.6 > max(seconds[1:])
    store.close()
    assert scores_of(ScoreStore(path)) == [2, 1, 0]


def test_what_another_arcade_saves_is_seen(path: Path) -> None:
    one, other = ScoreStore(path), ScoreStore(path)
    for score in range(3):
        one.add("catch", "Standard", "Pat", score)
        other.add("catch", "Standard", "Ada", score + 10)
    assert scores_of(one) == scores_of(other) == [12, 11, 10, 2, 1, 0]


def test_what_another_arcade_saves_at_the_same_moment_is_seen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = ScoreStore(path), ScoreStore(path)
    save = score_file.append

    def just_before(*arguments: Any) -> Any:
        monkeypatch.setattr(scores, "append", save)
        other.add("catch", "Standard", "Ada", 2)
        return save(*arguments)

    monkeypatch.setattr(scores, "append", just_before)
    store.add("catch", "Standard", "Pat", 1)
    assert scores_of(store) == [2, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that begin at once")
def test_several_arcades_at_once_lose_nothing(path: Path) -> None:
    ScoreStore(path).close()
    children = []
    for number in range(4):
        if (child := os.fork()) == 0:
            store = ScoreStore(path)
            for score in range(10):
                store.add("catch", "Standard", f"P{number}", score)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert len(ScoreStore(path).top("catch", "Standard", count=100)) == 40


WRONG = ["x", b"\xff\x00", 1e308, float("inf"), 2**63 - 1, -(2**63), "", "\u200b", "a\nb\x1b[2J", "9" * 100_000]


@pytest.mark.parametrize("place", range(8))
def test_rows_that_make_no_sense_harm_no_others(path: Path, place: int) -> None:
    good = ["catch", "Standard", "Pat", 5, 0, 0, 1e9, 0]
    ScoreStore(path).close()
    write_rows(path, [tuple([*good[:place], value, *good[place + 1 :]]) for value in WRONG] + [tuple(good)])
    store = ScoreStore(path)
    for is_agent in (False, True):
        for score in store.top("catch", "Standard", is_agent, 100):
            assert score.name.isprintable() and len(score.name) <= 200
            assert type(score.score) is int and abs(score.score) <= 2**53
            assert datetime.fromtimestamp(score.time).year <= 3000
    assert 5 in scores_of(store)
    assert store.add("catch", "Standard", "New", 2**53) == 1
    assert store.problem == ""
    store.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT COUNT(*) FROM scores").fetchone()[0] == len(WRONG) + 2  # nothing is thrown away


@pytest.mark.parametrize("place", range(10))
def test_races_that_make_no_sense_harm_no_others(path: Path, place: int) -> None:
    good = ["catch", "Standard", "Pat", 0, 5, "Ada", 1, 4, 3, 1e9]
    ScoreStore(path).close()
    rows = [tuple([*good[:place], value, *good[place + 1 :]]) for value in WRONG]
    write_rows(path, [*rows, tuple(good)], "races")
    assert 1 <= ScoreStore(path).tally("catch", None, "Ada").won <= 1 + len(WRONG)


@pytest.mark.skipif(os.name == "nt", reason="it has no such files")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "trigger", "view"])
def test_what_is_no_file_of_scores_is_kept_aside(path: Path, kind: str) -> None:
    path.parent.mkdir()
    if kind == "trigger":
        ScoreStore(path).close()
        with closing(sqlite3.connect(path)) as file:
            file.execute("CREATE TRIGGER gone AFTER INSERT ON scores BEGIN DELETE FROM scores; END")
    elif kind == "view":
        with closing(sqlite3.connect(path)) as file:
            file.execute("CREATE VIEW scores AS SELECT 'catch' AS game")
    else:
        {"pipe": os.mkfifo, "device": lambda at: at.symlink_to("/dev/zero"), "folder": Path.mkdir}[kind](path)
    store = ScoreStore(path)
    assert "is kept as scores.damaged" in store.problem
    store.add("catch", "Standard", "Pat", 10)
    assert scores_of(ScoreStore(path)) == [10]


def test_the_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    ScoreStore(path).close()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("ALTER TABLE scores ADD COLUMN skill TEXT")
        file.execute("CREATE UNIQUE INDEX once ON scores (name)")
    store = ScoreStore(path)
    for score in (1, 2):
        store.add("catch", "Standard", "Pat", score)
    assert store.problem.startswith("Scores are not saved yet: UNIQUE")
    assert scores_of(store) == [1]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_damage_that_comes_while_the_arcade_is_open_is_kept_aside(path: Path) -> None:
    store = ScoreStore(path)
    path.write_bytes(b"no database" * 100)
    store.add("catch", "Standard", "Pat", 10)
    assert "is kept as scores.damaged" in store.problem
    store.close()
    assert scores_of(ScoreStore(path)) == [10]


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
