"""The SQLite file of scores and races: its tables, and functions that append and read rows."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_TABLES = {
    "scores": {
        "game": "TEXT",
        "level": "TEXT",
        "name": "TEXT",
        "score": "INTEGER",
        "is_agent": "INTEGER",
        "assisted": "INTEGER",
        "time": "REAL",
        "raced": "INTEGER",
    },
    "races": {
        "game": "TEXT",
        "level": "TEXT",
        "name": "TEXT",
        "is_agent": "INTEGER",
        "score": "INTEGER",
        "rival": "TEXT",
        "rival_is_agent": "INTEGER",
        "rival_score": "INTEGER",
        "seed": "INTEGER",
        "time": "REAL",
    },
}
_RACED = "ALTER TABLE scores ADD COLUMN raced INTEGER NOT NULL DEFAULT 0"
"""Adds a column that files of version 0.1.0 lack."""
_INDICES = (
    "CREATE INDEX IF NOT EXISTS best ON scores (game, is_agent, level, score DESC, time)",
    "CREATE INDEX IF NOT EXISTS against ON races (game, rival)",
)
"""Indices that make queries over a hundred thousand scores as fast as over ten."""

LARGEST = 2**53
"""Largest absolute score in the file."""

_LATEST = 32_503_680_000  # seconds, the year 3000
_NONSENSE = {
    "scores": f"""
        typeof(name) != 'text' OR typeof(score) != 'integer' OR score NOT BETWEEN -{LARGEST} AND {LARGEST}
        OR typeof(time) != 'real' OR time NOT BETWEEN 0 AND {_LATEST}
    """,
    "races": "typeof(score) != 'integer' OR typeof(rival_score) != 'integer'",
}
"""Conditions for rows that no version of the arcade writes. They are ignored, but not deleted from the file."""

_POLL_SECONDS = 0.002
_READ_MILLISECONDS = 500  # how long a commit waits for readers; no new ones start meanwhile

Row = tuple[str, tuple[object, ...]]
"""A table name and the values of one row."""

Stamp = tuple[int, int, int]
"""Inode, size and modification time of a file. A different stamp means that the file has changed."""


def append(
    path: Path, rows: list[Row], seconds: float = 0.0, *, check: bool = False
) -> tuple[Stamp | None, Stamp | None]:
    """Append rows to the file in one transaction; returns the stamps before and after.

    Args:
        path: The file.
        rows: The rows.
        seconds: How long to wait while another program writes.
        check: Whether to check the whole file for damage first.

    Raises:
        sqlite3.OperationalError: Another program has locked the file, or the disk is full.
        sqlite3.IntegrityError: The rows violate a constraint of the file.
        sqlite3.DatabaseError: The file is damaged or holds no scores.
        OSError: The file cannot be created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        raise sqlite3.DatabaseError("no regular file")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as file:
        if check and file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        _begin(file, seconds)
        file.execute(f"PRAGMA busy_timeout = {_READ_MILLISECONDS}")
        with _together(file):
            before = stamp_of(path)
            _make_tables(file)
            insert(file, rows)
        return before, stamp_of(path)


def _make_tables(connection: sqlite3.Connection) -> None:
    """Create missing tables, columns and indices."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE type IN ('view', 'trigger')").fetchone():
        raise sqlite3.DatabaseError("not only tables")  # they would run SQL from an untrusted file
    for table, columns in _TABLES.items():
        declared = ", ".join(f"{name} {kind} NOT NULL" for name, kind in columns.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({declared})")
    if "raced" not in _columns(connection, "scores"):
        connection.execute(_RACED)
    if any(set(columns) - _columns(connection, table) for table, columns in _TABLES.items()):
        raise sqlite3.DatabaseError("other columns")
    for index in _INDICES:
        connection.execute(index)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {column[1] for column in connection.execute(f"PRAGMA table_info({table})")}


def insert(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Add rows to the tables."""
    for table, values in rows:
        names = ", ".join(_TABLES[table])
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)


def empty_copy() -> sqlite3.Connection:
    """Return an in-memory database with empty tables."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.text_factory = lambda text: text.decode(errors="replace")
    _make_tables(memory)
    return memory


def copied(path: Path) -> sqlite3.Connection:
    """Return an in-memory copy of a file, without nonsensical rows.

    Raises:
        sqlite3.Error: Another program has locked the file, or it holds no scores.
    """
    copy = empty_copy()
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as file:
            file.execute("BEGIN")
            file.execute(
                "SELECT * FROM sqlite_schema"
            ).fetchall()  # takes the read lock, so that `backup` does not wait for it
            file.backup(copy)
        _make_tables(copy)
        for table, nonsense in _NONSENSE.items():
            copy.execute(f"DELETE FROM {table} WHERE {nonsense}")
    except sqlite3.Error:
        copy.close()
        raise
    return copy


@contextmanager
def _together(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit the open transaction, or roll it back on an error."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _begin(file: sqlite3.Connection, seconds: float) -> None:
    """Begin a write transaction; wait up to some seconds while another program writes.

    SQLite's own busy handler sleeps longer and longer, and so loses against programs that have just begun to wait.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            file.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_POLL_SECONDS)


def stamp_of(path: Path | None) -> Stamp | None:
    """Return the stamp of a file, which differs after each change; None if there is no file."""
    try:
        status = os.stat(path) if path else None
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns) if status else None
