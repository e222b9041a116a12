"""Benchmarks of games, learning and the window."""
