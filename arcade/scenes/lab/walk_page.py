"""The lab's first page: walk the chain by hand and see the Q-learning update of every step."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pygame
from numpy.typing import NDArray

from agents.nchain.tables import EGREEDY, TableLearners, learning_rate
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.lab.sheet import ACTION_ICONS, Sheet, draw_sheet, height
from arcade.scenes.lab.workbench import Workbench
from arcade.ui import style
from arcade.ui.column import Column
from arcade.ui.icons import draw_icon
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control, PushButton
from games.nchain.rules import NChainState
from games.nchain.view import WIDTH, place
from games.states import copy_state
from games.view import draw as draw_game
from games.view import fit

HOP_SECONDS = 0.3
"""Time that the token takes from one state to the next."""


class _Told(NamedTuple):
    """One step in words."""

    happened: str
    rule: str
    slipped: bool


class _Chain(Control):
    """The chain as a widget: right goes forward, left goes back."""

    def __init__(self, act: Callable[[int], None]) -> None:
        super().__init__()
        self._act = act

    def takes(self, button: Button) -> bool:
        return button in (Button.LEFT, Button.RIGHT)

    def handle(self, event: Input) -> None:
        if event == Press(Button.RIGHT):
            self._act(0)
        elif event == Press(Button.LEFT):
            self._act(1)

    def draw(self, surface: pygame.Surface, theme: Theme, focused: bool) -> None:
        if focused:
            theme.ring(surface, self.rect, style.readable(style.PURPLE, style.GROUND))


class WalkPage:
    """The page on which a person walks the chain.

    Args:
        theme: Fonts and spaces.
        bench: The current chain and parameters.
        accent: Colour of the focus.
    """

    title = "Walk"
    legend = (
        "Below the chain: each state, its best action and the value of that. In your table brown numbers are far from "
        "the true values, arrows mark the better actions, and a frame marks the value that has just changed."
    )

    def __init__(self, theme: Theme, bench: Workbench, accent: Colour) -> None:
        self._theme, self._bench = theme, bench
        self._chain = _Chain(self.act)
        self._forward = PushButton("Forward", lambda: self.act(0), icon="right", accent=accent)
        self._back = PushButton("Back", lambda: self.act(1), icon="left", accent=accent)
        self._texts = self._tables = self._strip = pygame.Rect(0, 0, 0, 0)
        self.restart()

    @property
    def widgets(self) -> list[Control]:
        """The widgets that can have the focus."""
        return [self._chain, self._forward, self._back]

    def restart(self) -> None:
        """Clears the table and goes to the first state."""
        self._learner = TableLearners(self._bench.game, [EGREEDY], self._bench.parameters)
        self._previous: NChainState | None = None
        self._told: _Told | None = None
        self._touched: tuple[int, int] | None = None
        self._steps, self._reward, self._slips, self._age = 0, 0.0, 0, HOP_SECONDS

    def change(self) -> None:
        """Continues with the changed chain and parameters; starts over if the chain's length has changed."""
        if self._bench.game.states != self._learner.game.states:
            self.restart()
        self._learner.game, self._learner.parameters = self._bench.game, self._bench.parameters

    def act(self, action: int) -> None:
        """Takes one step and learns from it."""
        learner = self._learner
        state = int(learner.state.position[0])
        before = float(learner.tables[0, state, action])
        self._previous = copy_state(learner.state)
        step = learner.act(np.array([action]))
        slipped, reward, after = bool(step.slipped[0]), float(step.reward[0]), int(step.next_state[0])
        self._touched, self._age = (state, action), 0.0
        self._steps, self._reward, self._slips = self._steps + 1, self._reward + reward, self._slips + slipped
        best_next = (
            float(learner.tables[0, after].max())
            if after != state
            else max(before, float(learner.tables[0, state, 1 - action]))
        )
        rate = float(learning_rate(learner.parameters, learner.visits[0, state, action : action + 1])[0])
        self._told = _Told(
            _happened(action, slipped, reward, after),
            f"Q({state}, {_name(action)}) = {before:.2f} + {rate:.2f} × "
            f"({reward:g} + {learner.parameters.discount:g} × {best_next:.2f} - {before:.2f}) "
            f"= {learner.tables[0, state, action]:.2f}",
            slipped,
        )

    def handle(self, event: Input) -> bool:
        """Handles the page's own keys, whatever has the focus; returns whether the event was one of them."""
        if event == Press(Button.RESTART):
            self.restart()
            return True
        return False

    def update(self, seconds: float) -> None:
        """Moves the token."""
        self._age += seconds

    def layout(self, rect: pygame.Rect) -> None:
        """Places the chain above, text below it at the left, tables at the right."""
        theme, gap = self._theme, self._theme.space(2)
        below = max(height(theme, self._bench.game.states, 0), 7 * theme.line() + theme.space(4))
        strip = theme.line(Size.SMALL) * 2 + theme.space(1)
        room = rect.width, max(theme.space(8), rect.height - below - strip - 2 * gap)
        x, _, width, tall = fit(room, (3, 1))
        self._chain.rect = pygame.Rect(rect.left + x, rect.top, width, tall)
        self._strip = pygame.Rect(rect.left + x, self._chain.rect.bottom + gap // 2, width, strip)
        top = self._strip.bottom + gap
        half = (rect.width - gap) * 9 // 20
        button = theme.line() + theme.space(1.5)
        width = min(self._back.width(theme), half // 2)
        self._back.rect = pygame.Rect(rect.left, top, width, button)
        self._forward.rect = pygame.Rect(rect.left + width + gap, top, half - width - gap, button)
        self._texts = pygame.Rect(rect.left, top + button + gap, half, rect.bottom - top - button - gap)
        self._tables = pygame.Rect(rect.left + half + 2 * gap, top, rect.width - half - 2 * gap, rect.bottom - top)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the page."""
        state, blend = self._learner.state, min(1.0, self._age / HOP_SECONDS) if self._theme.motion else 1.0
        target = surface.subsurface(self._chain.rect.clip(surface.get_rect()))
        draw_game(target, self._bench.game, state, 0, self._previous, blend)
        self._paint_policy(surface)
        self._paint_words(surface)
        gap = self._theme.space(3)
        left = pygame.Rect(self._tables.left, self._tables.top, (self._tables.width - gap) // 2, self._tables.height)
        optimal, count = self._bench.optimal, self._bench.game.states
        own = Sheet(
            "Your Q table",
            "Yours",
            style.PURPLE,
            self._learner.tables[0],
            optimal,
            at=int(state.position[0]),
            touched=self._touched,
        )
        draw_sheet(surface, self._theme, left, own, count)
        draw_sheet(
            surface,
            self._theme,
            left.move(left.width + gap, 0),
            Sheet("True values Q*", "True Q*", style.TEXT, optimal),
            count,
        )

    def _paint_policy(self, surface: pygame.Surface) -> None:
        """Draws the best action and its value below each state."""
        theme, optimal = self._theme, self._bench.optimal
        size = theme.line(Size.SMALL)
        room = self._strip.width * 4 // 5 // max(1, len(optimal) - 1) - theme.space(0.5)
        numbers = next((each for each in ("{:.1f}", "{:.0f}") if _widest(theme, each, optimal) <= room), "")
        for state, values in enumerate(optimal):
            x = self._strip.left + round(place(state, len(optimal)) / WIDTH * self._strip.width)
            best = int(values.argmax())
            number = theme.text(surface, f"{state}", (x, self._strip.top), Size.SMALL, style.MUTED, "topright")
            centre = number.right + theme.space(0.25) + size // 2, number.centery
            draw_icon(surface, ACTION_ICONS[best], centre, size, style.readable(style.PURPLE))
            position = x, self._strip.top + size
            theme.text(surface, numbers.format(values[best]), position, Size.SMALL, style.MUTED, "midtop")

    def _paint_words(self, surface: pygame.Surface) -> None:
        column, told = Column(surface, self._theme, self._texts), self._told
        if told is None:
            column.paragraph("Right goes forward, left goes back. About one step in five slips and does the opposite.")
            column.paragraph("The arrows below the chain are the best policy. Watch your own table find it.")
        else:
            column.paragraph(told.happened, Size.BODY, style.readable(style.WARNING) if told.slipped else style.TEXT)
            column.skip(self._theme.space(0.5))
            column.paragraph(told.rule, Size.SMALL, style.TEXT)
        column.skip(self._theme.space(1))
        column.pair("Steps", f"{self._steps:,}", size=Size.SMALL)
        column.pair("Slips", f"{self._slips:,}", size=Size.SMALL)
        column.pair("Reward per step", f"{self._reward / max(1, self._steps):.2f}", size=Size.SMALL)
        column.pair("Best possible", f"{self._bench.best_reward:.2f}", size=Size.SMALL)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.LEFT, "Back"), Hint(Button.RIGHT, "Forward"), Hint(Button.RESTART, "Reset"))

    def leave(self) -> None:
        """Does nothing: the page holds no resources."""


def _widest(theme: Theme, numbers: str, values: NDArray[np.float64]) -> int:
    return max(theme.width(numbers.format(value), Size.SMALL) for value in values.max(axis=1).tolist())


def _name(action: int) -> str:
    return ("forward", "back")[action]


def _happened(action: int, slipped: bool, reward: float, after: int) -> str:
    words = f"You chose {_name(action)}" + (" and slipped" if slipped else "")
    return f"{words}: state {after}, reward {reward:g}."
