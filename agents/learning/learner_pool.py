"""A pool of compiled learners, which later training runs of the same kind use again.

TensorFlow never frees the code that XLA compiles for a function: 10 to 20 MB for each learner. So a learner that is no
longer used waits here for the next run with the same network and rule. Such a run needs no further memory and begins
without compiling. The number of XLA compilations is also limited, so that an arcade that stays open does not grow
without end.
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
"""Most idle learners. Beyond that, the one idle for longest is dropped, which frees its weights and its graph.

A graph takes 9 MB of Python objects, however small the network is.
"""

KEPT_BYTES = 8 * 2**20
"""Memory limit for the variables of all idle learners. A large network's 25 MB are not kept: the network is compiled
again, which counts towards `MAX_COMPILED` once more."""

MAX_COMPILED = 4
"""Most learners that XLA compiles for the CPU in one process. GPUs, where XLA is ten times faster, have no limit."""


class Kind(NamedTuple):
    """The kind of a learner. Learners of one kind are interchangeable."""

    architecture: Architecture
    rule: UpdateRule
    candidate: Candidate


class LearnerPool:
    """A pool that lends each learner to one owner at a time. It may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returned: deque[tuple[Kind, Learner]] = deque()  # filled by garbage collection, at any moment
        self._idle: list[tuple[Kind, Learner]] = []
        self._compiled = 0

    def affordable(
        self, candidates: Sequence[Candidate], architecture: Architecture, rule: UpdateRule
    ) -> tuple[list[Candidate], str]:
        """Return the candidates with an idle learner or within the limit, and why others are left out, "" if none are.

        If no candidate would be left, all are returned.
        """
        with self._lock:
            self._gather()
            idle = {kind for kind, _ in self._idle}
            full = self._compiled >= MAX_COMPILED
        left = [
            candidate
            for candidate in candidates
            if not full or not _is_counted(candidate) or (architecture, rule, candidate) in idle
        ]
        if not left or len(left) == len(candidates):
            return list(candidates), ""
        return left, f"XLA is not tried on the CPU any more: its code for {MAX_COMPILED} networks stays in memory"

    def lend(self, owner: object, architecture: Architecture, rule: UpdateRule, candidate: Candidate) -> Learner:
        """Lend a learner until its owner is garbage-collected; its state is left over from the previous owner."""
        kind = Kind(architecture, rule, candidate)
        learner = self._take(kind) or self._make(architecture, rule, candidate)
        weakref.finalize(owner, self._give_back, kind, learner).atexit = False
        return learner

    def _give_back(self, kind: Kind, learner: Learner) -> None:
        self._returned.append((kind, learner))
        # Garbage collection may run in the thread that holds the lock, so waiting for the lock could deadlock.
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
            self._compiled += _is_counted(candidate)
        return Learner(architecture, rule, candidate)

    def _gather(self) -> None:
        """Make returned learners idle and drop those over the limits."""
        while self._returned:
            self._idle.append(self._returned.popleft())
        while len(self._idle) > KEPT_LEARNERS or sum(learner.nbytes for _, learner in self._idle) > KEPT_BYTES:
            free = (place for place, (kind, _) in enumerate(self._idle) if not _is_counted(kind.candidate))
            del self._idle[next(free, 0)]  # XLA's go last, because dropping them does not free their code


def _is_counted(candidate: Candidate) -> bool:
    """Whether a compilation for this candidate counts towards `MAX_COMPILED`."""
    return candidate.compile_mode == "XLA" and candidate.device.startswith("CPU")
