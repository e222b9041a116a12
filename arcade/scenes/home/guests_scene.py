"""Games of Gymnasium as cards, where it is installed: those for which there are presets."""

from functools import partial

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.home.cards_scene import CardsScene
from arcade.ui import style
from arcade.ui.scene import Change, Pop
from arcade.ui.widgets import PushButton
from games.game import Game
from games.registry import gymnasium_ids, make


class GuestsScene(CardsScene):
    """Games that others have made, to be played, trained and watched like ours.

    Args:
        context: What all scenes share.
    """

    def __init__(self, context: Context) -> None:
        menu = [PushButton("Back", Pop, icon="list", detail="To our own games")]
        super().__init__(context, (), "Gymnasium", style.LOADING, menu)
        for game_id in gymnasium_ids():
            context.begin_game(partial(make, game_id), self.add_game)

    def add_game(self, game: Game) -> None:
        """One more card; the first has the focus."""
        super().add_game(game)
        self.words = "Games by others, to play and to be learnt"
        if len(self.cards) == 1:
            self.focus.set(self.focus.widgets, self.cards[0])

    def handle(self, event: Input) -> Change | None:
        """Escape goes back; the cards get the rest."""
        return Pop() if event == Press(Button.BACK) else super().handle(event)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        return Hint(Button.CONFIRM, "Choose"), Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Back")
