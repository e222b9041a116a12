"""Focus, buttons, lists and scrolling, by keys and by mouse."""

from typing import Any

import pygame
import pytest

from arcade.input.controls import Button, Pointer, Press
from arcade.ui.focus import Focus
from arcade.ui.scene import Pop, Quit
from arcade.ui.style import Theme
from arcade.ui.widgets import ListBox, PushButton, Scroll


def button(label: str, x: int, y: int, command: Any = Pop, enabled: bool = True) -> PushButton:
    made = PushButton(label, command, enabled=enabled)
    made.rect = pygame.Rect(x, y, 80, 30)
    return made


@pytest.fixture
def grid() -> list[PushButton]:
    """Two rows of two."""
    return [button(f"{x}{y}", x * 100, y * 50) for y in (0, 1) for x in (0, 1)]


def walk(focus: Focus, *buttons: Button) -> Any:
    for each in buttons:
        focus.handle(Press(each))
    return focus.current


def test_arrows_walk_by_place(grid: list[PushButton]) -> None:
    focus = Focus(grid)
    assert walk(focus, Button.RIGHT) is grid[1]
    assert walk(focus, Button.DOWN) is grid[3]
    assert walk(focus, Button.LEFT) is grid[2]
    assert walk(focus, Button.UP) is grid[0]


def test_an_arrow_into_the_void_stays(grid: list[PushButton]) -> None:
    assert walk(Focus(grid), Button.UP, Button.LEFT) is grid[0]


def test_tab_goes_round_both_ways(grid: list[PushButton]) -> None:
    focus = Focus(grid)
    assert walk(focus, *[Button.NEXT] * 4) is grid[0]
    assert walk(focus, Button.PREVIOUS) is grid[3]


def test_disabled_widgets_are_passed_over(grid: list[PushButton]) -> None:
    grid[1].enabled = False
    focus = Focus(grid)
    assert walk(focus, Button.NEXT) is grid[2]
    assert focus.handle(Pointer(grid[1].rect.center, pressed=1)) is None


def test_arrows_and_tab_reach_every_widget_of_a_crowd() -> None:
    crowd = [button(str(i), i * 37 % 400, i * 91 % 300) for i in range(6)]
    focus = Focus(crowd)
    seen = {focus.current}
    for _ in crowd:
        seen.add(walk(focus, Button.NEXT))
    assert seen == set(crowd)


@pytest.mark.parametrize("chosen", [Press(Button.CONFIRM), Press(Button.PRIMARY), Pointer((10, 10), pressed=1)])
def test_a_button_is_chosen_by_enter_space_or_click(chosen: Any) -> None:
    assert Focus([button("Go", 0, 0, Quit)]).handle(chosen) == Quit()


def test_a_right_click_or_a_touch_chooses_nothing() -> None:
    focus = Focus([button("Go", 0, 0, Quit)])
    assert focus.handle(Pointer((10, 10), pressed=3)) is None
    assert focus.handle(Pointer((10, 10))) is None


def test_the_mouse_takes_the_focus_along(grid: list[PushButton]) -> None:
    focus = Focus(grid)
    focus.handle(Pointer(grid[2].rect.center))
    assert focus.current is grid[2]
    focus.handle(Pointer((999, 999), pressed=1))
    assert focus.current is grid[2]


def test_other_widgets_leave_the_focus_where_it_was(grid: list[PushButton]) -> None:
    focus = Focus(grid)
    walk(focus, Button.DOWN)
    focus.set([grid[3], grid[2]])
    assert focus.current is grid[2]
    focus.set([grid[0], grid[1]])
    assert focus.current is grid[0]


def test_an_empty_screen_takes_every_key() -> None:
    focus = Focus()
    for each in Button:
        assert focus.handle(Press(each)) is None


