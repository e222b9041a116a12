"""The border between the arcade and third-party code: installed games and Gymnasium environments.

Every exception of such code becomes a `GameError`, one line that names the game and the call. Every result is checked
against the `GameInfo`. Unambiguous values are converted (flags of 0 and 1, numbers of another type, lists of numbers),
all others are refused. Built-in games are not checked and have no overhead.
"""

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import TracebackType
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from games.game import Array, Game, GameInfo, ObservationSpec, Oriented, Outcome, State
from games.promises import broken_promise
from games.states import copy_state, count_of
from games.words import one_line

LARGEST_REWARD = 1e9
LARGEST_OBSERVATION = 1e18
"""Largest observation whose square is a finite float32."""

LARGEST_SCORE = 2**53

_OURS = ("arcade", "agents", "games")  # the packages of this project


_notes: deque[str] = deque()
_noted: set[str] = set()


def note(words: str) -> None:
    """Queue a message about a third-party game, once, for `take_note`."""
    if words not in _noted:
        _noted.add(words)
        _notes.append(words)


def take_note() -> str:
    """Return and remove the next message for the user, "" if there is none."""
    try:
        return _notes.popleft()
    except IndexError:
        return ""


class GameError(ValueError):
    """A game or environment failed or returned a wrong value, as in "NAME: step 20: RuntimeError: it has gone away"."""


