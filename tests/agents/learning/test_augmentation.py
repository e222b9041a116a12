import numpy as np
import pytest

from agents.learning.augmentation import SHARED_SHIFT, shift


def _pictures(count: int, *more: int) -> np.ndarray:
    """All the same, no two pixels alike, so that every move shows."""
    picture = np.arange(7 * 9, dtype=np.uint8).reshape(7, 9, *(1,) * len(more))
    return np.repeat((picture + np.zeros((1, 1, *more), np.uint8))[None], count, axis=0)


@pytest.mark.parametrize("more", [(), (4,)])
def test_pictures_are_moved_by_every_distance_up_to_the_most_and_edges_are_continued(more: tuple[int, ...]) -> None:
    picture = _pictures(1, *more)[0]
    expected = {
        picture[np.clip(np.arange(7) + y, 0, 6)][:, np.clip(np.arange(9) + x, 0, 8)].tobytes()
        for y in (-2, -1, 0, 1, 2)
        for x in (-2, -1, 0, 1, 2)
    }
    pictures = _pictures(400 * SHARED_SHIFT + 3, *more)
    shift(pictures, 2, np.random.default_rng(0))
    assert {moved.tobytes() for moved in pictures} == expected


def test_few_pictures_share_a_move() -> None:
    pictures = _pictures(40 * SHARED_SHIFT)
    shift(pictures, 2, np.random.default_rng(0))
    groups = pictures.reshape(40, SHARED_SHIFT, -1)
    assert (groups == groups[:, :1]).all()
    assert len({group.tobytes() for group in groups}) > 15


def test_the_seed_draws_the_moves() -> None:
    first, second, other = _pictures(64), _pictures(64), _pictures(64)
    for pictures, seed in ((first, 1), (second, 1), (other, 2)):
        shift(pictures, 2, np.random.default_rng(seed))
    assert (first == second).all()
    assert (first != other).any()
