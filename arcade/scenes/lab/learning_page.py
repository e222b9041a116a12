"""The lab's second page: three tables and a network learn side by side, slowly enough to follow or at full speed."""

import time
from collections import deque
from collections.abc import Callable

import numpy as np
import pygame
from numpy.typing import NDArray

from agents.nchain.network import NETWORK_TITLE, NetworkLearner
from agents.nchain.tables import TABULAR, Step, TableLearners, relative_error
from agents.training.curves import ThinnedCurve
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.lab.sheet import Sheet, draw_sheet, height, needed_width
from arcade.scenes.lab.workbench import Workbench
from arcade.ui import style
from arcade.ui.charts import Line, LineChart, Reference
from arcade.ui.fields import Stepper
from arcade.ui.style import Colour, Size, Theme
from arcade.ui.widgets import Control, PushButton

FULL_SPEED = 0
LEARNING_SPEEDS = (1, 3, 10, 30, 100, 300, 1_000, FULL_SPEED)
"""Steps per second."""

COLOURS: tuple[Colour, ...] = (style.ORANGE, style.SKY, style.GREEN, style.YELLOW)
"""The colour of each method; the network's is the last."""

_BUDGET_SECONDS = 0.006  # computing time of the tables per frame
_READABLE_SPEED = 3  # steps per second up to which single steps can be followed
_SMOOTHED = 10  # episodes of the running mean
_REDRAW_SECONDS = 0.3  # time between two redraws of the chart
_SETTLE_SECONDS = 0.8  # time after a change of the chain before a new network starts


