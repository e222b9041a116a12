"""`bench`: measures and reports."""

from argparse import Namespace

from arcade.benchmarks import BenchmarkError, bench_games, bench_window
from arcade.console import CommandError, Console
from arcade.learning_benchmark import bench_learning, words


def games(arguments: Namespace, console: Console) -> int:
    """Measure how fast the games step."""
    values = bench_games(arguments.quick, console.tell)
    lines = (
        f"{row['game']:<12}{row['observation']:<10}{row['copies']:>6} copies{row['frames_per_second']:>14,} frames/s"
        for row in values["results"]
    )
    console.result(values, *lines)
    return 0


def learning(arguments: Namespace, console: Console) -> int:
    """Measure how fast networks learn and how soon games are solved."""
    values = bench_learning(arguments.quick, console.tell)
    console.result(values, *(words(part, row) for part, rows in values.items() for row in rows))
    return 0


def window(arguments: Namespace, console: Console) -> int:
    """Measure the window, alone and beside training."""
    try:
        values = bench_window(arguments.quick, console.tell)
    except BenchmarkError as error:
        raise CommandError(str(error)) from error
    lines = [f"first frame after {values['first_frame_seconds']:.2f} s"]
    for name in ("idle", "training"):
        times = values[name]
        lines.append(
            f"{name}: frames of {times['median_ms']:.1f} ms, p99 {times['p99_ms']:.1f}, worst {times['worst_ms']:.1f}"
        )
    beside, alone = values["training"]["frames_per_second"], values["training_alone"]["frames_per_second"]
    lines.append(
        f"training: {beside:,.0f} frames/s beside the window, {alone:,.0f} alone: {1 - beside / alone:.0%} lost"
    )
    console.result(values, *lines)
    return 0
