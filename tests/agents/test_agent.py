"""The library: a Keras model of one's own, trained and played in a script."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.agent import Agent
from agents.devices import tensorflow
from agents.evaluation import EVALUATION_SEED, evaluate
from games.catch.rules import Catch
from games.registry import make
from games.snake.rules import Snake

pytestmark = pytest.mark.usefixtures("graph_alone")


def _model(shape: tuple[int, ...] = (1, 5, 5), actions: int = 3, *, rate: float = 0.2, loss: Any = "mse") -> Any:
    tensorflow()
    import keras

    layers = keras.layers
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(16, "relu"), layers.Dense(actions)])
    if loss:
        model.compile(keras.optimizers.SGD(rate), loss)
    return model


def test_a_model_learns_catch(capsys: pytest.CaptureFixture[str]) -> None:
    tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    agent = Agent(_model(), seed=1)
    epochs = agent.train(Catch(5), nb_epoch=500)
    told = capsys.readouterr().out.splitlines()
    assert len(epochs) == 500
    assert 10 <= len(told) <= 21
    assert told[-1].startswith("Game 500 of 500: loss 0.0")
    assert sum(epoch.won for epoch in epochs[-50:]) > sum(epoch.won for epoch in epochs[:50])
    assert agent.play(Catch(5), 100, visualize=False).mean() >= 0.95
    assert "100 games: mean " in capsys.readouterr().out


def test_the_weights_of_the_best_test_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    agent, tested = Agent(_model()), []
    means = iter([0.2, 0.9, 0.5, 0.9, *[0.8] * 16])

    def test(game: Any, eye: Any, dqn: Any, count: int) -> float:
        tested.append(dqn.weights())
        return next(means)

    monkeypatch.setattr(agent, "_test", test)
    agent.train(Catch(5), nb_epoch=60, batch_size=4, verbose=False)
    assert len(tested) == 20
    for kept, best, last in zip(agent.model.get_weights(), tested[3].values(), tested[-1].values(), strict=True):
        np.testing.assert_array_equal(kept, best)
        assert (kept != last).any()


def test_without_tests_the_last_weights_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(_model())
    monkeypatch.setattr(agent, "_test", lambda *_: pytest.fail("is not to be tested"))
    agent.train(Catch(5), nb_epoch=40, test_games=0, verbose=False)
    agent.train(Catch(5), nb_epoch=19, verbose=False)  # too few games to be worth tests
    assert agent._dqn is not None
    for kept, last in zip(agent.model.get_weights(), agent._dqn.weights().values(), strict=True):
        np.testing.assert_array_equal(kept, last)


def test_a_test_plays_like_an_evaluation() -> None:
    agent, game = Agent(_model((5, 5))), Catch(5)
    agent.train(game, nb_epoch=30, verbose=False)
    assert agent._dqn is not None
    card = evaluate(agent._dqn, game, "grid", episodes=50, seed=EVALUATION_SEED)
    assert 0 < card.mean < 1
    assert agent._test(game, agent._eye(game, None), agent._dqn, 50) == card.mean


def test_epsilon_falls_within_its_part_of_the_training() -> None:
    agent = Agent(_model())
    falling = [epoch.epsilon for epoch in agent.train(Catch(5), 10, epsilon=(1.0, 0.2), epsilon_rate=0.5)]
    np.testing.assert_allclose(falling, [1.0, 0.84, 0.68, 0.52, 0.36, 0.2, 0.2, 0.2, 0.2, 0.2])
    assert {epoch.epsilon for epoch in agent.train(Catch(5), 3, epsilon=0.3)} == {0.3}


def test_while_observing_nothing_is_learnt() -> None:
    model = _model()
    before = model.get_weights()
    agent = Agent(model)
    epochs = agent.train(Catch(5), nb_epoch=1, batch_size=4, observe=20)
    assert len(epochs) == 21
    assert [epoch.epsilon for epoch in epochs[:20]] == [1.0] * 20
    assert all(np.isnan(epoch.loss) for epoch in epochs)  # one game has too few frames for a call of updates
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_bounded_memory_forgets_and_an_unbounded_one_does_not() -> None:
    bounded, unbounded = Agent(_model(), memory_size=60), Agent(_model(), memory_size=-1)
    for agent in (bounded, unbounded):
        agent.train(Catch(5), nb_epoch=50, verbose=False)  # 200 frames
    assert bounded._memory is not None and len(bounded._memory) <= 60
    assert unbounded._memory is not None and len(unbounded._memory) == 199
    unbounded.reset_memory()
    unbounded.train(Catch(5), nb_epoch=3, reset_memory=True, verbose=False)
    assert len(unbounded._memory) == 3, "a game has four frames, the last of which waits for the next"


def test_training_goes_on_from_the_models_weights() -> None:
    model = _model()
    agent = Agent(model)
    agent.train(Catch(5), nb_epoch=30, verbose=False)
    model.set_weights([0 * weights for weights in model.get_weights()])
    agent.train(Catch(5), nb_epoch=1, epsilon=0.0, batch_size=50, verbose=False)
    assert max(np.abs(weights).max() for weights in model.get_weights()) < 0.5


def test_checkpoints_are_written_and_loaded(tmp_path: Path) -> None:
    agent, path = Agent(_model()), tmp_path / "catcher.weights"
    agent.train(Catch(5), nb_epoch=40, checkpoint=30, checkpoint_path=path, verbose=False)
    other = Agent(_model())
    other.load(path)
    for mine, theirs in zip(agent.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    with pytest.raises(ValueError, match="does not hold the weights of this model"):
        Agent(_model((3,))).load(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"."):
        other.load(path)


def test_several_frames_are_seen_and_a_fresh_game_repeats_its_first() -> None:
    agent = Agent(_model((4, 5, 5)), nb_frames=4)
    eye = agent._eye(Catch(5), None)
    first, second = np.zeros((1, 5, 5), np.float32), np.ones((1, 5, 5), np.float32)
    seen = eye.follow(eye.begin(first), second)
    assert seen.shape == (1, 4, 5, 5)
    assert seen[0, :, 0, 0].tolist() == [0, 0, 0, 1]
    agent.train(Catch(5), nb_epoch=30, verbose=False)
    assert agent._memory is not None
    sample = agent._memory.sample(64, np.random.default_rng(0))
    stacks = eye.from_store(sample.observation, "float32")
    assert stacks.shape == (64, 4, 5, 5)
    rows = stacks[:, :, :-1].reshape(64, 4, -1).argmax(axis=2) // 5  # the fruit's row in each frame
    assert ((np.diff(rows, axis=1) == 1) | (rows[:, 1:] == 0)).all(), "frames follow one another, oldest first"


def test_an_observation_without_an_axis_for_frames_is_taken_as_it_is() -> None:
    agent = Agent(_model((3,)))
    assert agent._eye(Catch(5), None).spec.kind == "features"
    agent.train(Catch(5), nb_epoch=15, verbose=False)


def test_bytes_become_what_the_model_takes() -> None:
    tensorflow()
    import keras

    small = keras.Sequential([
        keras.Input((80, 80, 4)), keras.layers.AveragePooling2D(20), keras.layers.Flatten(), keras.layers.Dense(3),
    ])  # fmt: skip
    small.compile("adam", "huber")
    agent = Agent(small, memory_size=300)
    agent.train(Catch(5), nb_epoch=12, batch_size=8, verbose=False)
    assert agent.play(Catch(5), 2, visualize=False, verbose=False).shape == (2,)


@pytest.mark.parametrize(
    ("shape", "actions", "frames", "line"),
    [
        (
            (2, 7),
            3,
            None,
            r"model: takes \(2, 7\): must be the shape of an observation, .*; there are grid \(5, 5\), feat",
        ),
        ((1, 5, 5), 3, 4, r"model: takes \(1, 5, 5\): .* nb_frames being 4"),
        ((1, 5, 5), 4, None, r"model: has 4 outputs, Catch has 3 actions \(left, stay, right\): they must be as many"),
    ],
)
def test_a_model_that_does_not_fit_is_explained(
    shape: tuple[int, ...], actions: int, frames: int | None, line: str
) -> None:
    agent = Agent(_model(shape, actions), nb_frames=frames)
    with pytest.raises(ValueError, match=line) as told:
        agent.train(Catch(5))
    assert "\n" not in str(told.value)
    with pytest.raises(ValueError, match=line):
        agent.play(Catch(5))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"nb_epoch": 0}, "nb_epoch = 0: must be at least 1"),
        ({"gamma": 1.5}, "gamma = 1.5: must be 0 to below 1"),
        ({"epsilon": (1.0, 2.0)}, r"epsilon = \(1.0, 2.0\): must be a number from 0 to 1, or a first and a last one"),
        ({"epsilon_rate": 0}, "epsilon_rate = 0: must be above 0 and at most 1"),
        ({"checkpoint": 0}, "checkpoint = 0: must be at least 1, or None"),
        ({"batch_size": 2000}, "batch_size = 2000: must be at most memory_size"),
        ({"observation": "sound"}, "observation = 'sound': catch has grid, features, pixels"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(ValueError, match=line):
        Agent(_model()).train(Catch(5), **changes)


def test_models_that_cannot_be_trained_are_refused() -> None:
    tensorflow()
    import keras

    with pytest.raises(ValueError, match="memory_size = 0: must be at least 1, or -1 for no end"):
        Agent(_model(), memory_size=0)
    with pytest.raises(ValueError, match="model: has no shapes yet"):
        Agent(keras.Sequential([keras.layers.Dense(3)]))
    with pytest.raises(ValueError, match="one input of fixed shape"):
        Agent(keras.Sequential([keras.Input((None, 3)), keras.layers.Dense(3)]))
    with pytest.raises(ValueError, match="loss 'mean_absolute_error': must be 'mse' or 'huber'"):
        Agent(_model(loss=keras.losses.MeanAbsoluteError())).train(Catch(5))
    falling = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    with pytest.raises(ValueError, match="follows a schedule of learning rates"):
        Agent(_model(rate=falling))


def test_a_model_without_an_optimiser_gets_adam() -> None:
    agent = Agent(_model(loss=None))
    agent.train(Catch(5), nb_epoch=20, verbose=False)
    assert agent._dqn is not None
    assert type(agent._dqn._learner._optimizer).__name__ == "Adam"
    assert agent._dqn.config.loss == "huber"


def test_turned_observations_are_learnt_from() -> None:
    game = Snake()
    spec = game.info.observation("ahead")
    agent = Agent(_model(spec.shape, len(game.info.actions), rate=0.01), memory_size=-1)
    agent.train(game, nb_epoch=5, observation="ahead", verbose=False)
    assert len(agent.play(game, 1, visualize=False, verbose=False)) == 1


def test_the_window_shows_the_play_and_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    import pygame

    from games import view, window

    monkeypatch.setattr(window.Window, "_wait", lambda self: None)
    agent = Agent(_model())
    shown: list[tuple[int, int]] = []

    def note(surface: pygame.Surface, *rest: Any) -> None:
        shown.append(surface.get_size())
        view.draw(surface, *rest)

    monkeypatch.setattr(window, "draw", note)
    assert len(agent.play(Catch(5), nb_epoch=2, verbose=False)) == 2
    assert len(shown) > 8 and set(shown) == {(640, 640)}
    assert not pygame.display.get_init()
    pygame.display.init()
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert len(agent.play(make("catch", grid=5), nb_epoch=1000)) == 0
