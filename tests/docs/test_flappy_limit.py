import numpy as np
import pytest
from numpy.typing import NDArray

from docs.studies.flappy_limit import (
    CYCLE,
    GAPS,
    HEIGHTS,
    MARGIN,
    SETTLED,
    SPEEDS,
    BestPlayer,
    Noise,
    Values,
    alive,
    nothing,
    schedule,
    step_back,
)
from games.flappybird.rules import FALL_SPEED, FLAP_SPEED, FlappyBird, FlappyState
from games.game import Array

BIRDS = 400


def _pipes_at(tick: int) -> FlappyState:
    """Many birds anywhere that live, with any gaps, among the pipes of a real game's tick."""
    rng = np.random.default_rng(tick)
    game = FlappyBird()
    state = game.reset(BIRDS, rng)
    for _ in range(tick):
        game.step(state, np.zeros(BIRDS, np.int64), rng)
    state.gap_top[:] = rng.choice(GAPS, state.gap_top.shape)
    state.velocity[:] = rng.integers(FLAP_SPEED, FALL_SPEED + 1, BIRDS)
    living = alive(schedule()[tick].x)[_gaps(state, tick)[0]]  # [B, height]
    state.y[:] = [rng.choice(np.flatnonzero(heights)) for heights in living]
    return state


def _gaps(state: FlappyState, tick: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[B] the next gap and the one after it, as indices."""
    column = state.pipe_x[0].tolist().index(schedule()[tick].x)
    first, second = (np.searchsorted(GAPS, state.gap_top[:, column + after]) for after in (0, 1))
    return first, second


def _seen(state: FlappyState, tick: int) -> tuple[Array, ...]:
    """Where the values of the states stand."""
    return state.velocity - FLAP_SPEED, *_gaps(state, tick), state.y.astype(np.int64) + MARGIN


def _any_values(tick: int) -> Values:
    """A different value for every state that lives."""
    values = nothing()
    body = values[..., MARGIN : MARGIN + HEIGHTS]
    body[:] = np.random.default_rng(tick).random(body.shape) * alive(schedule()[tick].x)[:, None]
    values[..., :MARGIN] = values[..., MARGIN, None]
    return values


@pytest.mark.parametrize("flap", [0, 1])
@pytest.mark.parametrize("tick", [0, 55, 60, 69, 70, 71, 106, 125, 143, 144, 160, 179, 180, 218, 230, 250])
def test_step_back_is_the_rules(tick: int, flap: int) -> None:
    """The value of a state and a move is that of the state to which the real rules lead."""
    after, before = _any_values(tick + 1), nothing()
    state, now = _pipes_at(tick), schedule()[tick]
    places, passed = _seen(state, tick), state.passed.copy()
    expected_of = np.broadcast_to(after.mean(axis=2, keepdims=True), after.shape).copy() if now.renews else after.copy()
    outcome = FlappyBird().step(state, np.full(BIRDS, flap), np.random.default_rng(1))
    led_to = np.where(outcome.terminated, 0.0, expected_of[_clipped(_seen(state, tick + 1))])
    step_back(after, now, Noise(1, flapping=flap), before)
    np.testing.assert_allclose(before[places], state.passed - passed + led_to, atol=1e-12)


def _clipped(places: tuple[Array, ...]) -> tuple[Array, ...]:
    """Birds in the ground stand lower than any value."""
    *others, height = places
    return *others, np.minimum(height, MARGIN + HEIGHTS - 1)


def test_better_move_and_random_moves() -> None:
    tick = schedule()[60]
    glide, flap, best, mixed = (nothing() for _ in range(4))
    flaps = np.zeros((SPEEDS, len(GAPS), len(GAPS), HEIGHTS), np.bool_)
    for noise, out in ((Noise(1, 0), glide), (Noise(1, 1), flap), (Noise(0), best), (Noise(0.2, 0.3), mixed)):
        step_back(_any_values(61), tick, noise, out, flaps if out is best else None)
    np.testing.assert_array_equal(best, np.maximum(glide, flap))
    np.testing.assert_allclose(mixed, 0.8 * best + 0.2 * (0.7 * glide + 0.3 * flap), atol=1e-12)
    better = (flap > glide)[..., MARGIN : MARGIN + HEIGHTS]
    assert better.any() and (flaps | ~better).all()


def test_pipes_come_in_cycles() -> None:
    ticks = schedule()
    assert ticks[SETTLED:-CYCLE] == ticks[SETTLED + CYCLE :]
    assert sum(tick.scores for tick in ticks) == 269


def test_best_player_without_random_moves_passes_every_pipe() -> None:
    ticks = SETTLED + CYCLE
    player = BestPlayer(Noise(0), ticks)
    possible = sum(tick.scores for tick in schedule()[:ticks])
    assert player.mean == possible
    assert player.play(20).scores.tolist() == [possible] * 20
