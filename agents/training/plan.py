"""The plan of a run, its progress, and the origin of its agent."""

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from agents.acting.evaluation import Scorecard
from agents.config import Config
from agents.learning.schedules import epsilon_at, learning_rate_at
from agents.storage.profile import Profile, now
from agents.storage.resume import ResumePoint
from games.game import Game


@dataclass(frozen=True)
class Plan:
    """The plan of a run.

    Attributes:
        game: The rules with their settings.
        observation: Kind of observation.
        config: Hyper-parameters.
        seed: Seeds the games, the network and every random choice of the run.
        name: The name under which the agent is saved.
        preset: The preset the hyper-parameters came from, "" if none.
        until_solved: Whether to end as soon as an evaluation counts as solved.
        seconds: Longest learning time, evaluations apart; None for no limit.
        step_limit: Steps after which a game is cut; None takes the game's own limit, or where it has none the arcade's.
        device: "auto", "cpu" or "gpu".
        start: A profile to train further; None starts afresh.
        resume: Where the run that made `start` stopped, to go on exactly from there; None takes only its weights.
        command: The command that makes this run again, kept in the profile.
    """

    game: Game
    observation: str
    config: Config
    seed: int = 0
    name: str = "Agent"
    preset: str = ""
    until_solved: bool = False
    seconds: float | None = None
    step_limit: int | None = None
    device: str = "auto"
    start: Profile | None = None
    resume: ResumePoint | None = None
    command: str = ""

    @classmethod
    def going_on(cls, start: Profile, resume: ResumePoint, frames: int | None = None, **changes: Any) -> "Plan":
        """The plan of the run that made an agent, to go on exactly where it stopped.

        Args:
            start: The agent.
            resume: Where its run stopped.
            frames: How many frames to go on for; None goes on to the end of the run, or if that was reached for as
                long again.
            changes: Other fields of the plan.

        Raises:
            ProfileError: The agent's game is not there or has changed.
        """
        planned = start.config.frames
        to_the_end = frames is None and resume.frames < planned
        total = planned if to_the_end else resume.frames + (frames or planned)
        return cls(
            game=start.game(),
            observation=start.observation,
            config=start.config.replace(frames=total),
            seed=start.seed,
            name=start.name,
            preset=start.preset,
            start=start,
            resume=resume,
            **{"command": start.command, **changes},
        )

    def from_weights(self, name: str) -> "Plan":
        """The plan of a run that is to go on exactly, for an agent of its own that begins with the weights alone.

        Args:
            name: Of the new agent.
        """
        if self.start is None or self.resume is None:
            raise ValueError(f"{self.name}: its run goes on from nowhere")
        left = max(1_000, self.config.frames - self.resume.frames)
        return replace(self, name=name, config=further(self.start).replace(frames=left), resume=None)


def further(profile: Profile) -> Config:
    """The hyper-parameters to train an agent further with: its schedules go on from where they stood."""
    config = profile.config
    return config.replace(
        epsilon_start=epsilon_at(config, profile.frames),
        epsilon_frames=max(1, config.epsilon_frames - profile.frames),
        learning_rate=learning_rate_at(config, profile.updates),
        learning_rate_updates=config.learning_rate_updates and max(1, config.learning_rate_updates - profile.updates),
    )


@dataclass(frozen=True)
class Progress:
    """The progress of a run, in plain numbers."""

    frames: int = 0
    updates: int = 0
    episodes: int = 0
    seconds: float = 0.0  # learning alone: acting, stepping, sampling, updating
    update_seconds: float = 0.0  # the learner's share of them: sampling and updating
    compile_seconds: float = 0.0
    evaluation_seconds: float = 0.0
    epsilon: float = 1.0
    learning_rate: float = 0.0
    loss: float = float("nan")
    max_q: float = float("nan")  # mean over a batch of the largest Q value
    mean_score: float = float("nan")  # of the last 100 episodes
    evaluation: Scorecard | None = None  # the latest
    best: Scorecard | None = None  # of the policy that is kept
    solved: bool = False
    event: str = ""  # something worth telling happened in this chunk, in plain words


@dataclass(frozen=True)
class Origin:
    """The past of an agent at the beginning of its run; it stays the same however often the run is saved or goes on."""

    frames: int = 0
    updates: int = 0
    seconds: float = 0.0
    parent: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: str = field(default_factory=now)

    @classmethod
    def of(cls, start: Profile | None) -> "Origin":
        """Of an agent that is trained further; None starts from nothing."""
        return cls(start.frames, start.updates, start.seconds, start.id) if start else cls()
