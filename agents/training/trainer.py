"""The training loop as a generator of progress. Saving, plotting and stopping are its consumers."""

import math
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.architecture import Architecture
from agents.acting.evaluation import Scorecard
from agents.acting.exploration import Explorer
from agents.acting.policy import Policy, has_finite
from agents.errors import DivergedError
from agents.learning.augmentation import shift
from agents.learning.dqn import DQN, Losses
from agents.learning.replay import replay_of
from agents.learning.schedules import epsilon_at, importance_at, learning_rate_at
from agents.storage.history import History, HistoryRecorder
from agents.storage.profile import Profile, check_limits, to_bytes
from agents.storage.resume import ResumePoint, judging
from agents.training.curves import CurveRecorder, Curves, mean_and_tenths
from agents.training.keeper import Keeper
from agents.training.plan import Origin, Plan, Progress
from agents.training.rewinder import Rewinder
from games.batch import GameBatch
from games.figures import figure
from games.game import PIXELS, State
from games.saved import array_like, number, scores_like, whole
from games.settings import settings_of
from games.states import generator_state, set_generator_state, take_rows

GLANCE_SECONDS = 1.0
"""Longest time for evaluating the agent of a run that is stopped before its first evaluation."""

SHOWN_COPIES = 9
"""Number of the training games whose states are published, to be drawn."""


