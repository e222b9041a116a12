"""The ablation: double DQN, duelling, n-step and prioritised replay, each alone and all together, and rewinding."""

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
"""Game, observation and frames; few enough frames to show differences between the variants."""

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
"""Changes of each variant to the plain one. Rewinding is not a standard part of DQN, so "all" is without it."""

EVALUATIONS = 5
"""Evaluations in each run, the last one at its end."""

EPISODES = 100
"""Games in each evaluation."""


def base(game: str, observation: str, frames: int) -> Config:
    """Return the game's quick preset as a plain DQN that trains to the end, even if it gets worse."""
    return preset(make(game), observation, "quick").replace(
        **PLAIN,
        frames=frames,
        evaluation_interval=frames // EVALUATIONS,
        evaluation_episodes=EPISODES,
        scorecard_episodes=EPISODES,
        evaluation_limit=0,
        goal=0.0,  # no run ends early
        guard=False,  # returning to the best policy would hide instability
    )


def runs(seeds: Sequence[int]) -> list[Run]:
    """Return the runs of every variant of every game."""
    return [
        Run(game, observation, name, base(game, observation, frames).replace(**changes), seed)
        for game, observation, frames in GAMES
        for name, changes in VARIANTS.items()
        for seed in seeds
    ]


def table(rows: list[Row]) -> str:
    """Return a table with a row for each game and a column for each variant; means over the seeds."""
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


STUDY = Study("ablation", "the effect of each part of the algorithm", runs, train, table)
