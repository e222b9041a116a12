"""A small picture of a game played by an agent or at random, for cards, game pages and lists."""

from collections.abc import Callable

import numpy as np
import pygame

from agents.acting.architecture import MAX_PREVIEW_WORK
from agents.acting.policy import random_actions
from agents.errors import ProfileError
from agents.storage.profile import Profile
from arcade.rounds.controllers import Actions, Controller, TrainedAgent
from arcade.rounds.end_times import SHOWN_SECONDS
from arcade.rounds.round import Round
from arcade.rounds.trouble import Patience, Trouble
from arcade.ui import style
from arcade.ui.style import Size, Theme
from games.batch import GameBatch
from games.game import Game
from games.registry import is_ours
from games.view import draw as draw_game
from games.view import fit

_FIRST_SIZE = (80, 80)  # of the picture drawn to warm up a game

Background = Callable[[Callable[[], None]], None]
"""Runs a function on another thread."""


class RandomPlayer(Controller):
    """A player of random legal actions, with the probabilities of exploration in training.

    Args:
        weights: Probability of each action; None for equal ones.
        seed: Random seed.
    """

    def __init__(self, weights: tuple[float, ...] | None, seed: int = 0) -> None:
        self._weights = weights
        self._rng = np.random.default_rng(seed)

    def act(self, batch: GameBatch) -> Actions:
        """[1] a random legal action."""
        return random_actions(batch.legal_actions(), self._rng, self._weights)

    def reset(self) -> None:
        """Do nothing: there is no state to forget."""


def is_light(agent: Profile) -> bool:
    """Whether the network of an agent is small enough for previews, where it must not slow the window."""
    return agent.architecture.work <= MAX_PREVIEW_WORK


def check_light(agent: Profile) -> None:
    """Check that the network of an agent is small enough for previews.

    Raises:
        ProfileError: It is too large.
    """
    if not is_light(agent):
        raise ProfileError(f"{agent.name}: the network is too large for a preview")


def check_player(agent: Profile) -> Game:
    """Check that an agent can be shown playing, by its size and its first decision; returns its game.

    Raises:
        ProfileError: It cannot.
    """
    check_light(agent)
    game = agent.game()
    agent.policy().q_values(GameBatch(game, 1, 0, observation=agent.observation).observe())
    return game


def begin_round(begin: Callable[[], None], game: Game, background: Background | None) -> None:
    """Call `begin` at once for built-in games or without a background, otherwise in the background."""
    if background is None or is_ours(type(game)):
        begin()
    else:
        background(begin)


def first_round(game: Game, player: Controller, observation: str | None) -> Round:
    """Return a round that can play at once. Third-party games are warmed up: restarted and drawn once."""
    played = Round(game, player, seed=0, observation=observation)
    if not is_ours(type(game)):
        played.batch.restart(np.array([0]))  # the next game is made while the first one still exists
        draw_game(pygame.Surface(_FIRST_SIZE), game, played.batch.state)
    return played


class Showcase:
    """A game played by an agent, or at random without one.

    A game that fails stops, and the reason is shown instead of its picture.

    Args:
        game: The rules, as in the training of the agent if there is one.
        agent: The agent that plays, with weights.
        background: Starts third-party games, which may take seconds, on another thread; None starts them at once.

    Attributes:
        problem: Why the agent does not play; "" if it does.
    """

    def __init__(self, game: Game, agent: Profile | None = None, background: Background | None = None) -> None:
        self.game, self.agent = game, agent
        self.problem = ""
        player: Controller = RandomPlayer(game.info.exploration)
        observation = None
        if agent is not None:
            player, observation = TrainedAgent(agent.policy(), np.random.default_rng(0)), agent.observation
        self.trouble, self._patience = Trouble(), Patience(game)
        self._image: pygame.Surface | None = None
        self._begun = False
        if agent is not None:
            self._try(lambda: check_light(agent))
        begin_round(lambda: self._begin(player, observation), game, background)

    def _begin(self, player: Controller, observation: str | None) -> None:
        with self.trouble.caught():
            self.round = first_round(self.game, player, observation)
            self._begun = True

    @property
    def score(self) -> float:
        """Points so far."""
        if self._begun and not self.trouble:
            with self.trouble.caught():
                return self.round.score
        return 0

    def update(self, seconds: float) -> None:
        """Let time pass, unless the agent or the game has failed."""
        if self._begun and not (self.problem or self.trouble):
            with self.trouble.caught(), self._patience.kept():
                self._try(lambda: self._play(seconds))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ProfileError as error:
            self.problem = str(error)

    def _play(self, seconds: float) -> None:
        self.round.advance(seconds)
        if self.round.over_for(SHOWN_SECONDS):
            self.round.begin()

    def picture(self, rect: pygame.Rect) -> pygame.Rect:
        """Return the rectangle of the picture within `rect`."""
        x, y, width, height = fit(rect.size, self.game.info.aspect)
        return pygame.Rect(rect.left + x, rect.top + y, width, height)

    def render(self, size: tuple[int, int]) -> None:
        """Draw the picture, which `draw` shows until the next call."""
        if self.trouble or not self._begun:
            return
        if self._image is None or self._image.get_size() != size:
            self._image = pygame.Surface(size)
        played = self.round
        with self.trouble.caught(), self._patience.kept():
            draw_game(self._image, self.game, played.batch.state, 0, played.previous, played.blend)

    def draw(self, surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
        """Draw the last rendered picture in the middle of `rect`."""
        theme.panel(surface, rect, style.GROUND)
        picture = self.picture(rect)
        if self.trouble:
            self.trouble.draw(surface, theme, rect)
            return
        if self._image is None:
            if not self._begun:
                told = "Loading …" if theme.width("Loading …", Size.SMALL) <= picture.width else "…"
                theme.text(surface, told, picture.center, Size.SMALL, style.MUTED, "center", picture.width)
            return
        if self._image.get_size() == picture.size:
            surface.blit(self._image, picture)
        else:
            surface.blit(pygame.transform.scale(self._image, picture.size), picture)
        if self.problem:
            words = rect.inflate(-theme.space(2), -theme.space(2))
            theme.panel(surface, rect, style.GROUND)
            theme.paragraph(surface, self.problem, words, Size.SMALL, style.WARNING)

    def redraw(self, surface: pygame.Surface, rect: pygame.Rect) -> list[pygame.Rect]:
        """Draw the latest picture over the one drawn by `draw` in `rect`; returns the changed rectangles."""
        picture = self.picture(rect)
        if self.problem or self.trouble or self._image is None or self._image.get_size() != picture.size:
            return []
        return [surface.blit(self._image, picture)]
