"""Home: the cards of the games, the demo, and interrupted training runs."""
