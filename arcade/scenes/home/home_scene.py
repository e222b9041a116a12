"""Home: a card per game, each playing by itself, and the way to everything else."""

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.home.cards_scene import CardsScene, GameCard
from arcade.scenes.home.interrupted_runs import CutOff, ask_to_go_on, find_cut_off
from arcade.scenes.places import LABS, Agents, Demo, Guests, Scores, SettingsPage
from arcade.ui.scene import Change, Place, Push, Quit
from arcade.ui.widgets import PushButton
from games.registry import game_ids, gymnasium_ids, make

ALONE_SECONDS = 75.0
"""How long home waits without any input before agents play to it."""


class HomeScene(CardsScene):
    """The first screen.

    Args:
        context: What all scenes share.
    """

    def __init__(self, context: Context) -> None:
        menu = [
            PushButton("Agents", lambda: Push(Agents()), icon="agent", detail="All that were trained"),
            PushButton("High scores", lambda: Push(Scores()), icon="star", detail="People and agents"),
            PushButton("Settings", lambda: Push(SettingsPage()), icon="gear", detail="Sound, screen, keys"),
            PushButton("Quit", self._quit, icon="quit"),
        ]
        if gymnasium_ids():
            guests = PushButton("Gymnasium", lambda: Push(Guests()), icon="list", detail="MountainCar, Acrobot")
            menu.insert(2, guests)
        games = [make(game_id) for game_id in game_ids()]
        super().__init__(context, games, "DQN Arcade", "Play a game, then let a network learn it", menu)
        self._alone = 0.0  # seconds since the last input
        self._cut_off: list[CutOff] = []
        self.in_background(lambda: find_cut_off(context.library), self._cut_off.extend)

    def enter(self) -> None:
        """Look up records and agents anew; they may have changed."""
        self._alone = 0.0
        super().enter()

    def handle(self, event: Input) -> Change | None:
        """Escape leaves; the cards get the rest."""
        self._alone = 0.0
        if event == Press(Button.BACK):
            return self._quit()
        lab = self._lab()
        if event == Press(Button.EXTRA) and lab:
            return Push(lab)
        return super().handle(event)

    def _lab(self) -> Place | None:
        """The lab of the game that has the focus, if it has one."""
        card = self.focus.current
        return LABS.get(card.info.id) if isinstance(card, GameCard) else None

    def _quit(self) -> Change:
        if not self.context.is_training:
            return Quit()
        name = self.context.training.plan.name if self.context.training else ""
        detail = f"{name} is still being trained. The training ends, and what it has learnt is saved."
        return Push(ConfirmScene(self.context, "Quit?", detail, "Save and quit", Quit, behind=self))

    def update(self, seconds: float) -> Change | None:
        """All games play on; training that was cut off is asked about; whoever is left alone is shown more games."""
        if self._cut_off and not self.context.is_training:
            return ask_to_go_on(self.context, self._cut_off.pop(0))
        self._alone += seconds
        agents = [card.showcase.agent for card in self.cards if card.showcase.agent and not card.showcase.problem]
        if self._alone >= ALONE_SECONDS and agents and not self.context.is_training:
            return Push(Demo(agents))
        return super().update(seconds)

    def hints(self) -> tuple[Hint, ...]:
        """The keys that act now."""
        lab = (Hint(Button.EXTRA, "Lab"),) if self._lab() else ()
        return (
            Hint(Button.CONFIRM, "Choose"),
            *lab,
            Hint(Button.NEXT, "Next"),
            Hint(Button.MUTE, "Mute"),
            Hint(Button.BACK, "Quit"),
        )
