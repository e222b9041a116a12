"""The command line: exit statuses, one line for each mistake, and exactly one JSON object."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tomllib
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import gymnasium
import pytest

from agents.acting.evaluation import evaluate
from agents.config import Config
from agents.errors import ProfileError, StorageError, in_words
from agents.learning.schedules import epsilon_at
from agents.presets import preset
from agents.storage.disk import Disk
from agents.storage.history import History
from agents.storage.library import Library
from agents.storage.profile import read, write
from agents.training.event_log import RunLog
from agents.training.form import RunSettings, TrainingForm
from arcade.benchmarks import game_speed
from arcade.commands import arcade_window, cli, console, train_plan
from arcade.commands import record as record_module
from arcade.commands import train as train_module
from arcade.store import paths
from games.built_in import BUILT_IN
from games.game import LONGEST_GAME
from games.gym import game
from games.nchain.rules import NChain
from games.registry import make
from games.settings import settings_of
from tests.agents.storage.profiles import age, make_profile

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DQN_ARCADE_DEBUG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def library() -> Library:
    found = Library(paths.agents_folder())
    found.save(make_profile())
    return found


Output = pytest.CaptureFixture[str]


def result_of(capsys: Output, *words: str) -> dict[str, Any]:
    """The one JSON object that a command prints."""
    assert cli.main([*words, "--json"]) == 0, capsys.readouterr().err
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    values: dict[str, Any] = json.loads(lines[0])
    return values


def refused(capsys: Output, status: int, words: list[str], expected: str) -> None:
    """The command ends with this status and one line that says why."""
    assert cli.main(words) == status
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert captured.out == ""
    assert len(lines) == 1, captured.err
    assert expected in lines[0]


REGISTERS = """
import gymnasium
from gymnasium.envs.classic_control import CartPoleEnv

class Talks(CartPoleEnv):
    def step(self, action):
        print("stepped")
        return super().step(action)

class Endless(CartPoleEnv):
    def step(self, action):
        observation, *rest = super().step(action)
        self.steps_beyond_terminated = None
        return observation * 0, 1.0, False, False, {}

