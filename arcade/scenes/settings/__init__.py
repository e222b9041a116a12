"""The settings, and the keys of the games."""
