"""The border: what strangers' games raise and give is told in one line that names them, or taken if that is safe."""

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, make_dataclass, replace
from typing import Any

import numpy as np
import pygame
import pytest

from agents.acting.evaluation import RandomPolicy, evaluate
from games import registry
from games.batch import GameBatch
from games.border import GameError, guard, reason_of
from games.built_in import BUILT_IN
from games.catch.rules import Catch
from games.game import LONGEST_GAME, Game, GameInfo, ObservationSpec, Outcome, Play, Solved
from games.registry import make
from games.view import draw
from tests.games.failing import METHODS, REASON, Failing, fail, installed


@pytest.fixture
def game(monkeypatch: pytest.MonkeyPatch) -> Iterator[Game]:
    with installed(monkeypatch, failing=Failing):
        yield make("failing")


def play(game: Game, steps: int = 1_100, count: int = 3) -> GameBatch:
    """Play, look and draw."""
    batch, surface = GameBatch(game, count, 0), pygame.Surface((80, 80), 0, 32)
    for _ in range(steps):
        batch.step(np.ones(count, np.int64))
        draw(surface, game, batch.state)
    return batch


# What is raised


@pytest.mark.parametrize("after", [0, 100])
@pytest.mark.parametrize("method", METHODS[2:])
def test_a_method_that_fails_is_told_by_name(game: Game, method: str, after: int) -> None:
    fail(method, after)
    with pytest.raises(GameError, match=f"^failing: .*{REASON}$") as told:
        play(game)
    assert ("step" if method == "step" else method) in str(told.value)


def test_the_step_is_told(game: Game) -> None:
    fail("step", 4)
    with pytest.raises(GameError, match="failing: step 5: RuntimeError"):
        play(game)
    fail("observe", 4)
    with pytest.raises(GameError, match="failing: step 4: observe: RuntimeError"):
        play(game)


def test_a_game_that_cannot_be_made_is_told_and_wrong_settings_stay_what_they_are(game: Game) -> None:
    with pytest.raises(ValueError, match="grid = 3: must be") as refused:
        make("failing", grid=3)
    assert not isinstance(refused.value, GameError)
    fail("make")
    with pytest.raises(GameError, match=f"failing: make: {REASON}"):
        make("failing")


def test_what_a_game_says_of_itself_is_asked_once(game: Game) -> None:
    fail("info")
    assert game.info.title == registry.info_of("failing").title == "Failing"
    play(game)
    with pytest.raises(GameError, match=f"Failing: info: {REASON}"):
        make("failing", grid=12)


class Boom(BaseException):
    """An exception that nobody expects."""


@pytest.mark.parametrize("error", [SystemExit("no licence"), Boom("no licence"), MemoryError("no licence")])
def test_whatever_is_raised_is_told(error: BaseException) -> None:
    with pytest.raises(GameError, match=rf"^X: step 2: {type(error).__name__}: no licence$"), guard("X", "step 2"):
        raise error


def test_an_error_without_words_is_told_by_its_place() -> None:
    with pytest.raises(GameError, match=r"^X: AssertionError \(test_border.py, line \d+\)$"), guard("X"):
        raise AssertionError


def test_strangers_words_are_one_line_that_can_be_shown() -> None:
    assert reason_of(ValueError("a\n\tb \x1b[31m\u202ec")) == "ValueError: a b \\x1b[31m\\u202ec"
    assert len(reason_of(RuntimeError("x" * 5_000))) < 320

    class RudeError(Exception):
        def __str__(self) -> str:
            raise KeyError

    assert reason_of(RudeError()) == "RudeError"


def test_ctrl_c_is_the_persons_unless_it_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda number: signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt), guard("X"):
        raise KeyboardInterrupt
    monkeypatch.setattr(signal, "getsignal", lambda number: print)
    with pytest.raises(GameError, match="X: KeyboardInterrupt"), guard("X"):
        raise KeyboardInterrupt
    told: list[str] = []

    def elsewhere() -> None:
        try:
            with guard("X"):
                raise KeyboardInterrupt
        except GameError as error:
            told.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert told[0].startswith("X: KeyboardInterrupt")


# What is given


