"""Messages shown on every screen: notices, problems with disk or sound, the state of a training run."""

from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.ui.meters import Badge, Toast
from games.border import take_note


class News:
    """Collects messages from the context and shows them.

    Attributes:
        toast: Shows one message after the other.
    """

    def __init__(self, context: Context) -> None:
        self.toast = Toast()
        self._context = context
        self._told: dict[str, str] = {}  # latest problem of each source, so that it is shown only once
        self._was: Status | None = None  # status of the training at the last check

    def update(self, seconds: float, elsewhere: bool) -> None:
        """Collects new messages and moves the toast on.

        Args:
            seconds: Time since the last call.
            elsewhere: Whether a screen other than the dashboard is open. The dashboard shows the training itself.
        """
        self._look_at_troubles()
        self._look_at_training(elsewhere)
        if words := take_note():
            self._context.notice(words)
        self.toast.update(seconds)
        if not self.toast.busy:
            self.toast.show(self._context.take_notice() or "")

    def label(self, badge: Badge, elsewhere: bool) -> None:
        """Writes the progress of the training on the badge; clears it if there is none to show."""
        session = self._context.training
        if session is None or not self._context.is_training or not elsewhere:
            badge.text = ""
            return
        badge.colour = session.plan.game.info.accent
        badge.text = f"{session.plan.name}  {_progress(session.latest, session.plan.config.frames)}"

    def _look_at_troubles(self) -> None:
        context = self._context
        problems = {
            "scores": context.scores.problem,
            "settings": context.settings.problem,
            "sound": context.sounds.problem,
        }
        for source, problem in problems.items():
            if problem and self._told.get(source) != problem:
                self._told[source] = problem
                context.notice(problem)

    def _look_at_training(self, elsewhere: bool) -> None:
        session = self._context.training
        status = session.latest.status if session else None
        ended = self._was is not None and self._was.running and status is not None and not status.running
        if session and status and ended and elsewhere:
            self._context.notice(_ending(session.plan.name, session.latest))
        if status is Status.TRAINING and self._was is Status.STARTING:
            self._context.spare_tensorflow()  # the training may have loaded it
        self._was = status


def _ending(name: str, report: SessionReport) -> str:
    """Returns a message about the end of a training, with the reason and the agent's path if it failed."""
    told = f"Training of {name} {report.status.value}"
    return f"{told}: {report.note}" if report.status is Status.FAILED else f"{told}. Press F2 to see it"


def _progress(report: SessionReport, frames: int) -> str:
    if report.progress is None:
        return "starting"
    if report.status is Status.PAUSED:
        return "paused"
    return f"{min(report.progress.frames / frames, 1.0):.0%}"
