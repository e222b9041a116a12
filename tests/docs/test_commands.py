"""Every command that the README and the pages tell people to type.

What is cheap is run as it stands, in a data folder of its own: managing agents, evaluating (three games), help. What
takes long is run in miniature: the lab, without its network. Of training, the plan is made, with every name and value
checked, and no network is trained: `tests/arcade/commands/test_cli.py` does that. What opens the window is run up to
there. Of benchmarks, films, studies, `make` and `pip` it is checked that what they name exists. A command of any other
kind is a mistake on the page.
"""

import shlex
import tomllib
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.storage.library import open_library
from arcade.commands import arcade_window, bench, cli, lab, record, train, train_plan
from docs import experiments
from docs.studies.study import Study
from tests.docs.documents import ROOT, commands, documents

OWN_GAME = ROOT / "docs" / "own-game.md"
"""Its commands need its game to be installed; `tests/test_own_game.py` does what they say."""

WORDS = {"GAME": "catch", "PRESET": "quick", "AGENT": "Catch ace"}
"""What stands for the words that a page leaves open."""

MINIATURE = {"evaluate": ["--episodes", "3"], "lab": ["--contests", "2", "--methods", "naive,table,egreedy"]}
"""What is said after a command's own words, so that it takes little."""

PAGES = [path for path in documents() if path != OWN_GAME and commands(path)]


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder and a working folder of its own; nothing opens, trains or takes long."""
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(arcade_window, "_open", lambda fullscreen, **where: 0)
    monkeypatch.setattr(train, "train", lambda arguments, console: _make_plan(arguments))
    for name in ("games", "learning", "window"):
        monkeypatch.setattr(bench, name, lambda arguments, console: 0)
    monkeypatch.setattr(record, "record", lambda arguments, console: 0)
    monkeypatch.setattr(lab, "LEARNING_STEPS", 20)
    monkeypatch.setattr(lab, "CONTEST_STEPS", 20)


def _make_plan(arguments: Namespace) -> int:
    """Make the plan; in the place of what it would train, another agent of the game gets its name."""
    library = open_library()
    plan = train_plan.make_plan(arguments, library)
    trained = library.best(arguments.game)
    if trained and not arguments.no_save:
        library.duplicate(trained, plan.name)
    return 0


def _arcade(words: list[str]) -> None:
    smaller = [] if "--help" in words else MINIATURE.get(words[0] if words else "", [])
    assert cli.main([*words, *smaller]) == cli.DONE


def _study(words: list[str]) -> None:
    arguments = experiments._parser().parse_args(words)
    study: Study = experiments.STUDIES[arguments.study]
    example = "three-steps" in arguments.only  # the preset that a page has the reader make
    assert example or [run for run in study.runs(arguments.seeds) if arguments.only in run.label]


def _script(words: list[str]) -> None:
    assert (ROOT / words[0]).is_file()


def _pip(words: list[str]) -> None:
    assert words[0] == "install"
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for word in words[1:]:
        name = word.removeprefix(".[").removesuffix("]")
        assert word in ("-e", ".") or name in extras, word


def _make(words: list[str]) -> None:
    targets = (ROOT / "Makefile").read_text()
    for word in words:
        name = word.partition("=")[0]
        assert f"\n{name}: " in targets or f"\n{name} ?=" in targets, word


def _source(words: list[str]) -> None:
    assert words == [".venv/bin/activate"]


def _python(words: list[str]) -> None:
    if words[0] == "main.py":
        _arcade(words[1:])
    elif words[0] == "docs/experiments.py":
        _study(words[1:])
    elif words[0] == "-c":
        compile(words[1], "the page", "exec")
    else:
        assert words == ["-m", "venv", ".venv"] or words[0].startswith("docs/")
        if words[0].startswith("docs/"):
            _script(words)


KINDS: dict[str, Callable[[list[str]], None]] = {
    "python": _python,
    "python3": _python,
    "pip": _pip,
    "make": _make,
    "source": _source,
}


def follow(line: str) -> None:
    """Do what a page tells people to type."""
    words = [WORDS.get(word, word) for word in shlex.split(line.replace("\\", "/"), comments=True)]
    if not words:
        return
    program = words[0].rsplit("/", 1)[-1]
    assert program in KINDS, f"{line}: what is this?"
    KINDS[program](words[1:])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_do_what_a_page_says(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in commands(path):
        try:
            follow(line)
        except SystemExit as error:
            raise AssertionError(f"{line}: {capsys.readouterr().err}") from error
        except AssertionError as error:
            raise AssertionError(f"{line}: {error} {capsys.readouterr().err}") from error


def test_every_option_of_training_is_told() -> None:
    told = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    parser: Any = cli.make_parser()
    commands_of = next(action.choices for action in parser._actions if action.choices)
    options = [name for action in commands_of["train"]._actions for name in action.option_strings]
    assert not [name for name in options if name.startswith("--") and name != "--help" and f"`{name}" not in told]


def test_inline_commands_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Type `.venv/bin/pip install x` or `make play`, not `a b`.\n```sh\npython main.py\n```\n")
    assert commands(page) == ["python main.py", ".venv/bin/pip install x", "make play"]


def test_the_pages_for_newcomers_have_commands() -> None:
    assert {ROOT / "README.md", ROOT / "docs" / "command-line.md"} <= set(PAGES)
    told = " ".join(commands(ROOT / "docs" / "command-line.md"))
    parser: Any = cli.make_parser()
    names = next(action.choices for action in parser._actions if action.choices)
    assert all(f"main.py {name}" in told for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "python main.py frobnicate",
        "python main.py train catch --set speed=3",
        "python main.py evaluate Nobody",
        "python docs/missing.py",
        "make coffee",
        "pip install -e '.[moon]'",
        "source .venv/activate",
        "rm -rf docs",
    ],
)
def test_what_does_not_work_is_noticed(line: str) -> None:
    with pytest.raises(AssertionError):
        follow(line)
