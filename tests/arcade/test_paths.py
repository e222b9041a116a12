"""Where files go: one variable moves them all, and asking creates nothing."""

from pathlib import Path

import appdirs
import pytest

from arcade import paths


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", str(tmp_path / "home"))
    places = [
        paths.data_folder(),
        paths.agents_folder(),
        paths.scores_file(),
        paths.settings_file(),
        paths.cache_folder(),
        paths.logs_folder(),
    ]
    assert all(place.is_relative_to(tmp_path / "home") for place in places)
    assert len(set(places)) == len(places)
    assert list(tmp_path.iterdir()) == []


def test_home_may_be_relative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQN_ARCADE_HOME", "here")
    assert paths.data_folder() == Path.cwd() / "here" / "data"


@pytest.mark.parametrize("home", [None, ""])
def test_without_it_the_system_decides(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if home is None:
        monkeypatch.delenv("DQN_ARCADE_HOME", raising=False)
    else:
        monkeypatch.setenv("DQN_ARCADE_HOME", home)
    assert paths.data_folder() == Path(appdirs.user_data_dir("dqn-arcade", False))
    assert paths.settings_file().parent == Path(appdirs.user_config_dir("dqn-arcade", False))


def test_shipped_agents_lie_beside_the_packages() -> None:
    assert paths.shipped_folder() == Path(paths.__file__).parents[1] / "saved_models"
