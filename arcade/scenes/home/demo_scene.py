"""The demo that starts after a while without input: the best agents play, one game after the other."""

from collections.abc import Sequence

import pygame

from agents.storage.profile import Profile
from arcade.context import Context
from arcade.input.controls import Button, Hint, Input, Pointer, Press
from arcade.rounds.showcase import Showcase
from arcade.scenes.places import GamePage
from arcade.scenes.screen import Screen
from arcade.ui import style
from arcade.ui.scene import Change, Pop, Replace
from arcade.ui.style import Size

_TURN_SECONDS = 20.0  # time for each game


class DemoScene(Screen):
    """The screen on which the best agents play, marked as a demo. Any input ends it.

    Args:
        context: Shared by all scenes.
        agents: The agents that play, with weights; at least one.
    """

    moves = True

    def __init__(self, context: Context, agents: Sequence[Profile]) -> None:
        super().__init__(context)
        self._agents = agents
        self._turn = 0
        self._begin()

    def _begin(self) -> None:
        agent = self._agents[self._turn % len(self._agents)]
        self.showcase = Showcase(agent.game(), agent, self.context.begin_game)
        self.info = self.showcase.game.info
        self._seconds = 0.0

    def handle(self, event: Input) -> Change | None:
        """Opens the page of the current game after Enter; returns home after any other input."""
        if event == Press(Button.CONFIRM):
            return Replace(GamePage(self.info.id))
        return Pop() if isinstance(event, Press | Pointer) else None

    def update(self, seconds: float) -> None:
        """Lets the game play on; starts the next one in time."""
        self._seconds += seconds
        if self._seconds >= _TURN_SECONDS:
            self._turn += 1
            self._begin()
        self.showcase.update(seconds)
        if self.area.height:
            self.showcase.render(self.showcase.picture(self._picture).size)

    def layout(self, area: pygame.Rect) -> None:
        """Places the picture, as large as possible, and its caption below."""
        theme, margin = self.theme, self.theme.space(2)
        caption = theme.line() + theme.line(Size.SMALL) + theme.space(1.5)
        self._picture = pygame.Rect(margin, margin, area.width - 2 * margin, area.height - 2 * margin - caption)

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the game, the demo mark, and a caption with the names of game and agent."""
        theme, accent = self.theme, self.info.accent
        self.showcase.draw(surface, theme, self._picture)
        words = theme.render("DEMO", Size.TITLE, style.ink_on(accent))
        pill = words.get_rect(topleft=(self._picture.left + theme.space(2), self._picture.top + theme.space(2)))
        pill.width += theme.space(3)
        theme.pill(surface, pill, accent)
        surface.blit(words, words.get_rect(center=pill.center))
        x, y = self._picture.centerx, self._picture.bottom + theme.space(1)
        room = self._picture.width
        title = f"{self.info.title} · {self.info.scored(self.showcase.score)}"
        theme.text(surface, title, (x, y), Size.BODY, style.readable(accent, style.GROUND), "midtop", room)
        agent = self.showcase.agent
        played = f"{agent.name} is playing" if agent else ""
        theme.text(surface, played, (x, y + theme.line()), Size.SMALL, style.MUTED, "midtop", room)

    def hints(self) -> tuple[Hint, ...]:
        """Returns the key hints for the current state."""
        return (Hint(Button.CONFIRM, f"To {self.info.title}"), Hint(Button.BACK, "Home"))
