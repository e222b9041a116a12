"""The border between the arcade and code that it does not know: games that are installed, Gymnasium's environments.

Whatever such code raises becomes a `GameError`, one line that names the game and what was asked of it. Whatever it
gives is checked against what the game promised; what is meant beyond doubt is taken (a reward of the shape (1,), flags
of 0 and 1, numbers of another type), everything else is refused. Our own games are not checked and pay nothing.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

MOST_WORDS = 300
"""Characters that are told of a stranger's message."""

OURS = ("arcade", "agents", "games")
"""The packages of this project."""


class GameError(ValueError):
    """A game or environment failed, or broke its promises: "NAME: step 20: RuntimeError: it has gone away"."""


@contextmanager
def guard(*place: str) -> Iterator[None]:
    """Turn whatever a stranger's code raises into a `GameError` that begins with the words of `place`.

    A person's Ctrl-C stays what it is.
    """
    try:
        yield
    except GameError:
        raise
    except BaseException as error:  # strangers raise SystemExit and classes of their own
        if isinstance(error, KeyboardInterrupt) and _is_the_persons(error):
            raise
        raise GameError(": ".join((*place, reason_of(error)))) from error


def refuse(name: str, call: str, words: str) -> GameError:
    """The error of a promise that was broken."""
    return GameError(f"{name}: {call}: {one_line(words)}")


def reason_of(error: BaseException) -> str:
    """An error in one line: its kind and its words, or where it was raised if it has none."""
    words = one_line(str(error))
    return f"{type(error).__name__}: {words}" if words else f"{type(error).__name__}{_where(error.__traceback__)}"


def one_line(text: str) -> str:
    """A stranger's text in one line that can be shown anywhere."""
    words = " ".join(text.split())
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in words)
    return shown if len(shown) <= MOST_WORDS else f"{shown[:MOST_WORDS]} …"


def _where(trace: TracebackType | None) -> str:
    innermost = _innermost(trace)
    if innermost is None:
        return ""
    file = innermost.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f" ({one_line(file)}, line {innermost.tb_lineno})"


def _innermost(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _is_the_persons(error: KeyboardInterrupt) -> bool:
    """Whether a signal raised it, which Python does in the main thread alone, or a handler of ours."""
    if threading.current_thread() is not threading.main_thread():
        return False
    innermost = _innermost(error.__traceback__)
    module = str(innermost.tb_frame.f_globals.get("__name__", "")) if innermost else ""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler or module.partition(".")[0] in OURS
