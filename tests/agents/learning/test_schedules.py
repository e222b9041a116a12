import pytest

from agents.config import Config
from agents.learning.schedules import epsilon_at, importance_at, learning_rate_at


def test_linear_epsilon_goes_straight_and_then_stays() -> None:
    config = Config(epsilon_start=1.0, epsilon_end=0.2, epsilon_frames=100)
    assert [epsilon_at(config, frames) for frames in (0, 50, 100, 1000)] == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_exponential_epsilon_falls_by_a_constant_factor() -> None:
    config = Config(epsilon_start=1.0, epsilon_end=0.01, epsilon_frames=100, epsilon_schedule="exponential")
    assert [epsilon_at(config, frames) for frames in (0, 50, 100, 200)] == pytest.approx([1.0, 0.1, 0.01, 0.01])


def test_exponential_epsilon_may_end_at_zero() -> None:
    config = Config(epsilon_end=0.0, epsilon_frames=100, epsilon_schedule="exponential")
    assert epsilon_at(config, 100) == pytest.approx(1e-6)


def test_learning_rate_falls_over_its_updates() -> None:
    config = Config(learning_rate=1e-2, final_learning_rate=1e-4, learning_rate_updates=10)
    assert [learning_rate_at(config, updates) for updates in (0, 5, 10, 99)] == pytest.approx([1e-2, 1e-3, 1e-4, 1e-4])


def test_learning_rate_stays_when_the_fall_takes_no_updates() -> None:
    assert learning_rate_at(Config(learning_rate=1e-2, learning_rate_updates=0), 10**9) == 1e-2


def test_importance_grows_to_one() -> None:
    config = Config(importance_exponent=0.4)
    assert [importance_at(config, part) for part in (0.0, 0.5, 1.0, 2.0)] == pytest.approx([0.4, 0.7, 1.0, 1.0])


def test_rounding_never_leads_beyond_the_ends() -> None:
    for end in (1.0, 0.9):
        for start in (0.0017, 0.3683314563344259, 0.6411968245823519):
            config = Config(epsilon_schedule="exponential", epsilon_start=start, epsilon_end=end, epsilon_frames=7)
            for frames in (0, 6, 7, 10**12):
                assert start <= epsilon_at(config, frames) <= end
