"""The `.agent` file: exact round trips, every limit, and damage that never passes unseen."""

import dataclasses
import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.errors import DamagedProfileError, ProfileError, StorageError
from agents.storage import container
from agents.storage.container import pack
from agents.storage.disk import Disk, backup_of
from agents.storage.profile import (
    Profile,
    check_limits,
    check_name,
    from_bytes,
    read,
    read_header,
    thin,
    to_bytes,
    write,
)
from tests.agents.storage.disks import FailingDisk
from tests.agents.storage.profiles import make_profile
from tests.soak import times

PROFILE = make_profile()
DATA = to_bytes(PROFILE)
HEADER_STOP = 8 + int.from_bytes(DATA[:8], "little")


def document(**changes: Any) -> dict[str, Any]:
    """The document of `PROFILE` as it lies in the file, with some fields changed."""
    found = container.unpack(DATA)[0]
    return found | changes


def packed(arrays: dict[str, np.ndarray[Any, Any]] | None = None, **changes: Any) -> bytes:
    return pack(document(**changes), PROFILE.weights if arrays is None else arrays)


def with_header(edit: Callable[[dict[str, Any]], None]) -> bytes:
    """The file with its outer header edited, its length set right."""
    header = json.loads(DATA[8:HEADER_STOP])
    edit(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + DATA[HEADER_STOP:]


def refused(data: bytes, words: str | None = None) -> None:
    with pytest.raises(ProfileError, match=words) as caught:
        from_bytes(data)
    assert "\n" not in str(caught.value)


def test_round_trip_is_exact() -> None:
    loaded = from_bytes(DATA)
    for item in dataclasses.fields(Profile):
        if item.name != "weights":
            assert getattr(loaded, item.name) == getattr(PROFILE, item.name), item.name
    for name, values in PROFILE.weights.items():
        assert loaded.weights[name].tobytes() == values.tobytes()
        assert loaded.weights[name].dtype == np.float32


def test_bytes_are_the_same_each_time() -> None:
    assert to_bytes(from_bytes(DATA)) == DATA


def test_other_programs_can_read_the_file() -> None:
    from safetensors.numpy import load

    assert all((load(DATA)[name] == values).all() for name, values in PROFILE.weights.items())


def test_round_trip_of_a_convolutional_duelling_network() -> None:
    config = Config(network="conv", filters=(4,), kernels=(3,), strides=(2,), hidden=(8,), duelling=True)
    architecture = Architecture((9, 9, 2), True, Architecture.of(config, _picture(), 3).convolutions, (8,), 3, True)
    weights = {name: np.ones(shape, np.float32) for name, shape in architecture.shapes().items()}
    profile = make_profile(architecture=architecture, config=config, weights=weights)
    loaded = from_bytes(to_bytes(profile))
    assert loaded.architecture == architecture
    assert loaded.config == config


def _picture() -> Any:
    from games.game import ObservationSpec

    return ObservationSpec("picture", (9, 9, 2), "uint8")


def test_loaded_agent_acts_as_before() -> None:
    observations = np.random.default_rng(1).normal(size=(1000, 5)).astype(np.float32)
    before, after = PROFILE.policy().q_values(observations), from_bytes(DATA).policy().q_values(observations)
    assert (before == after).all()


def test_every_truncation_is_refused() -> None:
    for length in range(len(DATA)):
        with pytest.raises(DamagedProfileError):
            from_bytes(DATA[:length])


def test_extra_bytes_are_refused() -> None:
    refused(DATA + b"\0")


def test_every_bit_of_the_header_counts() -> None:
    for position in range(8 * HEADER_STOP):
        damaged = bytearray(DATA)
        damaged[position // 8] ^= 1 << position % 8
        refused(bytes(damaged))


def test_every_bit_of_the_weights_counts() -> None:
    for position in range(8 * HEADER_STOP, 8 * len(DATA), 5):
        damaged = bytearray(DATA)
        damaged[position // 8] ^= 1 << position % 8
        refused(bytes(damaged))


@settings(max_examples=times(500, 10_000), deadline=None)
@given(st.integers(0, len(DATA)), st.integers(0, 40), st.binary(max_size=40))
def test_mutations_are_refused(start: int, length: int, fresh: bytes) -> None:
    mutated = DATA[:start] + fresh + DATA[start + length :]
    if mutated != DATA:
        refused(mutated)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    refused(data)
    refused(len(data).to_bytes(8, "little") + data)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 0}, "format"),
        ({"schema": True}, "format"),
        ({"format": "zip"}, "format"),
        ({"extra": 1}, "extra"),
        ({"name": ""}, "1 to 64"),
        ({"name": "x" * 65}, "1 to 64"),
        ({"name": "two\nlines"}, "printable"),
        ({"id": "../../etc"}, "id"),
        ({"seed": -1}, "whole number"),
        ({"frames": 1.5}, "whole number"),
        ({"updates": True}, "whole number"),
        ({"seconds": "1"}, "number"),
        ({"curve": [[1.0, 2.0]] * 201}, "at most 200"),
        ({"curve": [["a", 2.0]]}, "number"),
        ({"scorecard": {"mean": 1.0}}, "must be complete or empty"),
        ({"scorecard": {"meaning": 1.0}}, "group"),
        ({"created": "yesterday"}, "created = 'yesterday': must be a time"),
        ({"game_settings": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}}, "nested"),
        ({"game_settings": {"a": {}}}, "number"),
        ({"command": "x" * 2001}, "at most 2000"),
        ({"config": {"hidden": [0]}}, "hidden"),
        ({"config": {"learning_rate": 10**18}}, "learning_rate"),
        ({"config": {"load": "os"}}, "unknown setting"),
        ({"config": None}, "config = None: must be a group"),
        ({"preset": "x" * 70_000}, "at most 65536"),
    ],
)
def test_fields_are_checked(changes: dict[str, Any], words: str) -> None:
    refused(packed(**changes), words)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "lambda"},
        {"kind": "conv"},
        {"input_shape": [0]},
        {"input_shape": [65_537]},
        {"input_shape": [2000, 2000, 100]},
        {"input_shape": [5.0]},
        {"hidden": [4097]},
        {"hidden": [1] * 17},
        {"hidden": [4096, 4096, 4096]},
        {"actions": 0},
        {"actions": 3},
        {"byte_input": 1},
        {"duelling": "yes"},
        {"convolutions": [[1, 1]], "kind": "conv"},
        {"convolutions": [[1, 1, 0]], "kind": "conv"},
        {"code": "print()"},
    ],
)
def test_architecture_is_bounded(changes: dict[str, Any]) -> None:
    refused(packed(architecture=PROFILE.architecture.to_dict() | changes))


