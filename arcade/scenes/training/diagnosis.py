"""The diagnosis of a training run, in plain words for people who have never trained an agent."""

import math
from dataclasses import dataclass
from enum import Enum

from agents.training.plan import Plan, Progress
from agents.training.session import SessionReport, Status
from arcade.ui.numbers import number

_EARLY = 0.4  # fraction of a run in which low scores are normal
_JERKY = 40.0  # frames per second below which a window looks jerky
_LONG = 8 * 3600.0  # seconds; a longer run gets a warning
_EXPLODED = 20.0  # Q values above this / (1 - discount) count as diverged: rewards are about 1 per step


class Mood(Enum):
    """The seriousness of a finding."""

    GOOD = "good"
    CALM = "calm"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One statement about a run, and its seriousness."""

    mood: Mood
    text: str


def assess(report: SessionReport, plan: Plan, random_mean: float | None = None, fps: float | None = None) -> Finding:
    """Returns the most important finding about a run.

    Args:
        report: The session's latest report.
        plan: The plan of the run.
        random_mean: The mean score of random play, if it is known.
        fps: Frames per second of the window, if known.
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
    """Returns the result of a finished run in one or two sentences."""
    progress, info = report.progress, plan.game.info
    best = (progress.best or progress.evaluation) if progress else None
    if progress is None or best is None:
        return "The run ended before the first evaluation, so the agent's score is unknown."
    games = "1 game" if best.episodes == 1 else f"{best.episodes:,} games"
    text = f"The saved agent reached a mean of {info.scored(best.mean_words(plan.game))} over {games}."
    if progress.solved:
        return f"Solved! {text}"
    if best.episodes < info.solved.episodes:
        text = f"{text[:-1]}, too few to tell whether it is solved."
    return f"{text} The game counts as solved at {number(info.solved.mean)} over {info.solved.episodes:,} games."


def _numbers(progress: Progress, plan: Plan) -> Finding | None:
    if progress.updates and not math.isfinite(progress.loss):
        return Finding(
            Mood.BAD,
            "The loss is no longer a finite number: the network has diverged and cannot recover. "
            "Stop, then train again with a lower learning_rate or a lower gradient_clip.",
        )
    limit = _EXPLODED / (1.0 - plan.config.discount)
    if progress.updates and abs(progress.max_q) > limit:
        return Finding(
            Mood.WARNING,
            f"Q values have grown to {number(progress.max_q)}, far beyond any possible score. "
            "If scores do not rise soon, lower learning_rate or turn on double.",
        )
    return None


def _solved(progress: Progress, plan: Plan) -> Finding | None:
    if not progress.solved or progress.best is None:
        return None
    info, latest, best = plan.game.info, progress.evaluation, progress.best
    text = f"Solved: a mean of {info.scored(best.mean_words(plan.game))} in tests."
    if latest is not None and latest.mean < best.mean:
        text += f" This agent is saved; the latest evaluation reached {number(latest.mean)}."
    return Finding(Mood.GOOD, text)


def _collapse(progress: Progress) -> Finding | None:
    latest, best = progress.evaluation, progress.best
    if latest is None or best is None or best.mean <= 0 or latest.mean >= best.mean / 2:
        return None
    return Finding(
        Mood.WARNING,
        f"The last evaluation ({number(latest.mean)}) is far below the best ({number(best.mean)}). "
        "The best agent is saved, and scores often recover. If they keep swinging, lower learning_rate.",
    )


def _falling_behind(report: SessionReport, fps: float | None) -> Finding | None:
    if fps is not None and 0 < fps < _JERKY:
        return Finding(
            Mood.WARNING,
            f"This computer is overloaded: the window shows {fps:.0f} frames per second instead of 60. Training "
            "becomes slower, not worse. Close other programs.",
        )
    if report.status is Status.TRAINING and report.seconds_left is not None and report.seconds_left > _LONG:
        return Finding(
            Mood.WARNING,
            f"At this speed the run takes {report.seconds_left / 3600:,.0f} more hours. You can stop it at any time: "
            "its best agent is saved. A smaller network or fewer frames would be faster.",
        )
    return None


def _begin(progress: Progress, plan: Plan) -> Finding | None:
    config = plan.config
    if progress.updates == 0:
        seen = min(1.0, progress.frames / max(1, config.learning_starts))
        return Finding(Mood.CALM, f"Filling the replay with random moves: {seen:.0%}. Learning starts after that.")
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
        return Finding(Mood.CALM, f"Average of the last 100 games: {scored}.")
    if mean <= random_mean + 0.05 * max(1.0, abs(random_mean)):
        return _no_better_than_chance(progress, plan, mean, random_mean)
    return Finding(
        Mood.GOOD,
        f"Learning: {scored} on average over the last 100 games. Random play reaches {number(random_mean)}.",
    )


def _no_better_than_chance(progress: Progress, plan: Plan, mean: float, random_mean: float) -> Finding:
    if progress.frames < max(_EARLY * plan.config.frames, plan.config.epsilon_frames):
        return Finding(Mood.CALM, f"Not better than random play ({number(random_mean)}) yet. This is normal so early.")
    return Finding(
        Mood.WARNING,
        f"Not learning: {plan.game.info.scored(number(mean))} is no better than random play "
        f"({number(random_mean)}). Try another preset, or a higher learning_rate or n_step.",
    )
