"""Seconds for which the end of a game stays on screen before anything else happens; see `Round.over_for`.

The times differ because people do different things meanwhile: one who plays wants to go on, one who watches looks from
the picture to the numbers, and pictures that move by themselves only have to show that a game has ended.
"""

PLAYED_SECONDS = 0.6
"""A person's game or a race: long enough to see what happened and to let go of the keys, too short to be in the way."""

WATCHED_SECONDS = 1.2
"""An agent's game that a person watches; less where it is watched at more than four times its pace."""

TRAINED_SECONDS = 0.8
"""A game of the present policy beside its training: the next game shows a newer policy, so it comes soon."""

SHOWN_SECONDS = 1.0
"""Pictures that move by themselves: on cards and pages, in previews, in films."""