@contextmanager
def guard(*place: str, but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn every exception of third-party code into a `GameError` that begins with the words of `place`.

    The user's Ctrl-C and the exceptions in `but` pass unchanged.
    """
    try:
        yield
    except BaseException as error:  # third-party code may also raise SystemExit and its own classes
        if isinstance(error, (GameError, *but)):
            raise
        if isinstance(error, KeyboardInterrupt) and _is_the_persons(error):
            raise
        raise GameError(": ".join((*place, reason_of(error)))) from error


def reason_of(error: BaseException) -> str:
    """Describe an exception in one line: its class and message, or where it was raised if it has no message."""
    if isinstance(error, GameError):
        return str(error)
    try:
        words = one_line(str(error))
    except Exception:  # `str` of the exception is third-party code as well
        words = ""
    return f"{type(error).__name__}: {words}" if words else f"{type(error).__name__}{_where(error.__traceback__)}"


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
    """Whether a signal raised it. Python handles signals only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return False
    innermost = _innermost(error.__traceback__)
    module = str(innermost.tb_frame.f_globals.get("__name__", "")) if innermost else ""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler or module.partition(".")[0] in _OURS


# The info of a game


@cache
def with_checked_info(cls: type[Any]) -> type[Any]:
    """Derive a class whose `info` is computed and checked once, and cached.

    The rest of the program reads `info` often, so it must not fail later.
    """
    if not hasattr(getattr(cls, "info", None), "__get__"):
        return cls  # a value instead of a property

    def info(self: Any) -> GameInfo:
        known = self.__dict__.get("_checked_info")
        if known is None:
            known = checked_info(cls.__name__, lambda: super(bordered, self).info)
            object.__setattr__(self, "_checked_info", known)  # games are frozen dataclasses
        return cast(GameInfo, known)

    parts = {"info": property(info), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    bordered: type[Any] = type(cls.__name__, (cls,), parts)
    frozen = is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return dataclass(frozen=True, init=False, repr=False, eq=False)(bordered) if frozen else bordered


def checked_info(name: str, ask: Callable[[], Any]) -> GameInfo:
    """Ask a game for its `GameInfo` and check it.

    Args:
        name: The name of the game for error messages.
        ask: Returns the info.

    Raises:
        GameError: `ask` fails, or a value is not allowed; names the first one.
    """
    with guard(name, "info"):
        info = ask()
        broken = broken_promise(info)
    if broken:
        raise GameError(f"{name}: info: {one_line(broken)}")
    return cast(GameInfo, info)


# The results of a game


class Copies(Protocol):
    """The progress of the copies of a game."""

    @property
    def steps(self) -> Array:
        """[B] steps into the episode of each copy, for error messages."""

    @property
    def over(self) -> Array:
        """[B] whether each episode is over; then it may have no legal action."""


class CheckedGame:
    """A third-party game whose results are all checked. It has the methods of `games.game.Game`.

    Args:
        game: The rules.
        copies: The progress of the copies.

    Raises:
        GameError: The game's info is not allowed.
    """

    def __init__(self, game: Game, copies: Copies) -> None:
        self.game = game
        self.info = checked_info(type(game).__name__, lambda: game.info)
        self._name, self._actions, self._copies = self.info.id, len(self.info.actions), copies
        self._form: dict[str, tuple[int, ...]] = {}  # field of the state to its shape without the batch axis

    def reset(self, count: int, rng: np.random.Generator) -> State:
        """Start `count` games. The state must be a dataclass of arrays with `count` rows each."""
        with guard(self._name, "reset"):
            state = self.game.reset(count, rng)
        self._check_state("reset", state, count)
        return state

    def step(self, state: State, actions: Array, rng: np.random.Generator) -> Outcome:
        """Advance every copy. Rewards and flags must have one value for each."""
        place, count = f"step {int(self._copies.steps.max()) + 1}", len(actions)
        with guard(self._name, place):
            made = self.game.step(state, actions, rng)
        if not isinstance(made, tuple | list) or len(made) != 3:
            raise self._refused(place, f"gives {short(made)}: must be Outcome(reward, terminated, truncated)")
        self._check_state(place, state, count)
        reward = self._numbers("step", "reward", made[0], (count,), LARGEST_REWARD).astype(np.float32)
        terminated = self._flags(place, "terminated", made[1], (count,))
        truncated = self._flags(place, "truncated", made[2], (count,))
        return Outcome(reward, terminated, truncated & ~terminated)

    def observe(self, state: State, kind: str) -> Array:
        """Return observations in the shape and dtype of the game's info."""
        spec = self.info.observation(kind)
        seen = self._asked("observe", state, lambda: self.game.observe(state, kind))
        values = self._numbers("observe", kind, seen, (count_of(state), *spec.shape), LARGEST_OBSERVATION)
        if not fits(values, spec):
            raise self._refused("observe", f"{kind} of {values.dtype}: must be {spec.dtype}")
        return values.astype(spec.dtype)

    def score(self, state: State) -> Array:
        """Return the score of each copy."""
        score = self._asked("score", state, lambda: self.game.score(state))
        return self._numbers("score", "score", score, (count_of(state),), LARGEST_SCORE).copy()

    def legal_actions(self, state: State) -> NDArray[np.bool_]:
        """Return which actions are legal, at least one in each unfinished copy."""
        legal = self._asked("legal_actions", state, lambda: self.game.legal_actions(state))
        flags = self._flags("legal_actions", "they are", legal, (count_of(state), self._actions))
        if len(flags) == len(over := self._copies.over):
            flags[over] = True
        if not (some := flags.any(axis=1)).all():
            place = self._place("legal_actions", len(flags), int(some.argmin()))
            raise self._refused(place, "no action is legal: one must be")
        return flags

    def orientation(self, state: State, kind: str) -> NDArray[np.int64]:
        """Return the action of each network output; every action occurs once."""
        given = self._asked("orientation", state, lambda: cast(Oriented, self.game).orientation(state, kind))
        shape = count_of(state), self._actions
        actions = self._numbers("orientation", "actions", given, shape, LARGEST_SCORE).astype(np.int64)
        if (np.sort(actions, axis=1) != np.arange(self._actions)).any():
            raise self._refused("orientation", f"must hold each action from 0 to {self._actions - 1} once")
        return actions

    def _asked(self, call: str, state: State, ask: Callable[[], Any]) -> Any:
        """Call the game. Errors name the call and the step."""
        try:
            return ask()
        except BaseException:
            place = self._place(call, count_of(state), int(self._copies.steps.argmax()))
            with guard(self._name, place):
                raise

    def _refused(self, place: str, words: str) -> GameError:
        return GameError(f"{self._name}: {place}: {one_line(words)}")

    def _check_state(self, place: str, state: Any, count: int) -> None:
        if not self._form:
            if not is_dataclass(state) or isinstance(state, type) or not fields(state):
                raise self._refused(place, f"the state is {type(state).__name__}: must be a dataclass of arrays")
            with guard(self._name, place):
                copy_state(state)  # the most frequent caller
            self._form = {field.name: np.shape(getattr(state, field.name))[1:] for field in fields(state)}
        for name, shape in self._form.items():
            values = getattr(state, name, None)
            if not isinstance(values, np.ndarray) or values.shape != (count, *shape):
                found = f"has the shape {values.shape}" if isinstance(values, np.ndarray) else type(values).__name__
                raise self._refused(place, f"{name} of the state is {found}: must be an array {(count, *shape)}")

    def _numbers(self, place: str, what: str, values: Any, shape: tuple[int, ...], largest: float) -> Array:
        numbers = _array(values)
        if numbers.dtype.kind not in "fiub":
            raise self._refused(place, f"{what} {short(values)}: must be numbers")
        if numbers.shape != shape:
            raise self._refused(place, f"{what} of the shape {numbers.shape}: must be {shape}")
        small = numbers.dtype.kind != "f" and numbers.itemsize <= 2  # bytes and flags cannot be too large
        # The comparison is written to fail for NaN as well.
        if numbers.size and not small and not np.abs(numbers, dtype=np.float64).max() <= largest:
            wrong = tuple(np.argwhere(~(np.abs(numbers, dtype=np.float64) <= largest))[0])
            allowed = f"must be finite and at most {largest:g} either way"
            raise self._refused(self._place(place, shape[0], wrong[0]), f"{what} {numbers[wrong]}: {allowed}")
        return numbers

    def _flags(self, place: str, what: str, values: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        flags = _array(values)
        if flags.shape != shape or flags.dtype.kind not in "biuf" or not ((flags == 0) | (flags == 1)).all():
            raise self._refused(place, f"{what} {short(values)}: must be true or false in the shape {shape}")
        return flags.astype(np.bool_)

    def _place(self, call: str, count: int, row: int) -> str:
        """Name the call and, where it is known, the step of the copy."""
        steps = self._copies.steps
        if call == "step":
            return f"step {steps[row] + 1}"
        return f"step {steps[row]}: {call}" if len(steps) == count and steps[row] else call


def _array(values: Any) -> Array:
    try:
        return np.asarray(values)
    except Exception:  # rows of different lengths, or objects that raise anything
        return np.asarray(None)


def fits(values: Array, spec: ObservationSpec) -> bool:
    """Whether numbers can be converted to the wanted dtype: all to floats, integers from 0 to 255 to bytes."""
    if spec.dtype != "uint8" or values.dtype == np.uint8:
        return True
    return values.dtype.kind in "biu" and bool(((values >= 0) & (values <= 255)).all())


def short(values: Any) -> str:
    """Show a value of unknown origin in a few characters."""
    try:
        shown = one_line(repr(values))
    except Exception:  # `repr` is third-party code as well
        shown = type(values).__name__
    return shown if len(shown) <= 60 else f"{shown[:60]} …"
