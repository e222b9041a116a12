"""What is told in every scene: news, trouble with disk or sound, how a training in the background stands."""

from agents.training.session import SessionReport, Status
from arcade.context import Context
from arcade.ui.meters import Badge, Toast
from games.border import take_note


class News:
    """Watches the context and says what a person should know.

    Attributes:
        toast: Shows one line after the other.
    """

    def __init__(self, context: Context) -> None:
        self.toast = Toast()
        self._context = context
        self._told: dict[str, str] = {}  # trouble by its source, so that none is told twice
        self._was: Status | None = None  # of the training, when last looked at

    def update(self, seconds: float, elsewhere: bool) -> None:
        """Look for news and let time pass.

        Args:
            seconds: How much time has passed.
            elsewhere: Whether the dashboard, which tells of the training itself, is not on screen.
        """
        self._look_at_troubles()
        self._look_at_training(elsewhere)
        if words := take_note():
            self._context.notice(words)
        self.toast.update(seconds)
        if not self.toast.busy:
            self.toast.show(self._context.take_notice() or "")

    def label(self, badge: Badge, elsewhere: bool) -> None:
        """Write on the badge how the training stands; nothing if there is none to tell of."""
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
            self._context.spare_tensorflow()  # it may have come with the training
        self._was = status


def _ending(name: str, report: SessionReport) -> str:
    """How a training has ended, and if it failed why and where its agent lies."""
    told = f"Training of {name} has {report.status.value}"
    return f"{told}: {report.note}" if report.status is Status.FAILED else f"{told}: F2 shows it"


def _progress(report: SessionReport, frames: int) -> str:
    if report.progress is None:
        return "starting"
    if report.status is Status.PAUSED:
        return "paused"
    return f"{min(report.progress.frames / frames, 1.0):.0%}"
