"""The places of the arcade's own files: in the person's folders, and asking creates nothing."""

from pathlib import Path

import pytest

from agents.storage import folders
from arcade.store import paths


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    places = [
        paths.scores_file(),
        paths.recordings_folder(),
        paths.settings_file(),
        paths.native_log(),
        paths.log_file(),
    ]
    assert all(place.is_relative_to(tmp_path / "home") for place in places)
    assert len({*places, paths.agents_folder(), paths.data_folder(), paths.logs_folder()}) == len(places) + 3
    assert list(tmp_path.iterdir()) == []


def test_files_lie_in_the_folders_for_their_kind() -> None:
    assert paths.scores_file().parent == paths.recordings_folder().parent == folders.data_folder()
    assert paths.settings_file().parent == folders.settings_folder()
    assert paths.native_log().parent == paths.log_file().parent == folders.logs_folder()
