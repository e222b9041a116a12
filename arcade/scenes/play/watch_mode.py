"""The play scene's mode for watching an agent: Q values and observation, speed, handicaps, taking over."""

from collections.abc import Callable

import numpy as np
import pygame

from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, FocusLost, Hint, Input, Keys, Press, Release
from arcade.rounds.controllers import Handover, Human, TrainedAgent
from arcade.rounds.end_times import WATCHED_SECONDS
from arcade.rounds.match import SPEEDS, Match, next_speed
from arcade.rounds.round import Round
from arcade.rounds.steering import game_hints, steer
from arcade.scenes.play.saliency_worker import SaliencyWorker
from arcade.ui import style
from arcade.ui.column import Column, stack_at_bottom
from arcade.ui.fields import Stepper
from arcade.ui.focus import Focus
from arcade.ui.meters import Badge, Bars, value_text
from arcade.ui.numbers import number
from arcade.ui.observation_view import ObservationView, describe, draw_key
from arcade.ui.scene import Change, Pop
from arcade.ui.style import Size, Theme
from arcade.ui.widgets import Control, PushButton
from games.figures import figure
from games.game import Game
from games.registry import level_name

HANDICAPS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
DELAYS = (0, 1, 2, 3, 5, 8, 12)
"""Ticks from an observation to the action chosen for it."""

_TAKE_OVER = "Take over"


