"""The dashboard of a training run: its games, charts, numbers, progress and diagnosis.

It only reads the reports that the session publishes, so it never waits. The run continues when the dashboard is left.
"""

from collections.abc import Callable, Sequence

import pygame

from agents.acting.evaluation import RandomPolicy, evaluate
from agents.storage.profile import Profile
from agents.training.session import Command, SessionReport, Status
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.places import Play, TrainSetup
from arcade.scenes.screen import Screen
from arcade.scenes.training.diagnosis import Finding, Mood, assess, result
from arcade.scenes.training.run_charts import RunCharts
from arcade.scenes.training.run_games import RunGames
from arcade.scenes.training.run_numbers import RunNumbers
from arcade.scenes.training.run_progress import RunProgress
from arcade.scenes.training.run_words import RunWords, draw_traceback
from arcade.ui import style
from arcade.ui.scene import Change, Home, Pop, Push, Replace
from arcade.ui.style import Size
from arcade.ui.tooltip import Tooltip
from arcade.ui.widgets import PushButton
from games.game import Game
from games.registry import level_name

RANDOM_GAMES = 50
"""Number of games that measure the score of random play."""

_RANDOM_STEPS = 1_000  # step limit of each of these games
_CONFIRM_SECONDS = 3.0  # Stop must be pressed a second time within this time

_STATUS_WORDS = {
    Status.STARTING: "Starting",
    Status.TRAINING: "Training",
    Status.PAUSED: "Paused",
    Status.FINISHED: "Finished",
    Status.STOPPED: "Stopped",
    Status.FAILED: "Failed",
}


def random_mean(game: Game) -> float:
    """Returns the mean score of random play. Observations do not matter to it, so the smallest kind is used."""
    kind = min(game.info.observations, key=lambda spec: len(spec.shape)).kind
    card = evaluate(RandomPolicy(len(game.info.actions)), game, kind, episodes=RANDOM_GAMES, step_limit=_RANDOM_STEPS)
    return card.mean


