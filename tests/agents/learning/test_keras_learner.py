"""Updates of a model that a script brings are those of its own `train_on_batch` on the same targets."""

from typing import Any

import numpy as np
import pytest

from agents.learning.keras_learner import KerasLearner, KerasUpdateRule
from agents.learning.keras_model import KerasModel
from agents.learning.update_batch import UpdateBatch
from tests.agents.own_model.keras_models import KINDS, SHAPE, fresh, plain

RULE = KerasUpdateRule(updates_per_call=2, batch_size=4, double=False, target_interval=1)
GAMMA = np.float32(0.9)


def _sample(rule: KerasUpdateRule = RULE) -> UpdateBatch:
    rng, count = np.random.default_rng(0), rule.updates_per_call * rule.batch_size
    first, second = rng.integers(0, 2, (2, count, *SHAPE)).astype(np.float32)
    legal = rng.random((count, 3)) < 0.7
    legal[:, 0] = True
    reward, discount = rng.normal(size=count).astype(np.float32), GAMMA * (rng.random(count) < 0.8)
    importance = (np.arange(count) != 1).astype(np.float32)  # one that was cut off, whose worth is not known
    action = rng.integers(0, 3, count).astype(np.int32)
    return UpdateBatch(first, legal, action, reward, discount.astype(np.float32), second, legal, importance)


def _values(model: Any, observation: Any, *, training: bool = False) -> Any:
    given = {"seen": observation} if isinstance(getattr(model, "input", None), dict) else observation
    (values,) = fresh().tree.flatten(model(given, training=training))
    return np.array(values)


def _taught_by_keras(model: Any, twin: Any, rule: KerasUpdateRule = RULE) -> None:
    """Teach a model by `train_on_batch`; the twin is where what it says is asked for, and may change by that."""
    sample, size = _sample(rule), rule.batch_size
    for start in range(0, len(sample.action), size):
        rows = slice(start, start + size)
        twin.set_weights(model.get_weights())
        next_values = np.where(sample.next_legal[rows], _values(twin, sample.next_observation[rows]), -np.inf)
        goals = _values(twin, sample.observation[rows], training=True)
        worth = sample.reward[rows] + sample.discount[rows] * next_values.max(axis=1)
        known = sample.importance[rows] > 0
        goals[np.arange(size)[known], sample.action[rows][known]] = worth[known]
        model.train_on_batch(sample.observation[rows], goals)


@pytest.mark.parametrize("name", KINDS)
def test_it_is_trained_as_keras_trains_it(name: str) -> None:
    mine, theirs, twin = (KINDS[name]() for _ in range(3))
    for model in (mine, theirs):
        model.run_eagerly, model.jit_compile = True, False  # nothing needs to be compiled, which takes longest
    before = mine.get_weights()
    learner = KerasLearner(KerasModel(mine), RULE)
    assert np.isfinite(learner.learn(_sample()))
    _taught_by_keras(theirs, twin)
    assert any((old != new).any() for old, new in zip(before, mine.get_weights(), strict=True))
    half = 1e-3 if name == "mixed" else 1e-6  # half floats round otherwise wherever they are put together otherwise
    for own, other in zip(mine.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-4, atol=half)


@pytest.mark.parametrize("xla", [False, True])
def test_compiled_updates_are_the_same(xla: bool) -> None:
    mine, theirs, twin = plain(), plain(), plain()
    mine.jit_compile = xla
    learner = KerasLearner(KerasModel(mine), RULE)
    learner.learn(_sample())
    _taught_by_keras(theirs, twin)
    for own, other in zip(mine.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        learner.q_values(_sample().observation), _values(mine, _sample().observation), rtol=1e-5, atol=1e-6
    )


def _eager(**changes: Any) -> Any:
    model = plain(**changes)
    model.run_eagerly = True
    return model


def test_the_copy_values_the_next_state_until_it_is_renewed() -> None:
    """With plain gradient descent on one transition: the first three updates aim at the same worth, the fourth not."""
    model = _eager(rate=0.05)
    sample = _sample(KerasUpdateRule(1, 1, False, 3))
    worth, said = [], []
    learner = KerasLearner(KerasModel(model), KerasUpdateRule(1, 1, False, 3))
    at_first = _values(model, sample.next_observation)
    for _ in range(4):
        now = _values(model, sample.observation)[0, sample.action[0]]
        loss = learner.learn(sample)
        said.append(now)
        worth.append(loss)
    expected = sample.reward[0] + sample.discount[0] * np.where(sample.next_legal, at_first, -np.inf).max()
    errors = [(expected - now) ** 2 / 3 for now in said]
    np.testing.assert_allclose(worth[:3], errors[:3], rtol=1e-4)
    assert abs(worth[3] - errors[3]) > 1e-3 * errors[3]


