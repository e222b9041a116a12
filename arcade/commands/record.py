"""`record`: records an agent's games as a GIF or PNG pictures, without a window."""

import math
import os
from argparse import Namespace
from pathlib import Path

import numpy as np

from agents.storage.library import open_library
from agents.storage.profile import Profile
from arcade.commands.common import find, tell_limit
from arcade.commands.console import CommandError, Console, UsageError
from arcade.rounds.controllers import TrainedAgent
from arcade.rounds.end_times import SHOWN_SECONDS
from arcade.rounds.film import FRAMES_PER_SECOND, Film
from arcade.rounds.round import Round
from games.figures import figure
from games.game import GameInfo

MOST_SECONDS = 100
"""Longest film. A GIF is encoded in memory."""

_FOLDER_SUFFIXES = ("", ".png-folder")


def record(arguments: Namespace, console: Console) -> int:
    """Record an agent; see `arcade.commands.cli` for the arguments."""
    path = Path(arguments.out).expanduser()
    is_gif = _check_path(path)
    entry, profile = find(open_library(), arguments.agent)
    if entry.problem:
        console.tell(entry.problem)
    game = profile.game()
    console.tell(f"Playing {game.info.title} …")
    tell_limit(game.info, arguments.step_limit, console)
    film, scores = play(profile, arguments.episodes, arguments.seed, arguments.step_limit)
    console.tell(f"Writing {len(film)} pictures …")
    if is_gif:
        film.write_gif(path)
    else:
        film.write_pictures(path)
    if len(scores) < arguments.episodes:
        console.tell(f"Stopped after {film.seconds:.0f} s, the longest film allowed")
    console.result({}, f"{path}: {film.seconds:.1f} s, {_describe(scores, game.info)}")
    return 0


def _describe(scores: list[float], info: GameInfo) -> str:
    if not scores:
        return "no game ended"
    games = "1 game" if len(scores) == 1 else f"{len(scores)} games"
    return f"{games} of {info.scored(', '.join(map(figure, scores)))}"


def play(agent: Profile, episodes: int, seed: int, step_limit: int | None = None) -> tuple[Film, list[float]]:
    """Film an agent's games in real time.

    Args:
        agent: The agent that plays.
        episodes: Number of games.
        seed: Random seed of the games.
        step_limit: Steps after which a game ends; None takes the game's limit or the arcade's default.

    Returns:
        The film, at most `MOST_SECONDS` long, and the scores of the games that ended in it.
    """
    game = agent.game()
    controller = TrainedAgent(agent.policy(), np.random.default_rng((seed, 2)))
    limit = step_limit or game.info.longest_game
    played = Round(game, controller, seed, agent.observation, limit, work_seconds=math.inf)
    film, scores = Film([game], MOST_SECONDS * FRAMES_PER_SECOND), list[float]()
    while len(scores) < episodes and not film.is_full:
        film.take([played])
        if played.over_for(SHOWN_SECONDS):
            played.begin()
        scores += [played.finished_scores[-1] for tick in played.advance(1 / FRAMES_PER_SECOND) if tick.ended]
    for _ in range(min(round(SHOWN_SECONDS * FRAMES_PER_SECOND), film.max_frames - len(film))):
        film.take([played])
    return film, scores


def _check_path(path: Path) -> bool:
    """Whether the path is a GIF rather than a folder of pictures.

    Raises:
        UsageError: It has another suffix.
        CommandError: It exists already.
    """
    is_gif = path.suffix.lower() == ".gif"
    if not is_gif and path.suffix.lower() not in _FOLDER_SUFFIXES:
        raise UsageError(f"OUT = {str(path)!r}: must end with .gif, or be a folder for PNG pictures")
    if os.path.lexists(path) and (is_gif or not path.is_dir() or any(path.iterdir())):
        raise CommandError(f"{path} exists already: choose another name")
    return is_gif