class LearningPage:
    """The page on which tables and a network learn the chain.

    Args:
        theme: Fonts and spaces.
        bench: The current chain and parameters.
        accent: Colour of the focus.
        training: Whether a training run is going on. The network then stays off, so as not to slow it down.
    """

    title = "Learn"
    legend = (
        "Brown: far from the true value. Arrow: the better action. Frame: the value that has just changed. Token: "
        "the learner's state. Turn a dial to see its effect."
    )

    def __init__(self, theme: Theme, bench: Workbench, accent: Colour, *, training: bool = False) -> None:
        self._theme, self._bench, self._training = theme, bench, training
        self._network: NetworkLearner | None = None
        self._go = PushButton("Go", self.toggle, icon="play", accent=accent, main=True)
        self._again = PushButton("Reset", self.restart, accent=accent)
        self._others = PushButton("Others", self._show_others, accent=accent)
        self._shown, self._first = len(TABULAR) + 2, 0  # number of tables that fit, and the first method shown
        self._speed = Stepper("", LEARNING_SPEEDS, 10, text=_speed_in_words, accent=accent)
        self._chart = LineChart("Reward per step, mean of ten episodes", empty="Each point is an episode of 100 steps")
        self._places: list[pygame.Rect] = []
        self.running = False
        self.restart()

    @property
    def widgets(self) -> list[Control]:
        """The widgets that can have the focus."""
        others = [self._others] if self._shown < len(TABULAR) + 2 else []
        return [self._go, self._again, *others, self._speed]

    @property
    def steps(self) -> int:
        """The number of steps that every table has learnt from."""
        return self._learners.steps

    def restart(self) -> None:
        """Makes new tables and starts from the beginning."""
        self._learners = TableLearners(self._bench.game, TABULAR, self._bench.parameters)
        self._last: Step | None = None
        self._due, self._age, self._settling = 0.0, _REDRAW_SECONDS, 0.0
        self._curves = [ThinnedCurve(2, 400) for _ in TABULAR]
        self._recent: deque[NDArray[np.float64]] = deque(maxlen=_SMOOTHED)
        self.leave()

    def change(self) -> None:
        """Continues on the changed chain, with new tables if its length changed and a new network after any change."""
        game, discount = self._learners.game, self._learners.parameters.discount
        if self._bench.game.states != game.states:
            self.restart()
        if (self._bench.game, self._bench.parameters.discount) != (game, discount):
            self._drop_network()
            self._settling = _SETTLE_SECONDS
        self._learners.game, self._learners.parameters = self._bench.game, self._bench.parameters

    def toggle(self) -> None:
        """Starts or pauses learning."""
        self.running = not self.running
        self._go.label, self._go.icon = ("Pause", "pause") if self.running else ("Go", "play")

    def _show_others(self) -> None:
        self._first += self._shown - 1

    def handle(self, event: Input) -> bool:
        """Handles the page's own keys, whatever has the focus; returns whether the event was one of them."""
        keys: dict[Press, Callable[[], None]] = {
            Press(Button.PAUSE): self.toggle,
            Press(Button.RESTART): self.restart,
            Press(Button.STEP): self.step,
            Press(Button.FASTER): lambda: self._change_speed(1),
            Press(Button.SLOWER): lambda: self._change_speed(-1),
        }
        for press, act in keys.items():
            if event == press:
                act()
                return True
        return False

    def _change_speed(self, by: int) -> None:
        index = min(max(self._speed.index + by, 0), len(LEARNING_SPEEDS) - 1)
        self._speed.set(LEARNING_SPEEDS[index])

    def step(self) -> None:
        """Lets every table learn from one step."""
        self._last = self._learners.step()
        rewards = self._learners.episode_rewards
        if rewards:
            self._recent.append(rewards.pop())
            for recorder, mean in zip(self._curves, np.mean(self._recent, axis=0).tolist(), strict=True):
                recorder.add(float(self.steps), mean)

    def update(self, seconds: float) -> None:
        """Lets tables and network learn for some time."""
        self._age += seconds
        self._settling -= seconds
        if self.running:
            self._take_steps(seconds)
            if self._network is None and self._settling <= 0 and not self._training:
                self._network = NetworkLearner(self._bench.game, self._bench.parameters.discount)
        if self._network is not None:
            self._network.let(self.steps if self.running else 0)
        if self._age >= _REDRAW_SECONDS:
            self._age = 0.0
            self._show_chart()

    def _take_steps(self, seconds: float) -> None:
        speed = self._speed.value
        self._due = min(self._due + seconds * speed, 1.0 + speed / 10)  # limits the catch-up after a slow frame
        end = time.perf_counter() + _BUDGET_SECONDS
        while (speed == FULL_SPEED or self._due >= 1) and time.perf_counter() < end:
            self.step()
            self._due -= 1
        self._due = max(0.0, self._due)

    def _show_chart(self) -> None:
        lines = [
            Line(recorder.array(), colour, method.title)
            for recorder, colour, method in zip(self._curves, COLOURS, TABULAR, strict=False)
        ]
        if self._network is not None:
            lines.append(Line(self._network.rewards, COLOURS[-1], NETWORK_TITLE))
        best = self._bench.best_reward
        self._chart.show(lines, references=[Reference(best, f"best possible {best:.2f}")])
        self._chart.value = f"{self.steps:,} steps"

    def layout(self, rect: pygame.Rect) -> None:
        """Places buttons above, tables in the middle, the chart below."""
        theme, gap = self._theme, self._theme.space(2)
        tall = theme.line() + theme.space(1.5)
        top = rect.top + tall + gap
        self._lay_out_tables(pygame.Rect(rect.left, top, rect.width, rect.bottom - top))
        self._lay_out_buttons(pygame.Rect(rect.left, rect.top, rect.width, tall))
        top = self._places[-1].bottom + gap
        self._chart.rect = pygame.Rect(rect.left, top, rect.width, max(0, rect.bottom - top))

    def _lay_out_buttons(self, rect: pygame.Rect) -> None:
        theme, left = self._theme, rect.left
        for control in self.widgets:
            if isinstance(control, PushButton):
                width = control.width(theme)
            else:
                width = theme.width("1,000 steps/s") + 2 * rect.height + theme.space(1)
            if control is self._go:
                width = max(width, theme.width("Pause") + theme.space(7))  # the same width for both labels
            control.rect = pygame.Rect(left, rect.top, min(width, rect.right - left), rect.height)
            left = control.rect.right + theme.space(2)

    def _lay_out_tables(self, rect: pygame.Rect) -> None:
        """Places as many tables as fit; a button shows the others."""
        theme, gap, count = self._theme, self._theme.space(2), len(TABULAR) + 2
        sheet = height(theme, self._bench.game.states, 3)
        columns = max(1, min(count, (rect.width + gap) // (needed_width(theme) + gap)))
        rows = max(1, min(-(-count // columns), (rect.height + gap) // (sheet + gap)))
        self._shown = min(count, columns * rows)
        columns = -(-self._shown // rows)
        width = (rect.width - gap * (columns - 1)) // columns
        self._places = [
            pygame.Rect(
                rect.left + index % columns * (width + gap), rect.top + index // columns * (sheet + gap), width, sheet
            )
            for index in range(self._shown)
        ]

    def paint(self, surface: pygame.Surface) -> None:
        """Draws tables and chart."""
        theme, states = self._theme, self._bench.game.states
        truth, *learnt = self._sheets()
        first = self._first % len(learnt)
        for place, sheet in zip(self._places, [truth, *learnt[first:], *learnt[:first]], strict=False):
            draw_sheet(surface, theme, place, sheet, states)
        if self._chart.rect.height > theme.line(Size.SMALL) * 5:
            self._chart.draw(surface, theme)

    def _sheets(self) -> list[Sheet]:
        optimal, learners, last = self._bench.optimal, self._learners, self._last
        best = f"{self._bench.best_reward:.2f} a step"
        sheets = [Sheet("True values Q*", "True Q*", style.TEXT, optimal, notes=("the goal", best))]
        means = np.mean(self._recent, axis=0).tolist() if self._recent else [None] * len(TABULAR)
        for row, (method, colour, mean) in enumerate(zip(TABULAR, COLOURS, means, strict=False)):
            table = learners.tables[row]
            sheets.append(
                Sheet(
                    method.title,
                    method.short,
                    colour,
                    table,
                    None if method.sums else optimal,
                    (
                        "sums, not values" if method.sums else _error_in_words(table, optimal),
                        _earned(mean),
                        _did(last, row) if last and self._can_be_followed else "",
                    ),
                    int(learners.state.position[row]),
                    (int(last.state[row]), int(last.action[row])) if last else None,
                    method.sums,
                )
            )
        return [*sheets, self._network_sheet()]

    @property
    def _can_be_followed(self) -> bool:
        """Whether single steps can be followed."""
        return not self.running or 0 < self._speed.value <= _READABLE_SPEED

    def _network_sheet(self) -> Sheet:
        table = self._network.table if self._network else None
        words = self._network.words if self._network else "starts with Go"
        if self._training:
            words = "off during training"
        notes = (_error_in_words(table, self._bench.optimal) if table is not None else "", words)
        return Sheet(NETWORK_TITLE, "Network", COLOURS[-1], table, self._bench.optimal, notes)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (
            Hint(Button.PAUSE, "Pause" if self.running else "Go"),
            Hint(Button.STEP, "Step"),
            Hint(Button.SLOWER, "Slower"),
            Hint(Button.FASTER, "Faster"),
            Hint(Button.RESTART, "Reset"),
        )

    def leave(self) -> None:
        """Stops the network."""
        self._drop_network()

    def _drop_network(self) -> None:
        if self._network is not None:
            self._network.stop()
        self._network = None


def _speed_in_words(speed: int) -> str:
    return f"{speed:,} steps/s" if speed else "full speed"


def _did(step: Step, row: int) -> str:
    """Describes a learner's step in words."""
    words = ("forward", "back")[int(step.action[row])]
    words = f"guessed {words}" if step.guessed[row] else words
    return f"{words}, slipped" if step.slipped[row] else words


def _earned(mean: float | None) -> str:
    return "" if mean is None else f"{mean:.2f} a step"


def _error_in_words(table: NDArray[np.float64], optimal: NDArray[np.float64]) -> str:
    """Returns the largest error of the values learnt so far, in words."""
    known = table != 0
    return f"error {relative_error(table, optimal)[known].max():.1%}" if known.any() else ""
