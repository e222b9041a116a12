"""The high scores and the results of races, in one sqlite file.

Trouble with the disk never stops a game: scores then live in memory.
"""

import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.container import ProfileError
from agents.files import DISK, Disk, move

_TABLES = {
    "scores": """
        game TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL, score INTEGER NOT NULL,
        is_agent INTEGER NOT NULL, assisted INTEGER NOT NULL, time REAL NOT NULL, raced INTEGER NOT NULL DEFAULT 0
    """,
    "races": """
        game TEXT NOT NULL, level TEXT NOT NULL,
        name TEXT NOT NULL, is_agent INTEGER NOT NULL, score INTEGER NOT NULL,
        rival TEXT NOT NULL, rival_is_agent INTEGER NOT NULL, rival_score INTEGER NOT NULL,
        seed INTEGER NOT NULL, time REAL NOT NULL
    """,
}
_RACED = "ALTER TABLE scores ADD COLUMN raced INTEGER NOT NULL DEFAULT 0"
"""What files of version 0.1.0 lack."""
_COLUMNS = "name, score, is_agent, assisted, time, raced"


@dataclass(frozen=True)
class Score:
    """One line of a high-score table."""

    name: str
    score: int
    is_agent: bool
    assisted: bool
    time: float  # seconds since 1970
    raced: bool  # reached in a race


@dataclass(frozen=True)
class Racer:
    """Who took part in a race, and how it ended for them."""

    name: str
    is_agent: bool
    score: int


@dataclass(frozen=True)
class Tally:
    """Races of one against another, counted for the first."""

    won: int
    lost: int
    drawn: int


class ScoreStore:
    """Scores of people and agents by game and level. May be used from several threads.

    Args:
        path: The file; None keeps everything in memory.
        disk: The system calls that setting a damaged file aside uses.
    """

    def __init__(self, path: Path | None, disk: Disk = DISK) -> None:
        self.problem = ""  # what went wrong with the file, in one line
        self._lock = threading.RLock()
        self._data = self._open(path, disk)

    def add(
        self,
        game: str,
        level: str,
        name: str,
        score: int,
        is_agent: bool = False,
        assisted: bool = False,
        raced: bool = False,
    ) -> int:
        """Keep a score; returns its place among its own kind, 1 for a new best."""
        row = (game, level, name, int(score), is_agent, assisted, time.time(), raced)
        better = "SELECT COUNT(*) FROM scores WHERE game = ? AND level = ? AND is_agent = ? AND score > ?"
        with self._lock:
            self._keep("scores", row)
            return 1 + int(self._query(better, (game, level, is_agent, score))[0][0])

    def add_race(self, game: str, level: str, racer: Racer, rival: Racer, seed: int) -> None:
        """Keep the result of a race."""
        first, second = ((each.name, each.is_agent, int(each.score)) for each in (racer, rival))
        self._keep("races", (game, level, *first, *second, seed, time.time()))

    def tally(self, game: str, racer: str | None, rival: str) -> Tally:
        """How races against an agent ended, in all levels; `racer` is another agent, None stands for people."""
        query = (
            "SELECT SUM(score > rival_score), SUM(score < rival_score), SUM(score = rival_score) FROM races "
            "WHERE game = ? AND rival = ? AND rival_is_agent AND CASE WHEN ? IS NULL THEN NOT is_agent "
            "ELSE is_agent AND name = ? END"
        )
        return Tally(*(int(count or 0) for count in self._query(query, (game, rival, racer, racer))[0]))

    def top(self, game: str, level: str, is_agent: bool = False, count: int = 10) -> tuple[Score, ...]:
        """The best scores of people or of agents, best first, older ones first among equals."""
        query = (
            f"SELECT {_COLUMNS} FROM scores WHERE game = ? AND level = ? AND is_agent = ? "
            "ORDER BY score DESC, time, rowid LIMIT ?"
        )
        rows = self._query(query, (game, level, is_agent, count))
        return tuple(
            Score(name, score, bool(agent), bool(help_), when, bool(raced))
            for name, score, agent, help_, when, raced in rows
        )

    def best(self, game: str, level: str | None = None, is_agent: bool = False) -> int | None:
        """The highest score of people or of agents in a level, or in any; None if there is none yet."""
        query = "SELECT MAX(score) FROM scores WHERE game = ? AND is_agent = ? AND (? IS NULL OR level = ?)"
        value = self._query(query, (game, is_agent, level, level))[0][0]
        return None if value is None else int(value)

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def _open(self, path: Path | None, disk: Disk) -> sqlite3.Connection:
        if path is None:
            return _connect(None)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(path)
        except sqlite3.OperationalError as error:
            self.problem = f"Scores are not saved: {error}"
        except sqlite3.DatabaseError:
            return self._replace_damaged(path, disk)
        except OSError as error:
            self.problem = f"Scores are not saved: {error.strerror or error}"
        return _connect(None)

    def _replace_damaged(self, path: Path, disk: Disk) -> sqlite3.Connection:
        journal = path.with_name(f"{path.name}-journal")
        try:
            aside = move(path, path.with_suffix(".damaged"), disk)
            if journal.exists():  # it would be taken for the new file's
                move(journal, aside.with_name(f"{aside.name}-journal"), disk)
            connection = _connect(path)
        except (ProfileError, sqlite3.Error):
            self.problem = "The scores file is damaged; scores are not saved"
            return _connect(None)
        self.problem = f"The scores file was damaged and is kept as {aside.name}; scores start afresh"
        return connection

    def _keep(self, table: str, row: tuple[object, ...]) -> None:
        with self._lock:
            try:
                _insert(self._data, table, [row])
            except sqlite3.Error as error:
                self._fall_back(f"Scores are not saved: {error}")
                _insert(self._data, table, [row])

    def _query(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._data.execute(query, values).fetchall()
            except sqlite3.Error as error:
                self._fall_back(f"Scores cannot be read: {error}")
                return self._data.execute(query, values).fetchall()

    def _fall_back(self, problem: str) -> None:
        """Go on in memory, with as many of the old scores as can still be read."""
        self.problem = problem
        memory = _connect(None)
        with closing(self._data) as old:
            for table in _TABLES:
                with suppress(sqlite3.Error):
                    _insert(memory, table, old.execute(f"SELECT * FROM {table}").fetchall())
        self._data = memory


def _connect(path: Path | None) -> sqlite3.Connection:
    # A writer that waits would hold the window up, so another arcade's lock is not waited for long.
    connection = sqlite3.connect(":memory:" if path is None else path, timeout=0.2, check_same_thread=False)
    try:
        with connection:
            for table, columns in _TABLES.items():
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            if not any(column[1] == "raced" for column in connection.execute("PRAGMA table_info(scores)")):
                connection.execute(_RACED)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Add rows, all or none of them."""
    with connection:
        for row in rows:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
