"""How hard tests of faults try: `make soak` sets DQN_ARCADE_SOAK and lets them try for longer."""

import os

SOAK = bool(os.environ.get("DQN_ARCADE_SOAK"))


def times(usual: int, soak: int) -> int:
    """How often to try."""
    return soak if SOAK else usual
