"""Deep Q-learning: one configurable DQN, its training loop, and saved agents.

The public names for scripts: `load` returns a saved agent, `evaluate` plays it, `Agent` trains your own Keras model.
Each is imported at its first use, and TensorFlow only where networks are built or updated.
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
        agent: Its name, its id, or the path of an `.agent` file. The user's own agents take precedence over those
            shipped with the arcade, and exact names over names in other letter case.

    Raises:
        UnknownAgentError: No agent matches, or several do; the message lists those to choose from.
        StorageError: The file cannot be used; the message says why.
    """
    from agents.storage.library import open_library

    return open_library().find(fspath(agent)).require()


if not TYPE_CHECKING:  # type checkers read the imports above

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)
