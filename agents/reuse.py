"""Compiled learners used again by later trainings of the same kind.

TensorFlow keeps the code that XLA made for a function as long as the process lives, 10 to 20 MB for a learner, however
dead the function is. So a learner that is done waits here for the next training with the same network and the same
rule: memory stays where it is, and such a training begins without compiling.
"""

import threading
import weakref
from collections import deque
from typing import NamedTuple

from agents.architecture import Architecture
from agents.learner import Learner, UpdateRule
from agents.networks import Network
from agents.placement import Candidate

KEPT = 16
"""Learners that wait at most; of more the one that has waited longest is dropped, to free its weights."""


class Kind(NamedTuple):
    """Learners of one kind are interchangeable."""

    architecture: Architecture
    rule: UpdateRule
    candidate: Candidate


class Learners:
    """Lends learners, each to one owner at a time. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returned: deque[tuple[Kind, Learner]] = deque()  # garbage collection may return one at any moment
        self._idle: list[tuple[Kind, Learner]] = []

    def lend(self, owner: object, architecture: Network, rule: UpdateRule, candidate: Candidate) -> Learner:
        """A learner that is the owner's until the owner is gone; it stands where its last owner left it."""
        if not isinstance(architecture, Architecture):
            return Learner(architecture, rule, candidate)  # the caller may change the model that it brought
        kind = Kind(architecture, rule, candidate)
        learner = self._take(kind) or Learner(architecture, rule, candidate)
        weakref.finalize(owner, self._returned.append, (kind, learner)).atexit = False
        return learner

    def _take(self, kind: Kind) -> Learner | None:
        with self._lock:
            while self._returned:
                self._idle.append(self._returned.popleft())
            del self._idle[:-KEPT]
            for index, (of_kind, learner) in enumerate(self._idle):
                if of_kind == kind:
                    del self._idle[index]
                    return learner
        return None
