"""Moves several files of a folder atomically: all of them or none, even if the program is killed in between.

Before the first file moves, a note in the folder lists all moves. If the program is killed, the next program that reads
the folder finishes the moves of the note and removes it. All of this happens under the folder's lock.
"""

import errno
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from agents.storage.disk import DISK, Disk, draft, free_path, put_new

NOTE = ".moves"
"""File name of the note."""

_MAX_NOTE = 2**16  # bytes
_FOLDERS = ("", "trash", "quarantine")  # where files of a library move from and to

Pairs = Sequence[tuple[Path, Path]]
"""Old and new path of each file; missing files are skipped."""


def move_all(folder: Path, pairs: Pairs, disk: Disk = DISK) -> None:
    """Move files within a folder and its subfolders, in this order, to unused paths.

    Raises:
        OSError: The disk refuses; the files are moved back, now or by `finish_moves`.
    """
    pairs = [(old, new) for old, new in pairs if os.path.lexists(old)]
    _make_folders(pairs, disk)
    if len(pairs) > 1:
        _note(folder, pairs, disk)
    try:
        _move(pairs, disk)
    except OSError:
        _move_back(pairs, disk)
        disk.remove(folder / NOTE)
        raise
    with suppress(OSError):  # all moves of the note are done, so it does no harm
        disk.remove(folder / NOTE)


def finish_moves(folder: Path, disk: Disk = DISK) -> None:
    """Finish the moves of a program that was killed: move the other files, too, or all back if a new path is in use.

    Raises:
        OSError: The disk refuses; the note stays for the next try.
    """
    note = folder / NOTE
    if not os.path.lexists(note):
        return
    try:
        pairs = _read(folder, note)
    except (ValueError, RecursionError):
        disk.make_folder(folder / "quarantine")
        disk.replace(note, free_path(folder / "quarantine" / f"moves{note.suffix}"))
        return
    try:
        _make_folders(pairs, disk)
        _move(pairs, disk)
    except FileExistsError:
        _move_back(pairs, disk)
    disk.remove(note)


def _make_folders(pairs: Pairs, disk: Disk) -> None:
    for folder in sorted({path.parent for pair in pairs for path in pair}):
        disk.make_folder(folder)


def _note(folder: Path, pairs: Pairs, disk: Disk) -> None:
    text = json.dumps([[path.relative_to(folder).as_posix() for path in pair] for pair in pairs])
    with draft(folder / NOTE, [text.encode()], disk) as temporary:
        put_new(temporary, folder / NOTE, disk)


def _read(folder: Path, note: Path) -> Pairs:
    """Return the moves in a note.

    Raises:
        ValueError: The note is damaged, or has paths outside a library.
    """
    if note.is_symlink() or note.stat().st_size > _MAX_NOTE:
        raise ValueError("not a note of moves")
    pairs = json.loads(note.read_bytes())
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise ValueError("not a note of moves")
    return [(_place(folder, old), _place(folder, new)) for old, new in pairs]


def _place(folder: Path, text: object) -> Path:
    path = PurePath(text) if isinstance(text, str) else PurePath("..")
    parent = "" if path.parent == PurePath() else str(path.parent)
    if path.name in ("", "..") or path.is_absolute() or parent not in _FOLDERS:
        raise ValueError(f"{str(text)[:80]!r} is not a path in a library")
    return folder / path


def _move(pairs: Pairs, disk: Disk) -> None:
    for old, new in pairs:
        if os.path.lexists(old):
            if os.path.lexists(new):
                raise FileExistsError(errno.EEXIST, "the path is in use", str(new))
            disk.replace(old, new)
    for folder in sorted({path.parent for pair in pairs for path in pair}):
        disk.sync_folder(folder)


def _move_back(pairs: Pairs, disk: Disk) -> None:
    for old, new in reversed(pairs):
        if os.path.lexists(new) and not os.path.lexists(old):
            disk.replace(new, old)