gymnasium.register("Package/Talks-v0", Talks, max_episode_steps=5)
gymnasium.register("Package/Endless-v0", Endless)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that registers an environment which prints as it goes."""
    (tmp_path / "a_package.py").write_text(REGISTERS)
    monkeypatch.syspath_prepend(tmp_path)
    yield "a_package"
    sys.modules.pop("a_package", None)
    for env_id in ("Package/Talks-v0", "Package/Endless-v0"):
        gymnasium.registry.pop(env_id, None)
    game.game_class.cache_clear()
    game._describe.cache_clear()


@pytest.fixture
def talker() -> Path:
    """An agent of that environment."""
    agent = make_profile("Talker", game_id="gym:CartPole-v1", game_settings={})
    path = paths.agents_folder() / "Honest.agent"
    path.parent.mkdir(parents=True)
    write(replace(agent, game_id="gym:Package/Talks-v0", name="Honest"), path)
    return path


def test_a_file_names_no_module(package: str, talker: Path, capsys: Output) -> None:
    refused(capsys, 1, ["evaluate", str(talker)], "no such environment is registered here (`--import MODULE`")
    assert cli.main(["agents", "list"]) == cli.main(["agents", "show", str(talker)]) == 0
    assert package not in sys.modules


@pytest.mark.parametrize("words", ["evaluate Honest --episodes 2 --import {}", "--import {} evaluate Honest"])
def test_a_person_names_the_module_and_what_it_prints_is_no_result(
    package: str, talker: Path, words: str, capsys: Output
) -> None:
    refused(capsys, 1, ["evaluate", "Honest"], "--import MODULE")
    assert result_of(capsys, *words.format(package).split())["game"] == "gym:Package/Talks-v0"


def test_a_game_without_end_is_cut_and_that_is_told(package: str, capsys: Output, tmp_path: Path) -> None:
    agent = make_profile("Endless", game_id="gym:CartPole-v1", game_settings={})
    path = paths.agents_folder() / "Endless.agent"
    path.parent.mkdir(parents=True)
    write(replace(agent, game_id="gym:Package/Endless-v0"), path)
    words = ["evaluate", "Endless", "--import", package, "--episodes", "2"]
    assert cli.main([*words, "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["mean"] == LONGEST_GAME
    assert f"end after {LONGEST_GAME:,} steps (set --step-limit N)" in captured.err
    assert result_of(capsys, *words, "--step-limit", "9")["mean"] == 9
    film = tmp_path / "short.gif"
    assert cli.main(["record", "Endless", str(film), "--import", package, "--step-limit", "9"]) == 0
    captured = capsys.readouterr()
    assert "1 game of 9 reward" in captured.out and "--step-limit" not in captured.err
    refused(capsys, 2, [*words, "--step-limit", "0"], "must be a whole number from 1")


def test_the_help_names_the_arcades_own_limit() -> None:
    assert f"{LONGEST_GAME:,} if it has none" in cli._STEP_LIMIT


def test_whatever_is_written_the_result_is_alone_on_standard_output(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(
        "import os\nprint('python')\nos.write(1, b'native\\n')\nos.system('echo program')"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "main.py", "agents", "list", "--json", "--import", "loud"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "agents" in json.loads(done.stdout)
    assert sorted(done.stderr.split()) == ["native", "program", "python"]


def test_the_module_of_a_game_that_is_typed_is_loaded(package: str, capsys: Output) -> None:
    assert cli.main(["agents", "list", f"gym:{package}:Package/Talks"]) == 0
    assert package in sys.modules
    assert capsys.readouterr().err == ""


def test_a_module_that_does_not_load_is_told(capsys: Output) -> None:
    refused(capsys, 1, ["agents", "list", "--import", "not_there"], "module 'not_there': ModuleNotFoundError")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("frob", "frob"),
        ("--frob", "--frob"),
        ("--game pong", "pong"),
        ("play", "GAME"),
        ("play pong", "must be one of catch, snake"),
        ("watch nobody", "no such agent"),
        ("race nobody", "no such agent"),
        ("record nobody x.gif", "no such agent"),
        ("record nobody film.mp4", "must end with .gif"),
        ("record nobody x.gif --episodes 0", "whole number"),
        ("record nobody", "OUT"),
        ("train pong", "pong"),
        ("train catch --preset huge", "quick, balanced, best"),
        ("train catch --observation smell", "grid, features, pixels"),
        ("train catch --device tpu", "tpu"),
        ("train catch --seed x", "whole number"),
        ("train catch --seed -1", "whole number"),
        ("train catch --frames 0", "frames"),
        ("train catch --frames many", "frames"),
        ("train catch --seconds nan", "above 0"),
        ("train catch --seconds 0", "above 0"),
        ("train catch --set grid", "KEY=VALUE"),
        ("train catch --set =3", "KEY=VALUE"),
        ("train catch --set speed=3", "unknown setting 'speed'"),
        ("train catch --set game.speed=3", "unknown setting 'speed'"),
        ("train catch --set game.grid=3", "grid = 3"),
        ("train catch --set game.grid=nan", "grid"),
        ("train catch --set learning_rate=nan", "learning_rate"),
        ("train catch --set learning_rate=inf", "learning_rate"),
        ("train catch --set learning_rate=fast", "learning_rate"),
        ("train catch --set replay=100 --set batch_size=200", "replay"),
        ("train cartpole --set network=conv", "dense"),
        ("train cartpole --set hidden=4096,4096,4096,4096", "MiB"),
        ("train catch --resume nobody", "no such agent"),
        ("train catch --name " + "x" * 65, "1 to 64"),
        ("evaluate nobody", "no such agent"),
        ("evaluate nobody --episodes 0", "whole number"),
        ("evaluate nobody --epsilon 1.5", "0 to 1"),
        ("agents", "ACTION"),
        ("agents list pong", "pong"),
        ("agents show nobody", "no such agent"),
        ("agents rename nobody x", "no such agent"),
        ("bench", "WHAT"),
        ("bench dancing", "dancing"),
        ("bench learning catch", "catch"),
        ("bench learning --seed 3", "--seed"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words: str, expected: str, capsys: Output, home: Path) -> None:
    refused(capsys, 2, words.split(), expected)
    assert not home.exists()


def test_the_version_is_that_of_the_project(capsys: Output) -> None:
    assert cli.main(["--version"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out == f"DQN Arcade {tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}\n"


def test_help_lists_the_commands(capsys: Output) -> None:
    assert cli.main(["--help"]) == 0
    words = capsys.readouterr().out
    for name in ("play", "watch", "race", "record", "train", "evaluate", "agents", "lab", "bench"):
        assert name in words


@pytest.mark.parametrize("command", ["train", "play"])
def test_help_names_every_game(command: str, capsys: Output) -> None:
    assert cli.main([command, "--help"]) == 0
    assert ", ".join(BUILT_IN) in " ".join(capsys.readouterr().out.split())


def test_a_broken_profile_is_a_failure(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "broken.agent"
    path.write_bytes(b"not an agent")
    for words in (["evaluate", str(path)], ["watch", str(path)], ["train", "catch", "--resume", str(path)]):
        refused(capsys, 1, words, "broken.agent")
    refused(capsys, 1, ["agents", "import", str(path)], "broken.agent")
    refused(capsys, 1, ["agents", "import", str(tmp_path)], "folder")


def test_a_run_with_any_seed_of_the_window_can_be_repeated() -> None:
    low, high = settings_of(RunSettings)["seed"].low, settings_of(RunSettings)["seed"].high
    for command in (["train", "catch"], ["evaluate", "Pat"], ["record", "Pat", "x.gif"], ["lab", "nchain"]):
        for seed in (low, high):
            assert cli.make_parser().parse_args([*command, "--seed", f"{seed}"]).seed == seed
    with pytest.raises(cli._WrongUsageError, match="2147483647"):
        cli.make_parser().parse_args(["train", "catch", "--seed", str(2**31)])


def test_a_profile_of_another_game_is_refused(library: Library, capsys: Output) -> None:
    refused(capsys, 2, ["train", "cartpole", "--resume", "Pat"], "plays nchain, not cartpole")


def test_a_profile_of_other_rules_cannot_be_played(library: Library, capsys: Output) -> None:
    library.save(make_profile("Old", rules_version=99))
    refused(capsys, 1, ["watch", "Old"], "version 99")
    refused(capsys, 1, ["train", "nchain", "--resume", "Old"], "version 99")


def test_the_wrong_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'appdirs'", name="appdirs")

    monkeypatch.setattr(cli, "_handler", missing)
    refused(capsys, cli.FAILED, ["agents", "list"], f"appdirs is not installed for {sys.executable}. `make play` sets")


def test_unexpected_errors_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("by\nnought")

    monkeypatch.setattr(cli, "_handler", lambda name: broken)
    refused(capsys, 1, ["agents", "list"], "ZeroDivisionError: by nought")
    monkeypatch.setenv("DQN_ARCADE_DEBUG", "1")
    assert cli.main(["agents", "list"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space", "/data"), "/data: the disk is full"),
        (MemoryError("80 GiB"), "not enough memory: 80 GiB"),
        (MemoryError(), "dqn-arcade: not enough memory"),
        (OSError(errno.ENOSPC, "No space", "a\nb\x1b"), "a\\nb\\x1b: the disk is full"),
        (ImportError("libx.so: failed to map"), "a library cannot be loaded: libx.so: failed to map"),
        (KeyboardInterrupt(), "stopped"),
        (ValueError("a = 3: must be 4"), "a = 3: must be 4"),
    ],
)
def test_failures_are_told_in_words(
    error: BaseException, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def broken(*_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_handler", lambda name: broken)
    refused(capsys, 1, ["agents", "list"], expected)


# Agents


def test_listing_agents(library: Library, capsys: Output) -> None:
    rows = result_of(capsys, "agents", "list", "nchain")["agents"]
    row = next(row for row in rows if row["name"] == "Pat")
    assert (row["game"], row["frames"], row["mean"], row["shipped"]) == ("nchain", 12_000, 1.0, False)
    assert cli.main(["agents", "list"]) == 0
    assert "Pat" in capsys.readouterr().out


def test_names_of_any_letters_stand_in_columns(library: Library, capsys: Output) -> None:
    library.folder.joinpath("x\x1b.agent").write_bytes(b"no agent")
    assert cli.main(["agents", "list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert "x\\x1b" + " " * (len("CartPole beginner") - len("x\\x1b")) + "  x\\x1b.agent: " in rows[-1]


def test_listing_tells_what_is_wrong(library: Library, capsys: Output) -> None:
    bad = library.folder / "Bad.agent"
    bad.write_bytes(b"")
    rows = result_of(capsys, "agents", "list")["agents"]
    assert "may still be written" in next(row["problem"] for row in rows if row["name"] == "Bad")
    age(bad)
    rows = result_of(capsys, "agents", "list")["agents"]
    assert "quarantine" in next(row["problem"] for row in rows if row["name"] == "Bad")


def test_the_command_of_an_agent_is_what_its_file_says(library: Library, capsys: Output) -> None:
    library.save(make_profile("Told", command="python main.py train catch; reboot"))
    assert cli.main(["agents", "show", "Told"]) == 0
    assert "python main.py train catch; reboot  (according to its file)\n" in capsys.readouterr().out


def test_showing_an_agent(library: Library, capsys: Output) -> None:
    values = result_of(capsys, "agents", "show", "Pat")
    assert values["config"] == Config(hidden=()).to_dict()
    assert values["scorecard"]["mean"] == 1.0


def test_managing_agents(library: Library, tmp_path: Path, capsys: Output) -> None:
    copied = result_of(capsys, "agents", "duplicate", "Pat", "Twin")
    assert Path(copied["path"]).name == "Twin.agent"
    renamed = result_of(capsys, "agents", "rename", "Twin", "Sam")
    assert (renamed["agent"], renamed["id"]) == ("Sam", copied["id"])
    exported = result_of(capsys, "agents", "export", "Sam", str(tmp_path / "sam"))
    deleted = result_of(capsys, "agents", "delete", "Sam")
    assert Path(deleted["path"]).parent.name == "trash"
    imported = result_of(capsys, "agents", "import", exported["path"])
    assert imported["id"] != copied["id"], "that one lies in the trash"
    restored = result_of(capsys, "agents", "import", deleted["path"])
    assert (restored["agent"], restored["id"]) == ("Sam 2", copied["id"])
    refused(capsys, 2, ["agents", "rename", "Pat", ""], "1 to 64")
    refused(capsys, 1, ["agents", "export", "Pat", exported["path"]], "exists already")


def test_evaluating_gives_every_score(library: Library, capsys: Output) -> None:
    values = result_of(capsys, "evaluate", "Pat", "--episodes", "7", "--seed", "3", "--epsilon", "0.5")
    profile = library.find("Pat").profile
    assert profile
    card = evaluate(profile.policy(), make("nchain"), "features", episodes=7, seed=3, epsilon=0.5)
    assert values["scores"] == card.scores.tolist()
    assert list(values) == [
        "agent", "game", "observation", "episodes", "seed", "epsilon",
        "mean", "median", "min", "max", "ci95", "solved", "scores",
    ]  # fmt: skip
    assert (values["agent"], values["episodes"], values["epsilon"], values["solved"]) == ("Pat", 7, 0.5, False)


# Training


def plan_of(*words: str) -> Any:
    arguments = cli.make_parser().parse_args(["train", *words])
    arguments.words = ["train", *words]
    return train_plan.make_plan(arguments, Library(paths.agents_folder()))


def test_the_form_and_the_command_line_mean_the_same() -> None:
    form = TrainingForm("catch")
    typed = {"game.grid": "12", "learning_rate": "5e-4", "hidden": "32,16", "seed": "7", "name": "Anna"}
    for each in form.fields():
        if each.key in typed:
            form.put(each, typed[each.key])
    sets = [word for key in ("game.grid", "learning_rate", "hidden") for word in ("--set", f"{key}={typed[key]}")]
    plan = plan_of("catch", "--seed", "7", "--name", "Anna", *sets)
    assert replace(plan, preset="", command="") == form.plan()


def test_a_plan_is_what_the_words_say() -> None:
    plan = plan_of(
        "snake", "--observation", "grid", "--preset", "balanced", "--seed", "4", "--frames", "1e6", "--seconds", "9.5",
        "--until-solved", "--device", "cpu", "--set", "game.grid=12", "--set", "learning_rate=5e-4",
        "--set", "learning_rate=2e-4", "--set", "hidden=64,32",
    )  # fmt: skip
    assert plan.game == make("snake", grid=12)
    assert (plan.observation, plan.preset, plan.seed, plan.seconds, plan.device) == ("grid", "balanced", 4, 9.5, "cpu")
    assert plan.config == preset(make("snake"), "grid", "balanced").replace(
        frames=1_000_000, learning_rate=2e-4, hidden=(64, 32)
    )
    assert plan.until_solved
    assert plan.name == "Snake balanced"
    assert plan.command.startswith("python main.py train snake --observation grid")


def test_names_of_agents_that_are_not_named_are_free(library: Library) -> None:
    library.save(make_profile("NChain quick"))
    assert plan_of("nchain").name == "NChain quick 2"
    assert plan_of("nchain", "--name", "Ada").name == "Ada"


def test_a_name_that_is_taken_gets_a_number(library: Library) -> None:
    assert plan_of("nchain", "--name", "Pat").name == "Pat 2"
    assert plan_of("nchain", "--name", " Ada ").name == "Ada"


def test_a_run_that_makes_no_sense_is_set_aside_and_its_agent_trained_from_its_weights(
    library: Library, capsys: Output
) -> None:
    entry = library.find("Pat")
    assert entry.profile
    library.save_run({"frames": 3}, entry.path, entry.profile)
    assert cli.main(["train", "nchain", "--resume", "Pat", "--frames", "200", "--device", "cpu"]) == 0
    told = capsys.readouterr().err.splitlines()
    (line,) = (line for line in told if "cannot be continued" in line)
    assert line.endswith("it is kept as quarantine/Pat.resume; Pat is trained further from its weights, as Pat 2")
    assert any(line.startswith("Training Pat 2 on the CPU") for line in told)
    assert {each.name for each in library.entries()} >= {"Pat", "Pat 2"}
    assert list((library.folder / "running").iterdir()) == []


def test_a_run_that_goes_on_elsewhere_is_refused_before_anything_is_done(library: Library, capsys: Output) -> None:
    entry = library.find("Pat")
    assert entry.profile
    library.save_run({"frames": 3}, entry.path, entry.profile)
    with library.going_on(entry.profile.id):
        refused(capsys, 1, ["train", "nchain", "--resume", "Pat"], "Pat is being trained elsewhere")
        assert plan_of("nchain", "--resume", "Pat", "--set", "batch_size=16").name == "Pat 2"
    assert not library.runs.is_going_on(entry.profile.id)
    assert list((library.folder / "running").iterdir()) == []


def test_training_further_keeps_what_is_not_said(library: Library) -> None:
    config = Config(hidden=(), epsilon_frames=24_000)
    library.save(make_profile("Half", config=config, frames=12_000, preset="balanced"))
    plan = plan_of("nchain", "--resume", "Half", "--frames", "500")
    assert plan.start.name == "Half"
    assert plan.name == "Half 2"
    assert (plan.preset, plan.observation, plan.config.frames) == ("balanced", "features", 500)
    assert plan.config.epsilon_start == epsilon_at(config, 12_000)
    for words in (["--set", "hidden=9"], ["--set", "game.states=6"], ["--observation", "pixels"]):
        with pytest.raises(console.UsageError):
            plan_of("nchain", "--resume", "Half", *words)


def test_a_run_that_was_kept_goes_on_exactly(library: Library, capsys: Output) -> None:
    profile = make_profile("Half", frames=12_000, seed=3)
    path = library.save(profile)
    library.save_run({"frames": 900}, path, profile)
    plan = plan_of("nchain", "--resume", "Half", "--until-solved")
    assert (plan.resume.frames, plan.resume.agent, plan.name, plan.seed) == (900, path, "Half", 3)
    assert plan.config == profile.config
    assert plan.until_solved
    assert plan_of("nchain", "--resume", "Half", "--frames", "1e3").config.frames == 1_900
    for words in (["--set", "discount=0.9"], ["--seed", "4"], ["--name", "New"]):
        assert plan_of("nchain", "--resume", "Half", *words).resume is None
    path.with_suffix(".resume").write_bytes(b"damaged")
    capsys.readouterr()
    assert plan_of("nchain", "--resume", "Half").resume is None
    (line,) = capsys.readouterr().err.splitlines()
    assert "Half.resume" in line and "from the weights of Half" in line


def test_runs_that_were_cut_off_are_told(library: Library, capsys: Output) -> None:
    profile = make_profile("Half way")
    library.save(profile)
    (library.folder / "running").mkdir()
    (library.folder / "running" / profile.id).touch()
    assert cli.main(["agents", "list"]) == 0
    told = "The training of Half way was interrupted. Continue it with `train nchain --resume 'Half way'`"
    assert told in capsys.readouterr().err.splitlines()


GRAPH = ("--set", "compile_mode=graph")  # comparing compile modes takes longer than these trainings
TINY = ("nchain", "--frames", "600", "--seed", "3", "--set", "hidden=4", "--set", "learning_starts=100", *GRAPH)
TRAIN_FIELDS = {
    "game", "observation", "preset", "seed", "frames", "updates", "seconds", "compile_seconds", "evaluation_seconds",
    "import_seconds", "device", "compile_mode", "solved", "profile", "evaluation",
}  # fmt: skip


def test_training_reports_and_saves(tmp_path: Path, capsys: Output) -> None:
    logs = tmp_path / "logs"
    values = result_of(capsys, "train", *TINY, "--name", "Tiny", "--device", "cpu", "--log-dir", str(logs))
    assert set(values) == TRAIN_FIELDS
    assert (values["game"], values["observation"], values["preset"]) == ("nchain", "features", "quick")
    assert values["frames"] >= 600
    assert values["updates"] > 0
    profile = read(Path(values["profile"]))
    assert (profile.name, profile.seed, profile.frames) == ("Tiny", 3, values["frames"])
    assert "--name Tiny" in profile.command
    assert _scalars(logs) >= {"learning/epsilon", "learning/loss"}
    again = result_of(capsys, "train", "nchain", "--resume", "Tiny", "--frames", "200", "--no-save")
    assert again["profile"] is None
    assert [entry.name for entry in Library(paths.agents_folder()).entries()] == ["Tiny"]


def _scalars(folder: Path) -> set[str]:
    from agents.learning.devices import tensorflow

    tf: Any = tensorflow()
    (path,) = folder.iterdir()
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    events = [tf.compat.v1.Event.FromString(record) for record in records]
    return {value.tag for event in events for value in event.summary.value}


def test_curves_are_written_by_the_ending_of_their_file(tmp_path: Path, capsys: Output) -> None:
    table, picture = tmp_path / "run.csv", tmp_path / "agent.png"
    result_of(capsys, "train", *TINY, "--name", "Drawn", "--device", "cpu", "--curves", str(table))
    assert {line.split(",")[0] for line in table.read_text().splitlines()[1:]} >= {"loss", "max_q", "epsilon"}
    assert cli.main(["train", *TINY, "--curves", str(table)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert cli.main(["agents", "export", "Catch ace", str(picture)]) == 0
    assert picture.read_bytes()[1:4] == b"PNG"


def test_a_log_folder_that_cannot_be_is_told(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["train", *TINY, "--no-save", "--log-dir", str(tmp_path / "file")]) == 1
    assert "--log-dir" in capsys.readouterr().err.splitlines()[-1]


def test_a_log_that_cannot_be_written_any_more_is_told_once_and_training_goes_on(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [errno.ENOSPC, errno.ENOSPC]

    def fail(*_: object) -> None:
        raise OSError(full.pop(), "full")

    monkeypatch.setattr(RunLog, "write", fail)
    assert cli.main(["train", *TINY, "--device", "cpu", "--log-dir", str(tmp_path / "logs")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "--log-dir" in line]
    assert told == [f"--log-dir {tmp_path / 'logs'}: logging stopped: the disk is full"]


def test_curves_that_cannot_be_written_are_told_and_the_agent_is_saved(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(train_module, "save_curves", fail)
    words = ["train", *TINY, "--name", "Tiny", "--device", "cpu", "--curves", str(tmp_path / "run.csv")]
    assert cli.main(words) == 1
    captured = capsys.readouterr()
    assert f"--curves {tmp_path / 'run.csv'}: the disk is full" in captured.err
    assert f"Saved as {paths.agents_folder() / 'Tiny.agent'}" in captured.out


@pytest.mark.parametrize("error", [ConnectionResetError(104, "Connection reset by peer"), SystemExit("over")])
def test_a_run_that_fails_is_saved_and_then_told_in_one_line(
    capsys: Output, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    steps = count()
    step = NChain.step

    def fail(*arguments: Any) -> Any:
        if next(steps) > 300:
            raise error
        return step(*arguments)

    monkeypatch.setattr(NChain, "step", fail)
    assert cli.main(["train", *TINY, "--name", "Short", "--device", "cpu"]) == 1
    captured = capsys.readouterr()
    path = paths.agents_folder() / "Short.agent"
    assert captured.err.splitlines()[-1] == f"dqn-arcade: {in_words(error)}; saved as {path}"
    assert captured.out == ""
    assert read(path).frames > 0


def test_a_second_ctrl_c_breaks_off_and_saves(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = count()
    step = NChain.step

    def hang(*arguments: Any) -> Any:
        if next(steps) == 300:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
        return step(*arguments)

    monkeypatch.setattr(NChain, "step", hang)
    monkeypatch.setattr("arcade.system.signals.BUNDLE_SECONDS", 0.0)
    assert cli.main(["train", "nchain", "--name", "Hung", *GRAPH]) == 0
    path = paths.agents_folder() / "Hung.agent"
    assert f"Stopped: saved as {path}" in capsys.readouterr().err
    assert 0 < read(path).frames < 60_000


def test_a_run_that_has_not_learnt_yet_says_when_it_will(capsys: Output) -> None:
    words = ["train", "catch", "--frames", "200", "--set", "scorecard_episodes=10", "--set", "learning_starts=5000"]
    assert cli.main([*words, *GRAPH, "--name", "Young"]) == 0
    assert "and 0 updates (learning begins after 5,000 frames) in" in capsys.readouterr().out
    (entry,) = [each for each in Library(paths.agents_folder()).entries() if each.name == "Young"]
    assert entry.profile is not None and entry.profile.scorecard["episodes"] == 1_000


def test_few_games_are_called_so(library: Library, capsys: Output) -> None:
    assert cli.main(["evaluate", "Pat", "--episodes", "3"]) == 0
    told = capsys.readouterr().out
    assert "too few games to tell whether solved" in told
    assert "over 3 games, too few to count as solved (100)" in told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
def test_ctrl_c_saves_what_was_learnt(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = train_module._show

    def show_and_interrupt(*arguments: Any) -> None:
        shown(*arguments)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(train_module, "_show", show_and_interrupt)
    before = signal.getsignal(signal.SIGINT)  # none of Python's own where a shell started the tests in the background
    assert cli.main(["train", "nchain", "--name", "Short", *GRAPH]) == 0
    captured = capsys.readouterr()
    path = paths.agents_folder() / "Short.agent"
    assert f"Stopped: saved as {path}" in captured.err
    assert 0 < read(path).frames < 60_000
    assert signal.getsignal(signal.SIGINT) is before


def test_a_folder_that_cannot_be_written_to_is_told_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "file"))
    refused(capsys, 1, ["train", "nchain"], "cannot save to")


class FullDisk(Disk):
    def write(self, file: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "full")


class _Trainer:
    """Has an agent to save and what its run needs, and nothing else."""

    state_size = 100
    has_plain_games = True
    is_sound = True

    def profile(self) -> Any:
        return make_profile("Heavy")

    def get_state(self) -> dict[str, Any]:
        return {"frames": 1}

    def history(self) -> History:
        return History("heavy", make_profile().architecture)


def test_an_agent_that_does_not_fit_is_saved_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    saver = train_module._RunSaver(Library(paths.agents_folder(), disk=FullDisk()), console.Console(False))
    with pytest.raises(console.CommandError, match="the disk is full; the agent was saved as") as caught:
        saver.save(_Trainer())  # type: ignore[arg-type]
    (path,) = tmp_path.glob("Heavy-*.agent")
    assert str(path) in str(caught.value)
    assert read(path).name == "Heavy"


# The window


def record_openings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the window would have been opened with, in a list that grows."""
    opened: list[dict[str, object]] = []

    def note(fullscreen: bool, **where: object) -> int:
        opened.append({"full": fullscreen, **where})
        return 0

    monkeypatch.setattr(arcade_window, "_open", note)
    return opened


