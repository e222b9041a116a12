"""The games: rules on arrays with a batch axis, and views that draw them. Rules need numpy alone.

The names for scripts are here: `game_ids` lists the games, `make` makes one. They are imported when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from games.registry import game_ids, make

__all__ = ["game_ids", "make"]

if not TYPE_CHECKING:  # type checkers read the imports above

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("games.registry"), name)
