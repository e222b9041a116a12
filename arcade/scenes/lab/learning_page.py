"""The lab's second page: four methods learn side by side, at a speed that can be followed or as fast as they can."""

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
"""Steps a second."""

COLOURS: tuple[Colour, ...] = (style.ORANGE, style.SKY, style.GREEN, style.YELLOW)
"""One for each method, the network last."""

_BUDGET_SECONDS = 0.006  # of a frame, for the steps of the tables
_READABLE_SPEED = 3
_SMOOTHED = 10  # episodes
_REDRAW_SECONDS = 0.3  # of the chart
_SETTLE_SECONDS = 0.8  # without a change of the chain, before a network begins afresh


class LearningPage:
    """Tables and a network that learn the chain.

    Args:
        theme: Fonts and spaces.
        bench: The chain and the parameters as they are set.
        accent: Colour of the focus.
        training: Whether a training goes on elsewhere, which the network must not disturb.
    """

    title = "Learn"
    legend = (
        "A brown number is far from the true one, an arrow marks the better action, the frame what has just changed, "
        "and the token where the learner is. Turn a dial and see how they take it."
    )

    def __init__(self, theme: Theme, bench: Workbench, accent: Colour, *, training: bool = False) -> None:
        self._theme, self._bench, self._training = theme, bench, training
        self._network: NetworkLearner | None = None
        self._go = PushButton("Go", self.toggle, icon="play", accent=accent, main=True)
        self._again = PushButton("Afresh", self.restart, accent=accent)
        self._others = PushButton("Others", self._show_others, accent=accent)
        self._shown, self._first = len(TABULAR) + 2, 0  # tables that there is room for, and the first method among them
        self._speed = Stepper("", LEARNING_SPEEDS, 10, text=_speed_in_words, accent=accent)
        self._chart = LineChart("Reward a step, mean of ten episodes", empty="Each point is an episode of 100 steps")
        self._places: list[pygame.Rect] = []
        self.running = False
        self.restart()

    @property
    def widgets(self) -> list[Control]:
        """What may have the focus."""
        others = [self._others] if self._shown < len(TABULAR) + 2 else []
        return [self._go, self._again, *others, self._speed]

    @property
    def steps(self) -> int:
        """Steps that every table has learnt from."""
        return self._learners.steps

    def restart(self) -> None:
        """Forget everything that was learnt."""
        self._learners = TableLearners(self._bench.game, TABULAR, self._bench.parameters)
        self._last: Step | None = None
        self._due, self._age, self._settling = 0.0, _REDRAW_SECONDS, 0.0
        self._curves = [ThinnedCurve(2, 400) for _ in TABULAR]
        self._recent: deque[NDArray[np.float64]] = deque(maxlen=_SMOOTHED)
        self.leave()

    def change(self) -> None:
        """Go on learning on the chain as it is now; another length needs fresh tables, any change a fresh network."""
        game, discount = self._learners.game, self._learners.parameters.discount
        if self._bench.game.states != game.states:
            self.restart()
        if (self._bench.game, self._bench.parameters.discount) != (game, discount):
            self._drop_network()
            self._settling = _SETTLE_SECONDS
        self._learners.game, self._learners.parameters = self._bench.game, self._bench.parameters

    def toggle(self) -> None:
        """Go or pause."""
        self.running = not self.running
        self._go.label, self._go.icon = ("Pause", "pause") if self.running else ("Go", "play")

    def _show_others(self) -> None:
        self._first += self._shown - 1

    def handle(self, event: Input) -> bool:
        """React to keys that act wherever the focus is; returns whether this was one."""
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
        """Every table takes one step."""
        self._last = self._learners.step()
        rewards = self._learners.episode_rewards
        if rewards:
            self._recent.append(rewards.pop())
            for recorder, mean in zip(self._curves, np.mean(self._recent, axis=0).tolist(), strict=True):
                recorder.add(float(self.steps), mean)

    def update(self, seconds: float) -> None:
        """Let them learn for a while."""
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
        self._due = min(self._due + seconds * speed, 1.0 + speed / 10)  # what a slow frame missed is not made up for
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
        """Buttons above, tables in the middle, the chart in what is left."""
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
                width = max(width, theme.width("Pause") + theme.space(7))  # the others stay where they are
            control.rect = pygame.Rect(left, rect.top, min(width, rect.right - left), rect.height)
            left = control.rect.right + theme.space(2)

    def _lay_out_tables(self, rect: pygame.Rect) -> None:
        """As many as there is room for; a button then shows the others."""
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
        """Draw tables and chart."""
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
        sheets = [Sheet("True values Q*", "True Q*", style.TEXT, optimal, notes=("to be learnt", best))]
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
                        "sums, no values" if method.sums else _error_in_words(table, optimal),
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
        """Whether single steps can be read."""
        return not self.running or 0 < self._speed.value <= _READABLE_SPEED

    def _network_sheet(self) -> Sheet:
        table = self._network.table if self._network else None
        words = self._network.words if self._network else "begins with Go"
        if self._training:
            words = "waits: a training goes on"
        notes = (_error_in_words(table, self._bench.optimal) if table is not None else "", words)
        return Sheet(NETWORK_TITLE, "Network", COLOURS[-1], table, self._bench.optimal, notes)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return (
            Hint(Button.PAUSE, "Pause" if self.running else "Go"),
            Hint(Button.STEP, "Step"),
            Hint(Button.SLOWER, "Slower"),
            Hint(Button.FASTER, "Faster"),
            Hint(Button.RESTART, "Afresh"),
        )

    def leave(self) -> None:
        """Let go of the network."""
        self._drop_network()

    def _drop_network(self) -> None:
        if self._network is not None:
            self._network.stop()
        self._network = None


def _speed_in_words(speed: int) -> str:
    return f"{speed:,} steps/s" if speed else "full speed"


def _did(step: Step, row: int) -> str:
    """A learner's step in words."""
    words = ("forward", "back")[int(step.action[row])]
    words = f"guessed {words}" if step.guessed[row] else words
    return f"{words}, slipped" if step.slipped[row] else words


def _earned(mean: float | None) -> str:
    return "" if mean is None else f"{mean:.2f} a step"


def _error_in_words(table: NDArray[np.float64], optimal: NDArray[np.float64]) -> str:
    """The largest error among what is known."""
    known = table != 0
    return f"error {relative_error(table, optimal)[known].max():.1%}" if known.any() else ""
