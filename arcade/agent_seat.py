"""An agent's place in the play scene: what it thinks and sees, and the controls of whoever watches."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pygame

from agents.profile import Profile
from arcade import theme as look
from arcade.column import Column, stack_at_bottom
from arcade.controllers import TrainedAgent
from arcade.controls import Button, Hint, Input, Keys, Press
from arcade.eye import Eye, describe
from arcade.fields import Stepper
from arcade.health import number
from arcade.meters import Bars
from arcade.person_seat import level_name
from arcade.round import Phase, Round
from arcade.scene import Change, Pop
from arcade.theme import Size, Theme
from arcade.widgets import Control, PushButton
from games.game import Game

if TYPE_CHECKING:
    from arcade.scenes.play import PlayScene

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
HANDICAPS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
OVER_SECONDS = 1.2
"""How long a finished game stands before the next one begins."""


_VALUES = "What it expects of each action (Q)"


class AgentSeat:
    """Lets a trained agent play and a person watch.

    Args:
        agent: Who plays.
        seed: Seeds its random moves.
    """

    keys = Keys.MENU

    def __init__(self, agent: Profile, seed: int) -> None:
        self.agent = agent
        self.controller = TrainedAgent(agent.policy(), np.random.default_rng((seed, 2)))
        self.scores: list[int] = []  # of the rounds watched so far
        self.handicapped = False  # whether the running round had random moves

    def rounds(self, game: Game, seed: int) -> list[Round]:
        """The agent's round."""
        return [Round(game, self.controller, seed, self.agent.observation)]

    def _panel_width(self, theme: Theme, width: int) -> int:
        """A third of the window, or more where the text is large."""
        return min(max(round(width * 0.32), theme.width(_VALUES, Size.SMALL)), round(width * 0.44))

    def sit_down(self, scene: "PlayScene") -> None:
        """Make the widgets and find the agent's own best score."""
        self.scene, self.info = scene, scene.game.info
        self.level = level_name(scene.game)
        self.panel = pygame.Rect(0, 0, 0, 0)
        self._spec = self.info.observation(self.agent.observation)
        self._bars = Bars(self.info.actions, self.info.accent)
        self._eye = Eye(self._spec, self.info.accent)
        top = scene.context.scores.top(self.info.id, self.level, is_agent=True, count=1000)
        self.best = max((each.score for each in top if each.name == self.agent.name), default=0)
        self._make_widgets()

    def _make_widgets(self) -> None:
        accent = self.info.accent
        self.pause = PushButton("Pause", self._toggle_pause, accent=accent, main=True)
        self.step = PushButton("Step", self._step, accent=accent)
        self.quit = PushButton("Leave", Pop, accent=accent)
        self.speed = Stepper(
            "Speed", SPEEDS, 1.0, text=lambda value: f"{value:g}×", accent=accent, on_change=self._set_speed
        )
        self.handicap = Stepper(
            "Random moves",
            HANDICAPS,
            0.0,
            text=lambda value: f"{value:.0%}",
            accent=accent,
            on_change=self._set_handicap,
        )

    def widgets(self) -> list[Control]:
        """The controls in the panel."""
        return [self.pause, self.step, self.quit, self.speed, self.handicap]

    def handle(self, event: Input) -> Change | None:
        """Keys of the watch; the rest goes to the widgets."""
        commands: dict[Button, Callable[[], None]] = {
            Button.PAUSE: self._toggle_pause,
            Button.STEP: self._step,
            Button.RESTART: self.scene.restart,
            Button.FASTER: lambda: self._change_speed(1),
            Button.SLOWER: lambda: self._change_speed(-1),
        }
        if isinstance(event, Press) and event.button in commands:
            commands[event.button]()
            return None
        if event == Press(Button.BACK):
            return Pop()
        return self.scene.focus.handle(event)

    def _toggle_pause(self) -> None:
        if self.scene.paused:
            self.scene.resume()
        else:
            self.scene.pause()

    def _step(self) -> None:
        self.scene.pause()
        self.scene.step()

    def _change_speed(self, by: int) -> None:
        index = min(max(self.speed.index + by, 0), len(SPEEDS) - 1)
        self.speed.set(SPEEDS[index])
        self._set_speed(SPEEDS[index])

    def _set_speed(self, speed: float) -> None:
        self.scene.round.speed = speed

    def _set_handicap(self, epsilon: float) -> None:
        self.controller.epsilon = epsilon
        self.handicapped = self.handicapped or epsilon > 0

    def begin(self) -> None:
        """A fresh round counts again if no random moves are asked for."""
        self.handicapped = self.controller.epsilon > 0

    def finish(self, score: int, good: bool) -> None:
        """Count the score, and keep it if the agent played by itself and never did better."""
        self.scores.append(score)
        if score > self.best and not self.handicapped:
            self.best = score
            context, level, name = self.scene.context, self.level, self.agent.name
            context.background(lambda: context.scores.add(self.info.id, level, name, score, is_agent=True))

    def update(self) -> None:
        """Go on to the next game when the last one has been seen."""
        played = self.scene.round
        if played.phase is Phase.OVER and played.phase_seconds * max(1.0, played.speed / 4) >= OVER_SECONDS:
            self.scene.restart()

    def layout(self, area: pygame.Rect) -> None:
        """Controls below, what the agent thinks and sees above."""
        theme, buttons = self.scene.theme, [self.pause, self.step, self.quit]
        panel = self.scene.place_picture(area, self._panel_width(theme, area.width))
        gap, height = theme.space(1), theme.line() + theme.space(1.25)
        width = (panel.width - gap * (len(buttons) - 1)) // len(buttons)
        for index, button in enumerate(buttons):
            button.rect = pygame.Rect(panel.left + index * (width + gap), panel.bottom - height, width, height)
        rest = pygame.Rect(panel.left, panel.top, panel.width, panel.height - height - gap)
        self.panel = stack_at_bottom(theme, [self.speed, self.handicap], rest)

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the panel."""
        self.pause.label = "Go on" if self.scene.paused else "Pause"
        column = Column(surface, self.scene.theme, self.panel)
        self._paint_record(column)
        column.skip(self.scene.theme.space(1.5))
        self._paint_values(column)
        column.skip(self.scene.theme.space(1.5))
        self._paint_eye(column)

    def _paint_record(self, column: Column) -> None:
        agent, name = self.agent, self.info.score_name
        column.text(agent.name, Size.BODY, look.readable(self.info.accent, look.GROUND))
        card = agent.scorecard
        if card:
            told = f"{number(card['mean'])} {name} on average in {card['episodes']:,} test games"
            column.text(told, Size.SMALL, look.MUTED)
        column.text(f"{self.scene.round.score:,} {name}", Size.TITLE)
        told = f"Game {len(self.scores) + 1}"
        if self.scores:
            told += f" · mean {number(float(np.mean(self.scores)))} · best {max(self.scores):,}"
        column.text(told, Size.SMALL, look.MUTED)

    def _paint_values(self, column: Column) -> None:
        controller = self.controller
        column.text(_VALUES, Size.SMALL, look.MUTED)
        column.skip(self.scene.theme.space(0.5))
        if controller.q_values is not None:
            # Worth changes far more over time than between actions, so the bars show what sets them apart.
            apart = (controller.q_values - controller.q_values.mean()).tolist()
            self._bars.show(apart, controller.action, [f"{value:.2f}" for value in controller.q_values])
        height = self._bars.height(self.scene.theme)
        if height <= column.rect.height:
            self._bars.rect = pygame.Rect(column.rect.topleft, (column.rect.width, height))
            self._bars.draw(column.surface, self.scene.theme)
            column.skip(height)
        if controller.epsilon:
            column.text("A random move" if controller.random_move else "Its own choice", Size.SMALL, look.MUTED)

    def _paint_eye(self, column: Column) -> None:
        theme = self.scene.theme
        if column.rect.height >= theme.line(Size.SMALL) + theme.space(6):
            column.text(f"What it sees: {describe(self._spec)}", Size.SMALL, look.MUTED)
            column.skip(theme.space(0.5))
            self._eye.rect = column.rect
            self._eye.draw(column.surface, theme, self.scene.round.batch.observe()[0])

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return (
            Hint(Button.PAUSE, "Go on" if self.scene.paused else "Pause"),
            Hint(Button.STEP, "One step"),
            Hint(Button.FASTER, "Faster"),
            Hint(Button.SLOWER, "Slower"),
            Hint(Button.RESTART, "New game"),
            Hint(Button.BACK, "Back"),
        )