@dataclass
class Place:
    """Where each walker stands."""

    place: Any  # [B]


INFO = GameInfo(
    "walk", "Walk", ("Walk.",), ("left", "right"), (ObservationSpec("features", (2,)),), 10, "steps", Solved(5),
    Play({"left": 0, "right": 1}),
)  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """Walks right for ever; each method may be given another one."""

    info: GameInfo = INFO
    view = "tests.games.test_border:paint"

    def reset(self, count: int, rng: Any) -> Any:
        return Place(np.zeros(count, np.int64))

    def step(self, state: Any, actions: Any, rng: Any) -> Any:
        state.place += 1
        return Outcome(np.ones(len(actions), np.float32), np.zeros(len(actions), bool), np.zeros(len(actions), bool))

    def observe(self, state: Any, kind: str) -> Any:
        return np.stack([state.place, state.place], 1).astype(np.float32)

    def score(self, state: Any) -> Any:
        return state.place

    def legal_actions(self, state: Any) -> Any:
        return np.ones((len(state.place), 2), bool)


def paint(surface: pygame.Surface, *arguments: Any) -> None:
    """Draws a walk."""
    surface.fill((0, 0, 0))


def walk(**methods: Callable[..., Any]) -> Game:
    """The game with some methods exchanged."""
    return type("Walk", (Walk,), methods)()  # type: ignore[no-any-return]


def steps(made: Callable[[int], Any]) -> Callable[..., Any]:
    """A step that gives what `made` says of the number of copies."""

    def step(self: Any, state: Any, actions: Any, rng: Any) -> Any:
        state.place += 1
        return made(len(actions))

    return step


def flags(count: int, value: bool = False) -> Any:
    return np.full(count, value)


