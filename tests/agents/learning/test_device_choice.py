"""The choice of device and compile mode, with candidates and timings made up: no device is needed to try it."""

from dataclasses import dataclass

import pytest

from agents.acting.architecture import Architecture
from agents.config import Config
from agents.errors import LONGEST
from agents.learning.device_choice import Candidate, Placement, candidates_for, place
from games.game import PIXELS_SPEC, ObservationSpec

CPU_XLA, CPU_GRAPH = Candidate("CPU", "XLA"), Candidate("CPU", "graph")
GPU_XLA, GPU_GRAPH = Candidate("GPU", "XLA"), Candidate("GPU", "graph")
ALL = (CPU_XLA, CPU_GRAPH, GPU_XLA, GPU_GRAPH)

DENSE = Config()
CONVOLUTIONAL = Config(network="conv")


@dataclass
class _Learner:
    """Learns at the speed it is given, or fails as it is told to."""

    candidate: Candidate
    outcome: float | Exception

    def updates_per_second(self) -> float:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def _place(outcomes: dict[Candidate, float | Exception], *why: str) -> tuple[_Learner, Placement]:
    return place(list(outcomes), lambda candidate: _Learner(candidate, outcomes[candidate]), *why)


@pytest.mark.parametrize("fastest", ALL, ids=str)
def test_whatever_is_fastest_is_taken(fastest: Candidate) -> None:
    learner, placement = _place({candidate: 200.0 if candidate == fastest else 100.0 for candidate in ALL})
    assert learner.candidate == fastest
    assert (placement.device, placement.compile_mode) == fastest
    assert next(iter(placement.updates_per_second)) == fastest
    assert set(placement.updates_per_second) == set(ALL)


def test_the_reason_tells_what_was_measured_and_why() -> None:
    _, placement = _place({CPU_GRAPH: 3_800.4, CPU_XLA: 11_800.0}, "no GPU: no NVIDIA driver found", "")
    assert placement.reason == (
        "no GPU: no NVIDIA driver found; measured CPU XLA 11,800 updates/s, CPU graph 3,800 updates/s: "
        "the fastest is taken"
    )


def test_a_single_candidate_is_measured_but_not_called_the_fastest() -> None:
    _, placement = _place({CPU_GRAPH: 60.0}, "the CPU was asked for")
    assert placement.reason == "the CPU was asked for; measured CPU graph 60 updates/s"


def test_candidates_that_fail_are_passed_over_and_told() -> None:
    error = ValueError("libdevice not found\nand a page of details")
    learner, placement = _place({GPU_XLA: error, CPU_XLA: 5.0, GPU_GRAPH: MemoryError()})
    assert learner.candidate == CPU_XLA
    assert placement.updates_per_second == {CPU_XLA: 5.0}
    assert placement.reason.endswith(
        "; GPU XLA does not run: ValueError: libdevice not found; GPU graph does not run: MemoryError"
    )


def test_a_learner_that_cannot_be_made_is_passed_over_too() -> None:
    def make(candidate: Candidate) -> _Learner:
        if candidate == GPU_GRAPH:
            raise RuntimeError("x" * 1000)
        return _Learner(candidate, 1.0)

    learner, placement = place([GPU_GRAPH, CPU_GRAPH], make)
    assert learner.candidate == CPU_GRAPH
    assert len(placement.reason) < LONGEST + 100


@pytest.mark.parametrize("count", [1, 2])
def test_where_nothing_runs_every_failure_is_told(count: int) -> None:
    with pytest.raises(RuntimeError, match=r"^CPU XLA does not run: ValueError: no") as caught:
        _place(dict.fromkeys(ALL[:count], ValueError("no")))
    assert str(caught.value).count("does not run") == count
    assert isinstance(caught.value.__cause__, ValueError)


def _candidates(config: Config, *devices: str) -> tuple[list[Candidate], str]:
    spec = PIXELS_SPEC if config.network == "conv" else ObservationSpec("features", (4,))
    return candidates_for(devices, Architecture.of(config, spec, 2), config)


def test_dense_networks_are_tried_in_every_mode_on_every_device() -> None:
    assert _candidates(DENSE, "CPU", "GPU") == (list(ALL), "")


def test_convolutions_are_not_tried_with_xla_on_a_cpu() -> None:
    tried, why = _candidates(CONVOLUTIONAL, "CPU", "GPU")
    assert tried == [CPU_GRAPH, GPU_XLA, GPU_GRAPH]
    assert "XLA is not tried on the CPU" in why
    assert _candidates(CONVOLUTIONAL, "GPU") == ([GPU_XLA, GPU_GRAPH], "")


def test_convolutions_that_become_products_are_tried_with_xla() -> None:
    config = CONVOLUTIONAL.replace(kernels=(8, 3), strides=(8, 1))
    assert _candidates(config, "CPU") == ([CPU_XLA, CPU_GRAPH], "")


def test_a_mode_that_was_asked_for_is_the_only_one_tried() -> None:
    assert _candidates(CONVOLUTIONAL.replace(compile_mode="XLA"), "CPU") == ([CPU_XLA], "XLA was asked for")
