"""Q-learning with your own Keras model, in a script: `Agent(model).train(game)`, then `.play(game)`.

Parameter names follow qlearning4k (https://github.com/farizrahman4u/qlearning4k), so that its users can switch without
learning new ones. The replay, the targets and the compiled updates are this project's.

One epoch is one game. There is one update for every frame, on a batch from the memory; several updates run in one
compiled call. With a constant learning rate the model may get worse towards the end of a training, so the weights of
the best test are kept.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import isfinite, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.evaluation import EVALUATION_SEED
from agents.acting.exploration import Explorer
from agents.acting.policy import greedy
from agents.errors import DivergedError as DivergedError  # what `Agent.train` raises
from agents.learning.keras_learner import KerasLearner, KerasUpdateRule
from agents.learning.keras_model import KerasModel
from agents.learning.replay import Replay
from agents.own_model.arguments import check, part, path_of, whole
from agents.own_model.model_input import ModelInput
from agents.own_model.model_plan import ModelPlan, ends_part
from agents.own_model.model_progress import BestWeights, report
from agents.own_model.model_progress import Epoch as Epoch  # what `Agent.train` returns
from agents.own_model.weights_file import load_weights, pack_weights, save_weights
from games.batch import GameBatch, Transitions
from games.figures import plain, reaches
from games.game import Array, Game, GameInfo

if TYPE_CHECKING:
    from games.window import Window

UPDATES_PER_CALL = 8
UNBOUNDED = -1
"""The `memory_size` of an agent that keeps all transitions."""

FIRST_CAPACITY = 10_000
"""First capacity of an unbounded memory, in transitions; it doubles whenever the memory is full."""

HOLD = 5
"""Default of `hold`, the most frames for which a random move is repeated during training."""


class Agent:
    """A DQN agent with a Keras model of the caller's own.

    The model maps observations to one Q value for each action. Its input is an observation of the game, or the last
    `nb_frames` of them along a first axis: (nb_frames, *shape). It is trained with the optimiser and the loss it was
    compiled with; a model that was not compiled gets Adam and the Huber loss.

    Args:
        model: The Keras model. Training changes its weights.
        memory_size: Most transitions in the replay memory; −1 keeps all.
        nb_frames: Number of frames in the model's input; None takes it from the model's shape.
        seed: Seeds the games and all random choices.
        device: "auto" for the device of the model, "cpu" or "gpu".

    Raises:
        ValueError: The model cannot be trained here, or a value is not allowed; one line says why.
    """

    def __init__(
        self, model: Any, memory_size: int = 1000, nb_frames: int | None = None, *, seed: int = 0, device: str = "auto"
    ) -> None:
        self.memory_size = whole("memory_size", memory_size, UNBOUNDED)
        check("memory_size", memory_size, self.memory_size != 0, "at least 1, or -1 for no end")
        self.nb_frames = None if nb_frames is None else whole("nb_frames", nb_frames, 1)
        check("device", device, device in ("auto", "cpu", "gpu"), "auto, cpu or gpu")
        self._seed, self._device = whole("seed", seed, 0), device
        self.model, self._network = model, KerasModel(model)
        self._rng = np.random.default_rng((self._seed, 1))
        self._learner: KerasLearner | None = None
        self._memory: Replay | None = None
        self._memory_of: ModelInput | None = None
        self._frames_due = 0  # frames since the last call of updates

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
        """Play and learn. Another call continues the training: weights and memory stay.

        A training of at least twenty games is tested after each twentieth of it: the same games every time, without
        random moves. At the end the model has the weights of the best test; among equal tests of the latest.

        Args:
            game: A game of the arcade, your own (docs/own-game.md), or a `GymnasiumGame`.
            nb_epoch: Number of games.
            batch_size: Transitions in each update.
            gamma: Discount, the factor on a reward for each step it lies ahead, 0 to 1; 1 only for short games.
            epsilon: Share of random moves: a number, or the first and the last value.
            epsilon_rate: Share of the training after which epsilon has its last value.
            reset_memory: Whether the memory is emptied before each game; a batch may then repeat transitions.
            observe: Number of games with random moves and without learning, played before the `nb_epoch` games.
            checkpoint: Number of games between two saves of the weights, with one more at the end; None saves nothing.
            checkpoint_path: The path of these weights, for `load`.
            observation: Kind of observation; None takes the first whose shape fits the model.
            double: Double DQN (van Hasselt et al. 2016): the model picks the next action, the target network rates it.
            target_interval: Updates between two copies of the weights to the target network; 1 uses no target network.
            hold: Most frames for which a random move is repeated, since single ones cancel out; 1 as in qlearning4k.
            test_games: Games in each test; None takes the number that solving the game takes, 0 does not test.
            verbose: Whether to print the progress.

        Returns:
            The result of each game, those of `observe` included.

        Raises:
            ValueError: The model does not fit the game, has nothing to train, or a value is not allowed.
            RuntimeError: The model cannot be compiled or run.
            DivergedError: The loss or a weight is not finite. The model has its best or its previous weights.
        """
        plan = ModelPlan.of(
            nb_epoch=nb_epoch, batch_size=batch_size, gamma=gamma, epsilon=epsilon, epsilon_rate=epsilon_rate,
            reset_memory=reset_memory, observe=observe, checkpoint=checkpoint, checkpoint_path=checkpoint_path,
            test_games=_game(game).info.solved.episodes if test_games is None else test_games, verbose=verbose,
            double=double, target_interval=target_interval, hold=hold,
        )  # fmt: skip
        seen = self._input(game, observation)
        return self._train(game, seen, self._ready(plan), plan)

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
        """Play without learning, in a window; closing the window ends the play.

        Args:
            game: The game.
            nb_epoch: Number of games.
            epsilon: Share of random moves.
            visualize: Whether to show the games in a window; without one they run at full speed.
            observation: Kind of observation; None takes the first whose shape fits the model.
            seed: Seeds the games; None takes a seed other than that of the training.
            verbose: Whether to print the result.

        Returns:
            The score of each finished game.

        Raises:
            ValueError: The model does not fit the game, or a value is not allowed; one line says which.
            pygame.error: There is no display.
        """
        nb_epoch, random = whole("nb_epoch", nb_epoch, 1), part("epsilon", epsilon)
        seen = self._input(game, observation)
        batch = GameBatch(
            game, 1, self._seed + 1 if seed is None else whole("seed", seed, 0), observation=seen.spec.kind,
            autoreset=False, step_limit=game.info.longest_game,
        )  # fmt: skip
        if visualize:
            from games.window import Window

            with Window(game, batch.state) as window:
                scores = list(self._games(batch, seen, nb_epoch, random, window))
        else:
            scores = list(self._games(batch, seen, nb_epoch, random, None))
        if verbose and scores:
            won = np.mean([reaches(score, game.info.solved.mean) for score in scores])
            print(f"{len(scores):,} games: mean {np.mean(scores):,.2f} {game.info.score_name}, {won:.1%} won")
        return np.array(scores) if scores else np.zeros(0, np.int64)

    def reset_memory(self) -> None:
        """Empty the replay memory."""
        self._memory = None

    def save(self, path: str | Path) -> None:
        """Save all variables of the model's layers to a file, whole or not at all.

        Raises:
            ValueError: They cannot be written, or could not be read again; the message says why.
        """
        save_weights(self.model, path_of("path", path))

    def load(self, path: str | Path) -> None:
        """Load the weights of a file that `save` wrote.

        Raises:
            ValueError: The file cannot be read, is damaged, or holds the weights of another model; the message says
                which weights differ.
        """
        load_weights(self.model, path_of("path", path))

    def _train(self, game: Game, seen: ModelInput, learner: KerasLearner, plan: ModelPlan) -> list[Epoch]:
        """Train as planned; if the training diverges, restore good weights."""
        before, best, epochs = learner.state(), BestWeights(), list[Epoch]()
        try:
            for epoch in self._epochs(game, seen, learner, plan, best):
                epochs.append(epoch)
                if plan.verbose and ends_part(len(epochs), plan.count):
                    report(epochs, plan.count, best.latest)
            with learner.with_averaged_weights():
                _check_weights(self._network)
                last = self._network.weights()
        except DivergedError as error:
            learner.restore(before)
            has = "from before this training" if best.weights is None else f"of its best test, {best.mean:,.2f}"
            self._network.set_weights(best.weights or before[0])
            raise DivergedError(
                f"model: diverged in game {min(len(epochs) + 1, plan.count):,}: {error}; it has the weights {has}; "
                "try a lower learning rate"
            ) from None
        self._network.set_weights(best.weights or last)
        if plan.checkpoint:
            self.save(plan.checkpoint_path)
        if isnan(epochs[-1].loss):
            warnings.warn(
                f"nothing was learnt: in {plan.count:,} games the memory never held enough for {UPDATES_PER_CALL} "
                f"updates on batches of {plan.batch_size}: play more games or use smaller batches",
                stacklevel=3,
            )
        return epochs

    def _epochs(
        self, game: Game, seen: ModelInput, learner: KerasLearner, plan: ModelPlan, best: BestWeights
    ) -> Iterator[Epoch]:
        """Play and learn, one game after the other; yields the result of each game."""
        batch = GameBatch(game, 1, self._seed, observation=seen.spec.kind, step_limit=game.info.longest_game)
        loss = nan
        for done in range(1 - plan.observe, plan.nb_epoch + 1):
            if plan.reset_memory:
                self.reset_memory()
            epsilon = plan.epsilon_in(done)
            for transitions in self._one_game(batch, seen, learner.q_values, epsilon, plan.hold):
                self._remember(transitions, seen)
                if done >= 1:
                    loss = self._learn(seen, learner, plan, loss)
            if plan.tests_after(done) or plan.saves_after(done):
                with learner.with_averaged_weights():
                    _check_weights(self._network)
                    if plan.tests_after(done):
                        best.consider(self._test(game, seen, learner, plan.test_games), self._network.weights())
                    if plan.saves_after(done):
                        self.save(plan.checkpoint_path)
            score = plain(transitions.score[0])
            yield Epoch(score, reaches(score, game.info.solved.mean), loss, epsilon)

    def _games(
        self, batch: GameBatch, seen: ModelInput, count: int, epsilon: float, window: "Window | None"
    ) -> Iterator[float]:
        """Play up to `count` games, fewer if the window is closed; yields their scores."""
        for game in range(count):
            if game:
                batch.restart(np.array([0]))
            if window:
                window.begin(batch.state)
            for _ in self._one_game(batch, seen, self._network.q_values, epsilon):
                if window and not window.show(batch.state):
                    return
            yield plain(batch.score()[0])

    def _one_game(
        self, batch: GameBatch, seen: ModelInput, values: Callable[[Array], Array], epsilon: float, hold: int = 1
    ) -> Iterator[Transitions]:
        """Play one game to its end; yields its transitions."""
        now, finished, explorer = seen.begin(batch.observe()), False, Explorer(1, hold)
        while not finished:
            legal = batch.legal_actions()
            random, actions = explorer.random_moves(legal, epsilon, self._rng, batch.game.info.exploration)
            if not random[0]:
                actions = greedy(batch.in_game_order(values(seen.typed(now))), legal)
            transitions = batch.step(actions)
            now = seen.follow(now, transitions.next_observation)
            finished = bool(transitions.finished[0])
            yield transitions

    def _test(self, game: Game, seen: ModelInput, learner: KerasLearner, count: int) -> float:
        """Return the mean score of games without random moves, played in parallel; the same games in every test."""
        limit = game.info.longest_game
        batch = GameBatch(game, count, EVALUATION_SEED, observation=seen.spec.kind, autoreset=False, step_limit=limit)
        now, total = seen.begin(batch.observe()), 0.0
        while True:
            q_values = batch.in_game_order(learner.q_values(seen.typed(now)))
            transitions = batch.step(greedy(q_values, batch.legal_actions()))
            going = ~transitions.finished
            total += float(transitions.score[~going].sum())
            if not going.any():
                return total / count
            now = seen.follow(now, transitions.next_observation)[going]
            batch.keep(going)

    def _remember(self, transitions: Transitions, seen: ModelInput) -> None:
        try:
            if self._memory is None or self._memory_of != seen:
                spec, single = seen.stored()
                # Transitions whose next state or earlier frames are missing cannot be sampled.
                unusable = spec.shape[-1] if single else 1
                capacity = FIRST_CAPACITY if self.memory_size == UNBOUNDED else self.memory_size + unusable
                self._memory = Replay(spec, self._network.actions, capacity, 1, discount=1.0, single_frames=single)
                self._memory_of = seen
            if self.memory_size == UNBOUNDED and self._memory.full:
                self._memory.enlarge()
        except (MemoryError, ValueError) as error:  # NumPy raises a ValueError for impossibly large arrays
            raise ValueError(f"memory_size = {self.memory_size}: there is not enough memory for so many") from error
        self._memory.add(replace(transitions, observation=seen.to_store(transitions.observation)))

    def _learn(self, seen: ModelInput, learner: KerasLearner, plan: ModelPlan, loss: float) -> float:
        """Do the updates that are due, if the memory holds enough; returns their loss, or else the last one.

        Raises:
            DivergedError: The loss is not finite.
        """
        memory = self._memory
        if memory is None or len(memory) < (1 if plan.reset_memory else plan.batch_size):
            return loss
        self._frames_due += 1
        if self._frames_due < UPDATES_PER_CALL:
            return loss
        self._frames_due = 0
        sample, _ = memory.sample(UPDATES_PER_CALL * plan.batch_size, self._rng)
        loss = learner.learn(
            sample._replace(
                observation=seen.from_store(sample.observation),
                next_observation=seen.from_store(sample.next_observation),
                discount=sample.discount * np.float32(plan.gamma),
            )
        )
        if not isfinite(loss):
            raise DivergedError(f"its loss is {loss}")
        return loss

    def _ready(self, plan: ModelPlan) -> KerasLearner:
        """Return the learner of the last training if it still fits the plan and the model, else a new one.

        Raises:
            ValueError: The memory is too small for a batch, or the model cannot be saved or trained.
        """
        check("batch_size", plan.batch_size, self.memory_size == UNBOUNDED or plan.batch_size <= self.memory_size,
              "at most memory_size")  # fmt: skip
        if plan.checkpoint:
            pack_weights(self.model)
        rule = KerasUpdateRule(UPDATES_PER_CALL, plan.batch_size, plan.double, plan.target_interval)
        if self._learner is None or not self._learner.suits(rule):
            self._learner = KerasLearner(self._network, rule, self._device)
        self._learner.begin()
        return self._learner

    def _input(self, game: Game, kind: str | None) -> ModelInput:
        """Return the form in which the model takes the game's observations.

        Raises:
            ValueError: The model does not fit the game.
        """
        info, network = _game(game).info, self._network
        if network.actions != len(info.actions):
            raise ValueError(
                f"model: has {network.actions} outputs, {info.title} has {len(info.actions)} actions "
                f"({', '.join(info.actions)}): they must be as many"
            )
        return ModelInput.of(info, network.input_shape, self.nb_frames, network.dtype, kind)


def _check_weights(network: KerasModel) -> None:
    if broken := network.not_finite():
        raise DivergedError(f"{broken} holds a value that is not finite")


def _game(game: Any) -> Game:
    right = isinstance(getattr(game, "info", None), GameInfo)
    check("game", game, right, "a game: make(...) of games.registry, one of your own, or a GymnasiumGame")
    found: Game = game
    return found
