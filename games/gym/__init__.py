"""Gymnasium environments as games (`game.py`), and our games as Gymnasium environments (`envs.py`).

Gymnasium is an optional dependency: only the registry imports this package, on demand.
"""
