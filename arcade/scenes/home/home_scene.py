"""Home: a card per game with agents at play, and a menu that leads to all other screens."""

from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Press
from arcade.scenes.dialogs import ConfirmScene
from arcade.scenes.home.cards_scene import CardsScene, GameCard
from arcade.scenes.home.interrupted_runs import InterruptedRun, ask_to_continue, find_interrupted
from arcade.scenes.places import LABS, Agents, Demo, Guests, Scores, SettingsPage
from arcade.ui.scene import Change, Place, Push, Quit
from arcade.ui.widgets import PushButton
from games.registry import game_ids, gymnasium_ids, make

ALONE_SECONDS = 75.0
"""Time without input before the demo starts."""


class HomeScene(CardsScene):
    """The first screen.

    Args:
        context: Shared by all scenes.
    """

    def __init__(self, context: Context) -> None:
        menu = [
            PushButton("Agents", lambda: Push(Agents()), icon="agent", detail="All trained agents"),
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
        self._interrupted: list[InterruptedRun] = []
        self.in_background(lambda: find_interrupted(context.library), self._interrupted.extend)

    def enter(self) -> None:
        """Reloads records and agents, which may have changed."""
        self._alone = 0.0
        super().enter()

    def handle(self, event: Input) -> Change | None:
        """Quits after Escape, opens the lab after its key; passes other input to the cards."""
        self._alone = 0.0
        if event == Press(Button.BACK):
            return self._quit()
        lab = self._lab()
        if event == Press(Button.EXTRA) and lab:
            return Push(lab)
        return super().handle(event)

    def _lab(self) -> Place | None:
        """Returns the lab of the focused game, None if it has none."""
        card = self.focus.current
        return LABS.get(card.info.id) if isinstance(card, GameCard) else None

    def _quit(self) -> Change:
        if not self.context.is_training:
            return Quit()
        name = self.context.training.plan.name if self.context.training else ""
        detail = f"{name} is still training. Quitting ends the training and saves the agent."
        return Push(ConfirmScene(self.context, "Quit?", detail, "Save and quit", Quit, behind=self))

    def update(self, seconds: float) -> Change | None:
        """Lets all games play on; asks about interrupted runs; starts the demo after a while without input."""
        if self._interrupted and not self.context.is_training:
            return ask_to_continue(self.context, self._interrupted.pop(0))
        self._alone += seconds
        agents = [card.showcase.agent for card in self.cards if card.showcase.agent and not card.showcase.problem]
        if self._alone >= ALONE_SECONDS and agents and not self.context.is_training:
            self._alone = 0.0  # a demo that cannot be opened is told once, not in every frame
            return Push(Demo(agents))
        return super().update(seconds)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        lab = (Hint(Button.EXTRA, "Lab"),) if self._lab() else ()
        return (
            Hint(Button.CONFIRM, "Choose"),
            *lab,
            Hint(Button.NEXT, "Next"),
            Hint(Button.MUTE, "Mute"),
            Hint(Button.BACK, "Quit"),
        )
