"""The log file: every command, and the traceback of every error that the terminal shows in one line.

Modules of the arcade log with `get_logger`, other packages with `logging.getLogger`. Nothing is written before
`open_log`, which only the program calls. Several processes may write to the file at once. A file that cannot be
written never makes the program fail.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from arcade.system.printable import printable

MOST_BYTES = 2**19
"""Size of the file at which a new one is started."""

OLD_FILES = 2
"""Number of earlier files kept beside it, with a number added to their names."""

_LONGEST = 2**16  # characters of a record
_PACKAGES = ("arcade", "agents", "games")


class _LogFile(RotatingFileHandler):
    """A log file that is opened anew for each record, so that another process can rotate it at any time.

    Args:
        path: The file; a missing folder is created.
        first_line: See `open_log`.

    Attributes:
        written: Whether the latest record was written.
    """

    def __init__(self, path: Path, first_line: Callable[[], str] | None) -> None:
        self.written = False
        self._first_line = first_line
        super().__init__(
            path, maxBytes=MOST_BYTES, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace", delay=True
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; drop it if that fails."""
        self._begin()
        self.written = True
        super().emit(record)
        stream, self.stream = self.stream, None  # None makes the handler open the file again
        if stream is not None:
            with suppress(OSError):
                stream.close()

    def _begin(self) -> None:
        """Write the first line, once. Without it, for example if a library is missing, the other lines are written."""
        first_line, self._first_line = self._first_line, None
        if first_line is not None:
            with suppress(Exception):
                said = {
                    "name": first_line.__module__,
                    "levelno": logging.INFO,
                    "levelname": "INFO",
                    "msg": first_line(),
                }
                self.emit(logging.makeLogRecord(said))

    def doRollover(self) -> None:  # noqa: N802  # the name that logging calls
        """Begin a new file, unless another process has just done so: two rotations at once would drop a file."""
        from agents.errors import StorageError
        from agents.storage.locks import FolderLock

        path = Path(self.baseFilename)
        with suppress(StorageError), FolderLock(path.parent):
            if path.exists() and path.stat().st_size > MOST_BYTES // 2:
                super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name that logging calls
        """Record that a write failed, instead of printing a traceback."""
        self.written = False

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # writing to a full pipe would block for ever
            raise OSError(f"{path} is no regular file")
        return super()._open()


class _Format(logging.Formatter):
    """A formatter that puts the message on one line and the traceback below it, and escapes control characters."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name that logging calls
        """Return the first line of a record."""
        return printable(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record; the middle of a very long one is left out."""
        text = super().format(record)
        if len(text) > _LONGEST:
            half = _LONGEST // 2
            text = f"{text[:half]}\n...\n{text[-half:]}"
        return "\n".join(map(printable, text.split("\n")))


class _Log:
    """The log file of this process, None before `open_log`."""

    file: _LogFile | None = None


def get_logger(module: str) -> logging.Logger:
    """Return the logger of a module of the arcade. It writes nothing until the log file is open."""
    package = logging.getLogger("arcade")
    if not package.handlers:
        package.addHandler(logging.NullHandler())
    return logging.getLogger(module)


def open_log(path: Path, first_line: Callable[[], str] | None = None) -> None:
    """Send the logs of the program's packages, and errors that end a thread, to this file.

    Args:
        path: The file.
        first_line: Returns the message that comes before all others. It is called for the first record, because what
            it tells takes time to find out, and the window's first frame need not wait for it.
    """
    handler = _LogFile(path, first_line)
    handler.setFormatter(_Format("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        logger.propagate = False  # a game may have configured the root logger
    _Log.file = handler
    threading.excepthook = _log_end_of_thread


def last_written() -> Path | None:
    """Return the log file if the latest record was written to it, otherwise None."""
    return Path(_Log.file.baseFilename) if _Log.file and _Log.file.written else None


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "unknown"
    error = ended.exc_value
    get_logger(__name__).error("The thread %s was ended by an error", name, exc_info=error)
    threading.__excepthook__(ended)
