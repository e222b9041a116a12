"""The `.resume` file: a run that goes on from it ends like one that never stopped, to the last bit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.errors import DamagedProfileError, StorageError
from agents.presets import preset
from agents.storage import resume
from agents.storage.library import Library
from agents.storage.profile import Profile
from agents.storage.resume import ResumePoint
from agents.training.plan import Plan
from agents.training.trainer import Trainer
from games.registry import make
from tests.agents.storage.profiles import make_profile

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(1_200)  # a fresh process loads TensorFlow anew
CHANGES: dict[str, dict[str, Any]] = {
    "cartpole features": {
        "compile_mode": "graph", "hidden": (8,), "frames": 2_400, "learning_starts": 200, "evaluation_interval": 800,
        "goal": 0.0, "prioritised": True, "n_step": 3, "averaging": 0.9, "duelling": True, "replay": 1_200,
        "evaluation_episodes": 5, "evaluation_limit": 50, "epsilon_frames": 1_000, "scorecard_episodes": 20,
        "updates_per_call": 8, "exploration_hold": 12, "finalists": 2, "rewind": 0.9,
    },
    "catch pixels": {
        "compile_mode": "graph", "frames": 640, "learning_starts": 200, "batch_size": 4, "updates_per_call": 2,
        "copies": 4, "hidden": (8,), "frames_per_update": 16.0, "filters": (4,), "kernels": (8,), "strides": (4,),
        "evaluation_interval": 10_000, "replay": 480, "goal": 0.0, "shift": 2,
    },
}  # fmt: skip
TIMES = ("seconds", "update_seconds", "compile_seconds", "keeper:seconds", "origin:id", "origin:created")

GO_ON = """
import sys
from pathlib import Path
from agents.storage.library import Library
from agents.training.plan import Plan
from agents.training.trainer import Trainer

library = Library(Path(sys.argv[1]))
for entry in library.entries():
    agent = library.load(entry).profile
    trainer = Trainer(Plan.going_on(agent, library.resume_point(agent)))
    for progress in trainer.run():
        if progress.frames >= trainer.total_frames:
            break
    library.save(trainer.profile(), entry.path)
    library.save_run(trainer.get_state(), entry.path, trainer.profile())
