"""The Gymnasium games that have presets, as cards, if Gymnasium is installed."""

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
    """The screen with the cards of third-party games, which can be played, trained and watched like the built-in ones.

    Args:
        context: Shared by all scenes.
    """

    def __init__(self, context: Context) -> None:
        menu = [PushButton("Back", Pop, icon="list", detail="To the built-in games")]
        super().__init__(context, (), "Gymnasium", style.LOADING, menu)
        for game_id in gymnasium_ids():
            context.begin_game(partial(make, game_id), self.add_game)

    def add_game(self, game: Game) -> None:
        """Adds a card; the first one gets the focus."""
        super().add_game(game)
        self.words = "More games to play and to train agents on"
        if len(self.cards) == 1:
            self.focus.set(self.focus.widgets, self.cards[0])

    def handle(self, event: Input) -> Change | None:
        """Goes back after Escape; passes other input to the cards."""
        return Pop() if event == Press(Button.BACK) else super().handle(event)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return Hint(Button.CONFIRM, "Choose"), Hint(Button.NEXT, "Next"), Hint(Button.BACK, "Back")
