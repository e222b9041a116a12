"""Q-learning with a Keras model of one's own, in a script: `Agent(model).train(game)`, then `.play(game)`.

The words are those of qlearning4k (https://github.com/farizrahman4u/qlearning4k), so that who knew it is at home; the
replay, the targets and the compiled updates are this project's.

One epoch is one game. After every frame there is one update on a batch out of the memory, several of them in one
compiled call. Optimisers at a constant rate do not settle, so the weights of a training are those that played best in
tests: at its end the model may be worse than it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.config import Config
from agents.container import pack, unpack
from agents.dqn import DQN
from agents.evaluation import EVALUATION_SEED
from agents.exploration import Explorer
from agents.files import read_file, replace_file
from agents.networks import BroughtModel, get_weights, loss_of, set_weights
from agents.policy import Weights, greedy
from agents.replay import Replay
from agents.schedules import linear
from games.batch import GameBatch, Transitions
from games.game import PIXELS, Array, Game, ObservationSpec

if TYPE_CHECKING:
    from games.window import Window

UPDATES_PER_CALL = 8
UNBOUNDED = -1
"""The `memory_size` of an agent that forgets nothing."""

FIRST_ROOM = 10_000
"""Transitions for which an unbounded memory makes room at first; it doubles whenever it is full."""

HOLD = 5
"""Most frames for which training holds a random move unless something else is asked for."""

PARTS = 20
"""Parts of a training, after each of which it is tested and prints a line."""

WEIGHTS = "dqn-arcade weights"
"""Format of the files that `Agent.save` writes."""


@dataclass(frozen=True)
class Epoch:
    """How one game went."""

    score: int
    won: bool  # the score is at least the mean at which the game counts as solved
    loss: float  # of the last updates; nan before the first
    epsilon: float


@dataclass(frozen=True)
class _Eye:
    """What a model is shown of a game: one kind of observation, as it is or the last `frames` of them."""

    spec: ObservationSpec
    frames: int | None  # None: the model has no axis for them

    def begin(self, observation: Array) -> Array:
        """[B, *input_shape] of games that have just begun: their first frame, as often as needed."""
        return observation if self.frames is None else np.repeat(observation[:, None], self.frames, axis=1)

    def follow(self, seen: Array, observation: Array) -> Array:
        """What is seen after one more frame."""
        return observation if self.frames is None else np.concatenate([seen[:, 1:], observation[:, None]], axis=1)

    def stored(self) -> tuple[ObservationSpec, bool]:
        """The observation as the replay keeps it, the frames last, and whether it shall store single frames."""
        if self.frames is None:
            return self.spec, self.spec.kind == PIXELS
        return replace(self.spec, shape=(*self.spec.shape, self.frames)), True

    def to_store(self, observation: Array) -> Array:
        """A frame with the axis in which the replay stacks frames."""
        return observation if self.frames is None else observation[..., None]

    def from_store(self, observation: Array, dtype: str) -> Array:
        """[M, *input_shape] out of the replay."""
        frames = observation if self.frames is None else np.moveaxis(observation, -1, 1)
        return np.ascontiguousarray(frames, dtype)


@dataclass
class _Kept:
    """The weights of a training's best test; of equal ones the latest, which have seen more."""

    weights: Weights | None = None
    best: float = -inf
    latest: float = nan

    def consider(self, mean: float, weights: Weights) -> None:
        """Keep weights that reached this mean if none were better."""
        self.latest = mean
        if mean >= self.best:
            self.best, self.weights = mean, weights


