"""Rewinding: some copies start again from shortly before a game was lost, to practise what is hard."""

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
"""Latest snapshots that are remembered."""

SKIPPED_SNAPSHOTS = 2
"""Latest of these, from which no game starts again: by then its end may be certain."""

KEPT_STARTS = 128
"""Games before a loss that are remembered; the oldest are overwritten."""

LONGEST_EPISODE = 60
"""Steps after which a game that started from one is cut."""

HIGHEST_EPSILON = 0.3
"""Highest epsilon among the copies that rewind; the others are spaced evenly from 0 to this."""


class _Snapshot(NamedTuple):
    games: State
    episodes: NDArray[np.int64]  # [B] of which episode of its copy each game is


class Rewinder:
    """Some copies of a run start again from where games stood 20 to 50 steps before they were lost.

    What still beats a good player it meets once in thousands of steps; here it is met again and again, by copies that
    do nothing else. Those move more at random: a place from which the agent knows no way out looks lost to it whatever
    it does, so it would never find the way by playing as it thinks best. Where these copies lose is remembered too.

    Beginnings taken from what was visited lately are one of the restart distributions of Tavakoli et al. 2018
    ("Exploring Restart Distributions"), copies that explore more and less are those of Horgan et al. 2018 ("Distributed
    Prioritized Experience Replay"); to take only what came before a loss is this project's own. Whatever the rules draw
    after that moment is drawn anew.

    Args:
        copies: Number of games.
        part: Part of them that goes back, the last ones: of several at least one, but never all; 0 leaves them as they
            are and costs nothing.
        seed: Seeds all chance.
    """

    def __init__(self, copies: int, part: float, seed: int | tuple[int, ...]) -> None:
        going = min(max(1, round(part * copies)), copies - 1) if part else 0
        self._rewinds = np.arange(copies) >= copies - going  # [B]
        self._epsilons = np.zeros(copies)  # [B] part of random moves of those that do
        self._epsilons[self._rewinds] = np.linspace(0.0, HIGHEST_EPSILON, going)
        self._rng = np.random.default_rng(seed)
        self._steps = 0
        self._episodes = np.zeros(copies, np.int64)
        self._snapshots: deque[_Snapshot] = deque(maxlen=KEPT_SNAPSHOTS)
        self._starts: State | None = None  # [KEPT_STARTS] games, the oldest overwritten first
        self._found = 0  # how many were ever remembered
        self.rewound = np.zeros(copies, np.bool_)
        """[B] copies that go back by now: their games do not count."""

    def epsilon(self, epsilon: float) -> float | NDArray[np.float64]:
        """Part of random moves, of all copies or [B] of each."""
        if not self.rewound.any():
            return epsilon
        return np.maximum(epsilon, self._epsilons)

    def after(self, batch: GameBatch, transitions: Transitions, begun: bool) -> None:
        """Remember what this step lost, and let copies whose games it has ended go on from there.

        Args:
            batch: All games; it has begun anew those that ended.
            transitions: What the step did.
            begun: Whether copies are to go back by now; before, losses are only remembered.
        """
        if not self._rewinds.any():
            return
        finished = transitions.finished
        for row in np.flatnonzero(transitions.terminated).tolist():
            self._remember(batch, row)
        self._episodes += finished
        if begun and self._starts is not None:
            self._rewind(batch, finished, self._starts)
        self._steps += 1
        if self._steps % SNAPSHOT_INTERVAL == 0:
            self._snapshots.append(_Snapshot(copy_state(batch.state), self._episodes.copy()))

    def _remember(self, batch: GameBatch, row: int) -> None:
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

    def _rewind(self, batch: GameBatch, finished: NDArray[np.bool_], places: State) -> None:
        """Let copies whose game is over go on from a place, and end those that still play another."""
        rows = np.flatnonzero(finished & self._rewinds)
        if len(rows):
            picked = self._rng.integers(min(self._found, KEPT_STARTS), size=len(rows))
            batch.go_on(rows, take_rows(places, picked), LONGEST_EPISODE)
        batch.cut(np.flatnonzero(self._rewinds & ~finished & ~self.rewound))
        self.rewound |= self._rewinds

    def get_state(self) -> dict[str, Any]:
        """Copies of everything that is remembered."""
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
        """Remember what another rewinder of as many games did.

        Args:
            state: Of `get_state`.
            batch: Of the same game and count.

        Raises:
            ValueError: It had other games.
        """
        self._steps = whole(state["steps"])
        self._episodes = array_like(state["episodes"], self._episodes, low=0)
        self.rewound = copy_like(state["rewound"], self.rewound)
        self._snapshots.clear()
        for _, each in sorted(state["kept"].items()):
            games = batch.games_like(each["games"], batch.state)
            self._snapshots.append(_Snapshot(games, copy_like(each["episodes"], self._episodes)))
        places = state["places"]
        model = take_rows(batch.state, np.zeros(KEPT_STARTS, np.int64))
        self._starts = batch.games_like(places, model) if places else None
        self._found = whole(state["found"], 1 if places else 0, MOST_WHOLE if places else 0)
        set_generator_state(self._rng, state["rng"])
