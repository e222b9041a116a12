"""What the network sees, for people: grids and frames as small pictures, features as bars."""

from math import prod

import numpy as np
import pygame
from numpy.typing import NDArray

from arcade import theme as look
from arcade.theme import Colour, Size, Theme
from games.game import PIXELS, Array, ObservationSpec

_LAYERS: tuple[Colour, ...] = (look.GREEN, look.WHITE, look.ORANGE, look.PURPLE, look.YELLOW, look.SKY)
_MUCH = 0.25  # part of the picture from which a layer is ground rather than a thing


def describe(spec: ObservationSpec) -> str:
    """What an observation is, in a few words."""
    if spec.picture:
        height, width, count = spec.picture
        return f"{height}×{width} cells in {count} layers, {spec.shape[0] - prod(spec.picture)} marks below"
    if spec.kind == PIXELS:
        return f"the last {spec.shape[2]} pictures, {spec.shape[0]}×{spec.shape[1]} in grey"
    if len(spec.shape) == 1:
        return f"{spec.shape[0]} numbers"
    layers = f" in {spec.shape[2]} layers" if len(spec.shape) == 3 else ""
    return f"a grid of {spec.shape[0]}×{spec.shape[1]}{layers}"


def light(observation: Array, spec: ObservationSpec) -> NDArray[np.float32]:
    """[height, width, layers] how strong each cell of a grid or picture is, 0 to 1."""
    low, high = (0.0, 255.0) if spec.dtype == "uint8" else (spec.low, spec.high)
    strength: NDArray[np.float32] = np.clip((observation.astype(np.float32) - low) / (high - low), 0, 1)
    return strength[..., None] if strength.ndim == 2 else strength


def layer_colours(layers: NDArray[np.float32]) -> tuple[Colour, ...]:
    """A colour for each layer [height, width, layers]; one that covers much, like a wall, gets a quiet one."""
    if layers.shape[2] == 1:
        return (look.WHITE,)
    cover = layers.mean(axis=(0, 1))
    ground = int(cover.argmax()) if cover.max() > _MUCH else -1
    bright = [colour for index, colour in enumerate(_LAYERS * layers.shape[2]) if index < layers.shape[2]]
    return tuple(look.LINE if index == ground else colour for index, colour in enumerate(bright))


def overlay(layers: NDArray[np.float32], colours: tuple[Colour, ...]) -> NDArray[np.uint8]:
    """[height, width, 3] the layers laid over each other in their colours."""
    picture = np.tile(np.array(look.BAR, np.float32), (*layers.shape[:2], 1))
    for index, colour in enumerate(colours):
        picture += (np.array(colour, np.float32) - picture) * layers[..., index : index + 1]
    return picture.astype(np.uint8)


def side_by_side(frames: NDArray[np.float32], columns: int) -> NDArray[np.uint8]:
    """[height, width, 3] the frames [height, width, frames] in rows of `columns`, oldest first, with a dark gap."""
    height, width, count = frames.shape
    rows, gap = -(-count // columns), 2
    picture = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap), np.float32)
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        picture[top : top + height, left : left + width] = frames[..., index]
    return (np.repeat(picture[..., None], 3, axis=2) * 255).astype(np.uint8)


