"""Snapshots: few, spread over the run, exact, and never trusted when read."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.acting.architecture import Architecture
from agents.acting.policy import Policy
from agents.errors import DamagedProfileError, ProfileError, StorageError
from agents.storage.container import pack, unpack
from agents.storage.history import (
    MOST,
    History,
    HistoryRecorder,
    Snapshot,
    earlier_selves,
    from_bytes,
    path_of,
    read,
    to_bytes,
    write,
)
from agents.storage.library import Library
from tests.agents.storage.profiles import make_profile

AGENT = make_profile("Ada")


def recorder(frames: int = 256_000, start: int = 0) -> HistoryRecorder:
    return HistoryRecorder(AGENT.id, AGENT.architecture, frames, start)


def run(made: HistoryRecorder, frames: int, chunk: int = 100) -> History:
    """Offer a policy after every chunk of a run, each with weights of its own."""
    for seen in range(0, frames + 1, chunk):
        if made.is_due(seen):
            weights = {name: values + np.float32(seen) for name, values in AGENT.weights.items()}
            made.add(seen, seen / 10 if seen else float("nan"), replace(AGENT, weights=weights).policy())
    return made.history()


@pytest.mark.parametrize("frames", [500, 10_000, 256_000, 3_000_000])
def test_a_run_of_any_length_keeps_few_moments_evenly_spread(frames: int) -> None:
    history = run(recorder(), frames)
    seen = [moment.frames for moment in history.moments]
    assert seen[0] == 0
    assert len(seen) <= MOST
    if frames >= 16_000:
        assert len(seen) >= MOST // 2
        steps = np.diff(seen)
        assert steps.max() <= 2.2 * steps.min()
        assert seen[-1] >= frames * 0.85


def test_a_run_that_ends_early_has_moments_too() -> None:
    assert len(run(recorder(frames=10_000), 400, chunk=10).moments) >= 8


def test_frames_count_over_the_whole_life_of_an_agent() -> None:
    assert run(recorder(start=5_000), 0).moments[0].frames == 5_000


def test_large_networks_keep_fewer_moments_and_huge_ones_none() -> None:
    def most(units: int) -> int:
        architecture = Architecture((units,), False, (), (units,), 2, False)
        return HistoryRecorder(AGENT.id, architecture, 1000)._most

    assert most(16) == MOST
    assert 2 <= most(1_000) < MOST
    assert most(4_000) == 0
    nothing = HistoryRecorder(AGENT.id, Architecture((4_000,), False, (), (4_000,), 2, False), 1000)
    assert not nothing.is_due(0)


def test_moments_come_back_bit_for_bit(tmp_path: Path) -> None:
    history = run(recorder(), 20_000)
    write(history, tmp_path / "Ada.snapshots")
    again = read(tmp_path / "Ada.snapshots", AGENT)
    assert [(each.frames, each.mean_score) for each in again.moments] == [
        (each.frames, each.mean_score) for each in history.moments
    ]
    assert again.moments[0].mean_score is None
    for before, after in zip(history.moments, again.moments, strict=True):
        assert all(np.array_equal(before.weights[name], after.weights[name]) for name in before.weights)


def test_convolutions_come_back_too() -> None:
    from agents.config import Config
    from games.game import PIXELS_SPEC

    architecture = Architecture.of(Config(network="conv", hidden=(8,)), PIXELS_SPEC, 2)
    rng = np.random.default_rng(0)
    made = HistoryRecorder(AGENT.id, architecture, 1000)
    for frames in (0, 500):
        weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in architecture.shapes().items()}
        made.add(frames, 1.0, Policy(architecture, weights))
    again = from_bytes(to_bytes(made.history()))
    for before, after in zip(made.history().moments, again.moments, strict=True):
        assert all(np.array_equal(before.weights[name], after.weights[name]) for name in before.weights)


def test_earlier_selves_act_as_the_agent_did() -> None:
    history = run(recorder(), 2_000)
    profile = history.profile(AGENT, 1)
    moment = history.moments[1]
    assert profile.name == f"Ada at {moment.frames:,} frames"
    assert profile.scorecard == {}
    seen = np.zeros((1, *AGENT.architecture.input_shape), np.float32)
    assert np.array_equal(profile.policy().q_values(seen), history.policy(1).q_values(seen))


def test_an_agent_without_snapshots_has_no_earlier_selves(tmp_path: Path) -> None:
    assert earlier_selves(AGENT, tmp_path / "Ada.agent") == ()


def test_the_library_keeps_them_beside_the_agent(tmp_path: Path) -> None:
    library = Library(tmp_path)
    path = library.save(AGENT)
    library.save_history(run(recorder(), 2_000), path)
    assert path_of(path).exists()
    assert not list(tmp_path.glob("*.bak"))
    entry = library.find("Ada")
    assert [each.frames for each in library.earlier_selves(entry)][:2] == [0, 1000]
    library.save_history(History(AGENT.id, AGENT.architecture), path)
    assert library.earlier_selves(entry), "an empty history takes nothing away"


def test_they_go_where_the_agent_goes_and_not_with_copies(tmp_path: Path) -> None:
    library = Library(tmp_path)
    path = library.save(AGENT)
    library.save_history(run(recorder(), 2_000), path)
    copy = library.find(str(library.duplicate(library.find("Ada"))))
    assert library.earlier_frames(copy) == ()
    renamed = library.find(str(library.rename(library.find("Ada"), "Eve")))
    assert library.earlier_frames(renamed) == (0, 1000, 2000)
    trashed = library.delete(renamed)
    assert not list(tmp_path.glob("*.snapshots"))
    assert library.earlier_frames(library.find(str(library.restore(trashed)))) == (0, 1000, 2000)
    exported = library.export(library.find("Eve"), tmp_path / "shared.agent")
    assert not path_of(exported).exists()


def test_snapshots_of_another_agent_are_refused(tmp_path: Path) -> None:
    write(run(recorder(), 1_000), tmp_path / "Ada.snapshots")
    with pytest.raises(StorageError, match="belong to another agent than Bob"):
        read(tmp_path / "Ada.snapshots", make_profile("Bob"))


def test_every_cut_and_every_flipped_bit_of_the_header_is_damage() -> None:
    data = to_bytes(run(recorder(), 1_000))
    for size in range(0, len(data), 7):
        with pytest.raises(ProfileError):
            from_bytes(data[:size])
    for index in range(0, 700, 3):
        flipped = bytearray(data)
        flipped[index] ^= 1 << (index % 8)
        with pytest.raises(ProfileError):
            from_bytes(bytes(flipped))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "another"},
        {"schema": 0},
        {"schema": 2},
        {"schema": True},
        {"agent": "../../etc"},
        {"moments": "none"},
        {"moments": [[0, 1.0]] * (MOST + 1)},
        {"moments": [[0, 1.0], [1000]]},
        {"moments": [[1000, 1.0], [0, 1.0]]},
        {"moments": [[0, "1"], [1000, 1.0]]},
        {"moments": [[-1, 1.0], [1000, 1.0]]},
        {"moments": [[0, True], [1000, 1.0]]},
        {"moments": []},
        {"moments": [[0, None]]},
        {"architecture": {}},
        {"more": 1},
    ],
    ids=str,
)
def test_a_strange_document_is_a_profile_error(changes: dict[str, Any]) -> None:
    document, arrays = unpack(to_bytes(run(recorder(), 1_000)))
    with pytest.raises(StorageError):
        from_bytes(pack({**document, **changes}, arrays))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    write(run(recorder(), 1_000), tmp_path / "real")
    (tmp_path / "Ada.snapshots").symlink_to(tmp_path / "real")
    with pytest.raises(StorageError, match="link"):
        read(tmp_path / "Ada.snapshots", AGENT)


def test_a_run_that_goes_on_keeps_what_was_kept_before(tmp_path: Path) -> None:
    library = Library(tmp_path)
    path = library.save(AGENT)
    library.save_history(run(recorder(), 3_000), path)
    later = recorder()
    later.add(3_500, 350.0, AGENT.policy())
    library.save_history(later.history(), path)
    library.save_history(later.history(), path)
    assert library.earlier_frames(library.find("Ada")) == (0, 1000, 2000, 3000, 3500)


@pytest.mark.parametrize(
    ("moments", "words"),
    [
        ([5], "each must be frames and a score"),
        ([[5]], "each must be frames and a score"),
        ([[5, 1.0, 2]], "each must be frames and a score"),
        ([[2**53, 1.0]], "each must be a whole number from 0 to 1000000000000"),
        ([[5, 1e308]], "each must be a number from -1e+15 to 1e+15"),
        ([[5, "1"]], "each must be a number"),
        ([[5, 1.0], [4, 1.0]], "not in order of time"),
        ([[0, None]] * 17, "must be a list of at most 16"),
        ("\x1b[2J", r"moments = '\x1b[2J': must be a list"),
    ],
)
def test_moments_are_checked_like_an_agents_fields(moments: Any, words: str) -> None:
    document, arrays = unpack(to_bytes(run(recorder(), 2_000)))
    with pytest.raises(DamagedProfileError, match=re.escape(words)) as caught:
        from_bytes(pack(document | {"moments": moments}, arrays))
    assert str(caught.value).isprintable()


def test_a_score_that_no_file_holds_is_left_out(tmp_path: Path) -> None:
    made = recorder()
    made.add(0, 1e300, AGENT.policy())
    assert from_bytes(to_bytes(made.history())).moments[0].mean_score is None


def test_earlier_selves_of_the_longest_name_can_be_saved() -> None:
    agent = replace(AGENT, name="x" * 64)
    moment = Snapshot(10**12, None, agent.weights)
    assert len(History(agent.id, agent.architecture, (moment,)).profile(agent, 0).name) <= 64
