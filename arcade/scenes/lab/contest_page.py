"""The lab's third page: the tutorial's contest. Every method learns a hundred times over, and plays for it."""

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
"""What the tutorial found."""

_BUDGET_SECONDS = 0.008  # of a frame


class ContestPage:
    """The contest and its outcome.

    Args:
        theme: Fonts and spaces.
        bench: The chain and the parameters as they are set.
        accent: Colour of the focus.
    """

    title = "Contest"
    legend = "The dials say how the next contest is fought. Leave α to halve, or set it to never, and compare."

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
        """What may have the focus."""
        return [self._start, self._rate]

    def restart(self) -> None:
        """Begin a contest with what is set now, and with other chances than the last one."""
        self._begin(self._bench.parameters)

    def _as_in_tutorial(self) -> None:
        self._begin(STEADY)

    def _begin(self, parameters: Parameters) -> None:
        self._seed += 1
        self.contest = Contest(
            self._bench.game, TABULAR, parameters, trials=TRIALS, learning_steps=LEARNING_STEPS, seed=self._seed
        )

    def change(self) -> None:
        """A contest that goes on keeps the chain it was begun with."""

    def handle(self, event: Input) -> bool:
        """React to keys that act wherever the focus is; returns whether this was one."""
        if event == Press(Button.RESTART):
            self.restart()
            return True
        return False

    def update(self, seconds: float) -> None:
        """Let the contest go on for a part of the frame."""
        end = time.perf_counter() + _BUDGET_SECONDS
        while self.contest is not None and not self.contest.done and time.perf_counter() < end:
            self.contest.step()

    def layout(self, rect: pygame.Rect) -> None:
        """Buttons and progress above, a bar for each method, words below."""
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
        """Draw the outcome as it stands."""
        contest = self.contest
        self._progress.part = contest.part if contest else 0.0
        self._progress.text = "Nothing has been run yet" if contest is None else _stage(contest)
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
            "In every trial each method learns afresh and then plays 1,000 steps without exploring; the largest reward "
            "wins. The white marks are what the tutorial found: 13, 22 and 65."
        )
        if self.contest is not None and self.contest.done:
            column.skip(self._theme.space(1))
            column.paragraph(_lesson(self.contest), Size.BODY, style.TEXT)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return (Hint(Button.RESTART, "Run"),)

    def leave(self) -> None:
        """Nothing is held."""


def _lesson(contest: Contest) -> str:
    if contest.learners.parameters.halving:
        return (
            "The learning rate fell, so chance averaged out. Who never explores stays with the first action that paid; "
            "run it as in the tutorial to see what a rate that never falls does."
        )
    return (
        "The learning rate never fell, so the latest slip outweighs all that was seen before: even the method that "
        "explores ends on a poor policy now and then, and the others take those trials by luck."
    )


def _stage(contest: Contest) -> str:
    steps = contest.learners.steps
    if steps < contest.learning_steps:
        return f"{TRIALS} learners of each method, {steps:,} of {contest.learning_steps:,} steps"
    return "Over" if contest.done else f"They play: {contest.played:,} of 1,000 steps"
