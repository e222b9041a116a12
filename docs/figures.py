"""Makes the figures of the tutorial: `python docs/figures.py`.

Every figure is drawn with the charts of the arcade from values that the project computes with fixed seeds.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pygame

    from arcade.ui.charts import Line, Reference
    from arcade.ui.style import Colour, Theme

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "tutorial" / "figures"
SIZE = (960, 440)
THEME_SIZE = (1440, 1080)  # gives larger text, as figures are shown small


def main(folder: Path = FOLDER, effort: float = 1.0) -> None:
    """Draw every figure.

    Args:
        folder: Folder of the figures.
        effort: Fraction of the learning steps; less is quicker and noisier.
    """
    os.environ |= {"PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    sys.path.insert(0, str(ROOT))
    import pygame

    from arcade.ui.style import Theme

    theme = Theme()
    theme.resize(THEME_SIZE)
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        pygame.image.save(draw(theme, effort), folder / f"{name}.png")


def _chart(
    theme: "Theme", title: str, lines: "Sequence[Line]", references: "Sequence[Reference]" = ()
) -> "pygame.Surface":
    import pygame

    from arcade.ui import style
    from arcade.ui.charts import LineChart

    surface = pygame.Surface(SIZE)
    surface.fill(style.GROUND)
    chart = LineChart(title)
    chart.rect = surface.get_rect().inflate(-theme.space(2), -theme.space(2))
    chart.show(lines, references=references)
    chart.draw(surface, theme)
    return surface


def _bars(
    theme: "Theme", title: str, rows: "Sequence[tuple[str, Sequence[tuple[str, float, Colour]]]]", most: float
) -> "pygame.Surface":
    """Draw groups of labelled bars from 0 to `most`. Each row is a name, and label, value and colour of its bars."""
    import pygame

    from arcade.ui import style
    from arcade.ui.style import Size

    surface = pygame.Surface(SIZE)
    surface.fill(style.GROUND)
    panel = surface.get_rect().inflate(-theme.space(2), -theme.space(2))
    theme.panel(surface, panel)
    inner = panel.inflate(-theme.space(4), -theme.space(2))
    theme.text(surface, title, inner.topleft, Size.SMALL, style.MUTED)
    label = max(theme.width(name, Size.SMALL) for _, bars in rows for name, _, _ in bars) + theme.space(2)
    number = theme.width("00.00", Size.SMALL) + theme.space(1)
    count = sum(len(bars) + 1 for _, bars in rows)
    step = (inner.height - theme.line(Size.SMALL) - theme.space(1)) // count
    y = inner.top + theme.line(Size.SMALL) + theme.space(1)
    for group, bars in rows:
        y += step
        theme.text(surface, group, (inner.left, y), Size.SMALL, style.TEXT, "bottomleft")
        for name, value, colour in bars:
            middle = y + step // 2
            theme.text(
                surface, name, (inner.left + label - theme.space(1), middle), Size.SMALL, style.MUTED, "midright"
            )
            room = inner.width - label - number
            bar = pygame.Rect(inner.left + label, 0, max(2, round(room * value / most)), step * 3 // 5)
            bar.centery = middle
            surface.fill(colour, bar)
            text = f"{value:.0f}" if most >= 100 else f"{value:.2f}"
            theme.text(surface, text, (bar.right + theme.space(1), middle), Size.SMALL, style.TEXT, "midleft")
            y += step
    return surface


def rewards(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 1: the rewards of the method of summed rewards, between those of the two constant policies."""
    import numpy as np

    from agents.nchain.tables import NAIVE, Parameters, TableLearners
    from arcade.ui import style
    from arcade.ui.charts import Line, Reference
    from games.nchain.optimum import average_reward
    from games.nchain.rules import NChain

    game = NChain()
    learners = TableLearners(game, [NAIVE] * 100, Parameters(episode=50))
    for _ in range(round(3_000 * effort)):
        learners.step()
    means = np.array(learners.episode_rewards).mean(axis=1)
    points = np.column_stack([np.arange(1, len(means) + 1) * 50.0, means])
    plain = [np.ones(5, np.int64), np.zeros(5, np.int64)]
    back, forward = (average_reward(game, actions) for actions in plain)
    references = [
        Reference(back, f"always back {back:.2f}", style.TEXT),
        Reference(forward, f"always forward {forward:.2f}", style.GREEN),
    ]
    line = Line(points, style.ORANGE, "summed rewards")
    return _chart(theme, "Reward a step, mean of 100 learners, by steps taken", [line], references)