def test_missing_field_is_named() -> None:
    found = document()
    del found["seed"]
    refused(pack(found, PROFILE.weights), "seed")


def test_newer_schema_is_no_damage() -> None:
    with pytest.raises(
        StorageError, match=r"^was saved by a newer version of DQN Arcade \(format 2, here 1\)"
    ) as caught:
        from_bytes(packed(schema=2))
    assert not isinstance(caught.value, DamagedProfileError)


def test_weights_must_be_those_of_the_architecture() -> None:
    refused(packed({}), "arrays")
    refused(packed({**PROFILE.weights, "extra": np.zeros(1, np.float32)}), "arrays")
    refused(packed({name: values.T.copy() for name, values in PROFILE.weights.items()}), "arrays")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_must_be_finite(value: float) -> None:
    weights = {name: values.copy() for name, values in PROFILE.weights.items()}
    weights["output/bias"][0] = value
    refused(packed(weights), "finite")
    with pytest.raises(ProfileError, match="cannot be saved"):
        to_bytes(dataclasses.replace(PROFILE, weights=weights))


def _set(name: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].__setitem__(key, value)


@pytest.mark.parametrize(
    "edit",
    [
        _set("output/bias", "dtype", "F64"),
        _set("output/bias", "shape", [2**62]),
        _set("output/bias", "shape", [-2]),
        _set("output/bias", "shape", [2, 1, 1, 1, 1]),
        _set("output/bias", "shape", [2.0]),
        _set("output/bias", "shape", 2),
        _set("output/bias", "data_offsets", [0, 2**60]),
        _set("output/bias", "data_offsets", [-8, 0]),
        _set("output/bias", "data_offsets", [0]),
        _set("output/bias", "data_offsets", [8, 16]),
        _set("output/bias", "more", 1),
        _set("__metadata__", "more", "1"),
        _set("__metadata__", "profile", 3),
        _set("__metadata__", "profile", "{}"),
        lambda header: header.pop("__metadata__"),
        lambda header: header.update({f"t{index}": {} for index in range(70)}),
        lambda header: header.update({"output/bias": "F32"}),
    ],
)
def test_header_is_checked(edit: Callable[[dict[str, Any]], None]) -> None:
    refused(with_header(edit))


