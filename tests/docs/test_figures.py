"""The figures of the tutorial: each chapter has one, and one command makes them all again."""

from pathlib import Path

import pygame
import pytest

from docs import figures
from tests.docs.documents import ROOT, links

TUTORIAL = ROOT / "docs" / "tutorial"


def test_every_chapter_shows_its_figure() -> None:
    chapters = sorted(TUTORIAL.glob("[1-7]-*.md"))
    assert len(chapters) == 7
    for chapter in chapters:
        assert f"figures/{chapter.stem}.png" in links(chapter)
    assert [chapter.stem for chapter in chapters] == sorted(figures.FIGURES)
    assert {path.stem for path in figures.FOLDER.glob("*.png")} == set(figures.FIGURES)


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_figure_is_drawn(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "FIGURES", {name: figures.FIGURES[name]})
    figures.main(tmp_path, effort=0.02)
    drawn = pygame.image.load(tmp_path / f"{name}.png")
    assert drawn.get_size() == figures.SIZE
    assert len({tuple(drawn.get_at((x, y))) for x in range(0, 960, 4) for y in range(0, 440, 4)}) > 5
