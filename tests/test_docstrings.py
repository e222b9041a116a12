"""Docstrings say what a thing is or does: none opens with a riddle that the reader has to solve first."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RIDDLES = {"What", "How", "Where", "Who", "Whose", "Whom", "Why", "When", "Which", "Whoever", "Whatever", "Wherever"}
RIDDLES |= {"That", "Those", "These", "Somebody", "Everybody", "Nobody", "Something"}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _riddles(source: str) -> list[str]:
    """Docstrings of a module that open with one of `RIDDLES`."""
    found = (ast.get_docstring(node) for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED))
    return [text.splitlines()[0] for text in found if text and text.split()[0].strip(",.:;'") in RIDDLES]


@pytest.mark.parametrize("package", ["arcade", "agents", "games", "docs"])
def test_no_docstring_opens_with_a_riddle(package: str) -> None:
    paths = sorted((ROOT / package).rglob("*.py"))
    assert paths
    assert {
        f"{path.relative_to(ROOT)}: {line}" for path in paths for line in _riddles(path.read_text("utf-8"))
    } == set()


def test_riddles_are_found() -> None:
    source = '"""Where to."""\nclass A:\n    """A thing."""\n    def b(self):\n        """How, exactly."""\n'
    assert _riddles(source) == ["Where to.", "How, exactly."]