def test_words_that_open_the_window(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    opened = record_openings(monkeypatch)
    for words in ([], ["--fullscreen", "--game", "snake"], ["play", "catch"], ["watch", "Pat"], ["race", "Pat"]):
        assert cli.main(words) == 0
    path = str(library.folder / "Pat.agent")
    assert opened == [
        {"full": False, "game": None},
        {"full": True, "game": "snake"},
        {"full": False, "play": "catch"},
        {"full": False, "watch": path},
        {"full": False, "race": path},
    ]


def test_an_agent_is_recorded_as_a_gif_and_as_pictures(capsys: Output, tmp_path: Path) -> None:
    Library(paths.agents_folder()).save(make_profile("Pole", game_id="cartpole"))
    gif, folder = tmp_path / "pole.gif", tmp_path / "new" / "pictures"
    for out in (gif, folder):
        assert cli.main(["record", "Pole", str(out), "--episodes", "2", "--seed", "3"]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith(str(out)) and "2 games of" in line and "steps" in line
    assert gif.read_bytes().startswith(b"GIF89a") and len(list(folder.glob("*.png"))) > 20
    before = gif.read_bytes()
    refused(capsys, 1, ["record", "Pole", str(gif)], "exists already")
    refused(capsys, 1, ["record", "Pole", str(folder)], "exists already")
    assert gif.read_bytes() == before
    again = tmp_path / "again.gif"
    assert cli.main(["record", "Pole", str(again), "--episodes", "2", "--seed", "3"]) == 0
    assert again.read_bytes() == before


def test_a_long_game_is_cut_and_that_is_told(
    capsys: Output, tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_module, "MOST_SECONDS", 1)
    assert cli.main(["record", "Pat", str(tmp_path / "pat.gif")]) == 0
    captured = capsys.readouterr()
    assert "Stopped after 1 s" in captured.err and "no game ended" in captured.out


def run_main(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The program in a process of its own, without a display unless one is named."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DISPLAY", "WAYLAND", "SDL_"))}
    command = [sys.executable, str(ROOT / "main.py"), *words]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_one_line_says_so() -> None:
    done = run_main("play", "catch")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "display" in done.stderr