TAKEN: dict[str, dict[str, Any]] = {
    "flags of 0 and 1": {"step": steps(lambda n: (np.ones(n), np.zeros(n, int), np.zeros(n)))},
    "a tuple": {"step": steps(lambda n: (np.ones(n, int), flags(n), flags(n)))},
    "lists": {"step": steps(lambda n: ([1.0] * n, [False] * n, [False] * n))},
    "float64": {"observe": lambda self, state, kind: np.ones((len(state.place), 2))},
    "a list of observations": {"observe": lambda self, state, kind: [[1, 2]] * len(state.place)},
    "legal as 1": {"legal_actions": lambda self, state: [[1, 0]] * len(state.place)},
    "scores as floats": {"score": lambda self, state: state.place / 3},
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_meant_beyond_doubt_is_taken(name: str) -> None:
    batch = GameBatch(walk(**TAKEN[name]), 3, 0)
    transitions = batch.step(np.zeros(3, np.int64))
    assert transitions.reward.dtype == transitions.next_observation.dtype == np.float32
    assert transitions.terminated.dtype == transitions.truncated.dtype == transitions.legal.dtype == np.bool_
    assert transitions.next_observation.shape == (3, 2)


def third(value: float) -> Callable[..., Any]:
    """An observation in which the second copy shows `value` from the third step on."""

    def observe(self: Any, state: Any, kind: str) -> Any:
        seen = np.zeros((len(state.place), 2), np.float32)
        seen[1:2, 1] = np.where(state.place[1:2] >= 3, value, 0)
        return seen

    return observe


def rewards(value: float) -> Callable[..., Any]:
    return steps(lambda n: Outcome(np.where(np.arange(n) == 1, value, 0), flags(n), flags(n)))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no state": ({"reset": lambda self, count, rng: [0] * count}, "reset: the state is list"),
    "a list in the state": (
        {"reset": lambda self, count, rng: Place([0] * count)},
        "reset: place of the state is list",
    ),
    "too few": ({"reset": lambda self, count, rng: Place(np.zeros(1, int))}, r"has the shape \(1,\): must be an array"),
    "no outcome": ({"step": steps(lambda n: None)}, "step 1: gives None: must be Outcome"),
    "rewards missing": (
        {"step": steps(lambda n: (np.ones(1), flags(n), flags(n)))},
        r"step: reward of the shape \(1,\)",
    ),
    "text": ({"step": steps(lambda n: ("a", flags(n), flags(n)))}, "step: reward 'a': must be numbers"),
    "ragged": ({"step": steps(lambda n: ([[1], [1, 2], 3], flags(n), flags(n)))}, "must be numbers"),
    "NaN": ({"step": rewards(np.nan)}, "step 1: reward nan: must be finite"),
    "infinite": ({"step": rewards(-np.inf)}, "step 1: reward -inf: must be finite"),
    "huge": ({"step": rewards(1e20)}, "step 1: reward 1e"),
    "no flags": (
        {"step": steps(lambda n: (np.ones(n), None, flags(n)))},
        "step 1: terminated None: must be true or false",
    ),
    "flags of 2": ({"step": steps(lambda n: (np.ones(n), flags(n), np.full(n, 2)))}, "step 1: truncated"),
    "NaN seen": ({"observe": third(np.nan)}, "step 3: observe: features nan: must be finite"),
    "huge seen": ({"observe": third(1e30)}, r"step 3: observe: features 1\.0"),
    "other shape": ({"observe": lambda self, state, kind: np.ones((3, 5))}, r"features of the shape \(3, 5\): must be"),
    "no numbers": ({"observe": lambda self, state, kind: np.full((3, 2), "x")}, "must be numbers"),
    "one score": ({"score": lambda self, state: 7}, r"score: score of the shape \(\): must be \(3,\)"),
    "NaN score": ({"score": lambda self, state: state.place * np.nan}, "step 1: score: score nan"),
    "nothing legal": ({"legal_actions": lambda self, state: np.zeros((3, 2), bool)}, "no action is legal"),
    "too many legal": ({"legal_actions": lambda self, state: np.ones((3, 9), bool)}, "legal_actions: they are"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_promise_is_refused_by_name_and_place(name: str) -> None:
    methods, line = REFUSED[name]
    with pytest.raises(GameError, match=f"^walk: .*{line}") as told:
        play(walk(**methods), steps=5)
    assert "\n" not in str(told.value)


def test_bytes_are_not_made_of_other_numbers() -> None:
    info = replace(INFO, observations=(ObservationSpec("image", (2,), "uint8", 0, 255),))
    for seen, line in ((np.full((3, 2), 0.5), "image of float64"), (np.full((3, 2), 256), "image of int64")):
        game = type("Walk", (Walk,), {"observe": lambda self, state, kind, seen=seen: seen})(info)
        with pytest.raises(GameError, match=f"{line}: must be uint8"):
            GameBatch(game, 3, 0)
    fine = type("Walk", (Walk,), {"observe": lambda self, state, kind: np.full((len(state.place), 2), 255)})(info)
    assert GameBatch(fine, 3, 0).observe().dtype == np.uint8


def test_arrays_that_a_game_changes_afterwards_are_not_shared() -> None:
    batch = GameBatch(walk(observe=lambda self, state, kind: SHARED[: len(state.place)]), 3, 0)
    transitions = batch.step(np.zeros(3, np.int64))
    SHARED[:] = 9
    assert transitions.next_observation.max() == 0
    assert not np.shares_memory(transitions.score, batch.state.place)


SHARED = np.zeros((3, 2), np.float32)


def test_nothing_need_be_legal_when_a_game_is_over() -> None:
    def legal(self: Any, state: Any) -> Any:
        return np.repeat(state.place[:, None] < 2, 2, axis=1)

    def step(self: Any, state: Any, actions: Any, rng: Any) -> Any:
        state.place += 1
        return np.ones(len(actions)), state.place >= 2, flags(len(actions))

    for autoreset in (True, False):
        batch = GameBatch(walk(legal_actions=legal, step=step), 3, 0, autoreset=autoreset)
        for _ in range(2):
            transitions = batch.step(np.zeros(3, np.int64))
        assert transitions.terminated.all()


# What is said


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"title": ""}, "title = : must be a name"),
        ({"title": "\ufe0f"}, "title"),
        ({"title": "x" * 61}, "title"),
        ({"rules": "Run."}, "rules = Run.: must be lines of text"),
        ({"rules": ("a\x1bb",)}, "rules"),
        ({"actions": ()}, "actions"),
        ({"actions": [1, 2]}, "actions"),
        ({"observations": ()}, "observations"),
        ({"observations": (ObservationSpec("pixels", (3,)),)}, "observations"),
        ({"observations": (ObservationSpec("f", (3,), "float64"),)}, "observations"),
        ({"observations": (ObservationSpec("f", (0,)),)}, "observations"),
        ({"ticks_per_second": 0}, "ticks_per_second = 0: must be above 0"),
        ({"ticks_per_second": "fast"}, "ticks_per_second = fast"),
        ({"ticks_per_second": float("nan")}, "ticks_per_second = nan"),
        ({"score_name": None}, "score_name"),
        ({"solved": 5}, "solved = 5: must be a Solved"),
        ({"solved": Solved(float("nan"))}, "solved"),
        ({"play": None}, "play"),
        ({"play": Play({"left": 0, "jump": 1})}, "play.buttons"),
        ({"play": Play({"left": 0, "right": 2})}, "play: the actions"),
        ({"play": Play({}, episodes=0)}, "play.episodes"),
        ({"play": Play({}, first_pace=0)}, "play.first_pace"),
        ({"play": Play({}, speed_up=-1)}, "play.speed_up"),
        ({"step_limit": 0}, "step_limit = 0: must be a whole number of at least 1, or None"),
        ({"evaluation_limit": 2.5}, "evaluation_limit"),
        ({"exploration": (1.0,)}, "exploration"),
        ({"exploration": (0.0, 0.0)}, "exploration"),
        ({"aspect": (0, 1)}, "aspect"),
        ({"aspect": 1.5}, "aspect"),
        ({"accent": (300, 0, 0)}, r"accent = \(300, 0, 0\): must be three whole numbers from 0 to 255"),
        ({"accent": "red"}, "accent"),
        ({"levels": {}}, "levels"),
        ({"sounds": None}, "sounds"),
        ({"version": "1"}, "version"),
    ],
)
def test_what_a_game_says_of_itself_is_checked_when_it_is_found(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], line: str
) -> None:
    info = replace(INFO, **changes)
    with installed(monkeypatch, walk=make_dataclass("Walk", [("info", GameInfo, info)], bases=(Walk,), frozen=True)):
        with pytest.raises(ValueError, match=f"did not load: Walk: info: {line}"):
            make("walk")
        assert registry.game_ids() == tuple(BUILT_IN)


