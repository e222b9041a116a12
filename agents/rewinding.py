"""Second chances: a lost game may go on from shortly before its end, so that what is hard is practised more often."""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.batch import GameBatch, Moment, Transitions
from games.game import copy_like, generator_state, set_generator_state

INTERVAL = 20
"""Steps between two moments that are remembered."""

KEPT = 6
"""Moments remembered."""

TOO_LATE = 2
"""The latest moments, to which no game goes back: by then its end may be certain."""


class _Kept(NamedTuple):
    moment: Moment
    episodes: NDArray[np.int64]  # [B] of which episode of its copy each game is


class Rewinder:
    """Lets some of the games that were lost go on from where they stood 40 to 120 steps before.

    A good player meets what still beats it once in thousands of steps; here it meets it again and again, until the end
    is avoided. Beginnings taken from what was visited lately are one of the restart distributions of Tavakoli et al.
    2018 ("Exploring Restart Distributions"); that only lost games go back, and only a little, is this project's own.
    Whatever rules draw after that moment is drawn anew.

    Args:
        copies: Number of games.
        chance: Part of lost games that go back; 0 leaves all as they are and costs nothing.
        seed: Seeds all chance.
    """

    def __init__(self, copies: int, chance: float, seed: int | tuple[int, ...]) -> None:
        self._chance = chance
        self._rng = np.random.default_rng(seed)
        self._steps = 0
        self._episodes = np.zeros(copies, np.int64)
        self._kept: deque[_Kept] = deque(maxlen=KEPT)
        self.rewound = np.zeros(copies, np.bool_)
        """[B] games that have gone back since they began: their scores were not reached in one go."""

    def after(self, batch: GameBatch, transitions: Transitions) -> None:
        """Rewind some of the games that this step ended and the batch has started afresh, and remember the others."""
        if not self._chance:
            return
        if transitions.finished.any():
            self._begin_again(batch, transitions)
        self._steps += 1
        if self._steps % INTERVAL == 0:
            self._kept.append(_Kept(batch.moment(), self._episodes.copy()))

    def _begin_again(self, batch: GameBatch, transitions: Transitions) -> None:
        lucky = self._rng.random(len(self._episodes)) < self._chance
        for row in transitions.finished.nonzero()[0]:
            earlier = [
                each.moment
                for each in list(self._kept)[:-TOO_LATE]
                if each.episodes[row] == self._episodes[row] and each.moment.steps[row]
            ]
            self.rewound[row] = bool(transitions.terminated[row] and lucky[row] and earlier)
            if self.rewound[row]:
                batch.go_back(np.array([row]), earlier[self._rng.integers(len(earlier))])
            else:
                self._episodes[row] += 1

    def get_state(self) -> dict[str, Any]:
        """Copies of everything that is remembered."""
        kept = {
            str(place): {
                "games": {name: values.copy() for name, values in vars(each.moment.state).items()},
                "steps": each.moment.steps.copy(),
                "episodes": each.episodes.copy(),
            }
            for place, each in enumerate(self._kept)
        }
        return {
            "steps": self._steps,
            "episodes": self._episodes.copy(),
            "rewound": self.rewound.copy(),
            "kept": kept,
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
        self._steps = int(state["steps"])
        self._episodes = copy_like(state["episodes"], self._episodes)
        self.rewound = copy_like(state["rewound"], self.rewound)
        self._kept.clear()
        for _, each in sorted(state.get("kept", {}).items()):
            moment = batch.moment()
            for name, values in vars(moment.state).items():
                values[:] = copy_like(each["games"][name], values)
            moment.steps[:] = copy_like(each["steps"], moment.steps)
            self._kept.append(_Kept(moment, copy_like(each["episodes"], self._episodes)))
        set_generator_state(self._rng, state["rng"])