class DashboardScene(Screen):
    """The screen of the current training run, or of the one that ended last.

    Args:
        context: Shared by all scenes; its `training` is shown.

    Raises:
        ValueError: There is no run to show.
    """

    shows_training = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        if context.training is None:
            raise ValueError("no training to show: start one from a game's page")
        self.session = context.training
        self.plan = self.session.plan
        self.info = self.plan.game.info
        self.random_mean: float | None = None
        self._asked: tuple[str, Status] | None = None  # words for the last command, and the status when it was sent
        self._confirm_seconds = 0.0  # time left to confirm Stop
        self._details = False  # whether a failure's traceback is shown
        self._shown_status: Status | None = None
        self.games = RunGames(self.theme, self.plan)
        self.charts = RunCharts(self.theme, self.plan, context.scores.best(self.info.id, level_name(self.plan.game)))
        self.progress = RunProgress(self.plan)
        self.words = RunWords(self.theme)
        self.numbers = RunNumbers(self.theme, self.info.accent)
        self._make_buttons()
        self.in_background(lambda: random_mean(self.plan.game), self._take_random_mean)

    def _take_random_mean(self, mean: float) -> None:
        self.random_mean = mean

    @property
    def report(self) -> SessionReport:
        """The report that the session published last."""
        return self.session.latest

    def tooltips(self) -> list[Tooltip]:
        """Returns the tooltips of everything on screen, in reading order."""
        if self._shows_failure():
            return [self.progress.tooltip]
        shown = (each for each in self.numbers.tooltips if each.enabled)
        return [self.progress.tooltip, *self.games.tooltips, *self.charts.tooltips, *shown]

    def _shows_failure(self) -> bool:
        """Whether a failure is shown instead of games and charts."""
        return self.report.status is Status.FAILED and (self._details or self.report.progress is None)

    # Buttons

    def _make_buttons(self) -> None:
        accent = self.info.accent
        self.pause = PushButton("Pause", self._toggle_pause, icon="pause", accent=accent)
        self.save = PushButton("Save", self._save, accent=accent)
        self.stop = PushButton("Stop", self._stop, accent=accent)
        self.watch = PushButton("Watch it play", self._watch, icon="play", accent=accent, main=True)
        self.further = PushButton("Train further", self._train_further, accent=accent)
        self.again = PushButton("Set up again", self._set_up_again, accent=accent, main=True)
        self.details = PushButton("Show details", self._toggle_details, accent=accent)
        self.home = PushButton("Home", Home, accent=accent)

    def _buttons(self) -> list[PushButton]:
        status = self.report.status
        if status.running:
            return [self.pause, self.save, self.stop]
        if status is Status.FAILED:
            kept = [self.watch, self.further] if self.report.saved else [self.again]
            return [*kept, self.details, self.home]
        return [self.watch, self.further, self.home] if self.report.saved else [self.again, self.home]

    def _send(self, command: Command, words: str) -> None:
        self.session.send(command)
        self._asked = words, self.report.status

    def _toggle_pause(self) -> None:
        if self.report.status is Status.PAUSED:
            self._send(Command.RESUME, "Resuming")
        else:
            self._send(Command.PAUSE, "Pausing")

    def _save(self) -> None:
        self.session.send(Command.SAVE)

    def _stop(self) -> None:
        """Stops the run at the second press: a run may have taken hours."""
        if self._confirm_seconds <= 0:
            self._confirm_seconds = _CONFIRM_SECONDS
            self.relayout()
        else:
            self._send(Command.STOP, "Stopping and saving")

    def _watch(self) -> None:
        self._open_with_agent(lambda agent: Push(Play(agent.game(), agent)))

    def _train_further(self) -> None:
        self._open_with_agent(lambda agent: Replace(TrainSetup(self.info.id, agent)))

    def _open_with_agent(self, where: Callable[[Profile], Change]) -> None:
        """Loads the saved agent, then makes the change that `where` returns for it."""
        library, path = self.context.library, self.report.saved
        if path:
            self.open_with(
                lambda: library.find(str(path)), lambda found: where(found.profile) if found.profile else None
            )

    def _set_up_again(self) -> Change:
        return Replace(TrainSetup(self.info.id, self.plan.start))

    def _toggle_details(self) -> None:
        self._details = not self._details
        self.details.label = "Hide details" if self._details else "Show details"
        self.relayout()

    # Input and time

    def handle(self, event: Input) -> Change | None:
        """Handles the keys for pause, save and charts; passes other input to the buttons."""
        if event == Press(Button.BACK):
            return Pop()
        if event == Press(Button.EXTRA):
            self._turn_charts()
            return None
        if self.report.status.running:
            commands = {Press(Button.PAUSE): self._toggle_pause, Press(Button.SAVE): self._save}
            if isinstance(event, Press) and event in commands:
                commands[event]()
                return None
        return self.focus.handle(event)

    def update(self, seconds: float) -> Change | None:
        """Shows the latest report."""
        report = self.report
        if self._confirm_seconds > 0:
            self._confirm_seconds -= seconds
            if self._confirm_seconds <= 0:
                self.relayout()
        if self._asked and self._asked[1] is not report.status:
            self._asked = None
        if report.status is not self._shown_status:
            self._change_status(report.status)
        self.games.update(seconds, report)
        self.charts.update(seconds, report.curves, self.random_mean)
        return super().update(seconds)

    def _turn_charts(self) -> None:
        self.charts.turn()
        self._show_widgets()

    def _change_status(self, status: Status) -> None:
        self._shown_status = status
        paused = status is Status.PAUSED
        self.pause.label, self.pause.icon = ("Resume", "play") if paused else ("Pause", "pause")
        self._show_widgets()
        self.relayout()

    def _show_widgets(self) -> None:
        self.focus.set([*self._buttons(), *self.tooltips()])

    # Drawing

    def layout(self, area: pygame.Rect) -> None:
        """Places head, progress and diagnosis above, games at the left, charts at the right, numbers below."""
        theme, margin = self.theme, self.theme.space(2)
        page = area.inflate(-2 * margin, -2 * margin)
        self.stop.label = "Stop? Press again" if self._confirm_seconds > 0 else "Stop"
        top = self._layout_head(page)
        self.progress.layout(pygame.Rect(page.left, top, page.width, theme.line(Size.SMALL) + theme.space(0.75)))
        top = self.progress.rect.bottom + theme.space(1.25)
        self.words.rect = pygame.Rect(page.left, top, page.width, self.words.height)
        height = self.numbers.height()
        self.numbers.layout(pygame.Rect(page.left, page.bottom - height, page.width, height))
        top = self.words.rect.bottom + theme.space(1)
        self._body = pygame.Rect(page.left, top, page.width, self.numbers.rect.top - theme.space(1.5) - top)
        games = pygame.Rect(page.left, top, round(page.width * 0.38), self._body.height)
        self.games.layout(games)
        left = games.right + theme.space(2)
        self.charts.layout(pygame.Rect(left, top, page.right - left, self._body.height))
        self._show_widgets()

    def _layout_head(self, page: pygame.Rect) -> int:
        """Places name and state at the left and buttons at the right, or below if the text is large.

        Returns:
            The y below the head.
        """
        theme, height = self.theme, self.theme.line() + self.theme.space(1.5)
        right, top = page.right, page.top
        buttons = sum(button.width(theme) + theme.space(1.5) for button in self._buttons())
        words = min(theme.width(self.plan.name, Size.TITLE), page.width // 4) + theme.width(self._state_words())
        if buttons + words + theme.space(3) > page.width:
            top += height + theme.space()
        for button in reversed(self._buttons()):
            width = button.width(theme)
            button.rect = pygame.Rect(right - width, top, width, height)
            right -= width + theme.space(1.5)
        end = right if top == page.top else page.right
        self._head = pygame.Rect(page.left, page.top, end - page.left, height)
        return top + height + theme.space(1.5)

    def _state_words(self) -> str:
        return f"{self._asked[0]}…" if self._asked else _STATUS_WORDS[self.report.status]

    def draw(self, surface: pygame.Surface) -> None:
        """Draws the screen, and over it the tooltip that has the focus."""
        super().draw(surface)
        if isinstance(self.focus.current, Tooltip):
            self.focus.current.draw_text(surface, self.theme)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect] | None:
        """Redraws the games only, unless something covers them; numbers and charts change a few times a second."""
        covered = self._shows_failure() or isinstance(self.focus.current, Tooltip)
        if covered or super().redraw(surface) is None:
            return None
        return self.games.redraw(surface)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the latest report."""
        report = self.report
        self._paint_head(surface)
        self.progress.draw(surface, self.theme, report)
        self.words.draw(surface, self._finding(report))
        if self._shows_failure():
            if self._details:
                draw_traceback(surface, self.theme, self._body, report.error)
            return
        self.games.draw(surface, report)
        self.charts.draw(surface)
        self.numbers.draw(surface, report, self.context.fps)

    def _paint_head(self, surface: pygame.Surface) -> None:
        theme, accent = self.theme, style.readable(self.info.accent, style.GROUND)
        words = self._state_words()
        room = self._head.width - theme.width(words) - theme.space(3)
        name = theme.text(surface, self.plan.name, self._head.midleft, Size.TITLE, accent, "midleft", room)
        theme.text(surface, words, (name.right + theme.space(2), name.centery), Size.BODY, style.MUTED, "midleft")

    def _finding(self, report: SessionReport) -> Finding:
        if report.status is Status.FAILED:
            return Finding(Mood.BAD, f"Training failed. {report.note}")
        if not report.status.running:
            solved = report.progress is not None and report.progress.solved
            saved = f" {report.note}." if report.note else ""
            return Finding(Mood.GOOD if solved else Mood.CALM, result(report, self.plan) + saved)
        return assess(report, self.plan, self.random_mean, self.context.fps)

    def arrange(self, size: tuple[int, int]) -> None:
        """Makes room for the diagnosis, then lays out."""
        if self.words.make_room(self._finding(self.report), size[0] - 2 * self.theme.space(2)):
            self.relayout()
        super().arrange(size)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        turn = (Hint(Button.EXTRA, "Next chart"),) if self.charts.crowded and not self._shows_failure() else ()
        if not self.report.status.running:
            return (Hint(Button.CONFIRM, "Choose"), *turn, Hint(Button.BACK, "Back"))
        pause = "Resume" if self.report.status is Status.PAUSED else "Pause"
        return (
            Hint(Button.PAUSE, pause),
            Hint(Button.SAVE, "Save"),
            *turn,
            Hint(Button.CONFIRM, "Choose"),
            Hint(Button.BACK, "Leave it running"),
        )
