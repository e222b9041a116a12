import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.acting.evaluation import Scorecard
from agents.config import Config
from agents.presets import preset
from agents.training.plan import Progress
from docs import experiments
from docs.studies import ablation, sources
from docs.studies.results import OtherMachineError, Results
from docs.studies.study import Row, Run, Study, apart, follow, stability
from games.registry import make

MACHINE = {"processor": "Abacus", "cores": 2, "gpu": None, "python": "3.11.0", "tensorflow": "2.21.0"}


def _run(seed: int = 0, **changes: Any) -> Run:
    return Run("catch", "grid", "quick", Config(**changes), seed)


def _measured(run: Run, mean: float = 0.5) -> Row:
    """What a run could have found."""
    return {
        "frames": run.config.frames,
        "updates": 5,
        "seconds": 2.0,
        "update_share": 0.75,
        "compile_seconds": 1.5,
        "evaluation_seconds": 0.25,
        "frames_per_second": 3_000.0,
        "scorecard": {"episodes": 100, "mean": mean, "median": 1.0, "min": 0, "max": 1, "mean_epsilon": 0.25},
        "evaluations": [{"frames": 10, "seconds": 1.0, "mean": 0.0}, {"frames": 20, "seconds": 2.0, "mean": mean / 2}],
        "stability": 0.875,
        "peak_memory_mib": 600.0,
        "device": "CPU",
        "compile_mode": "XLA",
    }


def _study(measure: Callable[[Run], Row] = _measured) -> Study:
    return Study("fake", "nothing", lambda seeds: [_run(seed) for seed in seeds], measure, lambda rows: "")


class Counting:
    """Measures nothing, and counts; breaks off at the given call."""

    def __init__(self, breaks_at: int = 0) -> None:
        self.seeds: list[int] = []
        self._breaks_at = breaks_at

    def __call__(self, run: Run) -> Row:
        self.seeds.append(run.seed)
        if len(self.seeds) == self._breaks_at:
            raise KeyboardInterrupt
        return _measured(run)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "fake.json")


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "machine", lambda: dict(MACHINE))


def _evaluations(*means: float) -> list[Row]:
    return [{"frames": 100 * number, "mean": mean} for number, mean in enumerate(means, 1)]


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ((1, 2, 3, 4, 5, 6), 1.0),  # it never falls
        ((8, 1, 8, 6, 8, 7), 0.75),  # what falls before the last third does not count
        ((8, 8, 8, 8, 2, 8), 0.25),
        ((1, 1, 1, 4, 3, 100), 0.75),  # compared with the best so far, not with what was learnt later
        ((0, 0, 0, 0, 0, 0), 1.0),  # nothing to lose
    ],
)
def test_stability_is_the_deepest_fall_in_the_last_third(means: tuple[float, ...], expected: float) -> None:
    assert stability(_evaluations(*means), 600) == expected


def test_without_an_evaluation_in_the_last_third_there_is_no_stability() -> None:
    assert stability(_evaluations(1.0), 600) is None


def test_of_two_evaluations_at_the_same_frames_the_later_counts() -> None:
    short, full = (Scorecard(0, 0.0, np.array(scores)) for scores in ([4], [2, 2]))
    points = [
        Progress(frames=100, seconds=1.0),
        Progress(frames=200, seconds=2.0, updates=1),
        Progress(frames=200, seconds=2.0, updates=1, evaluation=short),
        Progress(frames=200, seconds=2.0, updates=1, evaluation=full),
        Progress(frames=300, seconds=3.0, updates=2, evaluation=full),
    ]
    first, last, evaluations = follow(points)
    assert (first, last) == (points[1], points[4])
    assert evaluations == [{"frames": 200, "seconds": 2.0, "mean": 2.0}]


def test_runs_that_are_there_are_skipped(results: Results, tmp_path: Path) -> None:
    measure = Counting()
    experiments.carry_out(_study(measure), [_run(0)], results, here=True)
    again = Results(tmp_path / "fake.json")
    experiments.carry_out(_study(measure), [_run(0), _run(1)], again, here=True)
    assert measure.seeds == [0, 1]
    assert [row["seed"] for row in Results(tmp_path / "fake.json").rows] == [0, 1]