class WatchMode:
    """The mode in which a trained agent plays and a person watches and may take over for a while.

    Args:
        match: The match. Its seed also seeds the random moves.
        context: Shared by all scenes.
        focus: The scene's widgets, which are those in the panel.
        agent: The agent that plays.
    """

    def __init__(self, match: Match, context: Context, focus: Focus, agent: Profile) -> None:
        self.agent = agent
        self.controller = TrainedAgent(agent.policy(), np.random.default_rng((match.seed, 2)))
        self.scores: list[float] = []  # scores of the rounds watched so far
        self.handicapped = False  # whether this round had random moves, a delay, or moves of the person
        self._match, self._context, self._focus = match, context, focus

    @property
    def keys(self) -> Keys:
        """Game keys while the person plays, else watching keys."""
        return Keys.GAME if self.handover.person_plays else Keys.WATCH

    def start(self, game: Game) -> None:
        """Sets up a game: finds the agent's best score, makes the widgets, begins the round."""
        self.info, self.level = game.info, level_name(game)
        self.handover = Handover(self.controller, Human(game.info.play))
        self.panel = pygame.Rect(0, 0, 0, 0)
        self._spec = self.info.observation(self.agent.observation)
        self._bars = Bars(self.info.actions, self.info.accent)
        self._observation_view = ObservationView(self._spec, self.info.accent)
        self._player = Badge(colour=self.info.accent)
        self._saliency = SaliencyWorker(self._context, self.controller, self.agent.policy())
        self._just_taken_over = False  # whether Shift was pressed in this frame
        top = self._context.scores.top(self.info.id, self.level, is_agent=True, count=1000)
        self.best = max((each.score for each in top if each.name == self.agent.name), default=0)
        self._make_widgets()
        self._match.start(game, lambda: [Round(game, self.handover, self._match.seed, self.agent.observation)])

    def _make_widgets(self) -> None:
        accent = self.info.accent
        self.pause = PushButton("Pause", self._toggle_pause, accent=accent, main=True)
        self.step = PushButton("Step", self._step, accent=accent)
        self.take_over = PushButton(_TAKE_OVER, self._toggle_takeover, accent=accent)
        self.quit = PushButton("Leave", Pop, accent=accent)
        self.speed = Stepper(
            "Speed", SPEEDS, 1.0, text=lambda value: f"{value:g}×", accent=accent, on_change=self._set_speed
        )
        self.handicap = Stepper(
            "Random",
            HANDICAPS,
            0.0,
            text=lambda value: f"{value:.0%}",
            accent=accent,
            on_change=self._set_handicap,
        )
        self.delay = Stepper("Delay", DELAYS, 0, text=self._delay_words, accent=accent, on_change=self._set_delay)

    def _delay_words(self, ticks: int) -> str:
        return f"{1000 * ticks / self.info.ticks_per_second:.0f} ms"

    def widgets(self) -> list[Control]:
        """Returns the controls in the panel."""
        return [self.pause, self.step, self.take_over, self.quit, self.speed, self.handicap, self.delay]

    def handle(self, event: Input) -> Change | None:
        """Steers the game if the person has taken over; else handles the watcher's keys, then the widgets."""
        picture = self._match.picture()
        if event == FocusLost() or event == Release(Button.TAKE_OVER):
            self._release_take_over(event)
            return None
        if self.handover.person_plays and steer(self.handover.human, event, picture):
            return None
        commands: dict[Button, Callable[[], None]] = {
            Button.PAUSE: self._toggle_pause,
            Button.STEP: self._step,
            Button.RESTART: self._restart,
            Button.FASTER: lambda: self._change_speed(1),
            Button.SLOWER: lambda: self._change_speed(-1),
            Button.TAKE_OVER: self._press_take_over,
            Button.EXTRA: self._saliency.toggle,
        }
        if isinstance(event, Press) and event.button in commands:
            commands[event.button]()
            return None
        if event == Press(Button.BACK):
            return Pop()
        return self._focus.handle(event)

    # Taking over

    def _press_take_over(self) -> None:
        """Handles a press of Shift: takes over, or hands back after a click on the hint bar."""
        self._toggle_takeover()
        self._just_taken_over = True

    def _release_take_over(self, event: Input) -> None:
        """Handles a release of Shift: hands back.

        A click on the hint bar presses and releases within one frame; then the person keeps the game.
        """
        if self.handover.person_plays and not (self._just_taken_over and isinstance(event, Release)):
            self._toggle_takeover()

    def _toggle_takeover(self) -> None:
        if self.handover.person_plays:
            self.handover.hand_back()
        else:
            self.handover.take_over()
            self.handicapped = True
        self._set_speed(self.speed.value)

    # Time and handicaps

    def _toggle_pause(self) -> None:
        if self._match.paused:
            self._match.resume()
        else:
            self._match.pause()

    def _step(self) -> None:
        self._match.pause()
        if self._match.is_over:
            self._reset_handicapped()
        self._match.step()

    def _change_speed(self, by: int) -> None:
        self.speed.set(next_speed(self.speed.value, by))
        self._set_speed(self.speed.value)

    def _set_speed(self, speed: float) -> None:
        """Sets the speed; a person plays at normal speed at most."""
        self._match.round.speed = min(speed, 1.0) if self.handover.person_plays else speed

    def _set_handicap(self, epsilon: float) -> None:
        self.controller.epsilon = epsilon
        self.handicapped = self.handicapped or epsilon > 0

    def _set_delay(self, ticks: int) -> None:
        self.controller.delay = ticks
        self.handicapped = self.handicapped or ticks > 0

    def _restart(self) -> None:
        self._reset_handicapped()
        self._match.restart()

    def _reset_handicapped(self) -> None:
        """Resets `handicapped` for a new round: it counts if the agent plays alone and without handicaps."""
        agent = self.controller
        self.handicapped = agent.epsilon > 0 or agent.delay > 0 or self.handover.person_plays

    def finish(self, score: float, good: bool) -> None:
        """Counts the score, and saves it if it is the agent's best without handicaps or takeover."""
        self.scores.append(score)
        whole = round(score)  # scores are saved as whole numbers
        if whole > self.best and not self.handicapped:
            self.best = whole
            context, level, name = self._context, self.level, self.agent.name
            context.background(lambda: context.scores.add(self.info.id, level, name, whole, is_agent=True))

    def update(self) -> None:
        """Starts the next game some time after the last one has ended."""
        self._just_taken_over = False
        self._saliency.update()
        played = self._match.round
        if self._match.paused:
            return
        if played.over_for(WATCHED_SECONDS / max(1.0, played.speed / 4)):
            self._restart()

    def layout(self, area: pygame.Rect) -> None:
        """Places the controls below, Q values and observation above."""
        theme, rows = self._context.theme, ((self.take_over, self.quit), (self.pause, self.step))
        panel = self._match.stage.place_beside_panel(area, self.info.aspect, _panel_width(theme, area.width))
        gap, height = theme.space(1), theme.line() + theme.space(1.25)
        width, bottom = (panel.width - gap) // 2, panel.bottom
        for row in rows:
            for index, button in enumerate(row):
                button.rect = pygame.Rect(panel.left + index * (width + gap), bottom - height, width, height)
            bottom -= height + gap
        rest = pygame.Rect(panel.left, panel.top, panel.width, bottom - panel.top)
        self.panel = stack_at_bottom(theme, [self.speed, self.handicap, self.delay], rest)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the player's name and the panel."""
        self.pause.label = "Resume" if self._match.paused else "Pause"
        self.take_over.label = "Hand back" if self.handover.person_plays else _TAKE_OVER
        self._paint_player(surface)
        column = Column(surface, self._context.theme, self.panel)
        self._paint_record(column)
        self._paint_values(column)
        column.skip(self._context.theme.space(1.5))
        self._paint_observation(column)

    def _paint_player(self, surface: pygame.Surface) -> None:
        """Draws the player's name over the picture."""
        theme, badge, picture = self._context.theme, self._player, self._match.picture()
        person = self.handover.person_plays
        badge.icon, badge.colour = ("person", style.WHITE) if person else ("agent", self.info.accent)
        room = picture.width - 2 * theme.space(4)
        words = "You play" if person else f"{self.agent.name} plays"
        if theme.width(words, Size.SMALL) > room:
            words = theme.fit(self.agent.name, Size.SMALL, room)
        badge.text = words
        badge.place(theme, topleft=(picture.left + theme.space(), picture.top + theme.space()))
        badge.draw(surface, theme)

    def _paint_record(self, column: Column) -> None:
        """Draws the score, and as much about the agent as leaves room for its Q values."""
        theme, agent = self._context.theme, self.agent
        values = self._bars.height(theme) + theme.line(Size.SMALL) + theme.space(2)
        if column.rect.height - values >= theme.line(Size.TITLE) + theme.line() + 3 * theme.line(Size.SMALL):
            column.text(agent.name, Size.BODY, style.readable(self.info.accent, style.GROUND))
            card = agent.scorecard
            if card:
                column.paragraph(
                    f"{self.info.scored(number(card['mean']))} on average in {card['episodes']:,} test games"
                )
        column.text(self.info.scored(self._match.round.score), Size.TITLE)
        told = f"Game {len(self.scores) + 1}"
        if self.scores:
            told += f" · mean {number(float(np.mean(self.scores)))} · best {figure(max(self.scores))}"
        if column.rect.height - values >= theme.line(Size.SMALL):
            column.paragraph(told)
        column.skip(min(theme.space(1.5), max(0, column.rect.height - values)))

    def _paint_values(self, column: Column) -> None:
        controller = self.controller
        column.text("Q value of each action", Size.SMALL, style.MUTED)
        if controller.q_values is not None:
            # Q values change far more over time than between actions, so the bars show the differences from the mean.
            values = controller.q_values.astype(np.float64)
            differences, words = (values - values.mean()).tolist(), [*map(value_text, values.tolist())]
            self._bars.show(differences, self.handover.action, words)
        height = self._bars.height(self._context.theme)
        if height <= column.rect.height:
            self._bars.rect = pygame.Rect(column.rect.topleft, (column.rect.width, height))
            self._bars.draw(column.surface, self._context.theme)
            column.skip(height)
        if controller.epsilon and not self.handover.person_plays:
            column.text("Random move" if controller.random_move else "The agent's choice", Size.SMALL, style.MUTED)

    def _paint_observation(self, column: Column) -> None:
        theme, saliency = self._context.theme, self._saliency
        line = theme.line(Size.SMALL)
        if column.rect.height < 2 * line + theme.space(6):
            return
        seen, moves = self._match.round.batch.observe()[0], None
        if saliency.latest is not None:
            seen, moves = saliency.latest.observation, saliency.latest.moves
            column.text("Saliency of the best action:", Size.SMALL, style.MUTED)
            draw_key(column.surface, theme, column.rect)
            column.skip(line)
        else:
            column.paragraph(f"What it sees: {describe(self._spec)}")
        column.skip(theme.space(0.5))
        self._observation_view.rect = column.rect
        self._observation_view.draw(column.surface, theme, seen, moves)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        watching = (
            Hint(Button.PAUSE, "Resume" if self._match.paused else "Pause"),
            Hint(Button.STEP, "One step"),
            Hint(Button.FASTER, "Faster"),
            Hint(Button.SLOWER, "Slower"),
            Hint(Button.EXTRA, "What it sees" if self._saliency.enabled else "Saliency"),
            Hint(Button.RESTART, "New game"),
            Hint(Button.BACK, "Back"),
        )
        if self.handover.person_plays:
            return (*game_hints(self.info), Hint(Button.TAKE_OVER, "Let go: hand back"), *watching)
        return (Hint(Button.TAKE_OVER, "Hold: take over"), *watching)


def _panel_width(theme: Theme, width: int) -> int:
    """Returns a third of the window's width, or more if the text is large."""
    arrows = 2 * (theme.line() + theme.space(1.25))
    half = max(theme.width(_TAKE_OVER) + theme.space(3), theme.width("1000 ms") + arrows)
    return min(max(round(width * 0.32), 2 * half), round(width * 0.44))
