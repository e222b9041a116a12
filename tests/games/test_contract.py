"""The suite that every registered game passes: a new game is tested by being in the registry."""

import dataclasses
import math
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from games.batch import GameBatch, Transitions
from games.game import Array, Game, State
from games.registry import game_class, game_ids, make
from games.settings import Setting, settings_of
from games.states import copy_state, put_rows, take_rows

COPIES = 8
KINDS = [(game_id, spec.kind) for game_id in game_ids() for spec in make(game_id).info.observations]
SETTINGS = [(game_id, described) for game_id in game_ids() for described in settings_of(game_class(game_id)).values()]


@pytest.fixture(params=game_ids())
def game(request: pytest.FixtureRequest) -> Game:
    return make(request.param)


class ConstantGenerator:
    """Gives every row the same luck, so that a row can be compared with itself in another batch."""

    def random(self, size: int) -> NDArray[np.float64]:
        return np.full(size, 0.5)

    def integers(self, low: int, high: Any, size: Any = None) -> NDArray[np.int64]:
        return np.full(np.shape(high) if size is None else size, low)


def legal_moves(legal: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    moves: NDArray[np.int64] = (rng.random(legal.shape) * legal).argmax(axis=1)
    return moves


def play(batch: GameBatch, ticks: int, seed: int = 1) -> Iterator[Transitions]:
    rng = np.random.default_rng(seed)
    for _ in range(ticks):
        yield batch.step(legal_moves(batch.legal_actions(), rng))


def played(game: Game, ticks: int, seed: int = 0, copies: int = COPIES) -> State:
    batch = GameBatch(game, copies, seed)
    for _ in play(batch, ticks):
        pass
    return batch.state


def arrays(state: State) -> dict[str, Array]:
    return {item.name: getattr(state, item.name) for item in dataclasses.fields(state)}


def assert_same(first: State, second: State) -> None:
    for name, values in arrays(first).items():
        np.testing.assert_array_equal(values, getattr(second, name), err_msg=name)


def test_the_description_is_complete(game: Game) -> None:
    info = game.info
    assert game == make(info.id)
    assert 1 <= len(info.rules) <= 3 and all(line.endswith(".") and len(line) <= 90 for line in info.rules)
    assert len(set(info.actions)) == len(info.actions) >= 2
    assert info.ticks_per_second > 0 and info.title and info.score_name
    assert info.play.idle is None or 0 <= info.play.idle < len(info.actions)
    assert set(info.play.buttons) <= {"left", "right", "up", "down", "primary"}
    assert set(info.play.buttons.values()) | {info.play.idle} >= set(range(len(info.actions)))
    if info.exploration is not None:
        assert len(info.exploration) == len(info.actions) and math.isclose(sum(info.exploration), 1)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0 pipes"),
        (1, "1 pipe"),
        (1234, "1,234 pipes"),
        ("1", "1 pipe"),
        ("1.00", "1.00 pipes"),
        ("1, 2", "1, 2 pipes"),
    ],
)
def test_a_score_is_told_in_the_singular_where_it_is_one(amount: int | str, words: str) -> None:
    assert make("flappybird").info.scored(amount) == words


def test_a_game_may_name_its_own_singular() -> None:
    info = make("catch").info
    assert info.scored(1) == "1 fruit"
    mice = dataclasses.replace(info, score_name="mice", score_single="mouse")
    assert (mice.scored(1), mice.scored(3)) == ("1 mouse", "3 mice")
    assert dataclasses.replace(info, score_name="reward").scored(1) == "1 reward"


def test_the_first_level_is_the_default(game: Game) -> None:
    levels = [make(game.info.id, **settings) for settings in game.info.levels.values()]
    assert levels[0] == game
    assert len(set(levels)) == len(levels)


def test_every_game_has_its_own_colour() -> None:
    assert len({make(game_id).info.accent for game_id in game_ids()}) == len(game_ids())


def test_games_are_values(game: Game) -> None:
    assert hash(game) == hash(make(game.info.id))
    with pytest.raises(dataclasses.FrozenInstanceError):
        cast(Any, game).grid = 7


@pytest.mark.parametrize(("game_id", "kind"), KINDS)
def test_observations_are_as_described(game_id: str, kind: str) -> None:
    game = make(game_id)
    spec = game.info.observation(kind)
    batch = GameBatch(game, COPIES, 0, observation=kind)
    seen = [batch.observe(), *(transitions.next_observation for transitions in play(batch, 300))]
    for observation in seen:
        assert observation.shape == (COPIES, *spec.shape)
        assert observation.dtype == np.dtype(spec.dtype)
        assert np.isfinite(observation).all()
        assert spec.low <= observation.min() and observation.max() <= spec.high
    assert len({observation.tobytes() for observation in seen}) > 1


