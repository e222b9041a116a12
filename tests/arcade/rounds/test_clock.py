"""Fixed steps: none lost, none invented, a long stall not caught up."""

import pytest

from arcade.rounds.clock import LONGEST_CATCH_UP, FixedStep


def test_steps_come_at_their_rate_whatever_the_frames() -> None:
    clock = FixedStep(30)
    assert sum(clock.advance(1 / 61) for _ in range(610)) in (299, 300)


def test_a_frame_shorter_than_a_step_moves_only_the_picture() -> None:
    clock = FixedStep(10)
    assert clock.advance(0.025) == 0
    assert clock.blend == pytest.approx(0.25)


def test_a_stall_is_not_caught_up() -> None:
    clock = FixedStep(100)
    assert clock.advance(10) == round(LONGEST_CATCH_UP * 100)


def test_reset_forgets_broken_steps() -> None:
    clock = FixedStep(10)
    clock.advance(0.09)
    clock.reset()
    assert clock.advance(0.05) == 0
