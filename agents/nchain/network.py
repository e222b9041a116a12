"""The lab's fourth method: the project's DQN on the chain, with its Q values as a table."""

import numpy as np
from numpy.typing import NDArray

from agents.acting.policy import QFunction
from agents.presets import preset
from agents.training.plan import Plan
from agents.training.session import Command, Status, TrainingSession
from games.nchain.rules import NChain

NETWORK_ID = "network"
NETWORK_TITLE = "Neural Q network"
OBSERVATION = "features"


def network_plan(game: NChain, discount: float, seed: int = 0) -> Plan:
    """Return a plan with the quick preset for this chain, without evaluations, since the lab shows the Q values."""
    config = preset(game, OBSERVATION, "quick")
    config = config.replace(discount=discount, evaluation_interval=config.frames + 1, guard=False)
    return Plan(game, OBSERVATION, config, seed=seed, name=NETWORK_TITLE, preset="quick")


def table_of(policy: QFunction, states: int) -> NDArray[np.float64]:
    """Return the Q values [S, 2] of a network in each state."""
    return policy.q_values(np.eye(states, dtype=np.float32)).astype(np.float64)


class NetworkLearner:
    """A DQN that learns the chain in a thread of its own, at the speed that the caller sets with `let`.

    Args:
        game: The chain.
        discount: Factor on a reward for each step it lies ahead.
    """

    def __init__(self, game: NChain, discount: float) -> None:
        plan = network_plan(game, discount)
        self._states, self._total = game.states, plan.config.frames
        self._length = game.info.step_limit or 1
        self._session = TrainingSession(plan)
        self._asked = Command.RESUME
        self._table: tuple[int, NDArray[np.float64]] | None = None  # with the version of its policy
        self._session.start()

    def let(self, frames: int) -> None:
        """Let it learn up to a total number of frames, and pause it there."""
        progress = self._session.latest.progress
        done = progress.frames if progress else 0
        wish = Command.RESUME if done < frames else Command.PAUSE
        if done >= self._total:
            wish = Command.STOP
        if wish is not self._asked:
            self._asked = wish
            self._session.send(wish)

    @property
    def table(self) -> NDArray[np.float64] | None:
        """The last published Q values [S, 2]; None before the first."""
        latest = self._session.latest
        if latest.policy is not None and (self._table is None or self._table[0] != latest.version):
            self._table = latest.version, table_of(latest.policy, self._states)
        return self._table[1] if self._table else None

    @property
    def rewards(self) -> NDArray[np.float64]:
        """The frames and the reward per step [N, 2] of each finished game."""
        return self._session.latest.curves.score / (1.0, self._length)

    @property
    def words(self) -> str:
        """The progress in a few words."""
        latest = self._session.latest
        if latest.status is Status.FAILED:
            return f"Failed: {latest.note}"
        if latest.progress is None:
            return "Starting"
        return f"{latest.progress.frames:,} frames"

    def stop(self) -> None:
        """Ask the thread to end, without waiting for it."""
        self._session.send(Command.STOP)
