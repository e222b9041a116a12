"""Seconds for which the end of a game stays on screen; see `Round.over_for`.

The times differ by use: players want to continue, spectators look from the picture to the numbers, and previews only
have to show that a game has ended.
"""

PLAYED_SECONDS = 0.6
"""A person's game or a race: long enough to see what happened and to release the keys, too short to annoy."""

WATCHED_SECONDS = 1.2
"""A watched game of an agent; less at more than four times the normal speed."""

TRAINED_SECONDS = 0.8
"""A game of the current policy during training. The next game shows a newer policy, so it starts soon."""

SHOWN_SECONDS = 1.0
"""Games on cards and pages, in previews and in films."""
