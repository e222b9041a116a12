"""The picture of a round, interpolated between ticks, with visual feedback on its events."""

import math

import pygame

from arcade.rounds.round import Round, Tick
from arcade.rounds.trouble import Trouble
from arcade.ui import style
from arcade.ui.style import Colour, Size, Theme, ease
from games.drawing import mix
from games.figures import figure
from games.view import draw as draw_game
from games.view import fit

POP_SECONDS = 0.6
SHAKE_SECONDS = 0.3
FLASH_SECONDS = 0.35


class Stage:
    """The place of a round on the screen. It draws the round within `rect`, or the error of its game.

    Args:
        theme: Fonts and spacing. Without its `motion`, nothing shakes or rises.
        accent: Colour of the game.
    """

    def __init__(self, theme: Theme, accent: Colour) -> None:
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._theme, self._accent = theme, accent
        self._pops: list[tuple[str, float]] = []  # text, age in seconds
        self._shake = SHAKE_SECONDS  # seconds since the last bad end
        self._flash = FLASH_SECONDS  # seconds since the last flash began
        self._flash_colour: Colour = accent
        self._dimming = pygame.Surface((1, 1))
        self._trouble = Trouble()

    def picture(self, played: Round) -> pygame.Rect:
        """Return the rectangle of the game's picture."""
        x, y, width, height = fit(self.rect.size, played.game.info.aspect)
        return pygame.Rect(self.rect.left + x, self.rect.top + y, width, height)

    def place_beside_panel(self, area: pygame.Rect, aspect: tuple[int, int], panel_width: int) -> pygame.Rect:
        """Make the picture as large as possible beside a panel on its right, both centred in `area`.

        Returns:
            The rectangle of the panel.
        """
        margin, gap = self._theme.space(2), self._theme.space(4)
        room = area.width - 2 * margin - gap - panel_width, area.height - 2 * margin
        _, _, width, height = fit(room, aspect)
        left = (area.width - width - gap - panel_width) // 2
        self.rect = pygame.Rect(left, (area.height - height) // 2, width, height)
        return pygame.Rect(left + width + gap, margin, panel_width, room[1])

    def react(self, tick: Tick) -> None:
        """Start the feedback on a tick."""
        if tick.event:
            self.pop(f"{'+' * (tick.gained > 0)}{figure(tick.gained)}")
            self._start_flash(self._accent)
        elif tick.milestone:
            self.pop(f"{tick.milestone}!")
        if tick.ended and not tick.good:
            self._shake = 0.0
            self._start_flash(style.BAD)

    def pop(self, text: str) -> None:
        """Show rising text over the picture."""
        self._pops = [*self._pops[-2:], (text, 0.0)]

    def update(self, seconds: float) -> None:
        """Let time pass for the feedback."""
        self._pops = [(text, age + seconds) for text, age in self._pops if age + seconds < POP_SECONDS]
        self._shake += seconds
        self._flash += seconds

    def draw(self, surface: pygame.Surface, played: Round) -> None:
        """Draw the picture and the feedback."""
        picture = self.picture(played)
        target = picture.move(self._shift(picture), 0).clip(surface.get_rect())
        if not self._trouble:
            with self._trouble.caught():
                state, part = played.batch.state, surface.subsurface(target)
                draw_game(part, played.game, state, 0, played.previous, played.blend)
        if self._trouble:
            self._trouble.draw(surface, self._theme, target)
        self._draw_flash(surface, target)
        for text, age in self._pops:
            self._draw_pop(surface, picture, text, age)

    def _shift(self, picture: pygame.Rect) -> int:
        if not self._theme.motion or self._shake >= SHAKE_SECONDS:
            return 0
        left = 1.0 - self._shake / SHAKE_SECONDS
        return round(picture.width * 0.012 * left * math.sin(self._shake * 55))

    def _start_flash(self, colour: Colour) -> None:
        self._flash, self._flash_colour = 0.0, colour

    def _draw_flash(self, surface: pygame.Surface, picture: pygame.Rect) -> None:
        """Draw a fading coloured frame, which does not hide the game."""
        if self._flash >= FLASH_SECONDS:
            return
        part = 1.0 - ease(self._flash / FLASH_SECONDS)
        width = max(2, self._theme.space(0.75))
        colour = mix(style.GROUND, self._flash_colour, part)
        pygame.draw.rect(surface, colour, picture.inflate(2 * width, 2 * width), width)

    def _draw_pop(self, surface: pygame.Surface, picture: pygame.Rect, text: str, age: float) -> None:
        part = age / POP_SECONDS
        rise = round(ease(part) * picture.height * 0.06) if self._theme.motion else 0
        words = self._theme.render(text, Size.TITLE, style.ink_on(self._accent))
        space = self._theme.space(1.5)
        pill = words.get_rect(midtop=(picture.centerx, picture.top + picture.height // 8 - rise)).inflate(2 * space, 0)
        self._theme.pill(surface, pill, self._accent)
        surface.blit(words, words.get_rect(center=pill.center))

    def dim(self, surface: pygame.Surface, area: pygame.Rect, strength: int = 150) -> None:
        """Darken the area for text over it. `strength` is 0 to 255."""
        if self._dimming.get_size() != area.size:
            self._dimming = pygame.Surface(area.size)
            self._dimming.fill(style.GROUND)
        self._dimming.set_alpha(strength)
        surface.blit(self._dimming, area)
