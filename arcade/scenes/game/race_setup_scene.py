"""The set-up of a race: the two players and the level."""

import pygame

from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, Hint
from arcade.rounds.opponents import Opponent, levels, opponents
from arcade.scenes.places import Play, TrainSetup
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.fields import Stepper
from arcade.ui.scene import Change, Push
from arcade.ui.style import Size
from arcade.ui.widgets import Control, PushButton
from games.game import Game
from games.registry import info_of

_YOU = "You"


class RaceSetupScene(Screen):
    """The screen that chooses the two sides of a race.

    Args:
        context: Shared by all scenes.
        game_id: The game.
        rival: Name of the opponent selected at first; "" selects the first agent of the list.
    """

    def __init__(self, context: Context, game_id: str, rival: str = "") -> None:
        super().__init__(context)
        self.info = info_of(game_id)
        self.opponents: dict[str, Opponent] = {}
        self.loading = True
        self._rival = rival
        accent = self.info.accent
        self.start = PushButton("Race", self._start, icon="play", accent=accent, main=True)
        self.train = PushButton(
            "Train an agent", lambda: Push(TrainSetup(game_id)), icon="curve", accent=accent, main=True
        )
        self.left = self.right = self.level = Stepper("", [""], "")
        self.games: dict[str, Game] = {}

    def enter(self) -> None:
        """Reloads the opponents, which may have changed."""
        super().enter()
        self.in_background(lambda: opponents(self.context.library, self.info.id), self._show)

    def _show(self, found: tuple[Opponent, ...]) -> None:
        left, right = self.left.value, self.right.value or self._rival
        self.loading = False
        self.opponents = {each.name: each for each in found}
        names, accent = list(self.opponents), self.info.accent
        if not names:
            self.focus.set([self.train])
            self.relayout()
            return
        sides = [_YOU, *names]
        self.left = Stepper(
            "Who races",
            sides,
            left if left in sides else _YOU,
            help="You, or an agent.",
            accent=accent,
            on_change=lambda _: self._choose(),
        )
        self.right = Stepper(
            "Against",
            names,
            right if right in names else names[0],
            help="An agent. Both start from the same seed.",
            accent=accent,
            on_change=lambda _: self._choose(),
        )
        self._choose()

    def _sides(self) -> list[Opponent]:
        return [self.opponents[name] for name in (self.left.value, self.right.value) if name in self.opponents]

    def _choose(self) -> None:
        """Finds the levels that both can play, and the results of their earlier races."""
        self.games = levels([each.profile for each in self._sides()], self.info.id)
        names = list(self.games) or [""]
        wanted = self.level.value if self.level.value in names else self.context.levels.get(self.info.id, "")
        chosen = wanted if wanted in names else names[0]
        self.level = Stepper("Level", names, chosen, accent=self.info.accent)
        self.start.enabled = bool(self.games)
        several: list[Control] = [self.level] if len(names) > 1 else []
        fresh = self.start not in self.focus.widgets
        self.focus.set([self.left, self.right, *several, self.start], self.start if fresh else None)
        racer = None if self.left.value == _YOU else self.left.value
        self.tally = self.context.scores.tally(self.info.id, racer, self.right.value)
        self.relayout()

    def _start(self) -> None:
        sides, game = self._sides(), self.games[self.level.value]
        self.open_with(lambda: [each.load() for each in sides], lambda agents: self._race(game, agents))

    def _race(self, game: Game, agents: list[Profile]) -> Change:
        left = agents[0] if len(agents) > 1 else None
        return Push(Play(game, left, rival=agents[-1]))

    def layout(self, area: pygame.Rect) -> None:
        """Places one column in the middle."""
        theme = self.theme
        width = min(area.width - theme.space(6), theme.space(100))
        height, gap = theme.line() + theme.space(2), theme.space(1.5)
        self._column = pygame.Rect(area.centerx - width // 2, theme.space(3), width, area.height - theme.space(6))
        top = self._column.top + theme.line(Size.TITLE) + 2 * theme.line() + theme.space(3)
        for widget in self.focus.widgets:
            if widget in (self.start, self.train):
                top += gap
            widget.rect = pygame.Rect(self._column.left, top, width, height)
            top += height + gap
        self._words = pygame.Rect(self._column.left, top, width, max(0, self._column.bottom - top))

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the title, an explanation, and the results of earlier races."""
        theme, column = self.theme, self._column
        colour = style.readable(self.info.accent, style.GROUND)
        theme.text(surface, f"{self.info.title}: race", column.topleft, Size.TITLE, colour, max_width=column.width)
        room = pygame.Rect(column.left, column.top + theme.line(Size.TITLE), column.width, 2 * theme.line())
        theme.paragraph(surface, self._explanation(), room, Size.BODY, style.MUTED)
        if self.loading:
            theme.paragraph(surface, style.LOADING, self._words, Size.BODY, style.MUTED)
        if self.focus.widgets and self.opponents:
            theme.paragraph(surface, self._history(), self._words, Size.BODY, style.MUTED)

    def _explanation(self) -> str:
        if not self.loading and not self.opponents:
            return "No agent plays this game yet. Train one, then race against it."
        return "Both play at the same time from the same seed. The higher score wins."

    def _history(self) -> str:
        if not self.games:
            return "These two agents were trained on different boards and cannot race each other."
        tally, left, right = self.tally, self.left.value, self.right.value
        if tally.won + tally.lost + tally.drawn == 0:
            return "No race between these two yet."
        return f"Races so far: {left} won {tally.won}, {right} won {tally.lost}, {tally.drawn} drawn."

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        change = (Hint(Button.RIGHT, "Change"),) if isinstance(self.focus.current, Stepper) else ()
        return (Hint(Button.CONFIRM, "Choose"), *change, Hint(Button.BACK, "Back"))
