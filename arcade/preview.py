"""A game beside what an agent is given of it, moving: shows what an observation kind means."""

import numpy as np
import pygame

from agents.policy import QFunction
from agents.profile import ProfileError
from arcade import theme as look
from arcade.controllers import Controller, TrainedAgent
from arcade.eye import Eye
from arcade.icons import draw_icon
from arcade.round import Phase, Round
from arcade.showcase import Wanderer
from arcade.stage import Stage
from arcade.theme import Size, Theme
from arcade.trouble import Trouble
from games.game import Game


class Preview:
    """Plays a game within `rect` and shows picture and observation side by side, or why the game has failed.

    Args:
        theme: Fonts and spaces.
        game: The rules.
        observation: What the agent sees.
        policy: Who plays; None moves at random.
    """

    def __init__(self, theme: Theme, game: Game, observation: str, policy: QFunction | None = None) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._theme, self._info = theme, game.info
        player: Controller = Wanderer(game.info.exploration)
        if policy is not None:
            player = TrainedAgent(policy, np.random.default_rng(0))
        self._trouble = Trouble()
        with self._trouble.caught():
            self._round = Round(game, player, seed=0, observation=observation)
        self._stage = Stage(theme, game.info.accent)
        self._eye = Eye(game.info.observation(observation), game.info.accent)

    def update(self, seconds: float) -> None:
        """Play on, at random where the agent cannot go on."""
        if self._trouble:
            return
        with self._trouble.caught():
            self._play(seconds)

    def _play(self, seconds: float) -> None:
        try:
            self._round.advance(seconds)
        except ProfileError:
            self._round.controller = Wanderer(self._info.exploration)
        if self._round.phase is Phase.OVER and self._round.phase_seconds > 1.0:
            self._round.begin()

    def draw(self, surface: pygame.Surface) -> None:
        """Draw both, with an arrow between them."""
        if self._trouble:
            self._trouble.draw(surface, self._theme, self.rect)
            return
        theme, caption = self._theme, self._theme.line(Size.SMALL) + self._theme.space(0.5)
        arrow = theme.space(6)
        wide, tall = self._info.aspect
        height = self.rect.height - caption
        width = min(height * wide // tall, (self.rect.width - arrow) // 2)
        theme.text(surface, "The game", self.rect.topleft, Size.SMALL, look.MUTED)
        self._stage.rect = pygame.Rect(self.rect.left, self.rect.top + caption, width, height)
        self._stage.draw(surface, self._round)
        centre = self._stage.rect.right + arrow // 2, self._stage.rect.centery
        draw_icon(surface, "right", centre, theme.space(3), look.MUTED)
        left = self._stage.rect.right + arrow
        theme.text(surface, "What the agent is given", (left, self.rect.top), Size.SMALL, look.MUTED)
        room = min(self.rect.right - left, theme.space(60))
        self._eye.rect = pygame.Rect(left, self.rect.top + caption, room, height)
        self._eye.draw(surface, theme, self._round.batch.observe()[0])
