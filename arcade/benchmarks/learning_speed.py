"""Measures the updates per second of networks, the learner's share of training time, and the time to solve games."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.learning.learner import UpdateRule
from agents.presets import preset, preset_names
from arcade.benchmarks.game_speed import Tell
from games.game import PIXELS, Game
from games.registry import game_ids, make

if TYPE_CHECKING:
    from agents.learning.device_choice import Placement

PRESET = "quick"
"""Preset for measuring the learner's share and the time to solve games."""

SOLVED = (("catch", "grid"), ("cartpole", "features"), ("flappybird", "features"), ("nchain", "features"))
SEEDS = (0, 1, 2)
"""The games and observation kinds trained until solved, and their seeds."""

QUICK_NETWORKS = (("catch", "grid"), ("cartpole", "features"), ("flappybird", PIXELS))
QUICK_SHARES = (("catch", "grid"), ("flappybird", PIXELS))
QUICK_SOLVED = (("catch", "grid"), ("cartpole", "features"))
QUICK_SEEDS = (0,)
QUICK_SECONDS = 10.0
"""The same with `--quick`, and the longest learning time per game."""

WATCHED_SECONDS, QUICK_WATCHED_SECONDS = 5.0, 2.0
"""Seconds of learning over which the learner's share is measured."""

ENDLESS = {"frames": 10**9, "evaluation_interval": 10**9}
"""Settings of a training without end and without evaluations."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Setup:
    """A game, an observation kind, and the hyper-parameters of a preset."""

    game: Game
    observation: str
    preset: str
    config: Config

    @classmethod
    def of(cls, game_id: str, observation: str, name: str = PRESET) -> "Setup":
        """Return the setup of these names."""
        game = make(game_id)
        return cls(game, observation, name, preset(game, observation, name))

    @property
    def architecture(self) -> Architecture:
        """The architecture of the network."""
        info = self.game.info
        return Architecture.of(self.config, info.observation(self.observation), len(info.actions))

    def names(self) -> Row:
        """Return the first fields of every row of the results."""
        return {"game": self.game.info.id, "observation": self.observation, "preset": self.preset}


def bench_learning(quick: bool, tell: Tell) -> dict[str, list[Row]]:
    """Measure updates per second of the presets' networks, the learner's share of training and the time to solve games.

    Args:
        quick: Whether to measure only a few of each.
        tell: Called with each result in words.
    """
    tell("Loading TensorFlow and compiling …")
    networks = [Setup.of(*names) for names in (QUICK_NETWORKS if quick else _every_preset())]
    watched = [Setup.of(*names) for names in (QUICK_SHARES if quick else _pictures())]
    solved = [Setup.of(*names) for names in (QUICK_SOLVED if quick else SOLVED)]
    seconds, limit = (QUICK_WATCHED_SECONDS, QUICK_SECONDS) if quick else (WATCHED_SECONDS, None)
    seeds = QUICK_SEEDS if quick else SEEDS
    parts = {
        "updates": update_rows(networks),
        "shares": (share_row(setup, seconds) for setup in watched),
        "solved": (solved_row(setup, seed, limit) for setup in solved for seed in seeds),
    }
    return {part: list(_told(part, rows, tell)) for part, rows in parts.items()}


def words(part: str, row: Row) -> str:
    """Return a row of the results in words."""
    start = f"{row['game']:<12}{row['observation']:<10}{row['preset']:<18}"
    if part == "updates":
        speed = f"{row['device']:<5}{row['compile']:<7}{row['updates_per_second']:>10,.1f} updates/s"
        return f"{start}{speed}{'  chosen' if row['chosen'] else ''}"
    if part == "shares":
        return f"{start}{row['share']:.0%} of the training time is the learner's"
    end = "solved" if row["solved"] else "not solved"
    return f"{start}seed {row['seed']}: {end} after {row['seconds']:.1f} s of learning, {row['frames']:,} frames"


def update_rows(setups: Iterable[Setup]) -> Iterator[Row]:
    """Yield the updates per second on every device and compile mode tried. Identical networks are measured once."""
    placements: dict[tuple[Any, ...], Placement] = {}
    for setup in setups:
        network = setup.architecture, UpdateRule.of(setup.config), setup.config.compile_mode
        if network not in placements:
            placements[network] = _placement(setup)
        placement = placements[network]
        for candidate, speed in placement.updates_per_second.items():
            yield {
                **setup.names(),
                "device": candidate.device,
                "compile": candidate.compile_mode,
                "updates_per_second": round(speed, 1),
                "chosen": candidate == (placement.device, placement.compile_mode),
            }


def share_row(setup: Setup, seconds: float) -> Row:
    """Measure the learner's share (sampling and updating) of training time, after the first updates.

    Args:
        setup: The training.
        seconds: Length of the measurement in seconds of learning.
    """
    from agents.training.plan import Plan
    from agents.training.trainer import Trainer

    plan = Plan(setup.game, setup.observation, setup.config.replace(**ENDLESS))
    learning = (progress for progress in Trainer(plan).run() if progress.updates)
    first = next(learning)
    last = next(progress for progress in learning if progress.seconds >= first.seconds + seconds)
    share = (last.update_seconds - first.update_seconds) / (last.seconds - first.seconds)
    return {**setup.names(), "share": round(share, 3)}


def solved_row(setup: Setup, seed: int, limit: float | None = None) -> Row:
    """Measure the learning time until the game counts as solved, without compiling and evaluating.

    Args:
        setup: The training.
        seed: Random seed of the training.
        limit: Longest learning time in seconds; None for the preset's length.
    """
    from agents.training.plan import Plan
    from agents.training.trainer import Trainer

    plan = Plan(setup.game, setup.observation, setup.config, seed=seed, seconds=limit, until_solved=True)
    (last,) = deque(Trainer(plan).run(), maxlen=1)
    return {
        **setup.names(),
        "seed": seed,
        "seconds": round(last.seconds, 2),
        "frames": last.frames,
        "solved": last.solved,
    }


def _placement(setup: Setup) -> "Placement":
    from agents.learning.dqn import DQN

    return DQN(setup.architecture, setup.config).placement


def _every_preset() -> Iterator[tuple[str, str, str]]:
    for game in map(make, game_ids()):
        for kind in game.info.kinds:
            for name in preset_names(game, kind):
                yield game.info.id, kind, name


def _pictures() -> Iterator[tuple[str, str]]:
    """Yield games and kinds with grids or pixels, where learning should take most of the time."""
    for game in map(make, game_ids()):
        for kind in game.info.kinds:
            if len(game.info.observation(kind).shape) > 1:
                yield game.info.id, kind


def _told(part: str, rows: Iterable[Row], tell: Tell) -> Iterator[Row]:
    for row in rows:
        tell(words(part, row))
        yield row
