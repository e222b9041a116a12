"""Home: the cards of the games, the demo, and runs that were interrupted."""
