"""Makes the plan of a training run from the arguments of `train`."""

import shlex
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.config import Config
from agents.errors import StorageError
from agents.storage.library import Library
from agents.storage.profile import Profile
from agents.training.plan import Plan
from agents.training.typed_plan import typed_plan
from arcade.commands.common import find, split_settings
from arcade.commands.console import UsageError, checking_usage
from arcade.system.streams import tell
from games.registry import typed_game
from games.settings import parse_settings

DEFAULT_PRESET = "quick"


def make_plan(arguments: Namespace, library: Library) -> Plan:
    """Return the plan for these arguments, checked as far as possible without TensorFlow.

    Raises:
        UsageError: A name or value is unknown or not allowed, or values contradict each other.
        StorageError: The agent to resume cannot be used.
    """
    game_texts, learning_texts = split_settings(arguments.set)
    with checking_usage():
        arguments.game = typed_game(arguments.game)
    entry, start = find(library, arguments.resume) if arguments.resume else (None, None)
    exact = _going_on(arguments, library, start, entry.path if entry else None)
    if exact:
        return exact
    if arguments.frames is not None:
        learning_texts["frames"] = arguments.frames
    with checking_usage():
        plan = typed_plan(
            arguments.game,
            game_texts,
            learning_texts,
            start=start,
            observation=arguments.observation or "",
            preset_name=arguments.preset or ("" if start else DEFAULT_PRESET),
            command=shlex.join(["python", "main.py", *arguments.words]),
            seed=arguments.seed,
            **_of_the_run(arguments),
        )
    return replace(plan, name=_name(arguments.name, plan, library))


def _of_the_run(arguments: Namespace) -> dict[str, Any]:
    """Return the options that may change when a run is resumed exactly."""
    return {name: getattr(arguments, name) for name in ("until_solved", "seconds", "step_limit", "device")}


def _going_on(arguments: Namespace, library: Library, start: Profile | None, path: Path | None) -> Plan | None:
    """Return the plan to resume a run exactly; None if its state was not kept or the options ask for another run."""
    other = arguments.preset, arguments.observation, arguments.set, arguments.name
    if start is None or any(other) or start.game_id != arguments.game or arguments.seed not in (0, start.seed):
        return None
    with checking_usage():
        frames = parse_settings(Config, {"frames": arguments.frames})["frames"] if arguments.frames else None
    try:
        point = library.resume_point(start, path)
    except StorageError as error:
        tell(f"dqn-arcade: {error}; training starts from the weights of {start.name}")
        return None
    if point is None:
        return None
    return Plan.going_on(start, point, frames, **_of_the_run(arguments))


def _name(wanted: str | None, plan: Plan, library: Library) -> str:
    """Return the name of the agent, with a number added if another agent has it."""
    proposed = plan.start.name if plan.start else f"{plan.game.info.title} {plan.preset}"[:58]
    try:
        return library.unique_name(wanted) if wanted else library.free_name(proposed)
    except StorageError as error:
        raise UsageError(str(error)) from None
