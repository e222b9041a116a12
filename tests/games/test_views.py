"""Every view fills its picture, shows what the state says and moves smoothly between two ticks."""

import dataclasses
from typing import Any

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from games import view
from games.flappybird.shape import BIRD_HEIGHT, BIRD_WIDTH, bird_mask
from games.game import Game, State
from games.registry import game_ids, make
from games.states import copy_state

SIZES = [(160, 120), (640, 480), (1000, 562)]
OUTSIDE = (255, 0, 255)


def start(game: Game, seed: int = 0) -> State:
    return game.reset(1, np.random.default_rng(seed))


def ticks(game: Game, actions: list[int], seed: int = 0) -> list[State]:
    rng = np.random.default_rng(seed)
    states = [game.reset(1, rng)]
    for action in actions:
        state = copy_state(states[-1])
        game.step(state, np.array([action]), rng)
        states.append(state)
    return states


def changed(state: State, **fields: Any) -> State:
    """A copy of a state of one row with some fields set."""
    other = copy_state(state)
    for name, value in fields.items():
        getattr(other, name)[0] = value
    return other


def picture(
    game: Game,
    state: State,
    previous: State | None = None,
    blend: float = 1.0,
    size: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """[width, height, 3] the whole picture, filled by the game's painter."""
    surface = pygame.Surface(size or (240, 240 * game.info.aspect[1] // game.info.aspect[0]), 0, 32)
    surface.fill(OUTSIDE)
    view.painter(game)(surface, game, state, 0, previous, blend)
    return pygame.surfarray.array3d(surface)


def kinds_of_state() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Game, its settings, and fields of the state: what can be told apart in each game."""
    crashed = np.array([-2.5, 0, 0.1, 0])
    return [
        ("catch", {}, {}),
        ("catch", {"grid": 30}, {"fruit_row": 12}),
        ("catch", {"grid": 5}, {"fruit_row": 4, "fruit_column": 2, "basket": 2, "caught": 1}),
        ("catch", {}, {"fruit_row": 9, "fruit_column": 9, "basket": 1}),
        ("snake", {}, {}),
        ("snake", {"grid": 30}, {"eaten": 1, "hunger": 1}),
        ("snake", {"grid": 6}, {"fruit": -1}),
        ("snake", {}, {"alive": False}),
        ("cartpole", {}, {"steps": 1, "push": 1}),
        ("cartpole", {}, {"physics": crashed}),
        ("cartpole", {}, {"physics": np.array([1.0, 0, 1.5, 0])}),
        ("flappybird", {}, {}),
        ("flappybird", {"gap": 200}, {"pipe_x": [-40, 110, 260], "gap_top": [100, 170, 130], "velocity": -9}),
        ("flappybird", {"gap": 60}, {"y": 0.0, "velocity": 10, "crashed": True}),
        ("nchain", {}, {}),
        ("nchain", {"states": 2, "small": 0.5, "large": 1000.0}, {"position": 1}),
        ("nchain", {"states": 50, "small": 0.0, "large": 0.00001}, {"position": 25, "slipped": True}),
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("game_id", "settings", "fields"), kinds_of_state())
def test_draws_the_fitted_rectangle_and_nothing_else(
    game_id: str, settings: dict[str, Any], fields: dict[str, Any], size: tuple[int, int]
) -> None:
    game = make(game_id, **settings)
    surface = pygame.Surface(size, 0, 32)
    surface.fill(OUTSIDE)
    view.draw(surface, game, changed(start(game), **fields))
    left, top, width, height = view.fit(size, game.info.aspect)
    drawn = (pygame.surfarray.array3d(surface) != OUTSIDE).any(axis=2)
    assert drawn[left : left + width, top : top + height].all()
    drawn[left : left + width, top : top + height] = False
    assert not drawn.any()


@pytest.mark.parametrize(
    ("game_id", "fields"),
    [
        ("catch", {"fruit_column": 7}),
        ("catch", {"fruit_row": 3}),
        ("catch", {"basket": 6}),
        ("snake", {"fruit": 0}),
        ("snake", {"direction": 2}),
        ("snake", {"alive": False}),
        ("cartpole", {"physics": np.array([0.1, 0, 0, 0])}),
        ("cartpole", {"physics": np.array([0, 0, 0.1, 0])}),
        ("cartpole", {"physics": np.array([2.41, 0, 0, 0])}),
        ("cartpole", {"push": 1, "steps": 4}),
        ("flappybird", {"y": 200.0}),
        ("flappybird", {"velocity": 5}),
        ("flappybird", {"pipe_x": [100, 244, 10_000]}),
        ("flappybird", {"crashed": True}),
        ("nchain", {"position": 3}),
        ("nchain", {"slipped": True}),
    ],
)
def test_shows_what_differs(game_id: str, fields: dict[str, Any]) -> None:
    game = make(game_id)
    base = start(game)
    base = changed(base, **({"fruit_column": 2, "basket": 3} if game_id == "catch" else {}))
    base = changed(base, **({"fruit": 99} if game_id == "snake" else {}))
    assert (picture(game, base) != picture(game, changed(base, **fields))).any()


@pytest.mark.parametrize("fields", [{"caught": 1}, {"caught": 0}])
def test_a_landed_fruit_is_in_the_basket_or_not(fields: dict[str, int]) -> None:
    game = make("catch")
    landed = changed(start(game), fruit_row=9, fruit_column=5, basket=5, caught=1 - fields["caught"])
    assert (picture(game, landed) != picture(game, changed(landed, **fields))).any()


def test_a_fruit_that_missed_is_squashed_and_dull() -> None:
    game = make("catch")
    falling = changed(start(game), fruit_row=8, fruit_column=5, basket=1)
    missed = changed(falling, fruit_row=9)
    accent = game.info.accent
    assert (picture(game, falling) == accent).all(axis=2).any()
    assert not (picture(game, missed) == accent).all(axis=2).any()
    assert (picture(game, missed) != picture(game, changed(missed, fruit_column=8))).any()


@pytest.mark.parametrize("game_id", game_ids())
def test_draws_the_asked_for_row(game_id: str) -> None:
    game = make(game_id)
    both = game.reset(2, np.random.default_rng(0))
    for _ in range(3):
        game.step(both, np.array([0, 1]), np.random.default_rng(2))
    surface = pygame.Surface((200, 200), 0, 32)
    view.painter(game)(surface, game, both, 1, None, 1.0)
    alone = type(both)(**{item.name: getattr(both, item.name)[1:] for item in dataclasses.fields(both)})
    np.testing.assert_array_equal(pygame.surfarray.array3d(surface), picture(game, alone, size=(200, 200)))


MOVES = {"catch": [1, 2, 1], "snake": [2, 2, 2], "cartpole": [1] * 8, "flappybird": [0] * 8, "nchain": [0, 0, 0]}


@pytest.mark.parametrize("size", [(200, 200), (500, 500)])
@pytest.mark.parametrize("game_id", MOVES)
def test_moves_smoothly_from_one_tick_to_the_next(game_id: str, size: tuple[int, int]) -> None:
    settings: dict[str, Any] = {"slip": 0.0} if game_id == "nchain" else {}
    game = make(game_id, **settings)
    states = ticks(game, MOVES[game_id])
    previous, state = states[-2:]
    still = picture(game, state, size=size)
    np.testing.assert_array_equal(picture(game, state, previous, 1.0, size), still)
    halfway = picture(game, state, previous, 0.5, size)
    assert (halfway != still).any()
    assert (halfway != picture(game, previous, size=size)).any()


def accent_middle(game: Game, shown: NDArray[np.uint8], accent: tuple[int, int, int]) -> NDArray[np.float64]:
    """The middle of all pixels that have the accent's colour."""
    middle: NDArray[np.float64] = np.argwhere((shown == accent).all(axis=2)).mean(axis=0)
    return middle


@pytest.mark.parametrize(("game_id", "axis"), [("catch", 1), ("cartpole", 0), ("flappybird", 1)])
def test_halfway_lies_between(game_id: str, axis: int) -> None:
    game = make(game_id)
    previous, state = ticks(game, MOVES[game_id])[-2:]
    if game_id == "cartpole":
        previous, state = changed(previous, physics=[-1, 0, 0, 0]), changed(state, physics=[1, 0, 0, 0])
    size = (600, 600)
    places = [
        accent_middle(game, picture(game, state, previous, blend, size), game.info.accent)[axis]
        for blend in (0.01, 0.5, 1.0)
    ]
    assert places[0] + 3 < places[1] < places[2] - 3


def test_the_snake_moves_its_head_and_its_tail() -> None:
    game = make("snake")
    previous, state = ticks(game, [2, 2])[-2:]
    new_head, old_tail = int(state.head[0]), int(np.flatnonzero(previous.expiry[0] - previous.clock[0] == 1)[0])
    for cell, moments in ((new_head, (False, True, True)), (old_tail, (True, False, False))):
        row, column = (int((place + 1.5) * 240 / 12) for place in divmod(cell, 10))
        shown = [picture(game, state, previous, blend)[column, row, 1] > 80 for blend in (0.05, 0.95, 1.0)]
        assert tuple(shown) == moments


def test_the_tail_of_a_snake_that_eats_stands_still() -> None:
    game = make("snake")
    before = changed(start(game, seed=0), fruit=45)
    assert before.head[0] == 55  # straight below the fruit
    after = copy_state(before)
    game.step(after, np.array([2]), np.random.default_rng(0))
    assert after.eaten[0] == 1
    after.fruit[0] = 0
    cell, away = 240 / 12, -1 if before.direction[0] else 1
    row, tail = int(6.5 * cell), 6.5 + 2 * away
    for place, is_body in ((tail, True), (tail + 0.5 * away, False)):
        shown = [picture(game, after, before, blend)[int(place * cell), row].astype(int) for blend in (0.1, 0.5, 0.9)]
        assert np.ptp(shown, axis=0).max() <= 6  # but for the shade, which depends on the length
        assert (shown[0][1] > 80) == is_body


@pytest.mark.parametrize("game_id", game_ids())
def test_does_not_slide_into_a_new_game(game_id: str) -> None:
    game = make(game_id)
    old = ticks(game, [*MOVES[game_id], *MOVES[game_id]], seed=3)[-1]
    if game_id == "flappybird":
        old = changed(old, crashed=True, pipe_x=[148, 292, 10_000])  # as if the second had become the first
    fresh = start(game, seed=4)
    np.testing.assert_array_equal(picture(game, fresh, old, 0.5), picture(game, fresh))


@pytest.mark.parametrize("y", [40, 244, 333])
def test_the_bird_is_drawn_as_it_collides(y: int) -> None:
    game = make("flappybird")
    here, elsewhere = (changed(start(game), y=float(place)) for place in (y, 120))
    drawn = (picture(game, here, size=(288, 512)) != picture(game, elsewhere, size=(288, 512))).any(axis=2)
    bird = drawn[57 : 57 + BIRD_WIDTH, y : y + BIRD_HEIGHT].T
    np.testing.assert_array_equal(bird, bird_mask())
    assert drawn.sum() == 2 * bird_mask().sum()


def test_a_large_bird_keeps_its_shape() -> None:
    game = make("flappybird")
    size = (288 * 4, 512 * 4)
    here, elsewhere = (changed(start(game), y=float(place)) for place in (300, 120))
    drawn = (picture(game, here, size=size) != picture(game, elsewhere, size=size)).any(axis=2)
    bird = drawn[57 * 4 : (57 + BIRD_WIDTH) * 4, 300 * 4 : (300 + BIRD_HEIGHT) * 4].T
    coarse = bird.reshape(BIRD_HEIGHT, 4, BIRD_WIDTH, 4).mean(axis=(1, 3))
    assert (coarse[bird_mask()] > 0.3).all()
    assert (coarse[~bird_mask()] < 0.7).all()


def test_pipes_are_drawn_where_they_collide() -> None:
    game = make("flappybird")
    empty = changed(start(game), pipe_x=[10_000, 10_000, 10_000])
    pipe = changed(empty, pipe_x=[140, 10_000, 10_000], gap_top=[120, 0, 0])
    drawn = (picture(game, pipe, size=(288, 512)) != picture(game, empty, size=(288, 512))).any(axis=2)
    ground = 404
    expected = np.zeros_like(drawn)
    expected[140:192, :120] = expected[140:192, 220:ground] = True
    np.testing.assert_array_equal(drawn[:, :ground], expected[:, :ground])


def test_the_ground_moves_on_evenly() -> None:
    from games.flappybird.view import STRIPE, _ground_shift

    game = make("flappybird")
    state = start(game)
    shifts = []
    for _ in range(400):
        shifts.append(_ground_shift(int(state.pipe_x[0, 0]), int(state.passed[0])))
        game.step(state, np.array([0]), np.random.default_rng(0))
        state.y[:], state.velocity[:] = 244, 0
    assert set(np.diff(shifts) % STRIPE) == {STRIPE - 4}
    assert state.passed[0] >= 4


def test_a_picture_on_a_surface_with_transparency_is_the_same() -> None:
    game = make("catch")
    clear = pygame.Surface((240, 240), pygame.SRCALPHA, 32)
    view.painter(game)(clear, game, start(game), 0, None, 1.0)
    opaque = picture(game, start(game))
    difference = np.abs(pygame.surfarray.array3d(clear).astype(int) - opaque)
    assert difference.max() <= 2
    assert (pygame.surfarray.array_alpha(clear) == 255).all()


@pytest.mark.parametrize(
    ("size", "aspect", "expected"),
    [
        ((100, 100), (1, 1), (0, 0, 100, 100)),
        ((300, 100), (3, 2), (75, 0, 150, 100)),
        ((90, 400), (9, 16), (0, 120, 90, 160)),
    ],
)
def test_fit(size: tuple[int, int], aspect: tuple[int, int], expected: tuple[int, int, int, int]) -> None:
    assert view.fit(size, aspect) == expected
