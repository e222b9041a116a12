"""The lab's third page: the tutorial's contest, in which every method learns and plays a hundred times."""

import time

import pygame

from agents.nchain.contest import Contest
from agents.nchain.tables import STEADY, TABULAR, Parameters
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.lab.learning_page import COLOURS
from arcade.scenes.lab.workbench import Workbench
from arcade.ui import style
from arcade.ui.column import Column
from arcade.ui.meters import ProgressBar
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control, PushButton

TRIALS = 100
LEARNING_STEPS = 20_000
TUTORIAL_WINS = (13, 22, 65)
"""Wins of each method in the tutorial, out of 100."""

_BUDGET_SECONDS = 0.008  # computing time per frame


class ContestPage:
    """The page of the contest and its results.

    Args:
        theme: Fonts and spaces.
        bench: The current chain and parameters.
        accent: Colour of the focus.
    """

    title = "Contest"
    legend = "The dials apply to the next contest. Compare a rate α that halves with one that never halves."

    def __init__(self, theme: Theme, bench: Workbench, accent: Colour) -> None:
        self._theme, self._bench = theme, bench
        self._start = PushButton("Run 100 trials", self.restart, icon="play", accent=accent, main=True)
        self._rate = PushButton("As in the tutorial", self._as_in_tutorial, accent=accent)
        self._progress = ProgressBar(accent)
        self._rows: list[pygame.Rect] = []
        self._words = pygame.Rect(0, 0, 0, 0)
        self._seed = 0
        self.contest: Contest | None = None

    @property
    def widgets(self) -> list[Control]:
        """The widgets that can have the focus."""
        return [self._start, self._rate]

    def restart(self) -> None:
        """Starts a contest with the current chain and parameters, and a new seed."""
        self._begin(self._bench.parameters)

    def _as_in_tutorial(self) -> None:
        self._begin(STEADY)

    def _begin(self, parameters: Parameters) -> None:
        self._seed += 1
        self.contest = Contest(
            self._bench.game, TABULAR, parameters, trials=TRIALS, learning_steps=LEARNING_STEPS, seed=self._seed
        )

    def change(self) -> None:
        """Does nothing: a running contest keeps the chain it started with."""

    def handle(self, event: Input) -> bool:
        """Handles the page's own keys, whatever has the focus; returns whether the event was one of them."""
        if event == Press(Button.RESTART):
            self.restart()
            return True
        return False

    def update(self, seconds: float) -> None:
        """Runs the contest for a part of the frame."""
        end = time.perf_counter() + _BUDGET_SECONDS
        while self.contest is not None and not self.contest.done and time.perf_counter() < end:
            self.contest.step()

    def layout(self, rect: pygame.Rect) -> None:
        """Places buttons and progress above, a bar for each method, text below."""
        theme, gap = self._theme, self._theme.space(2)
        tall = theme.line() + theme.space(1.5)
        left = rect.left
        for button in (self._start, self._rate):
            button.rect = pygame.Rect(left, rect.top, min(button.width(theme), (rect.width - gap) // 2), tall)
            left = button.rect.right + gap
        top = rect.top + tall + gap
        self._progress.rect = pygame.Rect(rect.left, top, rect.width, theme.line(Size.SMALL) + theme.space(0.75))
        top = self._progress.rect.bottom + gap
        step = min(theme.space(12), (rect.bottom - top) // (len(TABULAR) + 2))
        self._rows = [
            pygame.Rect(rect.left, top + index * step, rect.width, step - gap // 2) for index in range(len(TABULAR))
        ]
        top = self._rows[-1].bottom + gap
        self._words = pygame.Rect(rect.left, top, rect.width, max(0, rect.bottom - top))

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the current results."""
        contest = self.contest
        self._progress.part = contest.part if contest else 0.0
        self._progress.text = "Not started yet" if contest is None else _stage(contest)
        self._progress.draw(surface, self._theme)
        wins = contest.wins.tolist() if contest else [0] * len(TABULAR)
        rewards = contest.reward_per_step.tolist() if contest and contest.played else [None] * len(TABULAR)
        for index, row in enumerate(self._rows):
            self._paint_row(surface, row, index, wins[index], rewards[index])
        self._paint_words(surface)

    def _paint_row(
        self, surface: pygame.Surface, row: pygame.Rect, index: int, wins: int, reward: float | None
    ) -> None:
        theme, colour = self._theme, COLOURS[index]
        title = theme.text(surface, TABULAR[index].title, row.topleft, Size.BODY, style.readable(colour, style.GROUND))
        number = theme.width("100", Size.TITLE) + theme.space(1)
        told = "" if reward is None else f"{reward:.2f} a step"
        theme.text(surface, told, (row.right - number, title.centery), Size.SMALL, style.MUTED, "midright")
        bar = pygame.Rect(row.left, title.bottom + theme.space(0.5), row.width - number, theme.space(2.5))
        theme.panel(surface, bar, style.RAISED)
        if wins:
            surface.fill(colour, (bar.left, bar.top, max(2, bar.width * wins // TRIALS), bar.height))
        mark = bar.left + bar.width * TUTORIAL_WINS[index] // TRIALS
        surface.fill(style.TEXT, (mark, bar.top - theme.space(0.5), 2, bar.height + theme.space(1)))
        theme.text(surface, f"{wins}", (row.right, bar.centery), Size.TITLE, style.TEXT, "midright")

    def _paint_words(self, surface: pygame.Surface) -> None:
        column = Column(surface, self._theme, self._words)
        column.paragraph(
            "In every trial each method learns from scratch, then plays 1,000 steps without exploring. The largest "
            "reward wins. White marks show the tutorial's results: 13, 22 and 65."
        )
        if self.contest is not None and self.contest.done:
            column.skip(self._theme.space(1))
            column.paragraph(_lesson(self.contest), Size.BODY, style.TEXT)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.RESTART, "Run"),)

    def leave(self) -> None:
        """Does nothing: the page holds no resources."""


def _lesson(contest: Contest) -> str:
    if contest.learners.parameters.halving:
        return (
            "The learning rate fell, so chance averaged out. A method that never explores keeps the first action that "
            "paid. Run it as in the tutorial to see the effect of a constant rate."
        )
    return (
        "The learning rate stayed constant, so the latest slip outweighs all earlier steps. Even the method that "
        "explores sometimes ends with a poor policy, and the others win those trials by luck."
    )


def _stage(contest: Contest) -> str:
    steps = contest.learners.steps
    if steps < contest.learning_steps:
        return f"{TRIALS} learners of each method, {steps:,} of {contest.learning_steps:,} steps"
    return "Finished" if contest.done else f"Playing: {contest.played:,} of 1,000 steps"
