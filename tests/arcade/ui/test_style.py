"""The look: contrast, sizes, text that fits."""

import itertools
from typing import Any

import pygame
import pytest

from arcade.ui import style
from arcade.ui.style import Size, Theme, contrast, ease, ink_on, printable, readable

GROUNDS = (style.GROUND, style.BAR, style.PANEL, style.RAISED)


@pytest.fixture
def theme() -> Theme:
    return Theme()


@pytest.mark.parametrize("ground", GROUNDS)
def test_text_reads_on_every_ground(ground: style.Colour) -> None:
    for colour in (style.TEXT, style.MUTED, style.BAD, style.WARNING):
        assert contrast(colour, ground) >= 4.5


def test_the_contrast_of_black_and_white_is_the_largest() -> None:
    assert contrast(style.BLACK, style.WHITE) == pytest.approx(21)
    assert contrast(style.TEXT, style.TEXT) == 1


@pytest.mark.parametrize(("colour", "ground"), itertools.product(style.SERIES, GROUNDS))
def test_accents_are_lightened_until_they_read(colour: style.Colour, ground: style.Colour) -> None:
    assert contrast(readable(colour, ground), ground) >= 4.5


@pytest.mark.parametrize("colour", style.SERIES)
def test_words_read_on_every_accent(colour: style.Colour) -> None:
    assert contrast(ink_on(colour), colour) >= 4.5


def test_the_smallest_text_has_18_pixels_at_1080_lines(theme: Theme) -> None:
    theme.resize((1920, 1080))
    assert min(theme.line(size) for size in Size) >= 18


def test_text_grows_with_window_and_wish(theme: Theme) -> None:
    plain = theme.line()
    theme.resize((1280, 720), text_scale=2.0)
    assert theme.line() == pytest.approx(2 * plain, abs=2)
    theme.resize((2560, 1440), text_scale=1.0)
    assert theme.line() == pytest.approx(2 * plain, abs=2)


def test_a_new_size_asks_for_a_new_layout_and_the_same_does_not(theme: Theme) -> None:
    version = theme.version
    theme.resize((1280, 720))
    assert theme.version == version
    theme.resize((1281, 720))
    assert theme.version > version


def test_long_text_is_cut_with_an_ellipsis(theme: Theme) -> None:
    width = theme.width("A rather")
    cut = theme.fit("A rather long sentence", Size.BODY, width)
    assert cut.endswith("…")
    assert theme.width(cut) <= width
    assert theme.fit("A rather", Size.BODY, width) == "A rather"


def test_wrapped_lines_fit_and_lose_nothing(theme: Theme) -> None:
    words = "The last push goes on until you push the other way"
    lines = theme.wrap(words, Size.BODY, theme.width("The last push goes"))
    assert len(lines) > 1
    assert " ".join(lines) == words
    assert max(theme.width(line) for line in lines) <= theme.width("The last push goes")


def test_a_paragraph_stays_within_its_rectangle(theme: Theme) -> None:
    surface = pygame.Surface((200, 100))
    rect = pygame.Rect(10, 10, 120, 2 * theme.line() + 3)
    bottom = theme.paragraph(surface, "many words that take more than two lines for sure", rect)
    assert bottom <= rect.bottom


def test_text_says_where_it_lies(theme: Theme) -> None:
    surface = pygame.Surface((300, 100))
    rect = theme.text(surface, "Hello", (150, 50), align="center")
    assert rect.center == (150, 50)
    assert rect.size == theme.render("Hello").get_size()


ODD = (
    "\0\n\t",
    "snake 🐍",
    "\ud800",
    "\ufe0f",
    "\u034f" * 64,
    "\u202egpj",
    "\u0301",
    "a" + "\u0301" * 60,
    "\uffff",
    "\u0378",
)


@pytest.mark.parametrize("string", ["", *ODD, "x" * 200_000, "\ufe0f" * 50_000, "x " * 50_000])
def test_any_text_can_be_drawn(theme: Theme, string: str) -> None:
    surface = pygame.Surface((100, 30))
    theme.text(surface, string, (0, 0))
    assert theme.text(surface, string, (0, 0), max_width=60).width <= 60
    theme.paragraph(surface, string, surface.get_rect())
    assert theme.render(string).get_width() < 10_000


@pytest.mark.parametrize("string", ODD)
def test_what_the_font_lacks_is_seen_all_the_same(theme: Theme, string: str) -> None:
    surface = theme.render(string)
    assert pygame.mask.from_surface(surface).count() > 5
    assert surface.get_height() < 2 * theme.line()


def test_every_letter_can_be_drawn_alone(theme: Theme) -> None:
    face = theme._faces[Size.SMALL]
    assert all(face.width(printable(chr(number))) for number in range(1, 0x10000))


def test_rendered_text_is_kept(theme: Theme) -> None:
    assert theme.render("Again") is theme.render("Again")


@pytest.mark.parametrize("origin", [(20, 20), (-15, -15), (70, 70)])
def test_panels_cover_their_rectangle_and_no_more(theme: Theme, origin: tuple[int, int]) -> None:
    surface = pygame.Surface((100, 100))
    rect = pygame.Rect(origin, (50, 40))
    theme.panel(surface, rect, style.WHITE)
    bounds: Any = pygame.mask.from_threshold(surface, style.WHITE, (1, 1, 1)).get_bounding_rects()
    assert bounds == [rect.clip(surface.get_rect())]


def test_motion_starts_at_nothing_and_ends_at_all() -> None:
    assert ease(-1) == ease(0) == 0
    assert ease(1) == ease(9) == 1
    assert ease(0.5) > 0.5
