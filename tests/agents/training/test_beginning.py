"""A run begins where it stopped; if what was saved of it makes no sense, its agent goes on from its weights."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.errors import StorageError
from agents.storage import resume
from agents.storage.library import Library
from agents.storage.profile import Profile
from agents.storage.resume import UnusableRunError
from agents.training.beginning import begin
from agents.training.plan import Plan
from agents.training.session import Status, TrainingSession
from agents.training.trainer import Trainer
from tests.agents.storage.test_resume import assert_same, leaves, plan_of, run_to

pytestmark = pytest.mark.timeout(600)
CASE = "cartpole features"


@pytest.fixture(scope="module")
def half() -> tuple[Profile, resume.Tree]:
    """An agent and its run, stopped half-way."""
    trainer = run_to(Trainer(plan_of(CASE)), 1_200)
    return trainer.profile(), trainer.get_state()


def changed(tree: resume.Tree, place: str, value: Any) -> resume.Tree:
    """A tree with another value in one place; `...` takes it away."""
    name, _, rest = place.partition(":")
    if rest:
        return {**tree, name: changed(tree[name], rest, value)}
    return {each: kept for each, kept in tree.items() if each != name} if value is ... else {**tree, name: value}


def saved(folder: Path, agent: Profile, tree: resume.Tree) -> tuple[Library, Path, Plan]:
    """A library with an agent, its file, and the plan to go on with its run."""
    library = Library(folder)
    path = library.save(agent)
    resume.write(tree, path, agent)
    point = library.resume_point(agent)
    assert point
    return library, path, Plan.going_on(agent, point)


WRONG: dict[str, list[Any]] = {
    "episodes": [-1, 1.5, "x", None, True, ...],
    "seconds": ["x", -1.0, [], ...],
    "next_evaluation": [-5, 2**53, "x", ...],
    "recent": [np.array([np.nan]), 7, "x", {}, np.zeros((2, 2))],
    "losses": [np.zeros(3), np.zeros((2, 2)), "x", None],
    "origin": [{}, 7, {"other": 1}, ...],
    "origin:id": ["../../x", "a" * 32, [], 0, ...],
    "origin:created": ["", True],
    "origin:parent": ["x", 5],
    "origin:updates": [2**62, 1.5],
    "rng": [np.zeros(6), 7, np.zeros(5, np.uint64), ...],
    "batch:games": [{}, 7, ...],
    "batch:games:physics": [np.full((16, 4), np.nan), np.zeros(3), "x"],
    "batch:observation": ["nan", "x"],
    "replay:written": [-1, 2**70, 1.5, "x"],
    "replay:highest": [-1.0, "x", None],
    "replay:priorities": ["negative", "nan", np.zeros(0)],
    "replay:rings:action": ["negative", "large", ...],
    "replay:rings:reward": ["nan", "float64"],
    "replay:rings:legal": ["zero"],
    "replay:rings:age": ["negative", "large"],
    "explorer:action": ["large", "negative"],
    "rewinder:found": [-1, "x"],
    "rewinder:places:physics": ["nan", "x"],
    "dqn:updates": [-1, 1.5, "x", ...],
    "keeper:cards": [{"best": {}}, 7, ...],
    "curves:score:stride": [0, -1, 0.5],
    "curves:mean:points": ["nan", np.zeros((3, 3)), ...],
    "curves": [{}, ...],
}  # fmt: skip


def made(value: Any, before: Any) -> Any:
    """The value that a word stands for."""
    if not isinstance(before, np.ndarray) or not isinstance(value, str) or value == "x":
        return value
    if value == "float64":
        return before.astype(np.float64)
    numbers = {"nan": np.nan, "negative": -1, "large": 1_000, "zero": 0}
    return np.full_like(before, numbers[value])


@pytest.mark.parametrize("place", WRONG)
def test_a_run_with_wrong_values_is_refused_in_one_line(
    place: str, half: tuple[Profile, resume.Tree], tmp_path: Path
) -> None:
    agent, tree = half
    for value in WRONG[place]:
        wrong = changed(tree, place, made(value, dict(leaves(tree)).get(place)))
        try:
            _, _, plan = saved(tmp_path, agent, wrong)
        except StorageError:
            continue  # its file cannot even be written, or tells already that something is wrong
        with pytest.raises(UnusableRunError, match=r"its run cannot be continued from its saved state: .") as caught:
            Trainer(plan)
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_run_that_is_whole_begins_as_if_nobody_had_tried_it(
    half: tuple[Profile, resume.Tree], tmp_path: Path
) -> None:
    library, path, plan = saved(tmp_path, *half)
    trainer, told = begin(plan, library)
    assert told == "" and path.with_suffix(resume.SUFFIX).exists()
    assert_same(trainer.get_state(), half[1])


def test_without_its_run_an_agent_is_trained_further_from_its_weights(
    half: tuple[Profile, resume.Tree], tmp_path: Path
) -> None:
    agent = half[0]
    library, path, plan = saved(tmp_path, agent, changed(half[1], "replay:written", "x"))
    trainer, told = begin(plan, library)
    kept = f"it is kept as quarantine/{CASE}.resume; {CASE} is trained further from its weights, as {CASE} 2"
    assert told.startswith(f"{CASE}: its run cannot be continued") and told.endswith(kept) and "\n" not in told
    assert (library.folder / "quarantine" / f"{CASE}.resume").exists() and not path.with_suffix(".resume").exists()
    further = trainer.profile()
    assert (further.parent, further.frames, trainer.total_frames) == (agent.id, agent.frames, 1_200)
    for name, values in agent.weights.items():
        assert further.weights[name].tobytes() == values.tobytes()


def test_where_nothing_can_be_set_aside_the_training_begins_all_the_same(
    half: tuple[Profile, resume.Tree], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(agent_id: str) -> str:
        raise StorageError("the disk is read-only")

    library, _, plan = saved(tmp_path, half[0], changed(half[1], "rng", 7))
    monkeypatch.setattr(library, "set_run_aside", refuse)
    trainer, told = begin(plan, library)
    assert "; the disk is read-only; " in told and trainer.plan.resume is None


def test_the_window_trains_on_and_keeps_both_agents(half: tuple[Profile, resume.Tree], tmp_path: Path) -> None:
    library, path, plan = saved(tmp_path, half[0], changed(half[1], "curves", 7))
    session = TrainingSession(plan, library)
    session.start()
    while not session.latest.progress:
        assert session.latest.status in (Status.STARTING, Status.TRAINING), session.latest.error
        time.sleep(0.005)
    assert "quarantine" in session.latest.note
    assert not library.runs.is_going_on(half[0].id), "anybody may train the first agent further"
    session.close()
    assert session.latest.note == f"Saved as {CASE} 2.agent"
    assert sorted(entry.name for entry in library.entries()) == [CASE, f"{CASE} 2"]
    kept = library.load(library.find(CASE)).profile
    assert kept and kept.frames == half[0].frames and path.exists()
    assert library.interrupted() == () and not list((library.folder / "running").iterdir())
