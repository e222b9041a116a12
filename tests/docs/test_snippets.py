"""Every Python snippet of the pages runs, one after the other on each page."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.evaluation import evaluate
from agents.agent import Agent, Epoch
from agents.learning.devices import tensorflow
from games.game import Array, Game

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


GAMES = 150
"""Trainings of a model of one's own play at most so many games, which overfill a memory of 1,000 frames."""


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
    _shorten_trainings(monkeypatch)
    names: dict[str, Any] = {"__name__": page.stem}
    for code in _blocks(page, "python"):
        if "keras" in code:
            tensorflow()
            import keras

            keras.utils.set_random_seed(0)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, _name(page), "exec"), names)


def _shorten_trainings(monkeypatch: pytest.MonkeyPatch) -> None:
    train = Agent.train

    def shorter(self: Agent, game: Game, nb_epoch: int = GAMES, *others: Any, **named: Any) -> list[Epoch]:
        return train(self, game, min(nb_epoch, GAMES), *others, **named)

    monkeypatch.setattr(Agent, "train", shorter)


class _Shown:
    """A model that is shown one frame, as a policy."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def q_values(self, observations: Array) -> Array:
        """[B, A] for observations [B, *shape]."""
        return np.asarray(self._model(observations[:, None], training=False))


@pytest.mark.timeout(600)
def test_the_example_of_qlearning4k_learns_to_catch_every_fruit(monkeypatch: pytest.MonkeyPatch) -> None:
    from games import window

    monkeypatch.setattr(window.Window, "_wait", lambda self: None)
    (code,) = (code for code in _blocks(ROOT / "docs" / "own-network.md", "python") if "Catch(grid_size)" in code)
    tensorflow()
    import keras

    keras.utils.set_random_seed(0)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "docs/own-network.md", "exec"), names)
    assert evaluate(_Shown(names["model"]), names["game"], "grid", episodes=1000, seed=1).mean >= 0.99
