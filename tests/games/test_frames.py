"""Frames are the picture averaged down and made grey as scikit-image does it; stacks hold the last four."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2gray
from skimage.transform import downscale_local_mean

from games.batch import GameBatch
from games.frames import OVERSAMPLING, SIDE, FrameRenderer, FrameStack
from games.game import PIXELS, Game, State
from games.registry import game_ids, make
from games.view import painter


@pytest.fixture(params=game_ids())
def game(request: pytest.FixtureRequest) -> Game:
    return make(request.param)


def played(game: Game, ticks: int, copies: int = 3) -> State:
    batch = GameBatch(game, copies, seed=5)
    rng = np.random.default_rng(1)
    for _ in range(ticks):
        legal = batch.legal_actions()
        batch.step((rng.random(legal.shape) * legal).argmax(axis=1))
    return batch.state


def plain_pipeline(game: Game, state: State, row: int) -> NDArray[np.float64]:
    surface = pygame.Surface((SIDE * OVERSAMPLING, SIDE * OVERSAMPLING), 0, 32)
    painter(game)(surface, game, state, row, None, 1.0)
    picture = pygame.surfarray.array3d(surface).swapaxes(0, 1)  # [height, width, 3]
    grey: NDArray[np.float64] = downscale_local_mean(rgb2gray(picture), (OVERSAMPLING, OVERSAMPLING)) * 255
    return grey


def numbered(count: int, first: int) -> NDArray[np.uint8]:
    """Frames that can be told apart: copy k's is filled with first + k."""
    return np.broadcast_to(np.arange(first, first + count, dtype=np.uint8)[:, None, None], (count, SIDE, SIDE)).copy()


def test_frames_are_those_of_scikit_image(game: Game) -> None:
    state = played(game, 20)
    frames = FrameRenderer(game)(state)
    assert frames.shape == (3, SIDE, SIDE) and frames.dtype == np.uint8
    for row in range(3):
        assert np.abs(frames[row] - plain_pipeline(game, state, row)).max() <= 0.51


def test_frames_depend_on_nothing_but_the_state(game: Game) -> None:
    state = played(game, 20)
    render = FrameRenderer(game)
    first = render(state)
    render(played(game, 3))
    np.testing.assert_array_equal(render(state), first)


@pytest.mark.parametrize(
    ("game_id", "field", "change"),
    [
        ("flappybird", "y", 1),
        ("flappybird", "pipe_x", 2),
        ("flappybird", "gap_top", 1),
        ("cartpole", "physics", np.array([0.01, 0, 0, 0])),
        ("cartpole", "physics", np.array([0, 0, np.radians(0.2), 0])),
    ],
)
def test_less_than_a_pixel_shows_as_grey(game_id: str, field: str, change: Any) -> None:
    game = make(game_id)
    state = played(game, 12, copies=1)
    render = FrameRenderer(game)
    frames = []
    for _ in range(8):  # each step is a seventh to half of a frame's pixel
        frames.append(render(state)[0].astype(int))
        getattr(state, field)[:] += change
    assert np.abs(np.diff(frames, axis=0)).max(axis=(1, 2)).min() >= 4


def test_another_thread_draws_the_same(game: Game) -> None:
    state = played(game, 20)
    with ThreadPoolExecutor(1) as pool:
        frames = pool.submit(lambda: FrameRenderer(game)(state)).result()
    np.testing.assert_array_equal(frames, FrameRenderer(game)(state))


def test_no_display_is_needed() -> None:
    script = (
        "import numpy, pygame\n"
        "from games.frames import FrameRenderer\n"
        "from games.registry import game_ids, make\n"
        "for game in map(make, game_ids()):\n"
        "    frames = FrameRenderer(game)(game.reset(2, numpy.random.default_rng(0)))\n"
        "    assert frames.max() > frames.min() + 50\n"
        "assert not pygame.display.get_init() and not pygame.font.get_init()\n"
    )
    environment = {**os.environ, "SDL_VIDEODRIVER": "no such driver"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)


def test_a_fresh_stack_repeats_the_first_frame() -> None:
    stack = FrameStack().reset(numbered(2, 7))
    assert stack.shape == (2, SIDE, SIDE, 4)
    assert (stack[0] == 7).all() and (stack[1] == 8).all()


def test_a_push_drops_the_oldest_frame() -> None:
    stack = FrameStack()
    first = stack.reset(numbered(2, 0))
    for start in (10, 20, 30, 40, 50):
        last = stack.push(numbered(2, start))
    assert last[1, 0, 0].tolist() == [21, 31, 41, 51]
    assert (first[0] == 0).all()  # handed out, so left alone


def test_copies_that_begin_afresh_forget_the_past() -> None:
    stack = FrameStack()
    stack.reset(numbered(3, 0))
    before = stack.push(numbered(3, 10))
    fresh = stack.restart(np.array([2, 0]), numbered(2, 90))
    assert fresh[:, 5, 5].tolist() == [[90] * 4, [91] * 4]
    assert before[2, 5, 5].tolist() == [2, 2, 2, 12]  # handed out, so left alone
    after = stack.push(numbered(3, 20))
    assert after[:, 5, 5].tolist() == [[91, 91, 91, 20], [1, 1, 11, 21], [90, 90, 90, 22]]


@pytest.mark.parametrize("rows", [np.array([2, 1]), np.array([False, True, True])])
def test_kept_copies_keep_their_past(rows: Any) -> None:
    stack = FrameStack()
    stack.reset(numbered(3, 0))
    stack.restart(np.array([1]), numbered(1, 90))
    stack.keep(rows)
    after = stack.push(numbered(2, 20))
    order = [2, 1] if rows.dtype != bool else [1, 2]
    pasts = {1: 90, 2: 2}
    assert after[:, 5, 5].tolist() == [[pasts[row]] * 3 + [20 + index] for index, row in enumerate(order)]


def test_a_batch_never_mixes_two_episodes() -> None:
    batch = GameBatch(make("catch", grid=5), 4, seed=0, observation=PIXELS)
    for tick in range(1, 10):
        transitions = batch.step(np.ones(4, np.int64))
        if tick % 4 == 0:
            assert transitions.terminated.all()
            fresh = batch.observe()
            np.testing.assert_array_equal(fresh, np.repeat(fresh[..., -1:], 4, axis=-1))
            assert (transitions.next_observation != fresh).any()
        else:
            np.testing.assert_array_equal(batch.observe(), transitions.next_observation)
            np.testing.assert_array_equal(transitions.next_observation[..., :-1], transitions.observation[..., 1:])
