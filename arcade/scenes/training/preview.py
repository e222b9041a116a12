"""A game in motion beside the agent's observation of it, to explain an observation kind."""

import numpy as np
import pygame

from agents.acting.policy import QFunction
from agents.errors import ProfileError
from arcade.rounds.controllers import Controller, TrainedAgent
from arcade.rounds.end_times import SHOWN_SECONDS
from arcade.rounds.round import Round
from arcade.rounds.showcase import Background, RandomPlayer, begin_round, first_round
from arcade.rounds.stage import Stage
from arcade.rounds.trouble import Patience, Trouble
from arcade.ui import style
from arcade.ui.icons import draw_icon
from arcade.ui.observation_view import ObservationView
from arcade.ui.style import Size, Theme
from games.game import Game


class Preview:
    """A game played within `rect`, its picture and observation side by side, or the reason why it failed.

    Args:
        theme: Fonts and spaces.
        game: The rules.
        observation: The observation kind.
        policy: The player; None moves at random.
        background: Starts third-party games in another thread, which may take seconds; None starts them at once.
    """

    def __init__(
        self,
        theme: Theme,
        game: Game,
        observation: str,
        policy: QFunction | None = None,
        background: Background | None = None,
    ) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._theme, self._info = theme, game.info
        player: Controller = RandomPlayer(game.info.exploration)
        if policy is not None:
            player = TrainedAgent(policy, np.random.default_rng(0))
        self._trouble, self._patience = Trouble(), Patience(game)
        self._round: Round | None = None
        begin_round(lambda: self._begin(game, player, observation), game, background)
        self._stage = Stage(theme, game.info.accent)
        self._observation_view = ObservationView(game.info.observation(observation), game.info.accent)

    def _begin(self, game: Game, player: Controller, observation: str) -> None:
        with self._trouble.caught():
            self._round = first_round(game, player, observation)

    def update(self, seconds: float) -> None:
        """Plays on, with random moves if the agent fails."""
        if self._round is None or self._trouble:
            return
        with self._trouble.caught(), self._patience.kept():
            self._play(self._round, seconds)

    def _play(self, played: Round, seconds: float) -> None:
        try:
            played.advance(seconds)
        except ProfileError:
            played.controller = RandomPlayer(self._info.exploration)
        if played.over_for(SHOWN_SECONDS):
            played.begin()

    def draw(self, surface: pygame.Surface) -> None:
        """Draws picture and observation with an arrow between them."""
        if self._trouble:
            self._trouble.draw(surface, self._theme, self.rect)
            return
        if self._round is None:
            self._theme.text(surface, style.LOADING, self.rect.topleft, Size.SMALL, style.MUTED)
            return
        with self._trouble.caught(), self._patience.kept():
            self._draw(surface, self._round)

    def _draw(self, surface: pygame.Surface, played: Round) -> None:
        theme, caption = self._theme, self._theme.line(Size.SMALL) + self._theme.space(0.5)
        arrow = theme.space(6)
        wide, tall = self._info.aspect
        height = self.rect.height - caption
        width = min(height * wide // tall, (self.rect.width - arrow) // 2)
        theme.text(surface, "The game", self.rect.topleft, Size.SMALL, style.MUTED)
        self._stage.rect = pygame.Rect(self.rect.left, self.rect.top + caption, width, height)
        self._stage.draw(surface, played)
        centre = self._stage.rect.right + arrow // 2, self._stage.rect.centery
        draw_icon(surface, "right", centre, theme.space(3), style.MUTED)
        left = self._stage.rect.right + arrow
        theme.text(surface, "What the agent sees", (left, self.rect.top), Size.SMALL, style.MUTED)
        room = min(self.rect.right - left, theme.space(60))
        self._observation_view.rect = pygame.Rect(left, self.rect.top + caption, room, height)
        self._observation_view.draw(surface, theme, played.batch.observe()[0])
