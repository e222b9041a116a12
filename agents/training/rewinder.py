"""Rewinding: some copies restart from states shortly before a loss, to practise hard situations."""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.batch import GameBatch, Transitions
from games.game import State
from games.saved import MOST_WHOLE, array_like, whole
from games.states import copy_like, copy_state, generator_state, put_rows, set_generator_state, state_tree, take_rows

SNAPSHOT_INTERVAL = 10
"""Steps between two snapshots of all games."""

KEPT_SNAPSHOTS = 5
"""Number of latest snapshots that are kept."""

SKIPPED_SNAPSHOTS = 2
"""Number of latest snapshots from which no game restarts: the loss may be unavoidable by then."""

KEPT_STARTS = 128
"""Number of states before losses that are kept; the oldest are overwritten."""

LONGEST_EPISODE = 60
"""Most steps in a game that restarted from one of them."""

HIGHEST_EPSILON = 0.3
"""Highest epsilon among the rewinding copies; the others are spaced evenly from 0 to this."""


class _Snapshot(NamedTuple):
    games: State
    episodes: NDArray[np.int64]  # [B] number of the episode that each copy played


class Rewinder:
    """Restarts some copies of a run from states 20 to 50 steps before a loss.

    A good player meets the situations that still beat it once in thousands of steps; the rewinding copies meet them all
    the time. These copies also have a higher epsilon: if the agent knows no way out of a situation, all its Q values
    there are low, so a greedy policy would never find one. States before the losses of these copies are kept, too.

    Restarting from states visited lately is one of the restart distributions of Tavakoli et al. 2018 ("Exploring
    Restart Distributions"). Copies with different epsilons come from Horgan et al. 2018 ("Distributed Prioritized
    Experience Replay"). Restarting only from states before a loss is this project's own idea. Random events of the
    rules after the restart are drawn anew.

    Args:
        copies: Number of copies.
        part: Share of the copies that rewind, the last ones; never all, and of several at least one. 0 is off and
            costs nothing.
        seed: Seeds all random choices.
    """

    def __init__(self, copies: int, part: float, seed: int | tuple[int, ...]) -> None:
        count = min(max(1, round(part * copies)), copies - 1) if part else 0
        self._rewinds = np.arange(copies) >= copies - count  # [B] whether the copy is to rewind
        self._epsilons = np.zeros(copies)  # [B] lowest epsilon of each copy
        self._epsilons[self._rewinds] = np.linspace(0.0, HIGHEST_EPSILON, count)
        self._rng = np.random.default_rng(seed)
        self._steps = 0
        self._episodes = np.zeros(copies, np.int64)
        self._snapshots: deque[_Snapshot] = deque(maxlen=KEPT_SNAPSHOTS)
        self._starts: State | None = None  # [KEPT_STARTS] states before losses, as a ring
        self._found = 0  # number of states ever put into the ring
        self.rewound = np.zeros(copies, np.bool_)
        """[B] whether the copy rewinds already; its games then do not count towards scores."""

    def epsilon(self, epsilon: float) -> float | NDArray[np.float64]:
        """Return the epsilon of all copies, or [B] of each, given that of the schedule."""
        if not self.rewound.any():
            return epsilon
        return np.maximum(epsilon, self._epsilons)

    def after(self, batch: GameBatch, transitions: Transitions, begun: bool) -> None:
        """Keep states before the losses of a step, and restart rewinding copies whose games have ended.

        Args:
            batch: All games; those that ended have been reset.
            transitions: The result of the step.
            begun: Whether copies rewind by now; before that, states are only kept.
        """
        if not self._rewinds.any():
            return
        finished = transitions.finished
        for row in np.flatnonzero(transitions.terminated).tolist():
            self._keep_start(batch, row)
        self._episodes += finished
        if begun and self._starts is not None:
            self._rewind(batch, finished, self._starts)
        self._steps += 1
        if self._steps % SNAPSHOT_INTERVAL == 0:
            self._snapshots.append(_Snapshot(copy_state(batch.state), self._episodes.copy()))

    def _keep_start(self, batch: GameBatch, row: int) -> None:
        """Keep an earlier state of the episode that a copy has just lost."""
        earlier = [
            each for each in list(self._snapshots)[:-SKIPPED_SNAPSHOTS] if each.episodes[row] == self._episodes[row]
        ]
        if not earlier:
            return
        if self._starts is None:
            self._starts = take_rows(batch.state, np.zeros(KEPT_STARTS, np.int64))
        place = np.array([self._found % KEPT_STARTS])
        put_rows(self._starts, place, take_rows(earlier[self._rng.integers(len(earlier))].games, [row]))
        self._found += 1

    def _rewind(self, batch: GameBatch, finished: NDArray[np.bool_], starts: State) -> None:
        """Restart rewinding copies whose game is over, and cut the games of those that still play a normal one."""
        rows = np.flatnonzero(finished & self._rewinds)
        if len(rows):
            picked = self._rng.integers(min(self._found, KEPT_STARTS), size=len(rows))
            batch.go_on(rows, take_rows(starts, picked), LONGEST_EPISODE)
        batch.cut(np.flatnonzero(self._rewinds & ~finished & ~self.rewound))
        self.rewound |= self._rewinds

    def get_state(self) -> dict[str, Any]:
        """Return copies of all snapshots, kept states and counters."""
        return {
            "steps": self._steps,
            "episodes": self._episodes.copy(),
            "rewound": self.rewound.copy(),
            "kept": {
                str(place): {"games": state_tree(each.games), "episodes": each.episodes.copy()}
                for place, each in enumerate(self._snapshots)
            },
            "places": state_tree(self._starts) if self._starts is not None else {},
            "found": self._found,
            "rng": generator_state(self._rng),
        }

    def set_state(self, state: Mapping[str, Any], batch: GameBatch) -> None:
        """Restore the state of another rewinder with as many copies.

        Args:
            state: The result of `get_state`.
            batch: A batch of the same game with as many copies.

        Raises:
            ValueError: Its games were others.
        """
        self._steps = whole(state["steps"])
        self._episodes = array_like(state["episodes"], self._episodes, low=0)
        self.rewound = copy_like(state["rewound"], self.rewound)
        self._snapshots.clear()
        for _, each in sorted(state["kept"].items()):
            games = batch.games_like(each["games"], batch.state)
            self._snapshots.append(_Snapshot(games, copy_like(each["episodes"], self._episodes)))
        starts = state["places"]
        model = take_rows(batch.state, np.zeros(KEPT_STARTS, np.int64))
        self._starts = batch.games_like(starts, model) if starts else None
        self._found = whole(state["found"], 1 if starts else 0, MOST_WHOLE if starts else 0)
        set_generator_state(self._rng, state["rng"])