# Benchmarks


def test_bench_games_covers_every_game_and_kind(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    asked: list[tuple[str, str, int]] = []

    def speed(game: Any, kind: str, copies: int, seconds: float) -> float:
        asked.append((game.info.id, kind, copies))
        return 1000.4

    monkeypatch.setattr(game_speed, "frames_per_second", speed)
    results = result_of(capsys, "bench", "games", "--quick")["results"]
    assert [(row["game"], row["observation"], row["copies"]) for row in results] == asked
    assert {(row["game"], row["copies"]) for row in results} >= {
        ("snake", copies) for copies in (1, 16, 256, 1024, 4096)
    }
    assert {row["observation"] for row in results if row["game"] == "catch"} == {"grid", "features", "pixels"}
    assert results[0]["frames_per_second"] == 1000


def test_speed_counts_every_copy() -> None:
    assert game_speed.frames_per_second(make("nchain"), "features", 4096, 0.01) > 4096


# What is said


def test_json_has_no_numbers_that_are_none(capsys: Output) -> None:
    console.Console(True).result({"a": float("nan"), "b": [1, float("inf")], "c": "é"}, "text")
    assert capsys.readouterr().out == '{"a": null, "b": [1, null], "c": "\\u00e9"}\n'


def test_any_name_is_one_row_and_json_in_ascii(capsys: Output) -> None:
    name = "red\x1b[31m\nrow \u202e caf\udce9"
    console.Console(False).result({}, name)
    assert capsys.readouterr().out == "red\\x1b[31m\\nrow \\u202e caf\\udce9\n"
    console.Console(False).tell(name)
    assert capsys.readouterr().err == "red\\x1b[31m\\nrow \\u202e caf\\udce9\n"
    console.Console(True).result({name: [name]})
    written = capsys.readouterr().out
    assert written.isascii() and len(written.splitlines()) == 1
    assert json.loads(written) == {name: [name]}


def test_a_bar_shows_names_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with console.Console(False).meter(10) as meter:
        meter.show(1, "[bold]Pat[/bold]\u202e")
        meter.tell("\x1b]0;title\x07 :snake: [red]Pat")
    shown = screen.getvalue()
    assert "[bold]Pat[/bold]\\u202e" in shown
    assert "\\x1b]0;title\\x07 :snake: [red]Pat" in shown


@pytest.mark.parametrize("as_json", [True, False])
def test_what_others_print_is_no_result(as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def talks(arguments: Namespace, own: console.Console) -> int:
        print("a stranger's words")
        own.result({"done": True}, "done")
        return 0

    monkeypatch.setattr(cli, "_handler", lambda name: talks)
    assert cli.main(["agents", "list", *["--json"] * as_json]) == 0
    captured = capsys.readouterr()
    assert captured.out == ('{"done": true}\n' if as_json else "done\n")
    assert captured.err == "a stranger's words\n"


def test_a_game_that_ends_the_program_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    def ends(*_: object) -> int:
        sys.exit(7)

    monkeypatch.setattr(cli, "_handler", lambda name: ends)
    refused(capsys, 1, ["agents", "list"], "ended the program (exit status 7)")


def test_progress_is_a_line_now_and_then_without_a_terminal(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("arcade.commands.console.time.monotonic", lambda: now[0])
    with console.Console(False).meter(10) as meter:
        for second in range(12):
            now[0] = second
            meter.show(second, f"second {second}")
    assert capsys.readouterr().err.split("\n") == ["second 5", "second 10", ""]


@pytest.mark.parametrize("kind", [ProfileError, StorageError])
def test_checking_usage_lets_broken_profiles_through(kind: type[ValueError]) -> None:
    with pytest.raises(kind), console.checking_usage():
        raise kind("damaged")
    with pytest.raises(console.UsageError), console.checking_usage():
        raise ValueError("wrong")


def test_settings_are_split_by_their_prefix() -> None:
    from arcade.commands.common import split_settings

    assert split_settings(["game.grid=12", "n_step = 3", "a=b=c"]) == ({"grid": "12"}, {"n_step": "3", "a": "b=c"})


def test_handlers_exist() -> None:
    words = [["play", "x"], ["watch", "x"], ["train", "x"], ["evaluate", "x"], ["bench", "games"]]
    words += [["bench", "learning"], ["bench", "window"], ["lab", "nchain"]]
    words += [["agents", name, "x", "y"] for name in ("rename", "duplicate", "export")]
    words += [["agents", name, "x"] for name in ("list", "show", "delete", "import")]
    for line in words:
        arguments: Namespace = cli.make_parser().parse_args(line)
        assert callable(cli._handler(arguments.handler))


def test_an_agent_from_anywhere_can_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = record_openings(monkeypatch)
    write(make_profile("Guest"), tmp_path / "guest.agent")
    assert cli.main(["watch", str(tmp_path / "guest.agent")]) == 0
    assert opened == [{"full": False, "watch": str(tmp_path / "guest.agent")}]
