"""When an agent in training is saved, by which thread, and what is told when that goes wrong."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.errors import ProfileError, StorageError
from agents.storage import resume
from agents.storage.history import History
from agents.storage.profile import Profile
from agents.training.saver import SAVE_SECONDS, Saver
from tests.agents.storage.profiles import make_profile


class Store:
    """Notes what was saved and by which thread; holds a save until it may go on."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.runs: list[Any] = []
        self.open: list[str] = []
        self.run_error: Exception | None = None
        self.threads: list[str] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.error: Exception | None = None

    def save_run(self, tree: Any, path: Path, profile: Profile) -> bool:
        if self.run_error:
            raise self.run_error
        self.order.append("run")
        self.runs.append(tree)
        return True

    def set_run_aside(self, agent_id: str) -> str:
        return "quarantine/Agent.resume"

    @contextmanager
    def going_on(self, agent_id: str) -> Iterator[None]:
        self.open.append(agent_id)
        yield
        self.open.remove(agent_id)

    def free_name(self, name: str) -> str:
        return f"{name} 2"

    def save_history(self, history: History, path: Path) -> None:
        """Nothing is asked about it here."""

    def save(self, profile: Profile, path: Path | None = None) -> Path:
        self.order.append("agent")
        self.threads.append(threading.current_thread().name)
        assert self.may_go_on.wait(10)
        if self.error:
            raise self.error
        return path or Path("Pat.agent")


class FakeTrainer:
    """Has an agent and a state."""

    agent_id = "7"
    best: object = None
    state_size = 100
    has_plain_games = True
    is_sound = True

    def profile(self) -> Profile:
        return make_profile()

    def history(self) -> History:
        return History("7", make_profile().architecture)

    def get_state(self) -> dict[str, Any]:
        return {"frames": 1}

    def progress(self) -> Any:
        return SimpleNamespace(best=self.best)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("agents.training.saver.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def saver(store: Store, clock: list[float]) -> Iterator[Saver]:
    made = Saver(store)
    yield made
    made.end()


def consider(saver: Saver, trainer: Any) -> str:
    """Ask once, and wait for the save if one was begun."""
    told = saver.consider(trainer, trainer.progress())
    if saver._job:
        saver._job.result()
    return told


def test_a_save_is_due_within_a_minute_and_done_by_another_thread(
    saver: Saver, store: Store, clock: list[float]
) -> None:
    trainer: Any = FakeTrainer()
    saver.begin(trainer)
    for seconds, saves in [(0.0, 0), (SAVE_SECONDS - 1, 0), (1.0, 1), (SAVE_SECONDS - 1, 1), (1.0, 2)]:
        clock[0] += seconds
        assert consider(saver, trainer) == ""
        assert len(store.threads) == len(store.runs) == saves
    assert all(name.startswith("saving") for name in store.threads)
    assert saver.path == Path("Pat.agent")
    assert SAVE_SECONDS <= 50, "a save may take ten seconds"


def test_a_new_best_is_saved_at_once(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    saver.begin(trainer)
    for best, saves in [("a", 1), ("a", 1), ("b", 2)]:
        trainer.best = best
        consider(saver, trainer)
        assert len(store.threads) == saves


def test_training_never_waits_for_a_save_and_a_new_best_is_not_forgotten(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    saver.begin(trainer)
    store.may_go_on.clear()
    for best in ("a", "b"):
        trainer.best = best
        assert saver.consider(trainer, trainer.progress()) == ""
    store.may_go_on.set()
    assert saver._job
    saver._job.result()
    assert len(store.threads) == 1
    consider(saver, trainer)
    assert len(store.threads) == 2, "the second best"


def test_trouble_is_told_once(saver: Saver, store: Store, clock: list[float]) -> None:
    trainer: Any = FakeTrainer()
    store.error = StorageError("the disk is full")
    clock[0] += SAVE_SECONDS
    assert [consider(saver, trainer) for _ in range(3)] == ["", "the disk is full", ""]
    assert saver.path is None
    store.error, store.run_error = None, StorageError("no room for the run")
    clock[0] += SAVE_SECONDS
    assert [consider(saver, trainer) for _ in range(2)] == ["", "no room for the run"]
    assert saver.path == Path("Pat.agent"), "the agent itself is saved"
    assert saver.save(trainer) == "no room for the run"


def test_a_save_that_is_asked_for_is_done_when_it_returns_and_may_fail(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    assert saver.save(trainer) == ""
    assert store.threads == [threading.current_thread().name]
    assert store.runs == [{"frames": 1}]
    store.error = StorageError("the disk is full")
    with pytest.raises(StorageError, match="full"):
        saver.save(trainer)


def test_a_run_that_is_too_large_is_not_copied_and_what_was_kept_of_it_goes(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    trainer.state_size = resume.MAX_SIZE + 2**20
    trainer.get_state = None
    told = "its run takes 385 MiB, more than 384 MiB: later training begins from its weights"
    assert saver.save(trainer) == told
    assert store.runs == [None]


def test_games_that_are_more_than_numbers_are_not_kept(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    trainer.has_plain_games, trainer.get_state = False, None
    assert saver.save(trainer) == "its games cannot be saved: later training begins from its weights"
    assert store.runs == [None]


def test_a_run_is_saved_before_its_agent_unless_that_has_no_file_yet(saver: Saver, store: Store) -> None:
    trainer: Any = FakeTrainer()
    saver.save(trainer)
    saver.save(trainer)
    assert store.order == ["agent", "run", "run", "agent"]


def test_a_run_goes_on_from_begin_to_end(store: Store) -> None:
    saver, trainer = Saver(store), FakeTrainer()
    saver.begin(trainer)  # type: ignore[arg-type]
    assert store.open == ["7"]
    saver.end()
    assert store.open == []


class Exploded(FakeTrainer):
    """Its weights are not finite."""

    is_sound = False

    def profile(self) -> Profile:
        good = make_profile()
        return replace(good, weights={name: array * np.nan for name, array in good.weights.items()})


def test_weights_that_are_not_finite_leave_the_agent_of_before_and_its_run(saver: Saver, store: Store) -> None:
    with pytest.raises(ProfileError, match="not finite any more; nothing was saved before"):
        saver.save(Exploded())  # type: ignore[arg-type]
    assert saver.save(FakeTrainer()) == ""  # type: ignore[arg-type]
    saved = list(store.order)
    with pytest.raises(ProfileError, match=r"the previous agent is kept as Pat\.agent"):
        saver.save(Exploded())  # type: ignore[arg-type]
    assert store.order == saved
    assert "not finite" in saver._try_to_save(Exploded().profile(), Exploded().history(), {"frames": 1})


def test_a_run_that_was_broken_off_leaves_what_was_kept_of_it_before(saver: Saver, store: Store) -> None:
    trainer = FakeTrainer()
    saver.save(trainer)  # type: ignore[arg-type]
    runs = list(store.runs)
    trainer.is_sound = False
    assert "broken off within a step" in saver.save(trainer)  # type: ignore[arg-type]
    assert store.runs == runs
    assert store.order[-1] == "agent"


def test_without_memory_for_its_run_the_agent_is_saved(saver: Saver, store: Store) -> None:
    def too_large() -> Any:
        raise MemoryError("8 GiB")

    trainer = FakeTrainer()
    trainer.get_state = too_large  # type: ignore[method-assign]
    saver.save(trainer)  # type: ignore[arg-type]
    assert store.runs == [None]
    assert saver.path == Path("Pat.agent")
