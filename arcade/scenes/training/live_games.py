"""Live pictures of a training run: the games that the policy learns from, and the current policy at play."""

from collections.abc import Iterable

import numpy as np
import pygame

from agents.acting.policy import Policy
from arcade.rounds.controllers import TrainedAgent
from arcade.rounds.end_times import TRAINED_SECONDS
from arcade.rounds.round import Phase, Round
from arcade.rounds.stage import Stage
from arcade.rounds.trouble import Trouble
from arcade.ui import style
from arcade.ui.style import Theme
from games.game import Game, State
from games.states import count_of
from games.view import draw as draw_game
from games.view import fit

REDRAWS_PER_SECOND = 10
"""Highest redraw rate of the copies. They run so fast that more pictures would not help."""

_DRAWN_PER_FRAME = 3  # copies drawn per frame: the work is spread over frames, so that no frame takes long


def pack(count: int, size: tuple[int, int], aspect: tuple[int, int], gap: int) -> tuple[int, int, int, int]:
    """Finds the grid with the largest pictures.

    Args:
        count: Number of pictures.
        size: Width and height of the grid.
        aspect: Aspect of each picture.
        gap: Pixels between pictures.

    Returns:
        Columns, rows, picture width, picture height.
    """
    best = (1, count, 1, 1)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        cell = (size[0] - gap * (columns - 1)) // columns, (size[1] - gap * (rows - 1)) // rows
        if min(cell) > 0:
            _, _, width, height = fit(cell, aspect)
            if width * height > best[2] * best[3]:
                best = columns, rows, width, height
    return best


class LiveCopies:
    """The copies of a game that a session publishes, drawn within `rect`, or the reason why drawing failed.

    Args:
        game: The rules.
    """

    def __init__(self, game: Game) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._game = game
        self._images: list[pygame.Surface] = []
        self._state: State | None = None
        self._waiting: list[int] = []  # rows of the batch still to be redrawn
        self._fresh: list[int] = []  # rows redrawn in this frame
        self._age = 1.0  # seconds since the copies were last drawn
        self._trouble = Trouble()

    def update(self, seconds: float, state: State | None) -> None:
        """Takes a newer state if it is time for one, and redraws some of the copies."""
        self._age += seconds
        fresh = state is not None and state is not self._state
        if fresh and not self._waiting and self._age >= 1 / REDRAWS_PER_SECOND:
            self._state, self._age = state, 0.0
            self._waiting = list(range(count_of(state)))
        if self._state is None or not self.rect or self._trouble:
            return
        self._fit_images(count_of(self._state))
        self._fresh, self._waiting = self._waiting[:_DRAWN_PER_FRAME], self._waiting[_DRAWN_PER_FRAME:]
        with self._trouble.caught():
            for row in self._fresh:
                draw_game(self._images[row], self._game, self._state, row)

    def _fit_images(self, count: int) -> None:
        """Makes one image per copy, as large as fits; redraws all of them if their number or size has changed."""
        _, _, width, height = pack(count, self.rect.size, self._game.info.aspect, self._gap)
        if len(self._images) != count or self._images[0].get_size() != (width, height):
            self._images = [pygame.Surface((width, height)) for _ in range(count)]
            for image in self._images:
                image.fill(style.PANEL)
            self._waiting = list(range(count))

    @property
    def _gap(self) -> int:
        return max(3, self.rect.width // 80)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draws the current images of the copies."""
        if self._trouble:
            self._trouble.draw(surface, theme, self.rect)
        elif not self._images:
            theme.panel(surface, self.rect)
        else:
            self._put(surface, range(len(self._images)))

    def redraw(self, surface: pygame.Surface) -> list[pygame.Rect]:
        """Draws the copies that were redrawn in this frame; returns the changed rectangles."""
        return [] if self._trouble else self._put(surface, self._fresh)

    def _put(self, surface: pygame.Surface, rows: Iterable[int]) -> list[pygame.Rect]:
        columns, _, width, height = pack(len(self._images), self.rect.size, self._game.info.aspect, self._gap)
        across, down = width + self._gap, height + self._gap
        left = self.rect.left + (self.rect.width - columns * across + self._gap) // 2
        places = [(left + index % columns * across, self.rect.top + index // columns * down) for index in rows]
        return [surface.blit(self._images[index], place) for index, place in zip(rows, places, strict=True)]


class NowPlaying:
    """The current policy, playing greedily at the game's normal speed, until the game fails.

    Args:
        theme: Fonts and spaces.
        game: The rules.
        observation: The observation kind of the policy.
    """

    def __init__(self, theme: Theme, game: Game, observation: str) -> None:
        self.stage = Stage(theme, game.info.accent)
        self.round: Round | None = None
        self.last_score: float | None = None  # score of the game that ended last
        self._game, self._observation = game, observation
        self._version = -1
        self._trouble = Trouble()

    def update(self, seconds: float, policy: Policy | None, version: int) -> None:
        """Plays on, with the newer policy if there is one."""
        if self._trouble:
            return
        with self._trouble.caught():
            if policy is not None and version != self._version:
                self._take(policy, version)
            if self.round is not None:
                self._play(self.round, seconds)

    def _play(self, played: Round, seconds: float) -> None:
        if played.advance(seconds) and played.phase is Phase.OVER:
            self.last_score = played.score
        if played.over_for(TRAINED_SECONDS):
            played.begin()

    def _take(self, policy: Policy, version: int) -> None:
        self._version = version
        controller = TrainedAgent(policy, np.random.default_rng(0))
        if self.round is None:
            self.round = Round(self._game, controller, version, self._observation)
        else:
            self.round.controller = controller

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draws the game, or an empty panel before it starts."""
        if self._trouble:
            self._trouble.draw(surface, theme, self.stage.rect)
        elif self.round is None:
            theme.panel(surface, self.stage.rect)
        else:
            self.stage.draw(surface, self.round)

    def redraw(self, surface: pygame.Surface) -> list[pygame.Rect]:
        """Redraws the game in its place; returns the changed rectangles."""
        if self.round is None or self._trouble:
            return []
        self.stage.draw(surface, self.round)
        return [self.stage.picture(self.round)]
