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
    """The plan of a run: its game, its hyper-parameters and where it begins.

    Attributes:
        game: The rules with their settings.
        observation: Kind of observation.
        config: Hyper-parameters.
        seed: Seeds the games, the network and every random choice of the run.
        name: The name under which the agent is saved.
        preset: The preset the hyper-parameters came from, "" if none.
        until_solved: Whether the run ends as soon as an evaluation solves the game.
        seconds: Longest learning time without evaluations; None for no limit.
        step_limit: Most steps in a game; None takes the game's own limit, or else the arcade's.
        device: "auto", "cpu" or "gpu".
        start: A profile to train further; None begins with random weights.
        resume: The point at which the run of `start` stopped, to resume it exactly; None takes only its weights.
        command: The command that repeats this run, kept in the profile.
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
        """Return a plan that resumes an agent's run exactly where it stopped.

        Args:
            start: The agent.
            resume: The point at which its run stopped.
            frames: Number of further frames; None takes the planned rest of the run, or its whole length again if it
                was complete.
            changes: Other fields of the plan.

        Raises:
            ProfileError: The agent's game is not installed or has changed.
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
        """Return this plan of a resumed run for a new agent that begins with the weights alone.

        Args:
            name: The name of the new agent.

        Raises:
            ValueError: This plan resumes no run.
        """
        if self.start is None or self.resume is None:
            raise ValueError(f"{self.name}: its plan resumes no run")
        left = max(1_000, self.config.frames - self.resume.frames)
        return replace(self, name=name, config=further(self.start).replace(frames=left), resume=None)


def further(profile: Profile) -> Config:
    """Return the hyper-parameters for training an agent further: its schedules continue where they stopped."""
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
    update_seconds: float = 0.0  # of these, sampling and updating
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
    event: str = ""  # a message for the user about this chunk, "" if there is none


@dataclass(frozen=True)
class Origin:
    """The past of an agent before its run. Saving and resuming the run do not change it."""

    frames: int = 0
    updates: int = 0
    seconds: float = 0.0
    parent: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: str = field(default_factory=now)

    @classmethod
    def of(cls, start: Profile | None) -> "Origin":
        """Return the origin for an agent trained further from `start`; None stands for a new agent."""
        return cls(start.frames, start.updates, start.seconds, start.id) if start else cls()
