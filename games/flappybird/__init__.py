"""Flappy Bird: through the gaps."""
