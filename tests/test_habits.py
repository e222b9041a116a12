"""What a contributor and a public host are told to run: versions agree, commands exist, files can be read."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.documents import ROOT, anchors, commands, links
from tests.docs.test_commands import apart, follow

__all__ = ["apart"]  # the fixture that gives commands a data folder of their own

GITHUB = ROOT / ".github"
WORKFLOW = GITHUB / "workflows" / "check.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
ELEMENTS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
"""Parts that a form of GitHub may have."""


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


def _steps() -> Iterator[dict[str, Any]]:
    for job in _read(WORKFLOW)["jobs"].values():
        yield from job["steps"]


def _lines() -> list[str]:
    """Every line that the workflow runs in a shell."""
    return [line for step in _steps() for line in step.get("run", "").splitlines()]


def _targets(text: str) -> set[str]:
    """Targets of make that a text names, as code or as a command of its own."""
    return set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))


def test_python_versions_agree() -> None:
    classifiers = [each.rpartition(" ")[2] for each in PROJECT["project"]["classifiers"] if ":: Python ::" in each]
    first, last = classifiers[0], classifiers[-1]
    after = f"3.{int(last.removeprefix('3.')) + 1}"
    assert PROJECT["project"]["requires-python"] == f">={first},<{after}"
    assert classifiers == [f"3.{minor}" for minor in range(int(first[2:]), int(after[2:]))]
    assert _read(WORKFLOW)["jobs"]["linux"]["strategy"]["matrix"]["python"] == classifiers
    assert [name for name in reversed(classifiers) if f"python{name}" in MAKEFILE] == classifiers[::-1]
    assert PROJECT["tool"]["mypy"]["python_version"] == first


def test_tools_are_pinned_and_git_runs_the_same_ruff() -> None:
    pins = PROJECT["project"]["optional-dependencies"]["dev"]
    assert all("==" in pin for pin in pins)
    [ruff] = [pin for pin in pins if pin.startswith("ruff==")]
    local = next(repository for repository in _read(HOOKS)["repos"] if repository["repo"] == "local")
    assert [hook["additional_dependencies"] for hook in local["hooks"]] == [[ruff], [ruff]]


def test_make_targets_that_are_told_exist() -> None:
    told = _targets("\n".join([CONTRIBUTING.read_text("utf-8"), *_lines(), HOOKS.read_text("utf-8")]))
    assert {"check", "hooks", "coverage"} <= told
    assert not [name for name in told if f"\n{name}: " not in MAKEFILE]


def test_every_part_of_a_check_is_told() -> None:
    parts = re.search(r"^check: (.+)$", MAKEFILE, re.MULTILINE)
    assert parts and parts[1].split() == ["lint", "types", "test"]
    assert set(parts[1].split()) <= _targets(CONTRIBUTING.read_text("utf-8"))


def test_tests_that_are_named_exist() -> None:
    told = [*_lines(), *commands(CONTRIBUTING)]
    named = {place for line in told for place in re.findall(r"\btests(?:/\w+)+(?:\.py)?", line)}
    assert len(named) >= 4
    assert not [place for place in named if not (ROOT / place).exists()]


def test_what_the_workflow_does_with_the_arcade_can_be_done() -> None:
    for line in _lines():
        if line.startswith("python main.py"):
            follow(line)


def test_the_workflow_is_bounded() -> None:
    workflow = _read(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    assert all("@v" in step.get("uses", "@v") for step in _steps())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_can_be_shown(path: Path) -> None:
    form = _read(path)
    assert form["name"] and form["description"]
    assert {element["type"] for element in form["body"]} <= ELEMENTS
    asked = [element for element in form["body"] if element["type"] != "markdown"]
    assert len({element["id"] for element in asked}) == len(asked) > 0
    assert all(element["attributes"]["label"] for element in asked)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_links_lead_somewhere(name: str) -> None:
    for target in links(ROOT / name):
        place, _, anchor = target.partition("#")
        assert place.startswith("https://") or (ROOT / place).exists(), target
        assert not anchor or anchor in anchors(ROOT / place), target


@pytest.mark.parametrize("package", ["agents", "arcade", "games"])
def test_types_are_shipped(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()
    assert "py.typed" in PROJECT["tool"]["setuptools"]["package-data"]["*"]


def test_coverage_counts_what_is_shipped() -> None:
    counted = set(PROJECT["tool"]["coverage"]["run"]["source"])
    packages = {each.removesuffix("*") for each in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert counted == packages - {"saved_models"} | set(PROJECT["tool"]["setuptools"]["py-modules"])
    assert 0 < PROJECT["tool"]["coverage"]["report"]["fail_under"] < 100