def test_a_study_that_is_broken_off_keeps_what_is_finished(results: Results, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        experiments.carry_out(_study(Counting(breaks_at=2)), [_run(0), _run(1)], results, here=True)
    assert [row["seed"] for row in Results(tmp_path / "fake.json").rows] == [0]


def test_a_changed_setting_is_measured_anew_and_replaces_the_old_row(results: Results) -> None:
    measure = Counting()
    for run in (_run(0), _run(0, discount=0.5)):
        experiments.carry_out(_study(measure), [run], results, here=True)
    assert measure.seeds == [0, 0]
    assert [row["config"] for row in results.rows] == [_run(0, discount=0.5).fingerprint]


def test_a_save_that_fails_leaves_the_old_file(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.add(_run(0).identity(), MACHINE)

    def refuse(source: Path, target: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="the disk is gone"):
        results.add(_run(1).identity(), MACHINE)
    assert [row["seed"] for row in Results(tmp_path / "fake.json").rows] == [0]


def test_times_of_two_machines_are_not_mixed(results: Results) -> None:
    results.add(_run(0).identity(), {**MACHINE, "processor": "Difference Engine"})
    with pytest.raises(OtherMachineError, match=r"Difference Engine.*Abacus.*--results"):
        experiments.carry_out(_study(), [_run(1)], results, here=True)


def test_a_run_apart_has_a_process_of_its_own() -> None:
    assert apart(_process, _run())["process"] != os.getpid()


def _process(run: Run) -> Row:
    return {"process": os.getpid()}


CHANGES: dict[str, dict[str, Any]] = {
    "plain": {},
    "double": {"double": True},
    "duelling": {"duelling": True},
    "n-step": {"n_step": 3},
    "prioritised": {"prioritised": True},
    "all": {"double": True, "duelling": True, "n_step": 3, "prioritised": True},
    "rewind": {"rewind": 0.5},
}


@pytest.mark.parametrize(("game", "observation", "frames"), ablation.GAMES)
def test_variants_change_exactly_what_they_are_named_after(game: str, observation: str, frames: int) -> None:
    configs = {run.variant: run.config for run in ablation.runs([0]) if run.game == game}
    assert configs.keys() == CHANGES.keys()
    plain = configs["plain"]
    assert (plain.double, plain.duelling, plain.n_step, plain.prioritised) == (False, False, 1, False)
    assert plain.rewind == 0.0
    for name, config in configs.items():
        assert _difference(plain, config) == CHANGES[name]


@pytest.mark.parametrize(("game", "observation", "frames"), ablation.GAMES)
def test_the_plain_variant_is_the_quick_preset_otherwise(game: str, observation: str, frames: int) -> None:
    plain = next(run.config for run in ablation.runs([0]) if run.game == game)
    quick = preset(make(game), observation, "quick")
    assert _difference(quick, plain).keys() <= {
        *("double", "duelling", "n_step", "prioritised", "rewind", "guard", "goal", "frames"),
        *("evaluation_interval", "evaluation_episodes", "evaluation_limit", "scorecard_episodes"),
    }
    assert (plain.frames, plain.goal, plain.evaluation_episodes) == (frames, 0.0, 100)
    assert plain.frames % plain.evaluation_interval == 0, "the last evaluation is at the end"


def _difference(one: Config, other: Config) -> dict[str, Any]:
    before = one.to_dict()
    return {name: value for name, value in other.to_dict().items() if value != before[name]}


@pytest.mark.parametrize("study", experiments.STUDIES.values(), ids=lambda study: str(study.name))
def test_every_run_is_told_from_the_others_and_evaluated(study: Study) -> None:
    runs = study.runs([0, 1])
    assert len({(run.label, run.seed) for run in runs}) == len(runs)
    assert all(run.config.evaluation_interval <= run.config.frames for run in runs)


def test_a_source_and_our_preset_play_the_same_frames_and_are_judged_alike() -> None:
    runs = sources.runs([0])
    for its, ours in zip(runs[::2], runs[1::2], strict=True):
        assert ours.variant == "quick"
        assert (its.game, its.observation) == (ours.game, ours.observation)
        for name in ("frames", "evaluation_interval", "evaluation_episodes", "goal"):
            assert getattr(its.config, name) == getattr(ours.config, name)
        assert its.config.frames_per_update == 1.0
        assert not its.config.guard


class CountingModel:
    """Counts what is asked of it."""

    def __init__(self) -> None:
        self.predicted: list[int] = []
        self.targets: NDArray[Any] | None = None

    def predict(self, states: NDArray[Any], verbose: int) -> NDArray[Any]:
        self.predicted.append(len(states))
        return np.repeat(states, 2, axis=1)

    def train_on_batch(self, states: NDArray[Any], targets: NDArray[Any]) -> None:
        self.targets = targets


@pytest.mark.parametrize(("predictions", "asked"), [(1, [1, 6]), (2, [1, 3, 3])])
def test_a_frame_of_the_sources_is_one_action_one_batch_and_one_step(predictions: int, asked: list[int]) -> None:
    model = CountingModel()
    sources.play_frame(model, np.arange(6.0)[:, None], predictions)
    assert model.predicted == asked
    assert model.targets is not None
    assert model.targets.tolist() == [[3, 0], [4, 1], [5, 2]]


def _table(study: str, rows: list[Row], folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[str]:
    """The lines that `--table` prints for some rows."""
    results = Results(folder / f"{study}.json")
    for row in rows:
        results.add(row, MACHINE)
    assert experiments.main([study, "--table", "--results", str(folder), *more]) == 0
    return capsys.readouterr().out.splitlines()


def _rows(study: str, only: str, seeds: list[int], **more: Any) -> list[Row]:
    runs = [run for run in experiments.STUDIES[study].runs(seeds) if only in run.label]
    return [run.identity() | _measured(run, 0.25 * (run.seed + 1)) | more for run in runs]


def test_the_table_of_the_presets_has_a_word_for_each_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _rows("presets", "catch/grid/quick", [2, 0, 1]) + _rows("presets", "nchain/features/quick", [0])
    lines = _table("presets", rows[::-1], tmp_path, capsys)
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| catch, grid, quick", "| nchain, features, quick"]
    frames = f"{rows[0]['frames'] // 1000} k"
    assert lines[2] == (
        "| catch, grid, quick | 0 to 2 | 0.250, 0.500, 0.750 | 1, 1, 1 | 0, 0, 0 | 0.250, 0.250, 0.250 "
        f"| {frames}, {frames}, {frames} | 2.0, 2.0, 2.0 | 75%, 75%, 75% "
        "| 1.5 + 0.2, 1.5 + 0.2, 1.5 + 0.2 | 0.88, 0.88, 0.88 | 600, 600, 600 "
        "| `python docs/experiments.py presets --only catch/grid/quick` |"
    )
    assert lines[3].endswith("presets --only nchain/features/quick --seeds 0` |"), "it makes just these seeds again"
    assert lines[-1] == "Machine: Abacus, 2 cores, no GPU; Python 3.11.0, TensorFlow 2.21.0."


def test_the_table_of_the_ablation_has_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _table("ablation", _rows("ablation", "catch/grid/d", [0, 1]), tmp_path, capsys)
    assert lines[0].split(" | ")[3:10] == list(CHANGES)
    cell = "0.375 / 0.188 (2.0 s)"
    assert lines[2] == (
        f"| catch, grid | 0, 1 | 20 k | – | {cell} | {cell} | – | – | – | – "
        "| `python docs/experiments.py ablation --only catch/grid --seeds 0-1` |"
    )


def test_the_table_of_the_sources_has_ratios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _rows("sources", "cartpole", [0], source_frames_per_second=6.0)
    lines = _table("sources", rows, tmp_path, capsys)
    assert "| 6.0 | 3,000 | 3,000 | 500 times; quick 500 times |" in lines[2]
    assert lines[4].startswith("- `keon`, cartpole: ")


def test_rows_of_other_settings_are_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = Results(tmp_path / "presets.json")
    results.add(_rows("presets", "catch", [0])[0] | {"config": "before"}, MACHINE)
    experiments.main(["presets", "--table", "--results", str(tmp_path)])
    assert "1 of 1 rows have outdated settings" in capsys.readouterr().err


def test_only_what_there_is_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert experiments.main(["presets", "--table", "--only", "chess"]) == 1
    assert "catch/grid/quick" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "seeds"), [("0-2", [0, 1, 2]), ("7", [7])])
def test_seeds_are_read(text: str, seeds: list[int]) -> None:
    assert experiments.seeds_of(text) == seeds


@pytest.mark.parametrize("text", ["", "2-1", "a"])
def test_what_is_no_range_of_seeds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        experiments.seeds_of(text)


@pytest.mark.usefixtures("graph_alone")
def test_a_miniature_ablation_of_one_game_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ablation", "--quick", "--only", "catch", "--results", str(tmp_path)]
    assert experiments.main(words) == 0
    content = json.loads((tmp_path / "ablation.json").read_text())
    assert content["machine"] == MACHINE
    assert [row["variant"] for row in content["rows"]] == list(CHANGES)
    for row in content["rows"]:
        assert row["updates"] > 0
        assert row["scorecard"]["episodes"] == 1_000
        assert row["evaluations"][-1]["frames"] == row["frames"]
        assert 0 < row["update_share"] < 1
        assert row["stability"] is not None
    frames = content["rows"][0]["frames"]
    assert f"| catch, grid | 0 | {frames} |" in capsys.readouterr().out
