"""LearnerPool are lent to one owner at a time, and lent again once their owner is gone."""

import weakref
from typing import Any

import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.learning import learner_pool
from agents.learning.device_choice import Candidate
from agents.learning.dqn import DQN
from agents.learning.learner import Learner, UpdateRule
from agents.learning.learner_pool import LearnerPool
from games.game import ObservationSpec

CONFIG = Config(hidden=(4,), batch_size=2, updates_per_call=1, compile_mode="graph")
ARCHITECTURE = Architecture.of(CONFIG, ObservationSpec("features", (3,)), 2)
RULE = UpdateRule.of(CONFIG)
CPU = Candidate("CPU", "graph")


class Owner:
    """Whoever borrows."""


class Counted:
    """In place of a learner."""

    def __init__(self, *kind: Any) -> None:
        self.kind = kind
        self.nbytes = 2**20


@pytest.fixture
def learners(monkeypatch: pytest.MonkeyPatch) -> LearnerPool:
    monkeypatch.setattr(learner_pool, "Learner", Counted)
    return LearnerPool()


def test_a_learner_is_used_again_when_its_owner_is_gone(learners: LearnerPool) -> None:
    first, second = Owner(), Owner()
    lent = learners.lend(first, ARCHITECTURE, RULE, CPU)
    assert learners.lend(second, ARCHITECTURE, RULE, CPU) is not lent  # it is still the first owner's
    del first
    assert learners.lend(second, ARCHITECTURE, RULE, CPU) is lent
    assert learners.lend(second, ARCHITECTURE, RULE, CPU) is not lent


@pytest.mark.parametrize(
    "other",
    [
        (ARCHITECTURE, RULE, Candidate("GPU", "graph")),
        (ARCHITECTURE, RULE, Candidate("CPU", "XLA")),
        (ARCHITECTURE, UpdateRule.of(CONFIG.replace(double=False)), CPU),
        (Architecture.of(CONFIG.replace(hidden=(5,)), ObservationSpec("features", (3,)), 2), RULE, CPU),
    ],
)
def test_one_of_another_kind_is_made(learners: LearnerPool, other: tuple[Architecture, UpdateRule, Candidate]) -> None:
    lent = learners.lend(Owner(), ARCHITECTURE, RULE, CPU)
    another = learners.lend(Owner(), *other)
    assert another is not lent
    assert another.kind == other  # type: ignore[attr-defined]


def test_the_one_that_waited_longest_is_dropped(learners: LearnerPool) -> None:
    owners = [Owner() for _ in range(learner_pool.KEPT_LEARNERS + 1)]
    lent = [learners.lend(owner, ARCHITECTURE, RULE, CPU) for owner in owners]
    while owners:
        del owners[0]
    again = Owner()
    assert [learners.lend(again, ARCHITECTURE, RULE, CPU) for _ in range(learner_pool.KEPT_LEARNERS)] == lent[1:]
    assert learners.lend(again, ARCHITECTURE, RULE, CPU) not in lent


def test_those_of_xla_are_dropped_last(learners: LearnerPool) -> None:
    owners = [Owner() for _ in range(learner_pool.KEPT_LEARNERS + 2)]
    compiled = learners.lend(owners[0], ARCHITECTURE, RULE, Candidate("CPU", "XLA"))
    for owner in owners[1:]:
        learners.lend(owner, ARCHITECTURE, RULE, CPU)
    while owners:
        del owners[0]
    again = Owner()
    assert learners.lend(again, ARCHITECTURE, RULE, Candidate("CPU", "XLA")) is compiled


def test_large_ones_wait_as_far_as_there_is_room(learners: LearnerPool) -> None:
    owners = [Owner() for _ in range(3)]
    lent = [learners.lend(owner, ARCHITECTURE, RULE, CPU) for owner in owners]
    for learner in lent:
        learner.nbytes = learner_pool.KEPT_BYTES // 2  # type: ignore[misc]
    while owners:
        del owners[0]
    again = Owner()
    assert [learners.lend(again, ARCHITECTURE, RULE, CPU) for _ in range(2)] == lent[1:]
    assert learners.lend(again, ARCHITECTURE, RULE, CPU) not in lent


def test_what_there_is_no_room_for_is_dropped_at_once(learners: LearnerPool) -> None:
    owners = [Owner() for _ in range(2)]
    lent = [learners.lend(owner, ARCHITECTURE, RULE, CPU) for owner in owners]
    for learner in lent:
        learner.nbytes = learner_pool.KEPT_BYTES  # type: ignore[misc]
    first, second = map(weakref.ref, lent)
    del lent, learner
    while owners:
        del owners[0]
    assert first() is None
    assert second() is not None


def test_learners_may_be_returned_while_others_are_looked_through(learners: LearnerPool) -> None:
    """Garbage collection ends an owner at any moment, also in the thread that holds the lock."""
    owner = Owner()
    lent = learners.lend(owner, ARCHITECTURE, RULE, CPU)
    with learners._lock:
        del owner
    assert learners.lend(Owner(), ARCHITECTURE, RULE, CPU) is lent


def test_xla_is_not_tried_for_ever_more_networks(learners: LearnerPool) -> None:
    xla, gpu = Candidate("CPU", "XLA"), Candidate("GPU", "XLA")
    rules = [UpdateRule.of(CONFIG.replace(batch_size=size)) for size in range(1, learner_pool.MAX_COMPILED + 2)]
    owner = Owner()
    for rule in rules[:-1]:
        assert learners.affordable([xla, CPU], ARCHITECTURE, rule) == ([xla, CPU], "")
        learners.lend(owner, ARCHITECTURE, rule, xla)
    left, why = learners.affordable([xla, CPU, gpu], ARCHITECTURE, rules[-1])
    assert left == [CPU, gpu] and str(learner_pool.MAX_COMPILED) in why
    assert learners.affordable([xla], ARCHITECTURE, rules[-1]) == ([xla], "")  # it was asked for
    del owner
    assert learners.affordable([xla, CPU], ARCHITECTURE, rules[-2]) == ([xla, CPU], "")  # one waits


def test_trainings_of_one_kind_compile_once_and_begin_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    made, starts = [], []

    def make(*kind: Any) -> Learner:
        made.append(Learner(*kind))
        return made[-1]

    monkeypatch.setattr(learner_pool, "Learner", make)
    monkeypatch.setattr("agents.learning.dqn._LEARNERS", LearnerPool())
    for _ in range(3):
        dqn = DQN(ARCHITECTURE, CONFIG, seed=1, device="cpu")
        starts.append(dqn.get_state()["learner"])
        dqn.restore({name: values + 1 for name, values in dqn.weights().items()})
        del dqn
    assert len(made) == 1
    assert made[0]._compiled.experimental_get_tracing_count() == 1
    for start in starts[1:]:
        for name, value in start.items():
            np.testing.assert_array_equal(value, starts[0][name], err_msg=name)
