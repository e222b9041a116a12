"""The tutorials behind this project, compared with our quick presets in score and speed over the same frames.

The sources share one loop: each frame calls `model.predict` for an action, then for the targets of one batch, and
`train_on_batch` for one gradient step. This file repeats the loop in its cheapest form. keon and Keras-FlappyBird
predict their batch state by state, in 64 calls a frame; here they are two calls. Drawing, resizing and stepping the
game are left out, but included in our times. So the ratios are lower bounds.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.learning.networks import build
from agents.presets import preset
from docs.studies.study import Row, Run, Study, train
from docs.studies.tables import command, final_score, grouped, markdown, mean, score, seconds, seeds, thousands
from games.registry import make

OURS = "quick"

EVALUATIONS = 4
"""Evaluations in each run, of which the best policy is kept, for the sources' presets and ours."""

EVALUATION_EPISODES = 100

WARM_UP_FRAMES = 3
"""Frames before timing, since Keras traces each function at its first call."""

TIMED_FRAMES = 30


@dataclass(frozen=True)
class Source:
    """A tutorial.

    Attributes:
        name: Name of its preset.
        game: Id of its game.
        observation: Its observation kind.
        frames: Frames of the runs in this study.
        predictions: Calls of `model.predict` for the targets of one batch.
        about: Its network, optimiser and original training length.
    """

    name: str
    game: str
    observation: str
    frames: int
    predictions: int
    about: str


SOURCES = (
    Source("qlearning4k", "catch", "grid", 9_000, 1, "dense 100-100, SGD; 1,000 games of 9 frames, all of them here"),
    Source(
        "qlearning4k", "snake", "grid", 100_000, 1,
        "two convolutions, dense 256, RMSprop; 10,000 games, of which the first 100,000 frames here",
    ),
    Source(
        "keras-flappybird", "flappybird", "pixels", 20_000, 2,
        "three convolutions over four frames of 80×80, dense 512, Adam; 3 million frames, the first 20,000 here",
    ),
    Source(
        "keon", "cartpole", "state", 100_000, 2,
        "dense 24-24, Adam; 1,000 games of up to 500 frames, the first 100,000 frames here",
    ),
)  # fmt: skip

HEADER = (
    "Source's preset", "Game, observation", "Seeds", "Frames", "Score: its preset", "Score: quick",
    "Learning, s: its preset", "Learning, s: quick", "Frames/s: its loop", "Frames/s: its preset here",
    "Frames/s: quick", "A frame is faster", "Command",
)  # fmt: skip


def runs(seeds: Sequence[int]) -> list[Run]:
    """Return the runs of each source's preset and ours, with the same frames and evaluations."""
    return [
        Run(source.game, source.observation, name, _config(source, name), seed)
        for source in SOURCES
        for name in (source.name, OURS)
        for seed in seeds
    ]


def _config(source: Source, name: str) -> Config:
    config = preset(make(source.game), source.observation, name)
    return config.replace(
        frames=source.frames,
        evaluation_interval=source.frames // EVALUATIONS,
        evaluation_episodes=EVALUATION_EPISODES,
        goal=0.0,  # no run ends early
        guard=config.guard and name == OURS,  # the tutorials never return to their best policy
    )


def measure(run: Run) -> Row:
    """Train, and for a source's preset also time its loop in the same process."""
    return train(run) | ({} if run.variant == OURS else {"source_frames_per_second": source_frames_per_second(run)})


def source_frames_per_second(run: Run) -> float:
    """Measure the frames per second of the source's loop on this machine, with its network and batch size."""
    game = make(run.game)
    architecture = Architecture.of(run.config, game.info.observation(run.observation), len(game.info.actions))
    model = build(architecture)
    model.compile(run.config.optimizer, "mse")
    states = np.zeros((2 * run.config.batch_size, *architecture.input_shape), _dtype(architecture))
    predictions = next(source.predictions for source in SOURCES if source.name == run.variant)
    for _ in range(WARM_UP_FRAMES):
        play_frame(model, states, predictions)
    started = time.perf_counter()
    for _ in range(TIMED_FRAMES):
        play_frame(model, states, predictions)
    return TIMED_FRAMES / (time.perf_counter() - started)


def _dtype(architecture: Architecture) -> str:
    return "uint8" if architecture.byte_input else "float32"


def play_frame(model: Any, states: NDArray[Any], predictions: int) -> None:
    """Do the work of one frame in the sources' loop.

    Args:
        model: A compiled Keras model.
        states: [2B, *shape] a batch of states and their next states.
        predictions: Number of calls that predict `states`.
    """
    model.predict(states[:1], verbose=0)  # the action
    values = np.concatenate([model.predict(part, verbose=0) for part in np.split(states, predictions)])  # [2B, A]
    targets, next_values = np.split(values, 2)
    targets[:, 0] = next_values.max(axis=1)
    model.train_on_batch(states[: len(targets)], targets)


def table(rows: list[Row]) -> str:
    """Return a table with a row for each source, with our preset in the same row; means over the seeds."""
    lines = {source: line for source in SOURCES if (line := _line(source, rows))}
    about = [f"- `{source.name}`, {source.game}: {source.about}." for source in lines]
    return "\n".join([markdown(HEADER, lines.values()), "", *about])


def _line(source: Source, rows: list[Row]) -> list[str]:
    here = [row for row in rows if (row["game"], row["observation"]) == (source.game, source.observation)]
    groups = {group[0]["variant"]: group for group in grouped(here)}
    if not groups.keys() >= {source.name, OURS}:
        return []
    its, ours = groups[source.name], groups[OURS]
    loop, preset_here, quick = _speeds(its, ours)
    return [
        f"`{source.name}`",
        f"{source.game}, {source.observation}",
        seeds(its),
        thousands(its[0]["frames"]),
        *(score(mean(group, final_score)) for group in (its, ours)),
        *(seconds(mean(group, lambda row: row["seconds"])) for group in (its, ours)),
        *(f"{speed:,.1f}" if speed < 100 else f"{speed:,.0f}" for speed in (loop, preset_here, quick)),
        f"{preset_here / loop:,.0f} times; quick {quick / loop:,.0f} times",
        command("sources", f"{source.game}/{source.observation}", its),
    ]


def _speeds(its: list[Row], ours: list[Row]) -> tuple[float, float, float]:
    """Return the frames per second of the source's loop, of its preset here, and of our preset."""
    here = [mean(group, lambda row: row["frames_per_second"]) for group in (its, ours)]
    return mean(its, lambda row: row["source_frames_per_second"]), here[0], here[1]


STUDY = Study("sources", "the tutorials' presets and loops compared with ours", runs, measure, table)
