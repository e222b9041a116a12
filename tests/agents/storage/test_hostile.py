"""A stranger's file runs nothing, opens nothing, is not accepted, and costs next to nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agents.storage.corpus import BYTES, DATA, Guard

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and links to lay")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process did that met all hostile files, watched by an audit hook."""
    folder = tmp_path_factory.mktemp("hostile")
    command = [sys.executable, "-m", "tests.agents.storage.corpus", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_none_is_accepted(report: dict[str, Any]) -> None:
    assert report["accepted"] == []


def test_only_one_with_a_true_description_is_listed_and_it_cannot_be_loaded(report: dict[str, Any]) -> None:
    assert report["described"] == report["listed"] == ["not finite"]


def test_none_runs_code_nor_touches_what_lies_elsewhere(report: dict[str, Any]) -> None:
    assert report["crimes"] == []
    assert report["left"] == ["corpus", "library", "outside.agent"]


def test_each_is_refused_in_one_line(report: dict[str, Any]) -> None:
    assert report["wrong"] == []


def test_none_costs_a_second_or_much_memory(report: dict[str, Any]) -> None:
    assert report["slowest"] < 1
    assert report["mebibytes"] < 256


def test_the_corpus_is_what_it_claims_to_be() -> None:
    assert len(BYTES) > 30
    assert all(make() != DATA for make in BYTES.values())


def test_the_guard_sees_crimes(tmp_path: Path) -> None:
    guard = Guard(tmp_path)
    guard("exec", ())
    assert guard.crimes == []
    guard.watching = True
    crimes: list[tuple[str, object]] = [
        ("exec", None), ("os.system", b"x"), ("socket.connect", None), ("pickle.find_class", "os"),
        ("open", "/etc/passwd"), ("open", str(tmp_path / ".." / "x")), ("os.rename", "/tmp/x"), ("open", b"/x"),
    ]  # fmt: skip
    for event, argument in crimes:
        before = len(guard.crimes)
        guard(event, (argument,))
        assert len(guard.crimes) == before + 1, event
    fine: list[tuple[str, object]] = [("open", str(tmp_path / "x")), ("os.rename", str(tmp_path / "x")), ("import", 1)]
    for event, argument in fine:
        before = len(guard.crimes)
        guard(event, (argument,))
        assert len(guard.crimes) == before, event