@pytest.mark.parametrize(("game_id", "kind"), KINDS)
def test_an_observation_is_a_fresh_array(game_id: str, kind: str) -> None:
    game = make(game_id)
    state = played(game, 5)
    before = copy_state(state)
    first = game.observe(state, kind)
    kept = first.copy()
    first[:] = 1
    assert_same(state, before)
    np.testing.assert_array_equal(game.observe(state, kind), kept)


def test_every_array_of_a_state_has_the_batch_axis(game: Game) -> None:
    for state in (game.reset(COPIES, np.random.default_rng(0)), played(game, 40)):
        assert all(len(values) == COPIES for values in arrays(state).values())


def test_the_same_seed_and_actions_give_the_same_arrays(game: Game) -> None:
    first, second = GameBatch(game, COPIES, 5), GameBatch(game, COPIES, 5)
    for one, other in zip(play(first, 150), play(second, 150), strict=True):
        for item in dataclasses.fields(Transitions):
            np.testing.assert_array_equal(getattr(one, item.name), getattr(other, item.name), err_msg=item.name)
    assert_same(first.state, second.state)


def test_another_seed_gives_another_game(game: Game) -> None:
    first, second = arrays(played(game, 60, seed=1)), arrays(played(game, 60, seed=2))
    assert any((values != second[name]).any() for name, values in first.items())


def test_rows_do_not_influence_each_other(game: Game) -> None:
    luck = cast(np.random.Generator, ConstantGenerator())
    together = game.reset(16, np.random.default_rng(3))
    alone = [take_rows(together, [row]) for row in range(16)]
    rng = np.random.default_rng(4)
    playing = np.ones(16, np.bool_)
    for _ in range(120):
        actions = legal_moves(game.legal_actions(together), rng)
        outcome = game.step(together, actions, luck)
        for row in np.flatnonzero(playing):
            reward, terminated, truncated = game.step(alone[row], actions[row : row + 1], luck)
            assert (reward[0], terminated[0], truncated[0]) == tuple(part[row] for part in outcome)
            assert_same(alone[row], take_rows(together, [row]))
        playing &= ~(outcome.terminated | outcome.truncated)
        if not playing.any():
            break


def test_outcomes_have_the_declared_types(game: Game) -> None:
    state = game.reset(COPIES, np.random.default_rng(0))
    before = copy_state(state)
    outcome = game.step(state, np.zeros(COPIES, np.int64), np.random.default_rng(1))
    assert [part.dtype.name for part in outcome] == ["float32", "bool", "bool"]
    assert all(part.shape == (COPIES,) for part in outcome)
    for name, values in arrays(state).items():
        assert values.dtype == getattr(before, name).dtype, name
        assert not any(np.shares_memory(values, part) for part in outcome), name


def test_scores_are_numbers_of_their_own(game: Game) -> None:
    state = played(game, 30)
    score = game.score(state)
    assert score.dtype in (np.int64, np.float64) and score.shape == (COPIES,)
    assert not any(np.shares_memory(score, values) for values in arrays(state).values())


def test_some_action_is_always_legal(game: Game) -> None:
    batch = GameBatch(game, COPIES, 0)
    for transitions in play(batch, 100):
        assert transitions.legal.dtype == np.bool_
        assert transitions.legal.shape == (COPIES, len(game.info.actions))
        assert transitions.legal.any(axis=1).all()
        assert transitions.legal[np.arange(COPIES), transitions.action].all()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_any_whole_number_type_will_do_for_actions(game: Game, dtype: str) -> None:
    batches = GameBatch(game, COPIES, 0), GameBatch(game, COPIES, 0)
    rng = np.random.default_rng(0)
    for _ in range(60):
        actions = rng.integers(0, len(game.info.actions), COPIES)
        batches[0].step(actions)
        batches[1].step(actions.astype(dtype))
    assert_same(batches[0].state, batches[1].state)


@pytest.mark.parametrize(
    ("actions", "complaint"),
    [
        (np.zeros(COPIES), "float64"),
        (np.full(COPIES, np.nan), "float64"),
        (np.zeros(COPIES, np.bool_), "bool"),
        (np.array([None] * COPIES), "object"),
        ([0] * COPIES, "list"),
        (0, "int"),
        (np.zeros(COPIES - 1, np.int64), rf"\({COPIES - 1},\)"),
        (np.zeros((COPIES, 1), np.int64), rf"\({COPIES}, 1\)"),
        (np.zeros((), np.int64), r"\(\)"),
        (np.full(COPIES, -1), "-1"),
        (np.full(COPIES, -128, np.int8), "-128"),
        (np.array([0] * (COPIES - 1) + [99]), "99"),
        (np.full(COPIES, 2**64 - 1, np.uint64), "18446744073709551615"),
    ],
)
def test_wrong_actions_are_refused_in_words(game: Game, actions: Any, complaint: str) -> None:
    state = game.reset(COPIES, np.random.default_rng(0))
    before = copy_state(state)
    with pytest.raises(ValueError, match=rf"^actions?\b.*{complaint}.*must be"):
        game.step(state, actions, np.random.default_rng(0))
    assert_same(state, before)


