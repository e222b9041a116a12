"""The picture of the layers is drawn from the table that the imports are held to."""

from xml.etree import ElementTree

from docs import layers
from tests.docs.documents import ROOT, links

ARCHITECTURE = ROOT / "docs" / "architecture.md"


def test_the_page_shows_the_layers_as_they_are_drawn_now() -> None:
    assert "pictures/layers.svg" in links(ARCHITECTURE)
    assert layers.PICTURE.read_text("utf-8") == layers.draw()


def test_every_package_has_its_box_and_no_words_leave_it() -> None:
    boxes = ElementTree.fromstring(layers.draw())
    names = [text[0].text for text in boxes.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(map(str, names)) == sorted(name for row in layers.LAYERS for name in row)
    for box in layers._boxes():
        assert 8.5 * len(box.name) + 7 * len(box.words) + 30 <= box.width


def test_the_page_names_nothing_that_is_not_there() -> None:
    for word in ARCHITECTURE.read_text("utf-8").split("`"):
        if word.startswith(("games/", "agents/", "arcade/", "tests/", "docs/")) and "NAME" not in word:
            assert (ROOT / word).exists(), word
