"""A game's page, its scores, and the set-up of a race."""
