"""The log file: each command that was given, and the traceback of each error of which a person sees one line.

Modules of the arcade write to it with `get_logger`, those of other packages with `logging.getLogger`. Nothing is
written before `open_log`, which only the program itself calls. Several processes may write to the file at once, and
none fails because it cannot be written.
"""

import logging
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from arcade.system.printable import printable

MOST_BYTES = 2**19
"""Size at which a new file is begun."""

OLD_FILES = 2
"""Earlier files that are kept beside it, under the same name with a number."""

_LONGEST = 2**16  # letters of a record
_PACKAGES = ("arcade", "agents", "games")


class _LogFile(RotatingFileHandler):
    """Opens the file for each record alone, so that another process can begin a new one at any time.

    Args:
        path: The file; its folder is made if it is missing.

    Attributes:
        written: Whether the latest record is in the file.
    """

    def __init__(self, path: Path) -> None:
        self.written = False
        super().__init__(
            path, maxBytes=MOST_BYTES, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace", delay=True
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or drop it."""
        self.written = True
        super().emit(record)
        stream, self.stream = self.stream, None  # as the handler itself notes it
        if stream is not None:
            with suppress(OSError):
                stream.close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name that logging calls
        """Note that a record was dropped."""
        self.written = False

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a pipe could fill up, and the program would wait for ever
            raise OSError(f"{path} is no regular file")
        return super()._open()


class _Format(logging.Formatter):
    """Writes each message in one line and its traceback below it. Both may hold the words of strangers."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name that logging calls
        """Return the line of a record."""
        return printable(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record, without its middle if it is very long."""
        text = super().format(record)
        if len(text) > _LONGEST:
            half = _LONGEST // 2
            text = f"{text[:half]}\n...\n{text[-half:]}"
        return "\n".join(map(printable, text.split("\n")))


class _Log:
    """The log file of this process."""

    file: _LogFile | None = None


def get_logger(module: str) -> logging.Logger:
    """Return the logger of a module of the arcade. Without a log file it writes nothing, nor to standard error."""
    package = logging.getLogger("arcade")
    if not package.handlers:
        package.addHandler(logging.NullHandler())
    return logging.getLogger(module)


def open_log(path: Path) -> None:
    """Write to this file, from now on, what the program's modules log, and errors that end a thread."""
    handler = _LogFile(path)
    handler.setFormatter(_Format("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        logger.propagate = False  # a game may have set up a log of its own on the terminal
    _Log.file = handler
    threading.excepthook = _log_end_of_thread


def last_written() -> Path | None:
    """The log file, if the latest record could be written to it."""
    return Path(_Log.file.baseFilename) if _Log.file and _Log.file.written else None


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "unknown"
    error = ended.exc_value
    get_logger(__name__).error("The thread %s was ended by an error", name, exc_info=error)
    threading.__excepthook__(ended)
