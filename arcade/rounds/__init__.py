"""A game as it is played and seen: rounds, controllers, stages and films."""
