"""Curves as files, written without a display."""

import csv
import sys
from pathlib import Path

import numpy as np
import pygame
import pytest

from arcade.commands.console import CommandError, UsageError
from arcade.commands.curve_files import check_curve_file, save_curves

CURVES = {
    "score": np.array([[16.0, 3.0], [32.0, 5.0]]),
    "mean": np.array([[16.0, 3.0, 2.0, 4.0], [32.0, 4.0, 3.0, 5.0]]),
    "loss": np.empty((0, 2)),
}


def test_numbers_of_every_curve(tmp_path: Path) -> None:
    save_curves(tmp_path / "run.csv", CURVES)
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["curve"], row["frames"], row["value"]) for row in rows] == [
        ("score", "16", "3.0"), ("score", "32", "5.0"), ("mean", "16", "3.0"), ("mean", "32", "4.0"),
    ]  # fmt: skip
    assert (rows[0]["low"], rows[2]["low"], rows[2]["high"]) == ("", "2.0", "4.0")


def test_a_picture_with_a_chart_for_each(tmp_path: Path) -> None:
    save_curves(tmp_path / "one.png", {"mean": CURVES["mean"]})
    save_curves(tmp_path / "three.PNG", {**CURVES, "epsilon": CURVES["score"]})
    one, three = (pygame.image.load(str(tmp_path / name)) for name in ("one.png", "three.PNG"))
    assert (one.get_size(), three.get_size()) == ((1280, 400), (1280, 800))
    empty = one.get_at((0, 0))
    assert three.get_at((320, 600)) != empty, "the third chart stands in the second row"
    assert three.get_at((960, 600)) == empty


def test_where_curves_cannot_go_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "there.csv").touch()
    for name, line in (("a.txt", "must end in .csv or .png"), ("no/a.csv", "no such folder"), ("there.csv", "exists")):
        with pytest.raises(UsageError, match=line):
            check_curve_file(str(tmp_path / name))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("name", ["run.csv", "run.png"])
def test_curves_without_room_are_told_with_the_file_and_leave_nothing(tmp_path: Path, name: str) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
    try:
        with pytest.raises(CommandError, match=f"{name}: the curves cannot be written: File too large"):
            save_curves(tmp_path / name, CURVES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_has_come_meanwhile_stays(tmp_path: Path) -> None:
    for name in ("run.csv", "run.png"):
        (tmp_path / name).write_text("somebody's")
        with pytest.raises(CommandError, match=f"{name}: the curves cannot be written: File exists"):
            save_curves(tmp_path / name, CURVES)
        assert (tmp_path / name).read_text() == "somebody's"
