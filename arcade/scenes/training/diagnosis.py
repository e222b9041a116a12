"""The diagnosis of a training run, in plain words for people who have never trained anything."""

import math
from dataclasses import dataclass
from enum import Enum

from agents.training.plan import Plan, Progress
from agents.training.session import SessionReport, Status
from arcade.ui.numbers import number

_EARLY = 0.4  # part of a run within which bad scores are no news
_JERKY = 40.0  # pictures a second below which a window looks jerky
_LONG = 8 * 3600.0  # seconds that nobody waits for
_EXPLODED = 20.0  # times the worth of one point a step for ever; all our rewards are of that size or near it


class Mood(Enum):
    """The seriousness of a finding."""

    GOOD = "good"
    CALM = "calm"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing worth telling about a run."""

    mood: Mood
    text: str


def assess(report: SessionReport, plan: Plan, random_mean: float | None = None, fps: float | None = None) -> Finding:
    """The most important thing to tell about a run now.

    Args:
        report: What the session last published.
        plan: What it trains.
        random_mean: The mean score of random play, if it is known.
        fps: Pictures a second that the window shows, if it is known.
    """
    progress = report.progress
    if report.status is Status.STARTING or progress is None:
        return Finding(Mood.CALM, report.note or "Setting up the network.")
    checks = (
        _numbers(progress, plan),
        _solved(progress, plan),
        _collapse(progress),
        _falling_behind(report, fps),
        _begin(progress, plan),
    )
    for finding in checks:
        if finding is not None:
            return finding
    return _scores(progress, plan, random_mean)


def result(report: SessionReport, plan: Plan) -> str:
    """Returns the result of a run that is over, in one or two sentences."""
    progress, info = report.progress, plan.game.info
    best = (progress.best or progress.evaluation) if progress else None
    if progress is None or best is None:
        return "The run ended before the first evaluation, so nothing is known about how well the agent plays."
    games = "1 game" if best.episodes == 1 else f"{best.episodes:,} games"
    text = f"The agent that is kept reached a mean of {info.scored(best.mean_words(plan.game))} over {games}."
    if progress.solved:
        return f"Solved! {text}"
    if best.episodes < info.solved.episodes:
        text = f"{text[:-1]}, too few to tell whether it is solved."
    return f"{text} The game counts as solved at {number(info.solved.mean)} over {info.solved.episodes:,} games."


def _numbers(progress: Progress, plan: Plan) -> Finding | None:
    if progress.updates and not math.isfinite(progress.loss):
        return Finding(
            Mood.BAD,
            "The loss is no number any more: the network has blown up and cannot recover. "
            "Stop, then train with a lower learning_rate or a lower gradient_clip.",
        )
    limit = _EXPLODED / (1.0 - plan.config.discount)
    if progress.updates and abs(progress.max_q) > limit:
        return Finding(
            Mood.WARNING,
            f"The values have grown to {number(progress.max_q)}, far beyond what can be earned. "
            "If the scores do not rise soon, lower learning_rate or turn double on.",
        )
    return None


def _solved(progress: Progress, plan: Plan) -> Finding | None:
    if not progress.solved or progress.best is None:
        return None
    info, latest, best = plan.game.info, progress.evaluation, progress.best
    text = f"Solved: a mean of {info.scored(best.mean_words(plan.game))} playing by itself."
    if latest is not None and latest.mean < best.mean:
        text += f" That agent is kept; the latest evaluation reached {number(latest.mean)}."
    return Finding(Mood.GOOD, text)


def _collapse(progress: Progress) -> Finding | None:
    latest, best = progress.evaluation, progress.best
    if latest is None or best is None or best.mean <= 0 or latest.mean >= best.mean / 2:
        return None
    return Finding(
        Mood.WARNING,
        f"The last evaluation ({number(latest.mean)}) is far below the best ({number(best.mean)}). "
        "The best agent is kept; scores often recover. If they keep swinging, lower learning_rate.",
    )


def _falling_behind(report: SessionReport, fps: float | None) -> Finding | None:
    if fps is not None and 0 < fps < _JERKY:
        return Finding(
            Mood.WARNING,
            f"The computer is falling behind: this window shows {fps:.0f} pictures a second instead of 60. The "
            "training is as good as ever, only slower. Closing other programs helps.",
        )
    if report.status is Status.TRAINING and report.seconds_left is not None and report.seconds_left > _LONG:
        return Finding(
            Mood.WARNING,
            f"At this pace the run takes {report.seconds_left / 3600:,.0f} more hours. It can be stopped at any "
            "time and keeps its best agent; a smaller network or fewer frames would be faster.",
        )
    return None


def _begin(progress: Progress, plan: Plan) -> Finding | None:
    config = plan.config
    if progress.updates == 0:
        seen = min(1.0, progress.frames / max(1, config.learning_starts))
        return Finding(Mood.CALM, f"Collecting first experience with random moves, {seen:.0%}. Learning starts then.")
    if progress.epsilon > 0.5:
        return Finding(
            Mood.CALM,
            f"Exploring: {progress.epsilon:.0%} of the moves are random, so scores stay low for now.",
        )
    return None


def _scores(progress: Progress, plan: Plan, random_mean: float | None) -> Finding:
    mean = progress.mean_score
    if math.isnan(mean):
        return Finding(Mood.CALM, "No game has ended yet.")
    scored = plan.game.info.scored(number(mean))
    if random_mean is None:
        return Finding(Mood.CALM, f"The last 100 games brought {scored} on average.")
    if mean <= random_mean + 0.05 * max(1.0, abs(random_mean)):
        return _no_better_than_chance(progress, plan, mean, random_mean)
    return Finding(
        Mood.GOOD,
        f"Learning: {scored} on average over the last 100 games. Random play reaches {number(random_mean)}.",
    )


def _no_better_than_chance(progress: Progress, plan: Plan, mean: float, random_mean: float) -> Finding:
    if progress.frames < max(_EARLY * plan.config.frames, plan.config.epsilon_frames):
        return Finding(Mood.CALM, f"Not better than random play ({number(random_mean)}) yet. It is early.")
    return Finding(
        Mood.WARNING,
        f"Not learning: {plan.game.info.scored(number(mean))} is no better than random play "
        f"({number(random_mean)}). Try another preset, or a higher learning_rate or n_step.",
    )
