import numpy as np

from agents.training.curves import CurveRecorder, ThinnedCurve


def test_short_curves_keep_every_point() -> None:
    recorder = ThinnedCurve(2, limit=10)
    for index in range(10):
        recorder.add(index, index * 2)
    np.testing.assert_array_equal(recorder.array(), [[index, index * 2] for index in range(10)])


def test_long_curves_are_thinned_evenly_and_stay_bounded() -> None:
    recorder = ThinnedCurve(1, limit=10)
    for index in range(1, 1001):
        recorder.add(index)
    points = recorder.array()[:, 0]
    assert len(points) <= 10
    assert len(set(np.diff(points))) == 1
    assert points[-1] > 800


def test_published_curves_do_not_change_afterwards() -> None:
    recorder = CurveRecorder()
    recorder.add("loss", 1, 0.5)
    curves = recorder.curves()
    recorder.add("loss", 2, 0.25)
    assert curves.loss.tolist() == [[1, 0.5]]
    assert curves.score.shape == (0, 2)
