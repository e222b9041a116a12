"""Names of the sounds for events in games and menus."""

from arcade.input.controls import Button, Input, Pointer, Press
from arcade.rounds.round import Tick
from arcade.ui.scene import Change, Home, Pop, Push, Replace
from games.game import GameInfo


def cue(tick: Tick, info: GameInfo) -> str:
    """Return the sound of a tick, "" for none. The end of a game comes before a point, a point before an action."""
    if tick.ended and not tick.good:
        return info.sounds.get("end", "")
    if tick.event:
        return info.sounds.get("point", "")
    if tick.milestone:
        return "milestone"
    return info.sounds.get("act", "") if tick.acted else ""


def menu_cue(event: Input, change: Change | None, moved: bool) -> str:
    """Return the sound of an input in a menu, "" for none.

    Args:
        event: The input.
        change: The change of screen that it caused, None for none.
        moved: Whether it moved the focus to another widget.
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
