"""Every Python snippet of the pages runs, one after the other on each page."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from agents.devices import tensorflow

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _blocks(page: Path, language: str) -> list[str]:
    return [code for kind, code in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "python")], ids=_name)
def test_the_snippets_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from games import window

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(window.Window, "_wait", lambda self: None)  # nobody watches
    names: dict[str, Any] = {"__name__": page.stem}
    for code in _blocks(page, "python"):
        if "keras" in code:
            tensorflow()
            import keras

            keras.utils.set_random_seed(0)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, _name(page), "exec"), names)
