"""Compiled learners used again by later trainings of the same kind.

TensorFlow keeps the code that XLA made for a function as long as the process lives, 10 to 20 MB for a learner, however
dead the function is. So a learner that is done waits here for the next training with the same network and the same
rule: memory stays where it is, and such a training begins without compiling. And XLA is not tried for ever more
networks: an arcade that stays open must not grow without end.
"""

import threading
import weakref
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from agents.acting.architecture import Architecture
from agents.learning.device_choice import Candidate
from agents.learning.learner import Learner, UpdateRule

KEPT_LEARNERS = 4
"""Most learners that wait. Of more, the one that has waited longest is dropped, to free its weights and its graph.

A graph is 9 MB of Python's objects, however small the network is.
"""

KEPT_BYTES = 8 * 2**20
"""Memory limit for the variables of all learners that wait. A large network's 25 MB are not kept: it is compiled again
and counts once more among the `COMPILED`."""

COMPILED = 4
"""Learners that XLA compiles for the CPU in one process. On a GPU, where it is ten times faster, nothing is spared."""


class Kind(NamedTuple):
    """The kind of a learner. Learners of one kind are interchangeable."""

    architecture: Architecture
    rule: UpdateRule
    candidate: Candidate


class LearnerPool:
    """Lends learners, each to one owner at a time. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returned: deque[tuple[Kind, Learner]] = deque()  # garbage collection may return one at any moment
        self._idle: list[tuple[Kind, Learner]] = []
        self._compiled = 0

    def affordable(
        self, candidates: Sequence[Candidate], architecture: Architecture, rule: UpdateRule
    ) -> tuple[list[Candidate], str]:
        """Those of the candidates for which a learner waits or may yet be made, and why others are not, "" if all are.

        What is the only way stays.
        """
        with self._lock:
            self._gather()
            waiting = {kind for kind, _ in self._idle}
            full = self._compiled >= COMPILED
        left = [
            candidate
            for candidate in candidates
            if not full or not _grows(candidate) or (architecture, rule, candidate) in waiting
        ]
        if not left or len(left) == len(candidates):
            return list(candidates), ""
        return left, f"XLA is not tried on the CPU any more: what it made for {COMPILED} networks stays in memory"

    def lend(self, owner: object, architecture: Architecture, rule: UpdateRule, candidate: Candidate) -> Learner:
        """A learner that is the owner's until the owner is gone; it stands where its last owner left it."""
        kind = Kind(architecture, rule, candidate)
        learner = self._take(kind) or self._make(architecture, rule, candidate)
        weakref.finalize(owner, self._give_back, kind, learner).atexit = False
        return learner

    def _give_back(self, kind: Kind, learner: Learner) -> None:
        self._returned.append((kind, learner))
        # It may be the thread that holds the lock whose garbage is collected here, so nobody waits for it.
        if self._lock.acquire(blocking=False):
            try:
                self._gather()
            finally:
                self._lock.release()

    def _take(self, kind: Kind) -> Learner | None:
        with self._lock:
            self._gather()
            for index, (of_kind, learner) in enumerate(self._idle):
                if of_kind == kind:
                    del self._idle[index]
                    return learner
        return None

    def _make(self, architecture: Architecture, rule: UpdateRule, candidate: Candidate) -> Learner:
        with self._lock:
            self._compiled += _grows(candidate)
        return Learner(architecture, rule, candidate)

    def _gather(self) -> None:
        """Let those that were returned wait, as many as there is room for."""
        while self._returned:
            self._idle.append(self._returned.popleft())
        while len(self._idle) > KEPT_LEARNERS or sum(learner.nbytes for _, learner in self._idle) > KEPT_BYTES:
            free = (place for place, (kind, _) in enumerate(self._idle) if not _grows(kind.candidate))
            del self._idle[next(free, 0)]  # those of XLA go last: their memory would stay


def _grows(candidate: Candidate) -> bool:
    """Whether what is compiled there is counted."""
    return candidate.compile_mode == "XLA" and candidate.device.startswith("CPU")
