"""The ablation: double, duelling, n-step and prioritised, each alone and all together, and rewinding."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from agents.config import Config
from agents.presets import preset
from docs.studies.study import Row, Run, Study, train
from docs.studies.tables import command, final_score, grouped, markdown, mean, score, seconds, seeds, thousands
from games.registry import make

GAMES: tuple[tuple[str, str, int], ...] = (
    ("catch", "grid", 20_000),
    ("cartpole", "features", 30_000),
    ("flappybird", "features", 60_000),
    ("snake", "features", 100_000),
    ("nchain", "features", 15_000),
)
"""Game, observation and frames: few enough that differences between variants still show."""

PLAIN: Mapping[str, Any] = {"double": False, "duelling": False, "n_step": 1, "prioritised": False, "rewind": 0.0}

PARTS: Mapping[str, Mapping[str, Any]] = {
    "double": {"double": True},
    "duelling": {"duelling": True},
    "n-step": {"n_step": 3},
    "prioritised": {"prioritised": True},
}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    **PARTS,
    "all": {name: value for part in PARTS.values() for name, value in part.items()},
    "rewind": {"rewind": 0.5},
}
"""What each variant changes in the plain one. Rewinding is no part of what others call DQN, so not of all together."""

EVALUATIONS = 5
"""Evaluations in each run, the last of them at its end."""

EPISODES = 100
"""Games in each evaluation."""


def base(game: str, observation: str, frames: int) -> Config:
    """The game's quick preset as a plain DQN that learns to the end, falls included."""
    return preset(make(game), observation, "quick").replace(
        **PLAIN,
        frames=frames,
        evaluation_interval=frames // EVALUATIONS,
        evaluation_episodes=EPISODES,
        scorecard_episodes=EPISODES,
        evaluation_limit=0,
        goal=0.0,  # nothing ends early
        guard=False,  # going back to the best policy would hide what a variant does to stability
    )


def runs(seeds: Sequence[int]) -> list[Run]:
    """Every variant of every game."""
    return [
        Run(game, observation, name, base(game, observation, frames).replace(**changes), seed)
        for game, observation, frames in GAMES
        for name, changes in VARIANTS.items()
        for seed in seeds
    ]


def table(rows: list[Row]) -> str:
    """A line for each game and a column for each variant; means over the seeds."""
    header = ["Kept / last evaluation (learning time)", "Seeds", "Frames", *VARIANTS, "Command"]
    return markdown(header, [_line(list(group)) for _, group in groupby(rows, lambda row: row["game"])])


def _line(rows: list[Row]) -> list[str]:
    game, observation = str(rows[0]["game"]), str(rows[0]["observation"])
    cells = {group[0]["variant"]: _cell(group) for group in grouped(rows)}
    return [
        f"{game}, {observation}",
        seeds(rows),
        thousands(rows[0]["frames"]),
        *(cells.get(name, "–") for name in VARIANTS),
        command("ablation", f"{game}/{observation}", rows),
    ]


def _cell(rows: list[Row]) -> str:
    kept, last = mean(rows, final_score), mean(rows, lambda row: row["evaluations"][-1]["mean"])
    return f"{score(kept)} / {score(last)} ({seconds(mean(rows, lambda row: row['seconds']))} s)"


STUDY = Study("ablation", "what each part of the algorithm brings", runs, train, table)