def test_arrays_may_not_overlap() -> None:
    refused(with_header(_set("output/bias", "data_offsets", [8, 16])), "overlap")


def test_names_may_not_occur_twice() -> None:
    text = DATA[8:HEADER_STOP].replace(b"{", b'{"__metadata__":{},', 1)
    refused(len(text).to_bytes(8, "little") + text + DATA[HEADER_STOP:], "twice")


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"' + b'\\"' * 300_000,
        b'{"a":1,"a":2}',
        b'{"__metadata__":{"profile":"\\ud800"}}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e999}',
        b'{"a":NaN}',
        b"\xff\xfe{}",
        b"null",
    ],
)
def test_hostile_json_is_refused(text: bytes) -> None:
    refused(len(text).to_bytes(8, "little") + text)


def test_header_length_is_bounded_before_it_is_read() -> None:
    refused((2**63).to_bytes(8, "little") + DATA[8:])
    text = b" " * (container.MAX_HEADER + 1)
    refused(len(text).to_bytes(8, "little") + text, "does not fit")


def test_seal_guards_numbers_in_the_text() -> None:
    assert DATA.count(b'\\"frames\\": 12000') == 1
    refused(DATA.replace(b'\\"frames\\": 12000', b'\\"frames\\": 99000'), "not the one that was saved")


def test_game_of_another_form_is_refused() -> None:
    assert PROFILE.game().info.id == "nchain"
    for changes, words in [
        ({"game_id": "chess"}, "chess"),
        ({"game_settings": {"slip": 7.0}}, "slip"),
        ({"game_settings": {"magic": 1}}, "magic"),
        ({"rules_version": 99}, "version 99"),
        ({"observation": "smell"}, "smell"),
        ({"game_settings": {"states": 6}}, "of another shape"),
        ({"game_id": "cartpole", "game_settings": {}, "rules_version": 2}, "of another shape"),
    ]:
        with pytest.raises(ProfileError, match=words):
            dataclasses.replace(PROFILE, **changes).game()  # type: ignore[arg-type]


