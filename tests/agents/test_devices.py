import pytest

from agents import devices


def test_the_cpu_can_be_asked_for() -> None:
    assert devices.choose_device("cpu") == ("CPU", "the CPU was asked for")


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(ValueError, match="device = 'tpu': must be auto, cpu or gpu"):
        devices.choose_device("tpu")


def test_a_missing_gpu_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: [])
    assert devices.choose_device("auto")[0] == "CPU"
    with pytest.raises(ValueError, match="device = 'gpu': no GPU"):
        devices.choose_device("gpu")


def test_a_gpu_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: ["GPU:0"])
    assert devices.choose_device("auto") == ("GPU", "1 GPU found")


@pytest.mark.parametrize(("system", "word"), [("Windows", "WSL2"), ("Darwin", "macOS")])
def test_systems_without_gpu_builds_are_named(monkeypatch: pytest.MonkeyPatch, system: str, word: str) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    assert word in devices.why_no_gpu()