def test_the_first_action_number_too_many_is_refused(game: Game) -> None:
    count = len(game.info.actions)
    state = game.reset(2, np.random.default_rng(0))
    with pytest.raises(ValueError, match=f"action = {count}: must be 0 to {count - 1}"):
        game.step(state, np.array([0, count]), np.random.default_rng(0))


@pytest.mark.parametrize(("game_id", "described"), SETTINGS, ids=lambda value: getattr(value, "name", value))
def test_settings_out_of_range_are_refused_in_words(game_id: str, described: Setting) -> None:
    assert described.low is not None and described.high is not None and described.help
    wrong = [described.low - 1, described.high + 1, math.nan, math.inf, -math.inf, "ten", None, True]
    if described.type is int:
        wrong.append(float(described.default) + 0.5)
    for value in wrong:
        with pytest.raises(ValueError, match=f"^{described.name} = .*: must be .* from .* to "):
            make(game_id, **{described.name: value})
    for value in (described.low, described.high):
        assert getattr(make(game_id, **{described.name: value}), described.name) == value


def test_unknown_observations_are_refused(game: Game) -> None:
    state = game.reset(1, np.random.default_rng(0))
    for refused in (
        lambda: game.observe(state, "smell"),
        lambda: game.info.observation("smell"),
        lambda: GameBatch(game, 1, 0, observation="smell"),
    ):
        with pytest.raises(ValueError, match=rf"observation = 'smell': {game.info.id} has .*pixels"):
            refused()


def test_rows_can_be_taken_and_put(game: Game) -> None:
    state, fresh = played(game, 20), game.reset(2, np.random.default_rng(9))
    taken = take_rows(state, np.array([5, 0]))
    put_rows(state, np.array([5, 0]), fresh)
    assert_same(take_rows(state, [5, 0]), fresh)
    for name, values in arrays(taken).items():
        assert not np.shares_memory(values, getattr(state, name))
    assert_same(take_rows(played(game, 20), [5, 0]), taken)


def test_a_batch_of_one_is_no_special_case(game: Game) -> None:
    batch = GameBatch(game, 1, 0)
    for transitions in play(batch, 60):
        assert transitions.next_observation.shape == (1, *game.info.observations[0].shape)


def test_the_next_observation_is_taken_before_the_reset(game: Game) -> None:
    limit = 30
    running, held = (GameBatch(game, COPIES, 2, autoreset=auto, step_limit=limit) for auto in (True, False))
    for one, other in zip(play(running, limit), play(held, limit), strict=False):
        np.testing.assert_array_equal(one.next_observation, other.next_observation)
        if one.finished.any():
            break
    finished = np.flatnonzero(one.finished)
    final = game.observe(held.state, held.kind)[finished]
    fresh = game.observe(running.state, running.kind)[finished]
    np.testing.assert_array_equal(one.next_observation[finished], final)
    np.testing.assert_array_equal(running.observe()[finished], fresh)
    assert (final != fresh).any()
    np.testing.assert_array_equal(running.observe()[~one.finished], one.next_observation[~one.finished])
    assert (running.steps[finished] == 0).all()
    np.testing.assert_array_equal(running.legal_actions(), game.legal_actions(running.state))


def test_transitions_hang_together_and_stay_as_they_were(game: Game) -> None:
    batch = GameBatch(game, COPIES, 0)
    first = batch.observe()
    recorded = []
    for transitions in play(batch, 40):
        recorded.append((transitions, {name: values.copy() for name, values in arrays(transitions).items()}))
        assert (~(transitions.terminated & transitions.truncated)).all()
        np.testing.assert_array_equal(transitions.observation, first)
        first = batch.observe()
    for transitions, copies in recorded:
        for name, values in copies.items():
            np.testing.assert_array_equal(getattr(transitions, name), values, err_msg=name)


def test_the_step_limit_truncates(game: Game) -> None:
    batch = GameBatch(game, COPIES, 0, step_limit=3)
    for tick, transitions in enumerate(play(batch, 9), start=1):
        assert not transitions.terminated.any()
        assert (transitions.truncated == (tick % 3 == 0)).all()
        assert (batch.steps == tick % 3).all()
