"""The person's folders: one variable moves them all, and asking creates nothing."""

import os
import sys
from pathlib import Path

import appdirs
import pytest

from agents.storage import folders


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    places = [
        folders.data_folder(),
        folders.agents_folder(),
        folders.settings_folder(),
        folders.logs_folder(),
    ]
    assert all(place.is_relative_to(tmp_path / "home") for place in places)
    assert len(set(places)) == len(places)
    assert list(tmp_path.iterdir()) == []


def test_home_may_be_relative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", "here")
    assert folders.data_folder() == Path.cwd() / "here" / "data"


@pytest.mark.parametrize("home", [None, ""])
def test_without_it_the_system_decides(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if home is None:
        monkeypatch.delenv("DQN_ARCADE_HOME", raising=False)
    else:
        monkeypatch.setenv("DQN_ARCADE_HOME", home)
    assert folders.data_folder() == Path(appdirs.user_data_dir("dqn-arcade", False))
    assert folders.settings_folder() == Path(appdirs.user_config_dir("dqn-arcade", False))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="they have no such variables")
@pytest.mark.parametrize("folder", ["", "here", "./here", "~/here"])
def test_folders_of_xdg_that_are_not_absolute_count_for_nothing(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DQN_ARCADE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, folder)
    assert folders.data_folder() == tmp_path / ".local" / "share" / "dqn-arcade"
    assert folders.settings_folder() == tmp_path / ".config" / "dqn-arcade"
    assert folders.logs_folder() == tmp_path / ".cache" / "dqn-arcade" / "log"
    assert os.environ["XDG_DATA_HOME"] == folder
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert folders.data_folder() == tmp_path / "data" / "dqn-arcade"


@pytest.mark.skipif(os.name == "nt", reason="its home folders are looked up elsewhere")
def test_a_home_that_is_nowhere_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", "~no-such-person/x")
    with pytest.raises(ValueError, match=r"DQN_ARCADE_HOME = '~no-such-person/x': there is no such home folder"):
        folders.data_folder()
    monkeypatch.delenv("DQN_ARCADE_HOME")
    monkeypatch.setenv("HOME", "here")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with pytest.raises(ValueError, match=r"your home folder is not known: set DQN_ARCADE_HOME"):
        folders.data_folder()


def test_shipped_agents_lie_beside_the_packages() -> None:
    assert folders.shipped_folder() == Path(folders.__file__).parents[2] / "saved_models"