def test_double_lets_the_model_choose_what_the_copy_values() -> None:
    rule = KerasUpdateRule(1, 4, True, 100)
    single, double = (KerasLearner(KerasModel(_eager()), KerasUpdateRule(1, 4, way, 100)) for way in (False, True))
    for learner in (single, double):
        for copy in learner._target_weights[-2:]:
            copy.assign(-copy)  # what the model likes best, the copy likes least
    losses = [learner.learn(_sample(rule)) for learner in (single, double)]
    assert abs(losses[0] - losses[1]) > 1e-4


def test_averages_of_the_optimiser_are_what_training_ends_with() -> None:
    keras = fresh()
    model = _eager(optimizer=keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.9))
    learner = KerasLearner(KerasModel(model), RULE)
    learner.learn(_sample())
    own = model.get_weights()
    averages = [np.array(each) for each in model.optimizer._model_variables_moving_average]
    with learner.with_averaged_weights():
        for now, average in zip(model.get_weights(), averages, strict=True):
            np.testing.assert_array_equal(now, average)
    for now, weight, average in zip(model.get_weights(), own, averages, strict=True):
        np.testing.assert_array_equal(now, weight)
        assert (weight != average).any() or not weight.any()


def test_dropout_acts_while_it_learns_and_not_while_it_plays() -> None:
    heads = [None, fresh().layers.Dropout(0.9, seed=1)]
    plain_one, dropping = (KerasLearner(KerasModel(_eager(head=head)), RULE) for head in heads)
    observation = _sample().observation
    np.testing.assert_allclose(plain_one.q_values(observation), dropping.q_values(observation), rtol=1e-5)
    assert abs(plain_one.learn(_sample()) - dropping.learn(_sample())) > 1e-4


def test_it_goes_back_to_where_it_was() -> None:
    keras = fresh()
    model = _eager(optimizer=keras.optimizers.Adam(0.1))
    learner = KerasLearner(KerasModel(model), RULE)
    learner.learn(_sample())
    state, results = learner.state(), []
    for _ in range(2):
        learner.restore(state)
        learner.learn(_sample())
        results.append(model.get_weights())
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_learner_suits_until_the_model_is_compiled_anew() -> None:
    model = plain()
    learner = KerasLearner(KerasModel(model), RULE)
    assert learner.suits(RULE)
    assert not learner.suits(KerasUpdateRule(2, 5, False, 1))
    model.layers[1].trainable = False
    assert not learner.suits(RULE)
    model.layers[1].trainable = True
    assert learner.suits(RULE)
    model.compile("sgd", "mae")
    assert not learner.suits(RULE)


def test_what_fails_in_the_callers_code_is_told_in_one_line() -> None:
    keras = fresh()

    class Bad(keras.layers.Layer):  # type: ignore[name-defined, misc]
        def call(self, values: Any, training: bool = False) -> Any:
            if training:
                raise KeyError("my own mistake")
            return values

    learner = KerasLearner(KerasModel(plain(head=Bad())), RULE)
    with pytest.raises(RuntimeError) as told:
        learner.learn(_sample())
    assert str(told.value) == "model: does not run: KeyError: my own mistake"


def test_what_cannot_be_trained_is_refused() -> None:
    model = plain()
    model.trainable = False
    with pytest.raises(ValueError, match="model: has no trainable weights"):
        KerasLearner(KerasModel(model), RULE)
    with pytest.raises(ValueError, match="model: was compiled with 2 losses for its one output"):
        KerasLearner(KerasModel(plain(loss=["mse", "mae"])), RULE)
    thawed = plain()
    thawed.layers[1].trainable = False
    thawed.compile("adam", "mse")
    KerasLearner(KerasModel(thawed), RULE)
    thawed.layers[1].trainable = True
    with pytest.raises(ValueError, match="frozen or thawed: compile it again"):
        KerasLearner(KerasModel(thawed), RULE)
