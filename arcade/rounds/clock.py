"""Fixed steps for rules at a free drawing rate, after Glenn Fiedler's "Fix Your Timestep!"."""

LONGEST_CATCH_UP = 0.25
"""Seconds of lost time that are caught up at most; after a longer stall the game goes on where it stood."""


class FixedStep:
    """Turns passing time into whole steps.

    Args:
        rate: Steps a second; may be changed at any time.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._due = 0.0  # steps, the broken part included

    def advance(self, seconds: float) -> int:
        """The number of steps to take after `seconds` more have passed."""
        self._due += min(seconds, LONGEST_CATCH_UP) * self.rate
        steps = int(self._due)
        self._due -= steps
        return steps

    @property
    def blend(self) -> float:
        """How far the picture has moved on from the last but one step to the last one, 0 to 1."""
        return self._due

    def reset(self) -> None:
        """Forget time that has not become a step."""
        self._due = 0.0
