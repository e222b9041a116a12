"""Files of every released version can be read for ever: golden files, and how a document is brought up to date.

A new schema gets a golden file of its own here; the old ones are never changed.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.errors import StorageError
from agents.storage import profile as profile_module
from agents.storage.container import unpack
from agents.storage.profile import MIGRATIONS, SCHEMA, read, read_header, to_bytes, write

GOLDEN = Path(__file__).parent / "golden"
SUMS = {1: "d16d7defa1fb95cc680532eb8bca4b8190c00fc529a5ec197b84e55010c05ae5"}
"""Schema to the sha256 of its golden file."""


def golden(schema: int) -> Path:
    return GOLDEN / f"schema-{schema}.agent"


def test_there_is_a_golden_file_and_a_migration_for_every_schema() -> None:
    assert sorted(SUMS) == list(range(1, SCHEMA + 1))
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA))
    for schema, expected in SUMS.items():
        assert hashlib.sha256(golden(schema).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize("schema", SUMS)
def test_golden_files_hold_what_they_were_saved_with(schema: int) -> None:
    agent = read(golden(schema))
    assert (agent.name, agent.id, agent.parent) == ("Golden", "0123456789abcdef" * 2, "f" * 32)
    assert (agent.game_id, agent.game_settings) == ("nchain", {"states": 5, "slip": 0.2})
    assert (agent.observation, agent.preset, agent.seed) == ("features", "quick", 1)
    assert (agent.frames, agent.updates, agent.seconds, agent.device) == (12_000, 700, 3.5, "CPU XLA")
    assert (agent.created, agent.changed) == ("2026-11-25T12:00:00+00:00", "2026-11-25T13:00:00+00:00")
    assert (agent.app_version, agent.command) == ("0.1.0", "python main.py train nchain")
    assert agent.curve == ((0.0, 1.0), (100.0, 2.5))
    assert agent.scorecard["mean"] == 1.0
    assert (agent.config.hidden, agent.config.discount) == ((), 0.98)
    np.testing.assert_array_equal(
        agent.weights["output/bias"], np.array([0.028422242030501366, 0.5467129945755005], np.float32)
    )
    assert agent.policy().q_values(np.eye(5, dtype=np.float32)).argmax(axis=1).tolist() == [1, 0, 1, 1, 1]
    assert agent.game().info.id == "nchain"
    assert read_header(golden(schema)).name == "Golden"


@pytest.fixture
def schema_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up next version whose commands say more."""

    def migrate(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "command": f"{document['command']} --red"}

    monkeypatch.setattr(profile_module, "SCHEMA", SCHEMA + 1)
    monkeypatch.setattr(profile_module, "MIGRATIONS", {**MIGRATIONS, SCHEMA: migrate})


@pytest.mark.usefixtures("schema_2")
def test_older_files_are_brought_up_to_date_in_memory_and_written_only_when_saved(tmp_path: Path) -> None:
    path = tmp_path / "old.agent"
    data = golden(SCHEMA).read_bytes()
    path.write_bytes(data)
    agent = read(path)
    assert agent.command == "python main.py train nchain --red"
    assert read_header(path).command == agent.command
    assert path.read_bytes() == data
    write(agent, path)
    assert unpack(path.read_bytes())[0]["schema"] == SCHEMA + 1
    assert read(path).command == agent.command, "what is up to date already is not migrated again"


def test_files_of_a_newer_version_are_refused_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.agent"
    with monkeypatch.context() as newer:
        newer.setattr(profile_module, "SCHEMA", SCHEMA + 1)
        newer.setattr(profile_module, "MIGRATIONS", {SCHEMA: dict})
        data = to_bytes(read(golden(SCHEMA)))
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"new\.agent: was saved by a newer version"):
        read(path)
    assert path.read_bytes() == data
