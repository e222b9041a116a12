"""The results of the presets: score, frames, time, stability and memory."""

from collections.abc import Sequence

from agents.presets import default_observation, preset
from docs.studies.study import Row, Run, Study, train
from docs.studies.tables import command, each, grouped, markdown, score, seconds, seeds, thousands
from games.registry import make

ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("catch", "grid", ("quick", "balanced", "best")),
    ("catch", "pixels", ("quick",)),
    ("cartpole", "features", ("quick", "balanced", "best")),
    ("cartpole", "state", ("quick",)),
    ("flappybird", "features", ("quick", "balanced", "best")),
    ("flappybird", "pixels", ("quick", "balanced", "best")),
    ("snake", default_observation(make("snake")), ("quick", "balanced", "best")),
    ("snake", "centred", ("quick",)),
    ("snake", "grid", ("quick",)),
    ("nchain", "features", ("quick", "balanced", "best")),
)
"""Game, observation and presets. Snake's *best* takes over an hour per seed."""

HEADER = (
    "Game, observation, preset", "Seeds", "Mean score", "Median", "Least", "With 1% random moves", "Frames",
    "Learning, s", "of it updating", "Compiling, evaluating, s", "Stability", "Peak memory, MiB", "Command",
)  # fmt: skip


def runs(seeds: Sequence[int]) -> list[Run]:
    """Return the runs of every preset."""
    return [
        Run(game, observation, name, preset(make(game), observation, name), seed)
        for game, observation, names in ROWS
        for name in names
        for seed in seeds
    ]


def table(rows: list[Row]) -> str:
    """Return a table with a row for each preset; cells list the values of all seeds."""
    return markdown(HEADER, map(_line, grouped(rows)))


def _line(rows: list[Row]) -> list[str]:
    game, observation, name = (str(rows[0][word]) for word in ("game", "observation", "variant"))
    return [
        f"{game}, {observation}, {name}",
        seeds(rows),
        each(rows, lambda row: score(row["scorecard"]["mean"])),
        each(rows, lambda row: f"{row['scorecard']['median']:g}"),
        each(rows, lambda row: str(row["scorecard"]["min"])),
        each(rows, lambda row: score(row["scorecard"]["mean_epsilon"])),
        each(rows, lambda row: thousands(row["frames"])),
        each(rows, lambda row: seconds(row["seconds"])),
        each(rows, lambda row: f"{row['update_share']:.0%}"),
        each(rows, lambda row: f"{seconds(row['compile_seconds'])} + {seconds(row['evaluation_seconds'])}"),
        each(rows, lambda row: "–" if row["stability"] is None else f"{row['stability']:.2f}"),
        each(rows, lambda row: "–" if row["peak_memory_mib"] is None else f"{row['peak_memory_mib']:,.0f}"),
        command("presets", f"{game}/{observation}/{name}", rows),
    ]


STUDY = Study("presets", "the results of the presets", runs, train, table)
