"""The library: a Keras model of one's own, trained and played in a script."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.evaluation import EVALUATION_SEED, evaluate
from agents.agent import Agent, DivergedError
from agents.learning.devices import tensorflow
from games.catch.rules import Catch
from games.registry import make
from games.snake.rules import Snake


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

    def test(game: Any, seen: Any, learner: Any, count: int) -> float:
        tested.append(learner.network.weights())
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
    last = agent.model.get_weights()
    agent.train(Catch(5), nb_epoch=30, test_games=0, verbose=False)
    for kept, later in zip(last, agent.model.get_weights(), strict=True):
        assert (kept != later).any()


def test_a_test_plays_like_an_evaluation() -> None:
    agent, game = Agent(_model((5, 5))), Catch(5)
    agent.train(game, nb_epoch=30, verbose=False)
    assert agent._learner is not None
    card = evaluate(agent._learner, game, "grid", episodes=50, seed=EVALUATION_SEED)
    assert 0 < card.mean < 1
    assert agent._test(game, agent._input(game, None), agent._learner, 50) == card.mean


@pytest.mark.filterwarnings("ignore:nothing was learnt")
def test_epsilon_falls_within_its_part_of_the_training() -> None:
    agent = Agent(_model())
    falling = [epoch.epsilon for epoch in agent.train(Catch(5), 10, epsilon=(1.0, 0.2), epsilon_rate=0.5)]
    np.testing.assert_allclose(falling, [1.0, 0.84, 0.68, 0.52, 0.36, 0.2, 0.2, 0.2, 0.2, 0.2])
    assert {epoch.epsilon for epoch in agent.train(Catch(5), 3, epsilon=0.3)} == {0.3}


def test_while_observing_nothing_is_learnt() -> None:
    model = _model()
    before = model.get_weights()
    agent = Agent(model)
    with pytest.warns(UserWarning, match="nothing was learnt: in 21 games the memory never held enough"):
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
    with pytest.raises(ValueError, match=r"weights: does not hold the weights of this model: .*kernel is"):
        Agent(_model((3,))).load(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"."):
        other.load(path)


def test_several_frames_are_seen_and_a_fresh_game_repeats_its_first() -> None:
    agent = Agent(_model((4, 5, 5)), nb_frames=4)
    shown = agent._input(Catch(5), None)
    first, second = np.zeros((1, 5, 5), np.float32), np.ones((1, 5, 5), np.float32)
    seen = shown.follow(shown.begin(first), second)
    assert seen.shape == (1, 4, 5, 5)
    assert seen[0, :, 0, 0].tolist() == [0, 0, 0, 1]
    agent.train(Catch(5), nb_epoch=30, verbose=False)
    assert agent._memory is not None
    sample, _ = agent._memory.sample(64, np.random.default_rng(0))
    stacks = shown.from_store(sample.observation)
    assert stacks.shape == (64, 4, 5, 5)
    rows = stacks[:, :, :-1].reshape(64, 4, -1).argmax(axis=2) // 5  # the fruit's row in each frame
    assert ((np.diff(rows, axis=1) == 1) | (rows[:, 1:] == 0)).all(), "frames follow one another, oldest first"


def test_an_observation_without_an_axis_for_frames_is_taken_as_it_is() -> None:
    agent = Agent(_model((3,)))
    assert agent._input(Catch(5), None).spec.kind == "features"
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
        ({"gamma": 1.5}, "gamma = 1.5: must be 0 to 1"),
        ({"epsilon": (1.0, 2.0)}, r"epsilon = \(1.0, 2.0\): must be a number from 0 to 1, or a first and a last one"),
        ({"epsilon_rate": 0}, "epsilon_rate = 0: must be above 0 and at most 1"),
        ({"checkpoint": 0}, "checkpoint = 0: must be at least 1"),
        ({"checkpoint": True}, "checkpoint = True: must be a whole number"),
        ({"checkpoint": 3, "checkpoint_path": Path()}, "checkpoint_path = .*: must be the path of a file"),
        ({"batch_size": 0}, "batch_size = 0: must be at least 1"),
        ({"hold": 2.5}, "hold = 2.5: must be a whole number"),
        ({"target_interval": 0}, "target_interval = 0: must be at least 1"),
        ({"test_games": -1}, "test_games = -1: must be at least 0"),
        ({"batch_size": 2000}, "batch_size = 2000: must be at most memory_size"),
        ({"observation": "sound"}, "observation = 'sound': catch has grid, features, pixels"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(ValueError, match=line):
        Agent(_model()).train(Catch(5), **changes)


def test_models_that_cannot_be_trained_are_refused() -> None:
    tensorflow()

    with pytest.raises(ValueError, match="memory_size = 0: must be at least 1, or -1 for no end"):
        Agent(_model(), memory_size=0)
    with pytest.raises(ValueError, match=r"memory_size = 5.5: must be a whole number"):
        Agent(_model(), memory_size=5.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="seed = -1: must be at least 0"):
        Agent(_model(), seed=-1)
    with pytest.raises(ValueError, match="device = 'cuda': must be auto, cpu or gpu"):
        Agent(_model(), device="cuda")
    frozen = _model()
    frozen.trainable = False
    with pytest.raises(ValueError, match="model: has no trainable weights"):
        Agent(frozen).train(Catch(5))


@pytest.mark.parametrize("game", [Catch, "catch", None, object()])
def test_what_is_no_game_is_refused(game: Any) -> None:
    agent = Agent(_model())
    for use in (agent.train, agent.play):
        with pytest.raises(ValueError, match=r"game = .*: must be a game: make"):
            use(game)


def test_a_memory_too_large_for_any_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="memory_size = 1000000000000000: there is not enough memory for so many"):
        Agent(_model(), memory_size=10**15).train(Catch(5), nb_epoch=1)


def test_a_memory_of_one_batch_is_learnt_from() -> None:
    agent = Agent(_model(), memory_size=20)
    epochs = agent.train(Catch(5), nb_epoch=10, batch_size=20, verbose=False)
    assert agent._memory is not None and len(agent._memory) == 20
    assert not np.isnan(epochs[-1].loss)


def test_games_shorter_than_a_batch_are_learnt_from_one_by_one() -> None:
    epochs = Agent(_model()).train(Catch(5), nb_epoch=10, batch_size=50, reset_memory=True, verbose=False)
    assert not np.isnan(epochs[-1].loss)


def test_numbers_of_numpy_are_as_good_as_others() -> None:
    tensorflow()
    import keras

    results = []
    numbers: list[tuple[Any, Any, Any]] = [(3, 0.5, 1.0), (np.int64(3), np.float32(0.5), np.array(1))]
    for three, half, one in numbers:
        keras.utils.set_random_seed(1)
        agent = Agent(_model(), memory_size=three * 100, seed=three)
        epochs = agent.train(Catch(5), nb_epoch=three * 4, batch_size=three, gamma=one, epsilon=half, verbose=False)
        results.append([(epoch.score, epoch.epsilon) for epoch in epochs])
    assert results[0] == results[1]


def test_a_training_that_diverges_ends_and_leaves_what_was_good(tmp_path: Path) -> None:
    model, path = _model(rate=1e30), tmp_path / "weights"
    before = model.get_weights()
    with pytest.raises(DivergedError, match=r"model: diverged in game \d+: .*; it has the weights from before") as told:
        Agent(model).train(Catch(5), nb_epoch=50, batch_size=4, test_games=0, checkpoint=1, checkpoint_path=path)
    assert "\n" not in str(told.value)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    with np.errstate(all="ignore"):
        Agent(_model()).load(path)  # what was saved on the way are numbers


def test_weights_that_break_in_the_last_update_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(_model())
    monkeypatch.setattr("agents.learning.keras_learner.KerasLearner.learn", lambda *_: 0.5)
    agent.model.layers[1].bias.assign(np.full(16, np.nan))
    with pytest.raises(DivergedError, match=r"model: diverged in game 3: .*/bias holds a value that is not finite"):
        agent.train(Catch(5), nb_epoch=3, verbose=False)


def test_a_model_that_is_compiled_anew_is_trained_with_what_is_new() -> None:
    model = _model()
    agent = Agent(model)
    agent.train(Catch(5), nb_epoch=15, verbose=False)
    first = agent._learner
    agent.train(Catch(5), nb_epoch=15, verbose=False)
    assert agent._learner is first, "nothing is compiled twice for the same"
    model.compile("adam", "mae")
    agent.train(Catch(5), nb_epoch=15, verbose=False)
    assert agent._learner is not first
    assert int(model.optimizer.iterations) > 0


def test_a_model_without_an_optimiser_gets_adam() -> None:
    agent = Agent(_model(loss=None))
    before = agent.model.get_weights()
    agent.train(Catch(5), nb_epoch=20, test_games=0, verbose=False)
    assert type(agent._network.optimizer).__name__ == "Adam"
    assert any((old != new).any() for old, new in zip(before, agent.model.get_weights(), strict=True))


def test_turned_observations_are_learnt_from() -> None:
    game = Snake()
    spec = game.info.observation("ahead")
    agent = Agent(_model(spec.shape, len(game.info.actions), rate=1e-7), memory_size=-1)
    epochs = agent.train(game, nb_epoch=5, batch_size=8, observation="ahead", verbose=False)
    assert np.isfinite(epochs[-1].loss)
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