class Agent:
    """Learns to play with a Keras model that the caller brings.

    The model goes from observations to one value for each action. Its input is an observation of the game, or the last
    `nb_frames` of them along a first axis: (nb_frames, *shape). It is trained with the optimiser and the loss it was
    compiled with; one that was not gets Adam and the Huber loss.

    Args:
        model: The Keras model. Training changes its weights.
        memory_size: Transitions remembered; −1 forgets nothing.
        nb_frames: Frames that the model sees at once; None reads it off the model.
        seed: Seeds the games and all random choices.
        device: "auto", "cpu" or "gpu".

    Raises:
        ValueError: The model has several inputs or outputs or no fixed shapes, or a value is not allowed.
    """

    def __init__(
        self, model: Any, memory_size: int = 1000, nb_frames: int | None = None, *, seed: int = 0, device: str = "auto"
    ) -> None:
        self.model, self.memory_size, self.nb_frames = model, memory_size, nb_frames
        self._network = BroughtModel(model)
        _check("memory_size", memory_size, memory_size == UNBOUNDED or memory_size >= 1, "at least 1, or -1 for no end")
        _check("nb_frames", nb_frames, nb_frames is None or nb_frames >= 1, "at least 1")
        self._seed, self._device = seed, device
        self._rng = np.random.default_rng((seed, 1))
        self._dqn: DQN | None = None
        self._memory: Replay | None = None
        self._memory_of: _Eye | None = None
        self._due = 0  # frames whose update has not been done

    def train(
        self,
        game: Game,
        nb_epoch: int = 1000,
        batch_size: int = 50,
        gamma: float = 0.9,
        epsilon: float | Sequence[float] = (1.0, 0.1),
        epsilon_rate: float = 0.5,
        reset_memory: bool = False,
        observe: int = 0,
        checkpoint: int | None = None,
        *,
        checkpoint_path: str | Path = "weights.safetensors",
        observation: str | None = None,
        double: bool = False,
        target_interval: int = 1,
        hold: int = HOLD,
        test_games: int | None = None,
        verbose: bool = True,
    ) -> list[Epoch]:
        """Play and learn. Training may go on with another call: weights and memory stay.

        A training of at least twenty games is tested after each twentieth of it, by games without random moves that
        are the same in every test. The model is left with the weights of the best test; of equals with the latest.

        Args:
            game: One of ours, your own (docs/own-game.md), or a `GymnasiumGame`.
            nb_epoch: Number of games.
            batch_size: Transitions in each update.
            gamma: Discount: worth of a reward one step later, 0 to below 1.
            epsilon: Part of random moves: a number, or the first and the last value.
            epsilon_rate: Part of the training after which epsilon has reached its last value.
            reset_memory: Whether the memory is emptied before each game.
            observe: Games of random moves, without learning, before the first of the `nb_epoch`.
            checkpoint: Save the weights after every so many games, and in the end; None never does.
            checkpoint_path: Where; `load` reads it.
            observation: Kind of observation; None takes the first whose shape fits the model.
            double: Let the model choose the next action that the copy values (van Hasselt et al. 2016).
            target_interval: Updates between renewals of the copy that values the next state; 1 is as good as none.
            hold: Most frames for which a random move is held, for single ones cancel out; 1 is as in qlearning4k.
            test_games: Games in each test; None takes as many as the game counts as solved by, 0 tests nothing.
            verbose: Whether to print how it goes.

        Returns:
            How each game went, those of `observe` among them.

        Raises:
            ValueError: The model does not fit the game, or a value is not allowed; one line says which are.
        """
        _check("nb_epoch", nb_epoch, nb_epoch >= 1, "at least 1")
        _check("gamma", gamma, 0 <= gamma < 1, "0 to below 1")
        _check("epsilon_rate", epsilon_rate, 0 < epsilon_rate <= 1, "above 0 and at most 1")
        _check("observe", observe, observe >= 0, "at least 0")
        _check("checkpoint", checkpoint, checkpoint is None or checkpoint >= 1, "at least 1, or None")
        _check("hold", hold, hold >= 1, "at least 1")
        _check("test_games", test_games, test_games is None or test_games >= 0, "at least 0, or None")
        _check("batch_size", batch_size, self.memory_size == UNBOUNDED or batch_size <= self.memory_size,
               "at most memory_size")  # fmt: skip
        first, last = _ends(epsilon)
        eye = self._eye(game, observation)
        dqn = self._learner(batch_size, double, target_interval)
        batch = GameBatch(game, 1, self._seed, observation=eye.spec.kind, step_limit=game.info.longest_game)
        if test_games is None:
            test_games = game.info.solved.episodes
        kept = _Kept()
        epochs: list[Epoch] = []
        count, loss = observe + nb_epoch, float("nan")
        for epoch in range(count):
            if reset_memory:
                self.reset_memory()
            part = (epoch - observe) / nb_epoch
            now = linear(first, last, part / epsilon_rate) if part >= 0 else 1.0
            for transitions in self._one_game(batch, eye, dqn.q_values, now, hold):
                self._remember(transitions, eye)
                if part >= 0:
                    loss = self._learn(eye, dqn, batch_size, gamma, loss)
            score = int(transitions.score[0])
            epochs.append(Epoch(score, score >= game.info.solved.mean, loss, now))
            done = epoch + 1
            if part >= 0 and test_games and nb_epoch >= PARTS and _ends_part(done - observe, nb_epoch):
                kept.consider(self._test(game, eye, dqn, test_games), dqn.weights())
            if verbose and _ends_part(done, count):
                _report(epochs, count, kept.latest)
            if checkpoint and part >= 0 and (done - observe) % checkpoint == 0 and done < count:
                set_weights(self.model, self._network, dqn.weights())
                self.save(checkpoint_path)
        set_weights(self.model, self._network, kept.weights or dqn.weights())
        if checkpoint:
            self.save(checkpoint_path)
        return epochs

    def play(
        self,
        game: Game,
        nb_epoch: int = 10,
        epsilon: float = 0.0,
        visualize: bool = True,
        *,
        observation: str | None = None,
        seed: int | None = None,
        verbose: bool = True,
    ) -> NDArray[np.int64]:
        """Play without learning, in a window; closing it ends the play.

        Args:
            game: What to play.
            nb_epoch: Number of games.
            epsilon: Part of random moves.
            visualize: Whether to show it. Without, it is as fast as it goes.
            observation: Kind of observation; None takes the first whose shape fits the model.
            seed: Seeds the games; None takes one that training did not use.
            verbose: Whether to print the result.

        Returns:
            The score of each game that came to its end.

        Raises:
            ValueError: The model does not fit the game, or a value is not allowed; one line says which are.
            pygame.error: There is no display.
        """
        _check("nb_epoch", nb_epoch, nb_epoch >= 1, "at least 1")
        _ends(epsilon)
        eye = self._eye(game, observation)
        batch = GameBatch(
            game, 1, self._seed + 1 if seed is None else seed, observation=eye.spec.kind, autoreset=False,
            step_limit=game.info.longest_game,
        )  # fmt: skip
        if visualize:
            from games.window import Window

            with Window(game, batch.state) as window:
                scores = list(self._games(batch, eye, nb_epoch, epsilon, window))
        else:
            scores = list(self._games(batch, eye, nb_epoch, epsilon, None))
        if verbose and scores:
            won = np.mean([score >= game.info.solved.mean for score in scores])
            print(f"{len(scores):,} games: mean {np.mean(scores):,.2f} {game.info.score_name}, {won:.1%} won")
        return np.array(scores, np.int64)

    def reset_memory(self) -> None:
        """Forget all transitions."""
        self._memory = None

    def save(self, path: str | Path) -> None:
        """Write the model's weights to a file of numbers, whole or not at all.

        Raises:
            ValueError: They cannot be written; says why.
        """
        replace_file(Path(path), [pack({"format": WEIGHTS}, get_weights(self.model, self._network))])

    def load(self, path: str | Path) -> None:
        """Give the model the weights of a file that `save` wrote.

        Raises:
            ValueError: It cannot be read, is damaged, or holds the weights of another model.
        """
        document, weights = unpack(read_file(Path(path))[0])
        own = get_weights(self.model, self._network)
        if document.get("format") != WEIGHTS or _shapes(weights) != _shapes(own):
            raise ValueError(f"{path}: does not hold the weights of this model")
        set_weights(self.model, self._network, weights)

    def _games(self, batch: GameBatch, eye: _Eye, count: int, epsilon: float, window: "Window | None") -> Iterator[int]:
        """The scores of `count` games; fewer if the window is closed."""
        for game in range(count):
            if game:
                batch.restart(np.array([0]))
            if window:
                window.begin(batch.state)
            for _ in self._one_game(batch, eye, self._values, epsilon):
                if window and not window.show(batch.state):
                    return
            yield int(batch.score()[0])

    def _one_game(
        self, batch: GameBatch, eye: _Eye, values: Callable[[Array], Array], epsilon: float, hold: int = 1
    ) -> Iterator[Transitions]:
        """Play one game to its end."""
        seen, finished, explorer = eye.begin(batch.observe()), False, Explorer(1, hold)
        while not finished:
            legal = batch.legal_actions()
            random, actions = explorer.random_moves(legal, epsilon, self._rng, batch.game.info.exploration)
            if not random[0]:
                actions = greedy(batch.in_game_order(values(self._typed(seen))), legal)
            transitions = batch.step(actions)
            seen = eye.follow(seen, transitions.next_observation)
            finished = bool(transitions.finished[0])
            yield transitions

    def _test(self, game: Game, eye: _Eye, dqn: DQN, count: int) -> float:
        """The mean score of games without random moves, played side by side; the same games in every test."""
        limit = game.info.longest_game
        batch = GameBatch(game, count, EVALUATION_SEED, observation=eye.spec.kind, autoreset=False, step_limit=limit)
        seen, total = eye.begin(batch.observe()), 0
        while True:
            q_values = batch.in_game_order(dqn.q_values(self._typed(seen)))
            transitions = batch.step(greedy(q_values, batch.legal_actions()))
            going = ~transitions.finished
            total += int(transitions.score[~going].sum())
            if not going.any():
                return total / count
            seen = eye.follow(seen, transitions.next_observation)[going]
            batch.keep(going)

    def _remember(self, transitions: Transitions, eye: _Eye) -> None:
        if self._memory is None or self._memory_of != eye:
            spec, single = eye.stored()
            room = FIRST_ROOM if self.memory_size == UNBOUNDED else self.memory_size
            self._memory = Replay(spec, self._network.actions, room, 1, discount=1.0, single_frames=single)
            self._memory_of = eye
        if self.memory_size == UNBOUNDED and self._memory.full:
            self._memory.enlarge()
        self._memory.add(replace(transitions, observation=eye.to_store(transitions.observation)))

    def _learn(self, eye: _Eye, dqn: DQN, batch_size: int, gamma: float, loss: float) -> float:
        """Do the updates that are due, if the memory holds a batch; returns their loss, or else the last one."""
        memory = self._memory
        if memory is None or len(memory) < batch_size:
            return loss
        self._due += 1
        if self._due < UPDATES_PER_CALL:
            return loss
        self._due = 0
        sample = memory.sample(UPDATES_PER_CALL * batch_size, self._rng)
        losses = dqn.learn(
            replace(
                sample,
                observation=eye.from_store(sample.observation, self._dtype),
                next_observation=eye.from_store(sample.next_observation, self._dtype),
                discount=sample.discount * np.float32(gamma),
                importance=sample.importance * np.float32(loss_of(self._network)[1]),
            )
        )
        return losses.loss

    @property
    def _dtype(self) -> str:
        return "uint8" if self._network.byte_input else "float32"

    def _typed(self, seen: Array) -> Array:
        return seen.astype(self._dtype, copy=False)

    def _values(self, observations: Array) -> Array:
        return np.asarray(self.model(observations, training=False))

    def _learner(self, batch_size: int, double: bool, target_interval: int) -> DQN:
        """What trains, with the model's present weights; the one of the last training if nothing else was asked for."""
        config = Config(
            batch_size=batch_size,
            replay=max(100, batch_size),
            learning_rate=self._network.learning_rate,
            learning_rate_updates=0,
            loss=loss_of(self._network)[0],
            double=double,
            target_interval=target_interval,
            gradient_clip=0.0,
            updates_per_call=UPDATES_PER_CALL,
        )
        weights = get_weights(self.model, self._network)
        if self._dqn is None or self._dqn.config != config:
            self._dqn = DQN(self._network, config, seed=self._seed, weights=weights, device=self._device)
        else:
            self._dqn.restore(weights)
        return self._dqn

    def _eye(self, game: Game, kind: str | None) -> _Eye:
        """How the model sees the game.

        Raises:
            ValueError: It does not fit.
        """
        info, shape = game.info, self._network.input_shape
        if self._network.actions != len(info.actions):
            raise ValueError(
                f"model: has {self._network.actions} outputs, {info.title} has {len(info.actions)} actions "
                f"({', '.join(info.actions)}): they must be as many"
            )
        specs = [info.observation(name) for name in (info.kinds if kind is None else (kind,))]
        for spec in specs:
            if shape == spec.shape and self.nb_frames in (None, 1):
                return _Eye(spec, None)
            if shape[1:] == spec.shape and spec.kind != PIXELS and self.nb_frames in (None, shape[0]):
                return _Eye(spec, shape[0])
        raise ValueError(_mismatch(shape, specs, self.nb_frames))