def test_header_alone_holds_everything_but_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "a.agent"
    write(PROFILE, path)
    header = read_header(path)
    assert dataclasses.replace(header, weights=PROFILE.weights) == PROFILE
    with pytest.raises(ProfileError, match="load it first"):
        header.policy()


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.agent"
    write(PROFILE, path)
    path.chmod(0o444)
    before = path.stat()
    read(path)
    read_header(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (DATA, before.st_mtime_ns)
    assert os.listdir(tmp_path) == ["a.agent"]


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    path, link, pipe = tmp_path / "a.agent", tmp_path / "link.agent", tmp_path / "pipe.agent"
    write(PROFILE, path)
    link.symlink_to(path)
    os.mkfifo(pipe)
    for wrong, words in [(link, "link"), (pipe, "regular"), (tmp_path, "folder|regular"), (tmp_path / "b", "no such")]:
        with pytest.raises(StorageError, match=words):
            read(wrong)


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.agent"
    with path.open("wb") as file:
        file.truncate(container.MAX_FILE + 1)
    with pytest.raises(ProfileError, match="at most"):
        read(path)


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.agent"
    path.write_bytes(b"PK\x03\x04 not an agent at all")
    with pytest.raises(DamagedProfileError, match=r"^broken\.agent: "):
        read(path)


def test_names_and_curves_are_kept_within_bounds() -> None:
    assert check_name("  Ann ") == "Ann"
    for wrong in ("", " ", "x" * 65, "a\x00b", None):
        with pytest.raises(ProfileError):
            check_name(wrong)
    curve = thin((*((float(index), 1.0) for index in range(1000)), (2000.0, float("nan"))))
    assert (len(curve), curve[0], curve[-1]) == (200, (0.0, 1.0), (999.0, 1.0))


def test_limits_are_known_before_training() -> None:
    check_limits(PROFILE.architecture)
    with pytest.raises(ValueError, match="MiB"):
        check_limits(Architecture((60_000,), False, (), (4096,), 2))
    with pytest.raises(ValueError, match="65536"):
        check_limits(Architecture((100, 100, 10), False, (), (4,), 2))


class ShortDisk(Disk):
    """Writes at most 100 bytes at a time."""

    def write(self, file: int, data: memoryview) -> int:
        return super().write(file, data[:100])


ORDER = ["create", "write", "sync", "close", "link", "replace", "replace", "sync_folder"]


def test_saved_means_synced(tmp_path: Path) -> None:
    path, disk = tmp_path / "a.agent", FailingDisk()
    write(PROFILE, path)
    write(make_profile(seed=1), path, disk)
    assert disk.calls == ORDER
    assert read(path).seed == 1
    assert read(backup_of(path)).seed == 0


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("number", range(len(ORDER)))
def test_any_failing_call_leaves_a_whole_file(tmp_path: Path, number: int, code: int) -> None:
    path = tmp_path / "a.agent"
    write(PROFILE, path)
    with pytest.raises(StorageError, match=r"cannot save .*: ") as caught:
        write(make_profile(seed=1), path, FailingDisk(number, code))
    assert "\n" not in str(caught.value)
    assert read(path).seed == (1 if ORDER[number] == "sync_folder" else 0)
    assert {file.name for file in tmp_path.iterdir()} <= {"a.agent", "a.agent.bak"}
    backup = backup_of(path)
    assert not backup.exists() or not backup.samefile(path), "what damages the one would damage the other"


def test_full_disk_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the disk is full"):
        write(PROFILE, tmp_path / "a.agent", FailingDisk(1))
    assert list(tmp_path.iterdir()) == []


def test_short_writes_go_on(tmp_path: Path) -> None:
    write(PROFILE, tmp_path / "a.agent", ShortDisk())
    assert (tmp_path / "a.agent").read_bytes() == DATA


def test_disks_without_links_get_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    write(PROFILE, tmp_path / "a.agent")
    write(make_profile(seed=1), tmp_path / "a.agent")
    assert read(tmp_path / "a.agent.bak").seed == 0


def test_no_path_of_ours_runs_what_a_file_says() -> None:
    root = Path(__file__).parents[3]
    paths = [path for folder in ("agents", "games", "arcade", "docs") for path in (root / folder).rglob("*.py")]
    for path in [*paths, root / "main.py"]:
        assert not (found := _dangerous(path.read_text("utf-8"))), f"{path}: {found}"


ALLOWED = ("json.loads",)


def _dangerous(source: str) -> list[str]:
    import ast

    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" | "__import__" as name)):
                found.append(name)
            case ast.Name(id="load_model" | "pickle" as name) | ast.Attribute(attr="load_model" | "extractall" as name):
                found.append(name)
            case ast.keyword(arg="allow_pickle", value=value) if not (
                isinstance(value, ast.Constant) and value.value is False
            ):
                found.append("allow_pickle")
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                words = [getattr(node, "module", "") or "", *(alias.name for alias in names)]
                found += [word for word in words if re.search(r"pickle|load_model|\bdill|joblib|shelve|marshal", word)]
            case ast.Attribute(attr="loads" | "Unpickler" | "load_weights" as name) if ast.unparse(node) not in ALLOWED:
                found.append(name)
            case ast.Constant(value=str() as text) if re.search(r"\.(h5|keras)$", text):
                found.append(text)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "import pickle",
        "from keras.models import load_model",
        "keras.models.load_model(path)",
        "np.load(path, allow_pickle=True)",
        "archive.extractall()",
        "model.save('a.keras')",
        "path = 'weights.h5'",
        "marshal.loads(data)",
        "model.load_weights(path)",
    ],
)
def test_the_walk_sees_what_is_banned(source: str) -> None:
    assert _dangerous(source)