"""


def plan_of(case: str, **changes: Any) -> Plan:
    game_id, observation = case.split()
    game = make(game_id)
    config = preset(game, observation, "quick").replace(**{**CHANGES[case], **changes})
    return Plan(game, observation, config, seed=5, name=case)


def run_to(trainer: Trainer, frames: int) -> Trainer:
    """Train until so many frames are done; an evaluation that falls due there has only begun."""
    for progress in trainer.run():
        if progress.frames >= frames:
            return trainer
    return trainer


def save(library: Library, profile: Profile, tree: resume.Tree) -> Path:
    """Save an agent and its run."""
    path = library.save(profile)
    library.save_run(tree, path, profile)
    return path


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}:")
        else:
            yield path + name, value


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Two runs stand at the same point, to the last bit; only their clocks and names may differ."""
    first, second = dict(leaves(one)), dict(leaves(other))
    assert set(first) == set(second)
    for name in set(first) - set(TIMES):
        before, after = np.asarray(first[name]), np.asarray(second[name])
        assert (before.dtype, before.shape, before.tobytes()) == (after.dtype, after.shape, after.tobytes()), name


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, dict[str, Trainer]]:
    """For each case a run in one go, and in the library the same run, stopped half-way, gone on with elsewhere."""
    library = Library(tmp_path_factory.mktemp("agents"))
    whole = {}
    for case, changes in CHANGES.items():
        whole[case] = run_to(Trainer(plan_of(case)), changes["frames"])
        half = run_to(Trainer(plan_of(case)), changes["frames"] // 2)
        save(library, half.profile(), half.get_state())
    command = [sys.executable, "-c", GO_ON, str(library.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_100, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return library, whole


@pytest.mark.parametrize("case", CHANGES)
def test_a_run_that_goes_on_in_a_fresh_process_ends_like_one_that_never_stopped(
    case: str, resumed: tuple[Library, dict[str, Trainer]]
) -> None:
    library, whole = resumed
    entry = library.find(case)
    assert entry.profile
    point = library.resume_point(entry.profile)
    assert point
    state = point.read()
    assert state["dqn"]["updates"] > 20
    assert_same(state, whole[case].get_state())
    expected = whole[case].profile()
    for name, values in expected.weights.items():
        assert entry.profile.weights[name].tobytes() == values.tobytes()
    assert entry.profile.curve == expected.curve
    assert (entry.profile.frames, entry.profile.parent) == (expected.frames, "")


def test_pixels_are_saved_as_single_frames(resumed: tuple[Library, dict[str, Trainer]]) -> None:
    library, whole = resumed
    path = library.find("catch pixels").path.with_suffix(resume.SUFFIX)
    frames = CHANGES["catch pixels"]["replay"] * 80 * 80
    assert frames < path.stat().st_size < 1.3 * frames
    assert path.stat().st_size == pytest.approx(whole["catch pixels"].state_size, rel=0.05)


def go_on(trainer: Trainer, folder: Path, **changes: Any) -> Trainer:
    """Save a run and its agent, and make the run that goes on from there."""
    library = Library(folder)
    agent = trainer.profile()
    save(library, agent, trainer.get_state())
    point = library.resume_point(agent)
    assert point
    return Trainer(Plan.going_on(agent, point, **changes))


def test_a_run_stopped_in_an_evaluation_evaluates_anew_and_stays_the_same_agent(
    tmp_path: Path, resumed: tuple[Library, dict[str, Trainer]]
) -> None:
    case = "cartpole features"
    half = run_to(Trainer(plan_of(case)), 800)
    assert half.progress().evaluation is None, "the evaluation is not over yet"
    further = go_on(half, tmp_path)
    before, after = half.profile(), further.profile()
    for name in ("id", "created", "frames", "updates", "seconds", "curve", "parent"):
        assert getattr(before, name) == getattr(after, name)
    assert_same(run_to(further, 2_400).get_state(), resumed[1][case].get_state())


def test_a_run_that_was_done_goes_on_for_as_long_again(tmp_path: Path) -> None:
    case = "cartpole features"
    done = run_to(Trainer(plan_of(case, goal=1.0)), 2_400)
    assert go_on(done, tmp_path / "a", frames=500).total_frames == done.progress().frames + 500
    further = go_on(done, tmp_path / "b")
    assert further.total_frames == done.progress().frames + 2_400
    assert run_to(further, 3_000).progress().frames >= 3_000, "the goal that was reached does not end it again"


@pytest.fixture
def tree() -> resume.Tree:
    return {"frames": 7, "rows": np.arange(6, dtype=np.uint8).reshape(2, 3), "deep": {"none": np.zeros(0), "x": 0.5}}


def test_a_run_that_was_saved_before_moves_could_be_held_goes_on() -> None:
    trainer = run_to(Trainer(plan_of("cartpole features")), 100)
    tree = trainer.get_state()
    del tree["explorer"]
    other = Trainer(plan_of("cartpole features"))
    other.set_state(tree)
    assert other.progress().frames == trainer.progress().frames


def test_trees_come_back_as_they_were(tmp_path: Path, tree: resume.Tree) -> None:
    agent = tmp_path / "a.agent"
    resume.write(tree, agent, make_profile())
    assert_same(ResumePoint(agent, 7).read(), tree)


def test_it_belongs_to_the_agent_it_was_saved_for_and_to_the_one_that_lay_there(
    tmp_path: Path, tree: resume.Tree
) -> None:
    library = Library(tmp_path)
    first = make_profile(seed=1)
    second, third = make_profile(seed=2, id=first.id), make_profile(seed=3, id=first.id)
    path = library.save(first)
    point = ResumePoint(path, 7)
    library.save_run(tree, path, second)
    assert library.resume_point(first) == point, "killed before the agent was saved as well"
    library.save(second, path)
    assert library.resume_point(second) == point
    library.save(third, path)
    assert library.resume_point(third) is None
    assert library.resume_point(make_profile(seed=2)) is None, "another agent with the same weights"


def test_renaming_keeps_it(tmp_path: Path, tree: resume.Tree) -> None:
    library = Library(tmp_path)
    profile = make_profile()
    save(library, profile, tree)
    path = library.rename(library.find("Pat"), "Ann")
    assert library.resume_point(profile) == ResumePoint(path, 7)


def test_without_it_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    library = Library(tmp_path)
    profile = make_profile()
    library.save(profile)
    assert library.resume_point(profile) is None


def test_damage_is_set_aside_and_costs_the_run_alone(tmp_path: Path, tree: resume.Tree) -> None:
    library = Library(tmp_path)
    profile = make_profile()
    path = save(library, profile, tree).with_suffix(resume.SUFFIX)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StorageError, match=r"Pat\.resume: damaged.*quarantine/Pat\.resume") as caught:
        library.resume_point(profile)
    assert "\n" not in str(caught.value)
    assert library.resume_point(profile) is None
    assert library.find("Pat").profile


def test_every_truncation_and_changed_byte_is_refused(tmp_path: Path, tree: resume.Tree) -> None:
    agent = tmp_path / "a.agent"
    resume.write(tree, agent, make_profile())
    path = agent.with_suffix(resume.SUFFIX)
    data = path.read_bytes()
    for position in range(len(data)):
        for damaged in (data[:position], data[:position] + bytes([data[position] ^ 4]) + data[position + 1 :]):
            path.write_bytes(damaged)
            with pytest.raises(DamagedProfileError):
                ResumePoint(agent, 7).read()


def test_what_is_too_large_is_not_written(tmp_path: Path) -> None:
    huge = np.broadcast_to(np.zeros(1), (resume.MAX_SIZE // 8,))
    with pytest.raises(StorageError, match="384 MiB"):
        resume.write({"frames": 1, "rows": huge}, tmp_path / "a.agent", make_profile())
    with (tmp_path / "b.resume").open("wb") as file:
        file.truncate(resume.MAX_SIZE + 1)
    with pytest.raises(DamagedProfileError, match="at most"):
        ResumePoint(tmp_path / "b.agent", 1).read()
    assert not (tmp_path / "a.resume").exists()


def test_a_profile_is_no_run(tmp_path: Path) -> None:
    library = Library(tmp_path)
    profile = make_profile()
    path = library.save(profile)
    path.with_suffix(resume.SUFFIX).write_bytes(path.read_bytes())
    with pytest.raises(StorageError, match="not a resume"):
        library.resume_point(profile)


def test_a_run_of_a_newer_version_is_refused_and_left_alone(
    tmp_path: Path, tree: resume.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path)
    profile = make_profile()
    path = library.save(profile)
    with monkeypatch.context() as newer:
        newer.setattr(resume, "_SCHEMA", 2)
        library.save_run(tree, path, profile)
    before = path.with_suffix(resume.SUFFIX).read_bytes()
    with pytest.raises(StorageError, match=r"^Pat\.resume: was saved by a newer version") as caught:
        library.resume_point(profile)
    assert not isinstance(caught.value, DamagedProfileError)
    assert path.with_suffix(resume.SUFFIX).read_bytes() == before


def test_a_run_of_another_plan_is_refused(resumed: tuple[Library, dict[str, Trainer]]) -> None:
    state = resumed[1]["catch pixels"].get_state()
    for wrong in (state, {**state, "batch": {}}, {}, {"batch": 3}):
        with pytest.raises(StorageError, match="cannot be continued") as caught:
            resumed[1]["cartpole features"].set_state(wrong)
        assert "\n" not in str(caught.value)


def test_no_version_before_the_last_is_kept(tmp_path: Path, tree: resume.Tree) -> None:
    for _ in range(2):
        resume.write(tree, tmp_path / "a.agent", make_profile())
    assert [path.name for path in tmp_path.iterdir()] == ["a.resume"]
