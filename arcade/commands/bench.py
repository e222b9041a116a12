"""`bench`: measures the speed of games, learning and the window."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from arcade.benchmarks.game_speed import bench_games
from arcade.benchmarks.learning_speed import bench_learning, words
from arcade.commands.console import CommandError, Console


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
    """Measure how many updates per second networks make and how soon games are solved."""
    values = bench_learning(arguments.quick, console.tell)
    console.result(values, *(words(part, row) for part, rows in values.items() for row in rows))
    return 0


def window(arguments: Namespace, console: Console) -> int:
    """Measure the frame times of the window, alone and during training."""
    from arcade.benchmarks.window_speed import BenchmarkError, bench_window  # needs pygame

    try:
        values = bench_window(arguments.quick, console.tell)
    except BenchmarkError as error:
        raise CommandError(str(error)) from error
    console.result(values, *_window_lines(values))
    return 0


def _window_lines(values: dict[str, Any]) -> Iterator[str]:
    yield f"first frame after {values['first_frame_seconds']:.2f} s"
    for name, title in (("idle", "idle"), ("beside_training", "beside training")):
        for scene, times in values[name].items():
            yield f"{scene}, {title}: {_frames(times)}"
    board = values["dashboard"]
    yield f"dashboard of a training: {_frames(board)}; while saving: {_frames(values['dashboard_while_saving'])}"
    opening = values["opening_while_saving"]
    for scene, times in opening["frames"].items():
        yield f"opening {scene} while a run of {opening['run_mib']} MiB is saved: {_frames(times)}"
    yield f"a load beside that save: {opening['load_ms']:.1f} ms"
    beside, alone = board["training_frames_per_second"], board["training_alone_frames_per_second"]
    lost = board["training_lost"]
    yield f"training: {beside:,.0f} frames/s beside its dashboard, {alone:,.0f} alone: {lost:.0%} lost"
    reaction = values["reaction_frames"]
    yield f"a key press is shown in frame {reaction['idle']}, beside training in frame {reaction['training']}"
    yield "training: " + ", ".join(f"{name} after {ms:.0f} ms" for name, ms in values["command_ms"].items())
    yield f"closing the window during training: saved and ended after {values['quit_seconds']:.1f} s"


def _frames(times: dict[str, float]) -> str:
    return f"frames of {times['median_ms']:.1f} ms, p99 {times['p99_ms']:.1f}, worst {times['worst_ms']:.1f}"
