"""Gymnasium both ways: its environments as games (`game.py`), our games as environments (`envs.py`, `vector.py`).

Gymnasium is an extra: nothing else of the project imports this package, the registry loads it when it is asked for.
"""
