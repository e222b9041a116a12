"""CartPole: balance a pole on a cart."""