@pytest.mark.parametrize(("part", "value"), [("view", None), ("view", "nowhere"), ("step", None), ("reset", 3)])
def test_what_a_game_lacks_is_told_when_it_is_found(monkeypatch: pytest.MonkeyPatch, part: str, value: Any) -> None:
    with installed(monkeypatch, failing=type("Failing", (Failing,), {part: value})):
        registry.game_ids()
        assert part in registry.broken_games()["failing"]


def test_a_view_that_is_not_there_is_told_when_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "failing: draw: ModuleNotFoundError: No module named 'nowhere'"
    viewless = type("Failing", (Failing,), {"view": "nowhere:draw"})
    with installed(monkeypatch, failing=viewless), pytest.raises(GameError, match=line):
        play(make("failing"), 1)


def test_a_game_that_ends_the_program_when_it_is_loaded_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded() -> Any:
        raise Boom("not today")

    with installed(monkeypatch, failing=loaded):
        assert registry.game_ids() == tuple(BUILT_IN)
        assert registry.broken_games() == {"failing": "Boom: not today"}


# What has no end


def test_every_game_has_an_end_in_evaluations() -> None:
    card = evaluate(RandomPolicy(2), walk(), "features", episodes=2)
    assert card.scores.tolist() == [LONGEST_GAME] * 2
    assert evaluate(RandomPolicy(2), walk(), "features", episodes=2, step_limit=7).scores.tolist() == [7, 7]
    assert not INFO.sets_limit and Catch().info.sets_limit
    assert replace(INFO, step_limit=9).longest_game == 9
    assert replace(INFO, step_limit=9, evaluation_limit=4).longest_game == 4


def test_our_own_games_are_not_looked_at() -> None:
    batch = GameBatch(Catch(), 2, 0)
    assert batch._rules is batch.game
