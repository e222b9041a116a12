"""Names of the sounds for what happens: in a game, and in menus."""

from arcade.input.controls import Button, Input, Pointer, Press
from arcade.rounds.round import Tick
from arcade.ui.scene import Change, Home, Pop, Push, Replace
from games.game import GameInfo


def cue(tick: Tick, info: GameInfo) -> str:
    """The sound of a tick of a game, "" for none: its end, else a point, else an action."""
    if tick.ended and not tick.good:
        return info.sounds.get("end", "")
    if tick.event:
        return info.sounds.get("point", "")
    if tick.milestone:
        return "milestone"
    return info.sounds.get("act", "") if tick.acted else ""


def menu_cue(event: Input, change: Change | None, moved: bool) -> str:
    """The sound of an input to a menu, "" for none.

    Args:
        event: The input.
        change: What the scene answered.
        moved: Whether another widget has the focus now.
    """
    if isinstance(change, Push | Replace):
        return "confirm"
    if isinstance(change, Pop | Home):
        return "back"
    if isinstance(event, Press) and event.button in (Button.CONFIRM, Button.PRIMARY):
        return "confirm"
    if isinstance(event, Pointer) and event.pressed:
        return "confirm" if moved else ""
    return "move" if moved else ""