class Trainer:
    """A training run of one agent. `run` trains in chunks; all other methods may be called between two of them.

    Args:
        plan: The plan of the run.

    Raises:
        ValueError: The plan does not fit the game, the device is missing, or the run to resume cannot be read.
    """

    def __init__(self, plan: Plan) -> None:
        started = time.perf_counter()
        self.plan, self._config = plan, plan.config
        self.total_frames = plan.config.frames
        info = plan.game.info
        self._spec = info.observation(plan.observation)
        self._architecture = Architecture.of(plan.config, self._spec, len(info.actions))
        check_limits(self._architecture)  # a network that is too large to be saved is not worth training
        weights = plan.start.weights if plan.start else None
        self._dqn = DQN(self._architecture, plan.config, seed=plan.seed, weights=weights, device=plan.device)
        self.placement = self._dqn.placement
        limit = plan.step_limit or info.longest_game
        self._batch = GameBatch(
            plan.game, plan.config.copies, plan.seed, observation=plan.observation, step_limit=limit
        )
        self._replay = replay_of(plan.config, self._spec, len(info.actions), pixels=plan.observation == PIXELS)
        self._explorer = Explorer(plan.config.copies, plan.config.exploration_hold)
        self._rewinder = Rewinder(plan.config.copies, plan.config.rewind, (plan.seed, 2))
        self._rng = np.random.default_rng((plan.seed, 1))
        self._curves = CurveRecorder()
        self._recent: deque[float] = deque(maxlen=100)  # scores of the last episodes
        self._losses: Losses | None = None
        self._keeper = Keeper(plan.game, plan.observation, plan.config, self._dqn.policy(), plan.step_limit)
        self._frames = self._episodes = 0
        self._seconds = self._update_seconds = self._compile_seconds = 0.0
        self._event = ""
        self._in_chunk = False  # whether games, replay and network are in the middle of a change
        self._glance: Scorecard | None = None  # a last evaluation if the run is stopped before its first one
        self._next_evaluation = plan.config.evaluation_interval
        self._origin = Origin.of(plan.start)
        self._goal_was_reached = False  # whether a resumed run had reached its goal before
        if plan.resume:
            self._resume(plan.resume)
        self._history = HistoryRecorder(self.agent_id, self._architecture, plan.config.frames, self._origin.frames)
        self._seconds_before = self._seconds
        self._compile_seconds += time.perf_counter() - started

    def run(self) -> Iterator[Progress]:
        """Train to the end of the plan, yielding after every chunk of a few milliseconds to a tenth of a second.

        The run ends after the plan's frames or seconds, or at its goal. It ends with a full evaluation of the best
        policies so far, or of the current policy if none was evaluated before.

        Raises:
            DivergedError: The loss or a weight is not finite any more.
        """
        yield from self._evaluate_if_due()  # a resumed run may have been stopped during an evaluation
        while not self._is_over():
            started = time.perf_counter()
            self._event, self._in_chunk = "", True
            self._record_history()
            self._collect()
            collected = time.perf_counter()
            self._learn()
            self._in_chunk = False
            self._seconds += time.perf_counter() - started
            self._update_seconds += time.perf_counter() - collected
            yield from self._evaluate_if_due()
            yield self.progress()
        self._event = f"Evaluating over {self._keeper.final_episodes:,} games"
        yield self.progress()
        self._event = ""
        if self._keeper.best is None:
            yield from self._evaluate()
            yield self.progress()
            self._event = ""
        self._event = yield from self._with_progress(self._keeper.confirm())
        yield self.progress()

    def _evaluate_if_due(self) -> Iterator[Progress]:
        if self._frames >= self._next_evaluation:
            yield from self._evaluate()
            self._next_evaluation += self._config.evaluation_interval
            self._restore_if_collapsed()

    def _evaluate(self) -> Iterator[Progress]:
        self._check_weights()
        self._event = yield from self._with_progress(self._keeper.consider(self._dqn.policy()))
        if self._keeper.latest:
            self._curves.add("evaluation", self._frames, self._keeper.latest.mean)

    def _with_progress(self, evaluation: Generator[None, None, str]) -> Generator[Progress, None, str]:
        """Yield progress during an evaluation, so that it can be watched and stopped; returns its message."""
        while True:
            try:
                next(evaluation)
            except StopIteration as done:
                return str(done.value)
            yield self.progress()

    def progress(self) -> Progress:
        """Return the progress of the run."""
        losses = self._losses
        return Progress(
            frames=self._frames,
            updates=self._dqn.updates,
            episodes=self._episodes,
            seconds=self._seconds,
            update_seconds=self._update_seconds,
            compile_seconds=self._compile_seconds,
            evaluation_seconds=self._keeper.seconds,
            epsilon=epsilon_at(self._config, self._frames),
            learning_rate=learning_rate_at(self._config, self._dqn.updates),
            loss=losses.loss if losses else float("nan"),
            max_q=losses.max_q if losses else float("nan"),
            mean_score=self._mean_score(),
            evaluation=self._keeper.latest or self._glance,
            best=self._keeper.best,
            solved=self._keeper.solved,
            event=self._event,
        )

    def glance(self) -> None:
        """Evaluate the policy of a run that is being stopped before its first evaluation, if a second is enough.

        This does not change the state of the run.
        """
        if self._frames and self._keeper.best is None and self.is_sound:
            self._glance = self._keeper.glance(self._dqn.policy(), GLANCE_SECONDS)

    def curves(self) -> Curves:
        """Return all curves so far."""
        return self._curves.curves()

    def acting_policy(self) -> tuple[Policy, int]:
        """Return the current policy, and a number that grows whenever it changes."""
        return self._dqn.policy(), self._dqn.updates

    def history(self) -> History:
        """Return policies of the agent from several times of this run."""
        return self._history.history()

    def shown_state(self) -> State:
        """Return copies of the states of a few training games, to be drawn."""
        return take_rows(self._batch.state, slice(0, SHOWN_COPIES))

    def profile(self) -> Profile:
        """Return the agent as it would be saved now: the best policy by evaluation, with its scorecard."""
        plan, origin = self.plan, self._origin
        policy = self._keeper.policy if self._keeper.best else self._dqn.policy()
        return Profile(
            id=origin.id,
            name=plan.name,
            game_id=plan.game.info.id,
            game_settings={name: getattr(plan.game, name) for name in settings_of(type(plan.game))},
            rules_version=plan.game.info.version,
            observation=plan.observation,
            architecture=self._architecture,
            config=self._config,
            preset=plan.preset,
            seed=plan.seed,
            frames=self._frames + origin.frames,
            updates=self._dqn.updates + origin.updates,
            seconds=self._seconds + origin.seconds,
            device=f"{self.placement.device} {self.placement.compile_mode}",
            curve=tuple((frames, score) for frames, score in self._curves.curves().mean[:, :2].tolist()),
            scorecard=self._keeper.scorecard() or (self._glance.to_dict() if self._glance else {}),
            created=origin.created,
            command=plan.command,
            parent=origin.parent,
            weights=dict(policy.weights),
        )

    @property
    def agent_id(self) -> str:
        """The agent's id, which saving and resuming the run do not change."""
        return self._origin.id

    @property
    def state_size(self) -> int:
        """The approximate size of `get_state` in bytes."""
        return self._replay.size + 6 * sum(array.nbytes for array in self._dqn.policy().weights.values())

    @property
    def is_sound(self) -> bool:
        """Whether the run can be resumed from here: it did not stop within a chunk, and its weights are finite."""
        return not self._in_chunk and has_finite(self._dqn.policy().weights)

    @property
    def learning_starts(self) -> int:
        """The number of frames before the first update."""
        return max(self._config.learning_starts, self._config.copies * (self._config.n_step + 4))

    @property
    def has_plain_games(self) -> bool:
        """Whether the games' states consist of numbers only; the states of Gymnasium's environments are objects."""
        return all(values.dtype != object for values in vars(self._batch.state).values())

    def get_state(self) -> dict[str, Any]:
        """Return copies of all that the rest of the run depends on, as a tree of plain values and arrays.

        A run resumed from it ends with exactly the same weights and curves as an uninterrupted run, on the same machine
        and in the same compile mode.
        """
        losses = self._losses
        return {
            "frames": self._frames,
            "episodes": self._episodes,
            "seconds": self._seconds,
            "update_seconds": self._update_seconds,
            "compile_seconds": self._compile_seconds,
            "next_evaluation": self._next_evaluation,
            "recent": np.array(self._recent, np.float64),
            "losses": np.array([losses.loss, losses.max_q] if losses else []),
            "origin": asdict(self._origin),
            "rng": generator_state(self._rng),
            "batch": self._batch.get_state(),
            "replay": self._replay.get_state(),
            "explorer": self._explorer.get_state(),
            "rewinder": self._rewinder.get_state(),
            "dqn": self._dqn.get_state(),
            "keeper": self._keeper.get_state(),
            "curves": self._curves.get_state(),
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of a run of the same plan.

        Raises:
            UnusableRunError: It is the state of a run of another plan, or no such state at all.
        """
        with judging(self.plan.name):
            self._set_state(state)
        self._goal_was_reached = self._goal_is_reached()

    def _resume(self, point: ResumePoint) -> None:
        """Restore a saved run after one chunk of it has been run as a trial.

        Raises:
            UnusableRunError: The run cannot be resumed.
        """
        with judging(self.plan.name):
            state = point.read()
            self._set_state(state)
            self._collect()
            self._learn()
            self._check_weights()
            to_bytes(self.profile())
            if self.plan.start and self.agent_id != self.plan.start.id:
                raise ValueError("it is the run of another agent")
        self.set_state(state)

    def _set_state(self, state: Mapping[str, Any]) -> None:
        self._batch.set_state(state["batch"])
        self._replay.set_state(state["replay"])
        if "explorer" in state:  # missing in runs saved by earlier versions
            self._explorer.set_state(state["explorer"], self._architecture.actions)
        if "rewinder" in state:  # missing there, too
            self._rewinder.set_state(state["rewinder"], self._batch)
        self._dqn.set_state(state["dqn"])
        self._keeper.set_state(state["keeper"])
        self._curves.set_state(state["curves"])
        set_generator_state(self._rng, state["rng"])
        self._frames, self._episodes = whole(state["frames"]), whole(state["episodes"])
        self._seconds, self._update_seconds = number(state["seconds"]), number(state["update_seconds"])
        self._compile_seconds = number(state["compile_seconds"])
        self._next_evaluation = whole(state["next_evaluation"], 1, self._frames + self._config.evaluation_interval)
        self._recent.clear()
        self._recent.extend(scores_like(state["recent"]).tolist())
        self._losses = None
        if len(state["losses"]):
            loss, max_q = array_like(state["losses"], np.zeros(2)).tolist()
            self._losses = Losses(loss, max_q, np.zeros(0, np.float32))
        self._origin = Origin(**state["origin"])

    def _record_history(self) -> None:
        if self._history.is_due(self._frames):
            self._history.add(self._frames, self._mean_score(), self._dqn.policy())

    def _mean_score(self) -> float:
        """The mean score of the last 100 episodes, NaN before the first."""
        return float(np.mean(self._recent)) if self._recent else float("nan")

    def _is_over(self) -> bool:
        plan = self.plan
        out_of_time = plan.seconds is not None and self._seconds - self._seconds_before >= plan.seconds
        good_enough = not self._goal_was_reached and self._goal_is_reached()
        return self._frames >= self.total_frames or out_of_time or good_enough

    def _goal_is_reached(self) -> bool:
        return self._keeper.reached or (self.plan.until_solved and self._keeper.solved)

    def _collect(self) -> None:
        """Play the frames that belong to one call of updates."""
        config, policy = self._config, self._dqn.policy()
        steps = max(1, round(config.updates_per_call * config.frames_per_update / config.copies))
        exploration = self.plan.game.info.exploration
        episodes = self._episodes
        for _ in range(steps):
            epsilon = epsilon_at(config, self._frames)
            q_values = self._batch.in_game_order(policy.q_values(self._batch.observe()))
            actions = self._explorer.act(
                q_values, self._batch.legal_actions(), self._rewinder.epsilon(epsilon), self._rng, exploration
            )
            transitions = self._batch.step(actions)
            self._replay.add(transitions)
            self._frames += config.copies
            finished = transitions.finished
            if finished.any():
                self._explorer.forget(finished)
                self._note_episodes(transitions.score[finished & ~self._rewinder.rewound])
            self._rewinder.after(self._batch, transitions, begun=self._frames >= config.epsilon_frames)
        self._curves.add("epsilon", self._frames, epsilon)
        if self._episodes > episodes:
            self._curves.add("mean", self._frames, *mean_and_tenths(self._recent))

    def _note_episodes(self, scores: NDArray[np.float64]) -> None:
        for score in scores.tolist():
            self._recent.append(score)
            self._curves.add("score", self._frames, score)
        self._episodes += len(scores)

    def _learn(self) -> None:
        """Do the updates that are due, in calls with a fixed number of updates."""
        config = self._config
        due = (self._frames - self.learning_starts) / config.frames_per_update
        while due - self._dqn.updates >= config.updates_per_call:
            part = self._frames / config.frames
            count = config.updates_per_call * config.batch_size
            sample, slots = self._replay.sample(count, self._rng, importance_at(config, part))
            if config.shift:
                shift(sample.observation, config.shift, self._rng)
                shift(sample.next_observation, config.shift, self._rng)
            self._losses = self._dqn.learn(sample)
            if not math.isfinite(self._losses.loss):
                raise self._diverged(f"the loss is {self._losses.loss:g}")
            self._replay.set_priorities(slots, self._losses.errors)
            self._curves.add("loss", self._frames, self._losses.loss)
            self._curves.add("max_q", self._frames, self._losses.max_q)

    def _check_weights(self) -> None:
        if not has_finite(self._dqn.policy().weights):
            raise self._diverged("a weight is not finite")

    def _diverged(self, found: str) -> DivergedError:
        return DivergedError(
            f"{found} after {self._frames:,} frames: the network diverged, train with a lower learning_rate or "
            "gradient_clip"
        )

    def _restore_if_collapsed(self) -> None:
        """Restore the best policy if the score has collapsed; while epsilon decays, scores may rise and fall."""
        keeper, exploring = self._keeper, self._frames < self._config.epsilon_frames
        if self._config.guard and keeper.collapsed and not exploring and keeper.best:
            self._dqn.restore(keeper.policy.weights)
            self._event += f". The score collapsed: back to the best policy ({figure(keeper.best.mean)})"
