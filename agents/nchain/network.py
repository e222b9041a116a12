"""The lab's fourth method: the project's own DQN on the chain, and its values as a table."""

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
    """The quick preset on this chain; it is not evaluated on the way, for the lab looks at its values."""
    config = preset(game, OBSERVATION, "quick")
    config = config.replace(discount=discount, evaluation_interval=config.frames + 1, guard=False)
    return Plan(game, OBSERVATION, config, seed=seed, name=NETWORK_TITLE, preset="quick")


def table_of(policy: QFunction, states: int) -> NDArray[np.float64]:
    """[S, 2] the values that a network gives to the actions in each state."""
    return policy.q_values(np.eye(states, dtype=np.float32)).astype(np.float64)


class NetworkLearner:
    """A DQN that learns the chain in a thread of its own, no faster than it is let.

    Args:
        game: The chain.
        discount: Worth of a reward one step later.
    """

    def __init__(self, game: NChain, discount: float) -> None:
        plan = network_plan(game, discount)
        self._states, self._total = game.states, plan.config.frames
        self._length = game.info.step_limit or 1
        self._session = TrainingSession(plan)
        self._asked = Command.RESUME
        self._table: tuple[int, NDArray[np.float64]] | None = None  # with the version of the policy it is of
        self._session.start()

    def let(self, frames: int) -> None:
        """Let it learn from as many frames in all, and hold it there."""
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
        """[S, 2] its values as published last; None until it has begun."""
        latest = self._session.latest
        if latest.policy is not None and (self._table is None or self._table[0] != latest.version):
            self._table = latest.version, table_of(latest.policy, self._states)
        return self._table[1] if self._table else None

    @property
    def rewards(self) -> NDArray[np.float64]:
        """[N, 2] frames and reward a step of each game that has ended."""
        return self._session.latest.curves.score / (1.0, self._length)

    @property
    def words(self) -> str:
        """The progress in a few words."""
        latest = self._session.latest
        if latest.status is Status.FAILED:
            return f"Failed: {latest.note}"
        if latest.progress is None:
            return "Getting ready"
        return f"{latest.progress.frames:,} frames"

    def stop(self) -> None:
        """End the thread at its next chance, without waiting for it."""
        self._session.send(Command.STOP)
