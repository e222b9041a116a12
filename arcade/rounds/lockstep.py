"""Rounds on one clock: each tick of one is a tick of all. A single round is not a special case."""

from collections.abc import Iterator, Sequence

from arcade.rounds.round import Phase, Round, Tick


class Lockstep:
    """Rounds that advance together.

    The first round that is not over is the leader: all rounds have its pace and wait while it waits. A person's round
    comes first, so that the others wait for the first press and become faster with the person's points.

    Args:
        rounds: At least one.
    """

    def __init__(self, rounds: Sequence[Round]) -> None:
        self.rounds = tuple(rounds)

    @property
    def leader(self) -> Round:
        """The round that sets the pace."""
        return next((each for each in self.rounds if each.phase is not Phase.OVER), self.rounds[0])

    def advance(self, seconds: float) -> Iterator[tuple[Round, Tick]]:
        """Let time pass: play and yield the ticks that are due, for all rounds in turn."""
        leader = self.leader
        others = [each for each in self.rounds if each is not leader]
        for other in others:
            other.rest(seconds, leader.pace)
        for tick in leader.ticks(seconds):
            yield leader, tick
            for other in others:
                if other.phase is Phase.RUNNING:
                    yield other, other.tick()
        for other in others:
            other.follow(leader)

    def step(self) -> Iterator[tuple[Round, Tick]]:
        """Play one tick of every round that is not over, whether or not it is due."""
        for each in self.rounds:
            if each.phase is not Phase.OVER:
                yield each, each.step()
