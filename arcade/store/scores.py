"""High scores and results of races, in one SQLite file.

Reads use a copy in memory, so an error with the file never stops a game or blocks the window. A result is in the copy
at once. If the file cannot be written, because it is locked or the disk is full, the result waits and is written with
the next one or at the end.
"""

import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any

from agents.errors import StorageError
from agents.storage.disk import DISK, Disk, move
from arcade.store.score_file import LARGEST, Row, Stamp, append, copied, empty_copy, insert, stamp_of
from arcade.system.printable import printable

_WAIT_SECONDS = 2.0
"""How long saving a result waits while another program writes."""
_AGAIN_SECONDS = 0.05  # the same after a wait in vain, if the file is unchanged since
_LAST_SECONDS = 1.0  # the same in `close`
_LONGEST = 200  # characters of a name


@dataclass(frozen=True)
class Score:
    """One row of a high-score table."""

    name: str
    score: int
    is_agent: bool
    assisted: bool
    time: float  # seconds since 1970
    raced: bool  # reached in a race


@dataclass(frozen=True)
class Racer:
    """One participant of a race, a person or an agent, and its score."""

    name: str
    is_agent: bool
    score: float


@dataclass(frozen=True)
class Tally:
    """Numbers of races won, lost and drawn against one opponent."""

    won: int
    lost: int
    drawn: int


