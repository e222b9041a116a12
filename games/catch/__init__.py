"""Catch: a basket under falling fruit."""
