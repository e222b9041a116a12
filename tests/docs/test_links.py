"""Every link and picture of the pages leads to something that is there. Pages of other places are not looked up."""

from pathlib import Path

import pytest

from tests.docs.documents import ROOT, anchors, documents, links


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", documents(), ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in links(path):
        if target.startswith(("http://", "https://")):
            continue
        place, _, anchor = target.partition("#")
        file = (path.parent / place).resolve() if place else path
        assert file.exists(), f"{target} is not there"
        assert file.is_relative_to(ROOT), f"{target} leads out of the project"
        assert not anchor or anchor in anchors(file), f"{target}: no such heading"


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=_name)
def test_every_page_can_be_reached_from_the_readme(path: Path) -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md" and page.is_file():
            seen.add(page)
            own = [target.partition("#")[0] for target in links(page) if not target.startswith("http")]
            waiting += [(page.parent / place).resolve() for place in own if place]
    assert path in seen


def test_broken_links_and_anchors_are_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `two`: three\n## Same\n## Same\n[a](b.md#c) `[no](x)`\n```\n[no](y)\n```\n![p](p.png)\n")
    assert links(page) == ["b.md#c", "p.png"]
    assert anchors(page) == {"one-two-three", "same", "same-1"}
