"""The high scores, in one sqlite file. Trouble with the disk never stops a game: scores then live in memory."""

import os
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS scores (
    game TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL, score INTEGER NOT NULL,
    is_agent INTEGER NOT NULL, assisted INTEGER NOT NULL, time REAL NOT NULL
)
"""
_COLUMNS = "name, score, is_agent, assisted, time"


@dataclass(frozen=True)
class Score:
    """One line of a high-score table."""

    name: str
    score: int
    is_agent: bool
    assisted: bool
    time: float  # seconds since 1970


class ScoreStore:
    """Scores of people and agents by game and level. May be used from several threads.

    Args:
        path: The file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self.problem = ""  # what went wrong with the file, in one line
        self._lock = threading.RLock()
        self._data = self._open(path)

    def add(self, game: str, level: str, name: str, score: int, is_agent: bool = False, assisted: bool = False) -> int:
        """Keep a score; returns its place among its own kind, 1 for a new best."""
        row = (game, level, name, int(score), is_agent, assisted, time.time())
        better = "SELECT COUNT(*) FROM scores WHERE game = ? AND level = ? AND is_agent = ? AND score > ?"
        with self._lock:
            try:
                self._insert(row)
            except sqlite3.Error as error:
                self._fall_back(f"Scores are not saved: {error}")
                self._insert(row)
            return 1 + int(self._query(better, (game, level, is_agent, score))[0][0])

    def top(self, game: str, level: str, is_agent: bool = False, count: int = 10) -> tuple[Score, ...]:
        """The best scores of people or of agents, best first, older ones first among equals."""
        query = (
            f"SELECT {_COLUMNS} FROM scores WHERE game = ? AND level = ? AND is_agent = ? "
            "ORDER BY score DESC, time, rowid LIMIT ?"
        )
        rows = self._query(query, (game, level, is_agent, count))
        return tuple(Score(name, score, bool(agent), bool(help_), when) for name, score, agent, help_, when in rows)

    def best(self, game: str, level: str | None = None, is_agent: bool = False) -> int | None:
        """The highest score of people or of agents in a level, or in any; None if there is none yet."""
        query = "SELECT MAX(score) FROM scores WHERE game = ? AND is_agent = ? AND (? IS NULL OR level = ?)"
        value = self._query(query, (game, is_agent, level, level))[0][0]
        return None if value is None else int(value)

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is None:
            return _connect(None)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(path)
        except sqlite3.OperationalError as error:
            self.problem = f"Scores are not saved: {error}"
        except sqlite3.DatabaseError:
            return self._replace_damaged(path)
        except OSError as error:
            self.problem = f"Scores are not saved: {error.strerror or error}"
        return _connect(None)

    def _replace_damaged(self, path: Path) -> sqlite3.Connection:
        aside = path.with_suffix(".damaged")
        try:
            os.replace(path, aside)
            connection = _connect(path)
        except (OSError, sqlite3.Error):
            self.problem = "The scores file is damaged; scores are not saved"
            return _connect(None)
        self.problem = f"The scores file was damaged and is kept as {aside.name}; scores start afresh"
        return connection

    def _insert(self, row: tuple[object, ...]) -> None:
        with self._data:
            self._data.execute("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?)", row)

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
        with closing(self._data) as old, memory:
            try:
                memory.executemany(
                    "INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?)", old.execute("SELECT * FROM scores")
                )
            except sqlite3.Error:
                memory.rollback()
        self._data = memory


def _connect(path: Path | None) -> sqlite3.Connection:
    # A writer that waits would hold the window up, so another arcade's lock is not waited for long.
    connection = sqlite3.connect(":memory:" if path is None else path, timeout=0.2, check_same_thread=False)
    try:
        with connection:
            connection.execute(_TABLE)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
