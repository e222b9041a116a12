"""The games of a training run: the current policy at play, and the copies that it learns from."""

from collections.abc import Sequence

import pygame

from agents.training.plan import Plan
from agents.training.session import SessionReport
from arcade.scenes.training.live_games import LiveCopies, NowPlaying
from arcade.ui import style
from arcade.ui.style import Size, Theme
from arcade.ui.tooltip import Tooltip


class RunGames:
    """The games of a run, with captions, one below the other, or side by side if the game is tall.

    Args:
        theme: Fonts and spaces.
        plan: The plan of the run.

    Attributes:
        playing: The game of the current policy.
        copies: Some of the games that the policy learns from.
        tooltips: Explain the two.
    """

    def __init__(self, theme: Theme, plan: Plan) -> None:
        self.playing = NowPlaying(theme, plan.game, plan.observation)
        self.copies = LiveCopies(plan.game)
        self._theme, self._info, self._count = theme, plan.game.info, plan.config.copies
        self._captions = (0, 0), (0, 0)
        self.tooltips = (
            Tooltip(
                "The current network plays a game of its own at normal speed, without random moves. This is how the "
                "agent would play now.",
                self._info.accent,
            ),
            Tooltip(
                "Some of the games that the agent learns from. They run in parallel at full speed. Some of their "
                "moves are random, so that the agent explores.",
                self._info.accent,
            ),
        )

    def update(self, seconds: float, report: SessionReport) -> None:
        """Shows the copies and the policy of the latest report, and plays on."""
        self.copies.update(seconds, report.state)
        self.playing.update(seconds, report.policy, report.version)

    def layout(self, rect: pygame.Rect) -> None:
        """Places both within a rectangle."""
        theme, caption = self._theme, self._theme.line(Size.SMALL) + self._theme.space(0.25)
        gap = theme.space(2)
        wide, tall = self._info.aspect
        if tall > wide:  # a tall picture at the left, the copies beside it
            share = min(rect.width * 11 // 20, (rect.height - caption) * wide // tall)
            first = pygame.Rect(rect.left, rect.top, share, rect.height)
            second = pygame.Rect(first.right + gap, rect.top, rect.width - share - gap, rect.height)
        else:
            first = pygame.Rect(rect.left, rect.top, rect.width, round(rect.height * 0.56))
            second = pygame.Rect(rect.left, first.bottom + gap // 2, rect.width, 0)
            second.height = rect.bottom - second.top
        self._captions = first.topleft, second.topleft
        self.playing.stage.rect = self.tooltips[0].rect = _below(first, caption)
        self.copies.rect = self.tooltips[1].rect = _below(second, caption)

    def draw(self, surface: pygame.Surface, report: SessionReport) -> None:
        """Draws captions and games."""
        playing, learning = "Now playing", f"Training games: {self._count:,}"
        last = self.playing.last_score
        score = f"{playing}, last {self._info.scored(last)}" if last is not None else playing
        random = f"{learning}, {report.progress.epsilon:.0%} random" if report.progress else learning
        self._draw_caption(surface, self._captions[0], self.playing.stage.rect.width, (score, playing, "Now"))
        self._draw_caption(surface, self._captions[1], self.copies.rect.width, (random, learning, "Training"))
        self.playing.draw(surface, self._theme)
        self.copies.draw(surface, self._theme)

    def redraw(self, surface: pygame.Surface) -> Sequence[pygame.Rect]:
        """Draws whatever has moved since the last frame; returns the changed rectangles."""
        return [*self.playing.redraw(surface), *self.copies.redraw(surface)]

    def _draw_caption(
        self, surface: pygame.Surface, position: tuple[int, int], width: int, variants: tuple[str, ...]
    ) -> None:
        """Draws the first of the variants that fits."""
        fitting = next((each for each in variants if self._theme.width(each, Size.SMALL) <= width), "")
        self._theme.text(surface, fitting, position, Size.SMALL, style.MUTED)


def _below(rect: pygame.Rect, height: int) -> pygame.Rect:
    """Returns the part of a rectangle below a caption."""
    return pygame.Rect(rect.left, rect.top + height, rect.width, max(1, rect.height - height))