def _shapes(weights: Weights) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in weights.items()}


def _mismatch(shape: tuple[int, ...], specs: Sequence[ObservationSpec], frames: int | None) -> str:
    offers = ", ".join(f"{spec.kind} {spec.shape}" for spec in specs)
    before = f"(nb_frames, *shape), nb_frames being {frames}" if frames else "or that with a first axis of nb_frames"
    return f"model: takes {shape}: must be the shape of an observation, {before}; there are {offers}"


def _ends(epsilon: float | Sequence[float]) -> tuple[float, float]:
    values = (epsilon, epsilon) if isinstance(epsilon, int | float) else tuple(epsilon)
    right = len(values) == 2 and all(0 <= value <= 1 for value in values)
    _check("epsilon", epsilon, right, "a number from 0 to 1, or a first and a last one")
    return float(values[0]), float(values[1])


def _check(name: str, value: object, right: bool, allowed: str) -> None:
    if not right:
        raise ValueError(f"{name} = {value!r}: must be {allowed}")


def _ends_part(done: int, count: int) -> bool:
    """Whether a part of a training is over, or all of it."""
    return done == count or done % -(-count // PARTS) == 0


def _report(epochs: Sequence[Epoch], count: int, tested: float) -> None:
    recent = epochs[-100:]
    test = "" if isnan(tested) else f", test {tested:,.2f}"
    print(
        f"Game {len(epochs):,} of {count:,}: loss {epochs[-1].loss:.4f}, epsilon {epochs[-1].epsilon:.2f}, "
        f"mean score {np.mean([epoch.score for epoch in recent]):,.2f} of the last {len(recent)}, "
        f"{sum(epoch.won for epoch in epochs):,} won{test}"
    )
