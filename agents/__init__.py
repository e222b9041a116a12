"""Deep Q-learning: one composed DQN, its training loop, and the agents that people save.

The names for scripts are here: `load` gives a saved agent, `evaluate` plays it, `Agent` trains a Keras model of one's
own. Each is imported when it is first used, and TensorFlow only where networks are built or updated.
"""

from importlib import import_module
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.acting.evaluation import evaluate
    from agents.agent import Agent
    from agents.storage.profile import Profile

__all__ = ["Agent", "evaluate", "load"]

_MODULES = {"Agent": "agents.agent", "evaluate": "agents.acting.evaluation"}


def load(agent: str | PathLike[str]) -> "Profile":
    """Load a saved agent, ready to play.

    Args:
        agent: Its name, its id, or the path of an `.agent` file. The person's own agents come before those that came
            with the arcade, and exact names before those in other letter case.

    Raises:
        UnknownAgentError: There is no such agent, or there are several; names what there is.
        StorageError: Its file cannot be used; says why.
    """
    from agents.storage.library import open_library

    return open_library().find(fspath(agent)).require()


if not TYPE_CHECKING:  # a checker of types reads the imports above

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)