class ScoreStore:
    """Scores of people and agents by game and level. Safe to use from several threads.

    Only `add`, `add_race` and `close` may take a while; reading never waits.

    Args:
        path: The file; None keeps everything in memory.
        disk: System calls that move a damaged file; tests replace them.
    """

    def __init__(self, path: Path | None, disk: Disk = DISK) -> None:
        self.problem = ""  # the latest error with the file in one line, "" for none
        self._path, self._disk = path, disk
        self._damage = ""  # the problem when there is no other
        self._copy = empty_copy()
        self._lock = threading.RLock()  # guards the copy
        self._turn = threading.Lock()  # held while the file is written
        self._waiting: list[Row] = []  # results that are not in the file yet, oldest first
        self._seen: Stamp | None = None  # the state of the file that the copy shows
        self._held: Stamp | None = None  # its state at the last wait in vain
        self._open()

    def add(
        self,
        game: str,
        level: str,
        name: str,
        score: float,
        is_agent: bool = False,
        assisted: bool = False,
        raced: bool = False,
    ) -> int:
        """Add a score, rounded; returns its rank among people or among agents, 1 for a new best."""
        row = (game, level, _name(name), _bounded(round(score)), is_agent, assisted, time.time(), raced)
        better = "SELECT COUNT(*) FROM scores WHERE game = ? AND level = ? AND is_agent = ? AND score > ?"
        self._keep("scores", row)
        return 1 + int(self._query(better, (game, level, is_agent, row[3]))[0][0])

    def add_race(self, game: str, level: str, racer: Racer, rival: Racer, seed: int) -> None:
        """Add the result of a race."""
        scores = _whole(racer.score, rival.score)
        first, second = (
            (_name(each.name), each.is_agent, _bounded(score))
            for each, score in zip((racer, rival), scores, strict=True)
        )
        self._keep("races", (game, level, *first, *second, _bounded(seed), time.time()))

    def tally(self, game: str, racer: str | None, rival: str) -> Tally:
        """Count the races of a racer, an agent or all people (None), against an agent, in all levels."""
        query = (
            "SELECT SUM(score > rival_score), SUM(score < rival_score), SUM(score = rival_score) FROM races "
            "WHERE game = ? AND rival = ? AND rival_is_agent AND CASE WHEN ? IS NULL THEN NOT is_agent "
            "ELSE is_agent AND name = ? END"
        )
        racer = None if racer is None else _name(racer)
        return Tally(*(int(count or 0) for count in self._query(query, (game, _name(rival), racer, racer))[0]))

    def top(self, game: str, level: str, is_agent: bool = False, count: int = 10) -> tuple[Score, ...]:
        """Return the best scores of people or of agents, best first; of equal scores the older first."""
        query = (
            "SELECT name, score, is_agent, assisted, time, raced FROM scores "
            "WHERE game = ? AND level = ? AND is_agent = ? ORDER BY score DESC, time, rowid LIMIT ?"
        )
        rows = self._query(query, (game, level, is_agent, count))
        return tuple(
            Score(_name(name), score, bool(agent), bool(help_), when, bool(raced))
            for name, score, agent, help_, when, raced in rows
        )

    def best(self, game: str, level: str | None = None, is_agent: bool = False) -> int | None:
        """Return the highest score of people or of agents in a level, or in all levels; None if there is none."""
        query = "SELECT MAX(score) FROM scores WHERE game = ? AND is_agent = ? AND (? IS NULL OR level = ?)"
        value = self._query(query, (game, is_agent, level, level))[0][0]
        return None if value is None else int(value)

    def close(self) -> None:
        """Try to write the waiting results. There is nothing else to close: the file is open only while it is used."""
        self._save(_LAST_SECONDS)

    # The copy

    def _query(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            self._follow()
            return self._copy.execute(query, values).fetchall()

    def _follow(self) -> None:
        """Copy the file again if another program has changed it; keep the present copy if that fails."""
        stamp = stamp_of(self._path)
        if self._path is None or stamp is None or stamp == self._seen:
            return
        try:
            copy = copied(self._path)
        except sqlite3.Error:
            return
        self._copy.close()
        self._copy, self._seen = copy, stamp
        self._show(self._waiting)

    def _show(self, rows: list[Row]) -> None:
        """Add rows to the copy. Rows that violate its constraints are skipped here, and reported by `_save`."""
        for row in rows:
            with suppress(sqlite3.IntegrityError):
                insert(self._copy, [row])

    # The file

    def _open(self) -> None:
        """Create or check the file, and copy it."""
        if self._path is None:
            return
        try:
            append(self._path, [], check=True)
            self._follow()
        except sqlite3.OperationalError as error:
            self.problem = f"Scores are not saved yet: {error}"
        except sqlite3.DatabaseError:
            self._replace_damaged(self._path)
        except OSError as error:
            self.problem = f"Scores are not saved: {error.strerror or error}"

    def _replace_damaged(self, path: Path) -> None:
        journal = path.with_name(f"{path.name}-journal")
        try:
            aside = move(path, path.with_suffix(".damaged"), self._disk)
            if journal.exists():  # SQLite would apply it to the new file
                move(journal, aside.with_name(f"{aside.name}-journal"), self._disk)
            append(path, [])
        except (StorageError, sqlite3.Error, OSError):
            self._path = None
            self.problem = "The scores file is damaged; scores are not saved"
        else:
            self.problem = self._damage = (
                f"The scores file was damaged and is kept as {aside.name}; a new one was begun"
            )

    def _keep(self, table: str, values: tuple[object, ...]) -> None:
        with self._lock:
            self._follow()
            self._waiting.append((table, values))
            self._show(self._waiting[-1:])
        self._save(_AGAIN_SECONDS if self._held and self._held == stamp_of(self._path) else _WAIT_SECONDS)

    def _save(self, seconds: float) -> None:
        """Write the waiting results; if the file is locked for longer than some seconds, they keep waiting."""
        with self._turn:
            with self._lock:
                rows = list(self._waiting)
            if not rows or self._path is None:
                return
            try:
                before, after = append(self._path, rows, seconds)
            except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
                self._held = stamp_of(self._path)
                self.problem = f"Scores are not saved yet: {error}"
            except sqlite3.DatabaseError:
                self._replace_damaged(self._path)
            except OSError as error:
                self.problem = f"Scores are not saved yet: {error.strerror or error}"
            else:
                self.problem = self._damage
                with self._lock:
                    del self._waiting[: len(rows)]
                    self._seen = after if self._seen == before else None


def _name(name: str) -> str:
    return printable(name)[:_LONGEST]


def _whole(first: float, second: float) -> tuple[int, int]:
    """Round two scores so that the higher one stays higher."""
    if first == second:
        return round(first), round(second)
    return (floor(first), ceil(second)) if first < second else (ceil(first), floor(second))


def _bounded(number: int) -> int:
    return max(-LARGEST, min(LARGEST, int(number)))
