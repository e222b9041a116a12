"""Plans of runs that go on from an agent."""

import pytest

from agents.config import Config
from agents.learning.schedules import epsilon_at, learning_rate_at
from agents.training.plan import further
from tests.agents.storage.profiles import make_profile


def test_training_further_goes_on_where_the_schedules_stood() -> None:
    config = Config(hidden=(), epsilon_frames=20_000, learning_rate_updates=1_000)
    later = further(make_profile(config=config, frames=15_000, updates=400))
    for frames in (0, 1_000, 5_000, 9_000):
        assert epsilon_at(later, frames) == pytest.approx(epsilon_at(config, 15_000 + frames))
        assert learning_rate_at(later, frames // 10) == pytest.approx(learning_rate_at(config, 400 + frames // 10))
    done = further(make_profile(config=config, frames=10**6, updates=10**6))
    assert done.epsilon_start == pytest.approx(config.epsilon_end)
    assert done.learning_rate == pytest.approx(config.final_learning_rate)
