"""Strangers' environments: asked with care, used again, closed, and shown whatever they draw."""

import gc
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import gymnasium
import numpy as np
import pygame
import pytest

from games.batch import GameBatch
from games.border import GameError
from games.game import LONGEST_GAME
from games.gym import game as game_module
from games.gym import living, view
from games.gym.view import picture_of
from games.registry import make
from games.states import copy_state
from games.view import draw

Box, Discrete = gymnasium.spaces.Box, gymnasium.spaces.Discrete
PICTURE = np.zeros((20, 30, 3), np.uint8)
PICTURE[:, 10:] = 200, 100, 50


class Corridor(gymnasium.Env[Any, Any]):
    """Six places in a row; each test changes what is odd about it."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 10}
    observation_space: Any = Box(0, 5, (1,), np.float32)
    action_space: Any = Discrete(2)
    opened = closed = 0

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        type(self).opened += 1

    def seen(self) -> Any:
        return np.array([self.place], np.float32)

    def told(self) -> Any:
        return {}

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.place = self.steps = 0
        return self.seen(), self.told()

    def step(self, action: Any) -> Any:
        self.steps += 1
        self.place = min(max(self.place + (1 if action == 1 else -1), 0), 5)
        return self.seen(), 1.0, self.place == 5, False, self.told()

    def render(self) -> Any:
        return PICTURE

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def odd() -> Iterator[Callable[..., Any]]:
    """Registers the corridor with some attributes changed, and makes the game."""

    def made(limit: int | None = 30, **changes: Any) -> Any:
        cls = type("Odd", (Corridor,), {"opened": 0, "closed": 0, **changes})
        gymnasium.register("Test/Odd-v0", cls, max_episode_steps=limit)
        return make("gym:Test/Odd-v0")

    def forget() -> None:
        gymnasium.registry.pop("Test/Odd-v0", None)
        game_module.game_class.cache_clear()
        game_module._describe.cache_clear()
        living._idle.clear()
        view._cameras.clear()

    forget()
    yield made
    forget()


def odd_class() -> Any:
    return gymnasium.registry["Test/Odd-v0"].entry_point


def play(game: Any, steps: int = 30, count: int = 3, action: int = 1) -> GameBatch:
    batch = GameBatch(game, count, 0)
    for _ in range(steps):
        batch.step(np.full(count, action))
    return batch


def later(given: Any, after: int = 4) -> Callable[..., Any]:
    """A step that gives something else after some steps that go well."""

    def step(self: Any, action: Any) -> Any:
        made = Corridor.step(self, 0)
        return given(*made) if self.steps > after else made

    return step


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(self: Any, *arguments: Any, **named: Any) -> Any:
        raise error

    return fail


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no environment": ({"__init__": failing(OSError("no display"))}, "make: OSError: no display"),
    "reset fails": ({"reset": failing(ConnectionRefusedError(111, "refused"))}, "reset: ConnectionRefusedError"),
    "reset exits": ({"reset": failing(SystemExit("no licence"))}, "reset: SystemExit: no licence"),
    "old reset": ({"reset": lambda self, **named: np.zeros(2)}, r"reset: gives array.*must be \(observation, info\)"),
    "no seed": (
        {"reset": lambda self, options=None: (np.zeros(1), {})},
        "reset: TypeError: .*unexpected keyword argument 'seed'",
    ),
    "step fails": ({"step": later(lambda *made: 1 // 0)}, "step 5: ZeroDivisionError"),
    "step asserts": ({"step": failing(AssertionError())}, r"step 1: AssertionError \(test_living.py, line \d+\)"),
    "old step": ({"step": later(lambda *made: made[:4])}, "step 5: gives .*must be"),
    "no reward": ({"step": later(lambda o, r, *rest: (o, None, *rest))}, "step 5: reward None: must be one number"),
    "many rewards": (
        {"step": later(lambda o, r, *rest: (o, np.ones(2), *rest))},
        "step 5: reward array.*: must be one",
    ),
    "NaN": ({"step": later(lambda o, r, *rest: (o, float("nan"), *rest))}, "step 5: reward nan: must be finite"),
    "1e20": ({"step": later(lambda o, r, *rest: (o, 1e20, *rest))}, "step 5: reward 1.0.*e.20: must be finite"),
    "no flag": ({"step": later(lambda o, r, d, t, i: (o, r, "no", t, i))}, "step 5: terminated 'no': must be true"),
    "shape": ({"step": later(lambda o, *rest: (np.zeros(2), *rest))}, r"step 5: observation of the shape \(2,\): must"),
    "text": ({"step": later(lambda o, *rest: ("here", *rest))}, "step 5: observation 'here': must be numbers"),
    "NaN seen": ({"step": later(lambda o, *rest: (o * np.nan, *rest))}, "step 5: observe: state nan: must be finite"),
    "no such choice": (
        {"observation_space": Discrete(6), "seen": lambda self: -1},
        r"reset: observation -1: must be within Discrete\(6\)",
    ),
    "no choice": (
        {"observation_space": gymnasium.spaces.Tuple((Discrete(6), Discrete(2))), "seen": lambda self: self.place},
        r"reset: observation 0: must be within Tuple",
    ),
    "first shape": ({"seen": lambda self: np.zeros((1, 1))}, r"reset: observation of the shape \(1, 1\)"),
}


def test_choices_are_seen_as_numbers_of_which_one_is_one(odd: Callable[..., Any]) -> None:
    space = gymnasium.spaces.Tuple((Discrete(6), Box(0, 5, (1,), np.float32)))
    game = odd(observation_space=space, seen=lambda self: (self.place, np.array([self.place], np.float32)))
    batch = GameBatch(game, 2, 0, observation="state")
    assert batch.step(np.array([1, 0])).next_observation.tolist() == [[0, 1, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0, 0]]
    assert batch.observe().dtype == np.float32


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_environment_does_wrong_is_told_by_name_and_step(odd: Callable[..., Any], name: str) -> None:
    changes, line = REFUSED[name]
    with pytest.raises(GameError, match=f"^gym:Test/Odd-v0: {line}") as told:
        play(odd(**changes))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"step": later(lambda o, r, *rest: (o, np.array([1.0]), *rest), 0)},
        {"step": later(lambda o, r, *rest: (o, np.float32(1), *rest), 0)},
        {"step": later(lambda o, r, d, t, i: (o, 1, np.bool_(d), np.array(t), i), 0)},
        {"step": later(lambda o, *rest: ([0.0], *rest), 0)},
        {"step": later(lambda o, *rest: (np.zeros(1, np.float64), *rest), 0)},
        {"observation_space": Box(0, 5, (), np.float32), "seen": lambda self: np.float32(self.place)},
        {"observation_space": Box(0, 5, (1,), np.int64), "seen": lambda self: np.array([self.place])},
    ],
)
def test_what_is_meant_beyond_doubt_is_taken(odd: Callable[..., Any], changes: dict[str, Any]) -> None:
    transitions = play(odd(**changes), 5).step(np.zeros(3, np.int64))
    assert transitions.reward.tolist() == [1.0] * 3
    assert transitions.next_observation.shape == (3, 1)


def test_an_array_that_is_used_again_is_copied(odd: Callable[..., Any]) -> None:
    buffer = np.zeros(1, np.float32)

    def seen(self: Any) -> Any:
        buffer[0] = self.place
        return buffer

    batch = GameBatch(odd(seen=seen), 1, 0, observation="state")
    transitions = batch.step(np.array([1]))
    assert (transitions.observation, transitions.next_observation) == (np.zeros((1, 1)), np.ones((1, 1)))


@pytest.mark.parametrize("space", [Discrete(2_000), Discrete(70_000)])
def test_too_many_actions_are_refused(odd: Callable[..., Any], space: Any) -> None:
    with pytest.raises(ValueError, match="more than 1024 actions"):
        odd(action_space=space)


def test_a_space_without_numbers_is_refused(odd: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="holds no number"):
        odd(observation_space=Box(0, 1, (0,), np.float32))


def test_one_action_is_played_with_the_main_button(odd: Callable[..., Any]) -> None:
    assert odd(action_space=Discrete(1)).info.play.buttons == {"primary": 0}


@pytest.mark.parametrize(
    ("said", "pace"), [(10, 10), (0, 30), (-5, 30), (5000, 30), (0.1, 30), ("fast", 30), (None, 30)]
)
def test_a_pace_that_makes_no_sense_is_replaced(odd: Callable[..., Any], said: Any, pace: float) -> None:
    assert odd(metadata={"render_modes": ["rgb_array"], "render_fps": said}).info.ticks_per_second == pace


def test_an_environment_without_a_limit_gets_one(odd: Callable[..., Any]) -> None:
    info = odd(limit=None).info
    assert (info.step_limit, info.sets_limit, info.longest_game) == (None, False, LONGEST_GAME)


def test_actions_that_an_environment_tells_are_illegal_are_not_chosen(odd: Callable[..., Any]) -> None:
    batch = GameBatch(odd(told=lambda self: {"action_mask": np.array([self.place > 0, 1], np.int8)}), 2, 0)
    assert batch.legal_actions().tolist() == [[False, True]] * 2
    batch.step(np.array([1, 1]))
    assert batch.legal_actions().all()
    for told in ({"action_mask": np.zeros(2)}, {"action_mask": "none"}, {"action_mask": np.ones(9, int)}, None):
        assert game_module._legal(told, 2).all()


# Living and closing


def test_environments_are_used_again_and_closed(odd: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    game = odd()
    monkeypatch.setattr(living, "MOST_IDLE", 4)
    batch = play(game, 200, count=3)  # some forty games each
    assert odd_class().opened <= 7
    wide = play(game, 3, count=20)
    opened = odd_class().opened
    del batch, wide
    gc.collect()
    assert odd_class().closed == opened - 4, "those that wait to be used again stay open"
    living._close_all()
    assert odd_class().closed == opened


def test_games_that_are_over_are_let_go_of(odd: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(living, "MOST_IDLE", 0)
    batch = GameBatch(odd(), 10, 0, autoreset=False)
    batch.step(np.ones(10, np.int64))
    batch.keep(np.arange(3))
    assert odd_class().opened - odd_class().closed == 3


def test_one_that_failed_is_not_used_again(odd: Callable[..., Any]) -> None:
    game = odd(step=later(lambda *made: 1 // 0, after=2))
    with pytest.raises(GameError):
        play(game, count=1)
    gc.collect()
    assert not living._idle["Test/Odd-v0"][1] or odd_class().closed == 1


def test_an_environment_that_cannot_be_closed_is_left_alone(odd: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(living, "MOST_IDLE", 0)
    play(odd(close=failing(SystemExit("no"))), 5)
    gc.collect()


# Drawing


@pytest.mark.parametrize(
    "rendered",
    [
        PICTURE / 255.0, PICTURE.astype(np.int64), PICTURE.astype(np.float32), [PICTURE], (PICTURE * 0, PICTURE),
        np.concatenate([PICTURE, np.full((20, 30, 1), 9, np.uint8)], 2),
        np.ascontiguousarray(PICTURE[:, ::-1])[:, ::-1], PICTURE.tolist(),
    ],
)  # fmt: skip
def test_pictures_of_any_kind_are_taken(rendered: Any) -> None:
    np.testing.assert_allclose(picture_of("X", rendered).astype(int), PICTURE, atol=1)


def test_grey_pictures_are_taken() -> None:
    grey = picture_of("X", PICTURE[:, :, 0])
    assert grey.shape == PICTURE.shape and (grey[:, 10:] == 200).all()
    assert picture_of("X", PICTURE[:, :, :1]).shape == PICTURE.shape
    assert picture_of("X", PICTURE[:, :, 0] > 0).max() == 255


@pytest.mark.parametrize("rendered", [None, "text", np.zeros(3), np.zeros((0, 5, 3)), np.zeros((2, 2, 7)), [], {}])
def test_what_is_no_picture_is_told(odd: Callable[..., Any], rendered: Any) -> None:
    game = odd(render=lambda self: rendered)
    with pytest.raises(GameError, match=r"^gym:Test/Odd-v0: render: gives .*: must be a picture"):
        draw(pygame.Surface((40, 40)), game, GameBatch(game, 1, 0).state)


@pytest.mark.parametrize("changes", [{"render": failing(NotImplementedError())}, {"__init__": lambda self: None}])
def test_an_environment_that_draws_nothing_is_told(odd: Callable[..., Any], changes: dict[str, Any]) -> None:
    game = odd(**changes)
    with pytest.raises(GameError, match=r"^gym:Test/Odd-v0: (render|make): "):
        draw(pygame.Surface((40, 40)), game, GameBatch(game, 1, 0).state)


def test_drawing_needs_no_display_and_few_environments(odd: Callable[..., Any]) -> None:
    pygame.display.quit()
    game = odd()
    surface = pygame.Surface((60, 40), 0, 32)
    for _ in range(40):
        batch = play(game, 2, count=1)
        batch.state.moment[0].seed = int(batch.rng.integers(9_999)) + _
        draw(surface, game, copy_state(batch.state))
    assert tuple(surface.get_at((40, 20)))[:3] == (200, 100, 50)
    assert odd_class().opened <= view.MOST_CAMERAS + 3
    assert len(view._cameras) <= view.MOST_CAMERAS


def test_colours_that_come_first_are_put_last(odd: Callable[..., Any]) -> None:
    space = Box(0, 255, (3, 24, 30), np.uint8)

    def seen(self: Any) -> Any:
        picture = np.zeros((3, 24, 30), np.uint8)
        picture[1, 7, self.place] = 255
        return picture

    batch = play(odd(observation_space=space, seen=seen), 2, count=2)
    assert batch.observe().shape == (2, *batch.game.info.observations[0].shape) == (2, 24, 30, 3)
    assert np.argwhere(batch.observe()[0]).tolist() == [[7, 2, 1]]


def test_who_draws_goes_from_a_game_that_is_gone_to_the_next(odd: Callable[..., Any]) -> None:
    game, surface = odd(), pygame.Surface((60, 40))

    def made() -> int:
        return int(odd_class().opened)

    batch = GameBatch(game, 1, 0, autoreset=False)
    draw(surface, game, batch.state)
    count = made()
    for _ in range(3):
        while not batch.over[0]:
            batch.step(np.array([1]))
            draw(surface, game, batch.state)
        batch.restart(np.array([0]))
        draw(surface, game, batch.state)
    assert made() == count + 1  # the next game of the batch, begun while the one before is still there
    both = GameBatch(game, 2, 1)
    for _ in range(3):
        for row in range(2):
            draw(surface, game, both.state, row)
        both.step(np.array([0, 0]))
    assert len(view._cameras) == 3