@pytest.mark.parametrize("detail", ["", "with a second line"])
@pytest.mark.parametrize("size", [(4, 4), (60, 20), (400, 90)])
def test_a_button_draws_within_its_rectangle_and_ring(detail: str, size: tuple[int, int]) -> None:
    theme = Theme()
    surface = pygame.Surface((600, 300))
    made = PushButton("A long label for a button", Pop, icon="play", detail=detail, main=True)
    made.rect = pygame.Rect((100, 100), size)
    made.draw(surface, theme, True)
    drawn = pygame.mask.from_threshold(surface, (0, 0, 0), (1, 1, 1, 255))
    drawn.invert()
    ring = made.rect.inflate(theme.space(3), theme.space(3))
    height = max(made.rect.height, 2 * theme.line())  # words stand in the middle even of a flat button
    allowed = ring.union(pygame.Rect(ring.left, made.rect.centery - height // 2, ring.width, height))
    boxes: Any = drawn.get_bounding_rects()
    assert all(allowed.contains(rect) for rect in boxes)


class Recorder:
    """A list of numbers that notes what it is asked to draw, select and choose."""

    def __init__(self, count: int, height: int = 100) -> None:
        self.drawn: list[int] = []
        self.selected: list[int] = []
        self.chosen: list[int] = []
        self.box: ListBox[int] = ListBox(
            lambda surface, rect, item, selected: self.drawn.append(item),
            on_select=self.selected.append,
            on_choose=self.chosen.append,
        )
        self.box.rect = pygame.Rect(10, 20, 100, height)
        self.box.row_height, self.box.gap = 20, 5
        self.box.show(range(count))

    def draw(self) -> list[int]:
        self.drawn.clear()
        self.box.draw(pygame.Surface((200, 300)), Theme(), True)
        return self.drawn


def test_a_list_is_walked_and_chosen_from() -> None:
    made = Recorder(3)
    focus = Focus([made.box])
    walk(focus, Button.DOWN, Button.DOWN, Button.DOWN, Button.UP)
    assert made.selected == [1, 2, 1]
    focus.handle(Press(Button.CONFIRM))
    assert made.chosen == [1]


def test_the_ends_of_a_list_let_the_focus_go() -> None:
    made = Recorder(2)
    below = button("below", 10, 150)
    focus = Focus([made.box, below])
    assert walk(focus, Button.DOWN) is made.box
    assert walk(focus, Button.DOWN) is below
    assert walk(focus, Button.UP) is made.box


def test_a_long_list_follows_its_selection_and_draws_only_what_is_seen() -> None:
    made = Recorder(1000)
    assert len(made.draw()) <= 6
    made.box.show(made.box.items, 700)
    assert 700 in made.draw()
    assert made.box.rect.contains(made.box.row_rect(700))


def test_a_first_click_selects_and_a_second_chooses() -> None:
    made = Recorder(3)
    at = made.box.row_rect(2).center
    made.box.handle(Pointer(at, pressed=1))
    assert (made.selected, made.chosen) == ([2], [])
    made.box.handle(Pointer(at, pressed=1))
    assert made.chosen == [2]


def test_the_wheel_scrolls_without_selecting() -> None:
    made = Recorder(50)
    top = made.box.row_rect(0).top
    made.box.handle(Pointer(made.box.rect.center, wheel=-2))
    assert made.box.row_rect(0).top == top - 50
    assert made.selected == []


def test_a_list_that_shrinks_keeps_a_valid_selection() -> None:
    made = Recorder(5)
    made.box.show(range(5), 4)
    made.box.show(range(2))
    assert made.box.selected == 1
    made.box.show(())
    assert made.box.selected is None
    assert not made.box.enabled
    assert made.draw() == []


def test_a_page_scrolls_only_as_far_as_it_goes() -> None:
    scroll = Scroll()
    scroll.view, scroll.length = pygame.Rect(0, 50, 100, 200), 500
    assert scroll.move(1000)
    assert scroll.offset == 300
    assert scroll.move(-9999)
    assert scroll.offset == 0
    assert not scroll.move(-1)


def test_a_page_scrolls_to_what_shall_be_seen() -> None:
    scroll = Scroll()
    scroll.view, scroll.length = pygame.Rect(0, 50, 100, 200), 500
    assert not scroll.reveal(pygame.Rect(0, 60, 10, 30))
    assert scroll.reveal(pygame.Rect(0, 300, 10, 30))
    assert scroll.offset == 80
    assert scroll.reveal(pygame.Rect(0, 0, 10, 30))
    assert scroll.offset == 30