class Eye:
    """Draws an observation within `rect`; a picture is made anew only when the observation has changed.

    Args:
        spec: What is observed.
        accent: Colour of the bars.
    """

    def __init__(self, spec: ObservationSpec, accent: Colour) -> None:
        self.spec, self.accent = spec, accent
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._seen: Array | None = None
        self._room = (0, 0)  # the size that the image was made for
        self._image = pygame.Surface((1, 1))
        self._colours: tuple[Colour, ...] = ()  # settled at the first look, so that they never change

    def draw(self, surface: pygame.Surface, theme: Theme, observation: Array) -> None:
        """Draw what is seen now: one observation without batch axis."""
        if len(self.spec.shape) == 1 and not self.spec.picture:
            self._draw_bars(surface, theme, observation)
            return
        room = self.rect.copy()
        if self.spec.names:
            room.height -= theme.line(Size.SMALL) + theme.space(0.5)
        if self._seen is not observation or self._room != room.size:
            self._seen, self._room = observation, room.size
            self._image = self._scaled(self._picture(observation))
            if self.spec.picture:
                self._image = self._with_marks(self._image, observation[prod(self.spec.picture) :])
        shown = surface.blit(self._image, self._image.get_rect(midtop=self.rect.midtop))
        if self.spec.names:
            self._draw_legend(surface, theme, shown.bottom + theme.space(0.5))

    def _picture(self, observation: Array) -> NDArray[np.uint8]:
        if self.spec.picture:
            observation = observation[: prod(self.spec.picture)].reshape(self.spec.picture)
        layers = light(observation, self.spec)
        if self.spec.kind == PIXELS:
            wide = self.rect.width > 2.5 * self.rect.height
            return side_by_side(layers, layers.shape[2] if wide else 2)
        self._colours = self._colours or layer_colours(layers)
        return overlay(layers, self._colours)

    def _with_marks(self, image: pygame.Surface, marks: Array) -> pygame.Surface:
        """The picture with the numbers that follow it as a strip of lights along its lower edge."""
        height = max(4, image.get_height() // 12)
        strip = overlay(light(marks[None], self.spec), (look.WHITE,))
        lights = pygame.surfarray.make_surface(strip.swapaxes(0, 1))
        image.blit(pygame.transform.scale(lights, (image.get_width(), height)), (0, image.get_height() - height))
        return image

    def _draw_legend(self, surface: pygame.Surface, theme: Theme, top: int) -> None:
        """Name the layers below the picture, each beside its colour."""
        side, gap = theme.line(Size.SMALL) * 2 // 3, theme.space(0.5)
        widths = [side + gap + theme.width(name, Size.SMALL) + theme.space(1.5) for name in self.spec.names]
        left = max(self.rect.left, self.rect.centerx - sum(widths) // 2)
        for name, colour, width in zip(self.spec.names, self._colours, widths, strict=True):
            swatch = pygame.Rect(left, top + (theme.line(Size.SMALL) - side) // 2, side, side)
            surface.fill(colour, swatch)
            room = max(0, self.rect.right - swatch.right - gap)
            theme.text(surface, name, (swatch.right + gap, top), Size.SMALL, look.MUTED, max_width=room)
            left += width

    def _scaled(self, picture: NDArray[np.uint8]) -> pygame.Surface:
        image = pygame.surfarray.make_surface(picture.swapaxes(0, 1))
        scale = min(self._room[0] / image.get_width(), self._room[1] / image.get_height())
        size = max(1, int(image.get_width() * scale)), max(1, int(image.get_height() * scale))
        return pygame.transform.scale(image, size)

    def _draw_bars(self, surface: pygame.Surface, theme: Theme, observation: Array) -> None:
        """Bars around a middle line, with the numbers beside them, in one or two columns."""
        count, line = len(observation), theme.line(Size.SMALL)
        columns = 1 if count * line <= self.rect.height else 2
        gap = theme.space(2)
        width = (self.rect.width - gap * (columns - 1)) // columns
        rows = -(-count // columns)
        for index, value in enumerate(observation):
            column, row = divmod(index, rows)
            place = pygame.Rect(self.rect.left + column * (width + gap), self.rect.top + row * line, width, line)
            if place.bottom <= self.rect.bottom:
                self._draw_bar(surface, theme, place, index, float(value))

    def _draw_bar(self, surface: pygame.Surface, theme: Theme, row: pygame.Rect, index: int, value: float) -> None:
        number = theme.width("-0.00", Size.SMALL)
        label = self.spec.names[index] if self.spec.names else str(index + 1)
        room = max((theme.width(name, Size.SMALL) for name in self.spec.names), default=theme.width("00", Size.SMALL))
        room = min(room, row.width // 2)
        theme.text(surface, label, row.midleft, Size.SMALL, look.MUTED, "midleft", room)
        theme.text(surface, f"{round(value, 2) + 0.0:.2f}", row.midright, Size.SMALL, look.MUTED, "midright")
        bar = pygame.Rect(row.left + room + theme.space(), 0, 0, max(4, row.height // 3))
        bar.width = max(8, row.right - number - theme.space() - bar.left)
        bar.centery = row.centery
        surface.fill(look.RAISED, bar)
        end = bar.centerx + round(min(1.0, max(-1.0, value)) * bar.width / 2)
        surface.fill(self.accent, (min(bar.centerx, end), bar.top, max(1, abs(end - bar.centerx)), bar.height))
        surface.fill(look.TEXT, (bar.centerx, bar.top - 1, 1, bar.height + 2))