def q_rule(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 2: the error of a Q table with a constant and with a falling learning rate."""
    import numpy as np

    from agents.nchain.tables import EGREEDY, STEADY, Parameters, TableLearners, relative_error
    from arcade.ui import style
    from arcade.ui.charts import Line
    from games.nchain.optimum import optimal_values
    from games.nchain.rules import NChain

    game = NChain()
    optimal = optimal_values(game, 0.95)
    lines = []
    kinds = ((STEADY, style.ORANGE, "α stays at 0.8"), (Parameters(), style.GREEN, "α falls from 0.8"))
    for parameters, colour, label in kinds:
        learners = TableLearners(game, [EGREEDY] * 20, parameters)
        points = []
        for step in range(round(30_000 * effort)):
            learners.step()
            if step % 100 == 99:
                errors = [relative_error(table, optimal).max() for table in learners.tables]
                points.append((step + 1.0, 100 * float(np.mean(errors))))
        lines.append(Line(np.array(points), colour, label))
    return _chart(theme, "Largest error in % of the true value, mean of 20 learners, by steps taken", lines)


def exploring(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 3: the contest with a constant and with a falling learning rate."""
    from agents.nchain.contest import Contest
    from agents.nchain.tables import STEADY, TABULAR, Parameters
    from arcade.ui import style
    from games.nchain.rules import NChain

    colours = (style.ORANGE, style.SKY, style.GREEN)
    groups = [("The tutorial's own figures", (13, 22, 65))]
    for title, parameters in (("Here, α stays at 0.8", STEADY), ("Here, α falls from 0.8", Parameters())):
        contest = Contest(NChain(), TABULAR, parameters, learning_steps=round(20_000 * effort))
        while not contest.done:
            contest.step()
        groups.append((title, tuple(contest.wins.tolist())))
    names = [method.title for method in TABULAR]
    rows = [(title, list(zip(names, wins, colours, strict=True))) for title, wins in groups]
    return _bars(theme, "Wins in 100 trials", rows, 100)


def network(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 4: the values of the shipped network beside the true ones."""
    import numpy as np

    from agents.storage.folders import shipped_folder
    from agents.storage.profile import read
    from arcade.ui import style
    from games.nchain.optimum import optimal_values
    from games.nchain.rules import NChain

    agent = read(shipped_folder() / "nchain" / "NChain ace.agent")
    learnt = agent.policy().q_values(np.eye(5, dtype=np.float32))
    optimal = optimal_values(NChain(), agent.config.discount)
    rows = [
        (
            f"{action}: learnt, and true",
            [
                (f"state {state}", float(values[state, index]), colour)
                for state in range(5)
                for values, colour in ((learnt, style.YELLOW), (optimal, style.LINE))
            ],
        )
        for index, action in enumerate(("Forward", "Back"))
    ]
    return _pairs(theme, rows)


def _pairs(theme: "Theme", rows: "Sequence[tuple[str, Sequence[tuple[str, float, Colour]]]]") -> "pygame.Surface":
    """Draw two groups of bars side by side, with a label for every second bar."""
    import pygame

    from arcade.ui import style
    from arcade.ui.style import Size

    surface = pygame.Surface(SIZE)
    surface.fill(style.GROUND)
    panel = surface.get_rect().inflate(-theme.space(2), -theme.space(2))
    theme.panel(surface, panel)
    width = panel.width // len(rows)
    label = theme.width("state 0", Size.SMALL) + theme.space(1.5)
    number = theme.width("00.00", Size.SMALL) + theme.space(2)
    for index, (group, bars) in enumerate(rows):
        left, y = panel.left + index * width + theme.space(2), panel.top + theme.space(1)
        theme.text(surface, group, (left, y), Size.SMALL, style.TEXT, max_width=width - theme.space(3))
        y += theme.line(Size.SMALL) + theme.space(1)
        step = (panel.bottom - theme.space(1) - y) // len(bars)
        for position, (name, value, colour) in enumerate(bars):
            if position % 2 == 0:
                theme.text(surface, name, (left, y + step), Size.SMALL, style.MUTED, "midleft")
            room = width - theme.space(3) - label - number
            bar = pygame.Rect(left + label, y + 2, max(2, round(room * value / 90)), step - 4)
            surface.fill(colour, bar)
            place = bar.right + theme.space(0.75), bar.centery
            theme.text(surface, f"{value:.2f}", place, Size.SMALL, style.TEXT, "midleft")
            y += step
    return surface


def double(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 5: the bias of the maximum, and that of choosing and valuing with separate estimates."""
    import numpy as np

    from arcade.ui import style
    from arcade.ui.charts import Line

    rng = np.random.default_rng(0)
    single, apart = [], []
    for actions in range(1, 21):
        first, second = rng.normal(size=(2, round(20_000 * max(effort, 0.05)), actions))
        single.append((actions, first.max(axis=1).mean()))
        chosen = first.argmax(axis=1)[:, None]
        apart.append((actions, np.take_along_axis(second, chosen, axis=1).mean()))
    lines = [
        Line(np.array(single), style.ORANGE, "the maximum of one estimate"),
        Line(np.array(apart), style.GREEN, "one chooses, the other values"),
    ]
    return _chart(theme, "Mean of the target where every action is worth 0, by number of actions", lines)


def refinements(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 6: how often a transition is sampled, by its error."""
    import numpy as np

    from agents.learning.replay import SumTree
    from arcade.ui import style
    from arcade.ui.charts import Line

    errors = np.arange(1, 65) / 64
    rng = np.random.default_rng(0)
    lines = []
    for exponent, colour in ((0.0, style.ORANGE), (0.6, style.GREEN), (1.0, style.SKY)):
        tree = SumTree(len(errors))
        tree.set(np.arange(len(errors)), errors**exponent)
        drawn = tree.sample(64_000, rng)
        share = np.bincount(drawn, minlength=len(errors)) / 1_000
        lines.append(Line(np.column_stack([errors * 100, share]), colour, f"exponent {exponent:g}"))
    return _chart(theme, "Draws, 1 being the same for all, by the size of the error in % of the largest", lines)


def this_dqn(theme: "Theme", effort: float) -> "pygame.Surface":
    """Draw chapter 7: the learning curve of the best shipped CartPole agent."""
    import numpy as np

    from agents.storage.folders import shipped_folder
    from agents.storage.profile import read
    from arcade.ui import style
    from arcade.ui.charts import Line, Reference

    agent = read(shipped_folder() / "cartpole" / "CartPole ace.agent")
    line = Line(np.array(agent.curve), style.GREEN)
    title = f"{agent.name}: mean of the last 100 scores in training, by game frames"
    return _chart(theme, title, [line], [Reference(500, "the most there is: 500")])


FIGURES: "dict[str, Callable[[Theme, float], pygame.Surface]]" = {
    "1-rewards": rewards,
    "2-q-rule": q_rule,
    "3-exploring": exploring,
    "4-network": network,
    "5-double": double,
    "6-refinements": refinements,
    "7-this-dqn": this_dqn,
}
"""File name to the function that draws the figure, given the theme and the fraction of the learning steps."""


if __name__ == "__main__":
    main()
