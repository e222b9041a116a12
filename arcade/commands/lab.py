"""`lab nchain`: trains the methods of the NChain tutorial and compares them with the true values."""

from argparse import Namespace
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.nchain.contest import Contest, play
from agents.nchain.network import NETWORK_ID, NETWORK_TITLE, network_plan, table_of
from agents.nchain.tables import STEADY, TABULAR, Method, Parameters, relative_error
from agents.training.trainer import Trainer
from arcade.commands.console import Console, UsageError
from games.nchain.optimum import Table, average_reward, optimal_values
from games.nchain.rules import NChain

LEARNING_STEPS = 200_000
CONTEST_STEPS = 50_000
"""Learning steps of a table in each trial of the contest. With a constant learning rate, more change nothing."""


@dataclass(frozen=True)
class _Row:
    """The result of one method."""

    method: str
    title: str
    table: Table
    reward_per_step: float
    wins: int


def nchain(arguments: Namespace, console: Console) -> int:
    """Train the methods, let the tables compete, and print the results."""
    wanted = _methods(arguments.methods)
    game, parameters = NChain(), Parameters()
    optimal = optimal_values(game, parameters.discount)
    tables = [method for method in TABULAR if method.id in wanted]
    rows = _learn_tables(tables, arguments.contests, arguments.seed, console) if tables else []
    if NETWORK_ID in wanted:
        rows.append(_learn_network(game, parameters.discount, arguments.seed, console))
    rows.sort(key=lambda row: wanted.index(row.method))
    values = {
        "optimal": _rounded(optimal),
        "methods": [
            {
                "method": row.method,
                "table": _rounded(row.table),
                "reward_per_step": round(row.reward_per_step, 4),
                "wins": row.wins,
            }
            for row in rows
        ],
    }
    console.result(values, *_lines(game, optimal, rows, arguments.contests))
    return 0


def _methods(text: str) -> list[str]:
    known = [*(method.id for method in TABULAR), NETWORK_ID]
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known or names.count(name) > 1:
            raise UsageError(f"--methods {text!r}: must be one or more of {','.join(known)}, each once")
    return names


def _learn_tables(methods: list[Method], trials: int, seed: int, console: Console) -> list[_Row]:
    """Learn the tables with a falling learning rate, and run the contest with a constant one, as in the tutorial."""
    game = NChain()
    learnt = Contest(game, methods, Parameters(), trials=trials, learning_steps=LEARNING_STEPS, seed=seed)
    rivals = Contest(game, methods, STEADY, trials=trials, learning_steps=CONTEST_STEPS, seed=seed)
    with console.meter(2.0) as meter:
        for done, (contest, words) in enumerate(((learnt, "Tables learn"), (rivals, "Tables compete"))):
            while not contest.done:
                for _ in range(500):
                    contest.step()
                meter.show(done + contest.part, f"{words}: {contest.part:.0%}")
    measured = zip(methods, learnt.tables(), learnt.reward_per_step, rivals.wins, strict=True)
    return [_Row(each.id, each.title, table, float(reward), int(wins)) for each, table, reward, wins in measured]


def _learn_network(game: NChain, discount: float, seed: int, console: Console) -> _Row:
    """Train the network once. It takes no part in the contest, where each method learns anew in every trial."""
    console.tell("Loading TensorFlow …")
    trainer = Trainer(network_plan(game, discount, seed))
    with console.meter(trainer.total_frames) as meter:
        for progress in trainer.run():
            meter.show(progress.frames, f"The network learns: {progress.frames:,} of {trainer.total_frames:,} frames")
            if progress.frames >= trainer.total_frames:
                break
    table = table_of(trainer.acting_policy()[0], game.states)
    return _Row(NETWORK_ID, NETWORK_TITLE, table, play(game, table, seed=seed), 0)


def _rounded(table: NDArray[np.float64]) -> list[list[float]]:
    return [[round(value, 4) for value in row] for row in table.tolist()]


def _lines(game: NChain, optimal: Table, rows: list[_Row], trials: int) -> list[str]:
    best = average_reward(game, optimal.argmax(axis=1))
    lines = [f"The best policy earns {best:.2f} per step; its values are", *_in_words(optimal)]
    for row in rows:
        visited = row.table != 0
        error = relative_error(row.table, optimal)[visited].max() if visited.any() else float("nan")
        off = (
            "sums of rewards, not values"
            if row.method == "naive"
            else f"within {error:.1%} of the true values where visited"
        )
        lines += ["", f"{row.title}: {row.reward_per_step:.2f} per step, {off}", *_in_words(row.table)]
    tables = [row for row in rows if row.method != NETWORK_ID]
    if tables:
        wins = ", ".join(f"{row.title} {row.wins}" for row in tables)
        lines += ["", f"Wins in a contest of {trials} trials with a constant learning rate: {wins}"]
        lines += ["(in the original tutorial 13, 22 and 65; the network takes no part, it is trained only once)"]
    return lines


def _in_words(table: Table) -> list[str]:
    """Return a table as text: a line for each action, a column for each state."""
    names = ("forward", "back")
    return [
        f"  {name:<8}" + "".join(f"{value:>11.2f}" for value in column)
        for name, column in zip(names, table.T.tolist(), strict=True)
    ]
