"""Draws the observation of a network: grids and frames as small pictures, features as bars.

Saliency can be drawn over it: inputs that raise the Q value of an action are marked in one colour, inputs that lower it
in another, darker one.
"""

from math import prod

import numpy as np
import pygame
from numpy.typing import NDArray

from arcade.ui import style
from arcade.ui.style import Colour, Size, Theme
from games.game import PIXELS, Array, ObservationSpec

_LAYERS: tuple[Colour, ...] = (style.GREEN, style.WHITE, style.ORANGE, style.PURPLE, style.YELLOW, style.SKY)
RAISES: Colour = style.SKY
LOWERS: Colour = style.VERMILION
_DIMMED = 0.5  # brightness of the picture below the saliency marks
_MARKS_A_ROW = 48
_MUCH = 0.25  # fraction of the cells from which a layer counts as background


def describe(spec: ObservationSpec) -> str:
    """Returns a short description of an observation kind."""
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
    """[height, width, layers] the observation scaled to 0 … 1."""
    low, high = (0.0, 255.0) if spec.dtype == "uint8" else (spec.low, spec.high)
    strength: NDArray[np.float32] = np.clip((observation.astype(np.float32) - low) / (high - low), 0, 1)
    return strength[..., None] if strength.ndim == 2 else strength


def layer_colours(layers: NDArray[np.float32]) -> tuple[Colour, ...]:
    """Returns a colour for each layer [height, width, layers]; a background layer, like walls, gets a dim one."""
    if layers.shape[2] == 1:
        return (style.WHITE,)
    cover = layers.mean(axis=(0, 1))
    ground = int(cover.argmax()) if cover.max() > _MUCH else -1
    bright = [colour for index, colour in enumerate(_LAYERS * layers.shape[2]) if index < layers.shape[2]]
    return tuple(style.LINE if index == ground else colour for index, colour in enumerate(bright))


def overlay(layers: NDArray[np.float32], colours: tuple[Colour, ...]) -> NDArray[np.uint8]:
    """[height, width, 3] the layers in their colours, one over the other."""
    picture = np.tile(np.array(style.BAR, np.float32), (*layers.shape[:2], 1))
    for index, colour in enumerate(colours):
        picture += (np.array(colour, np.float32) - picture) * layers[..., index : index + 1]
    return picture.astype(np.uint8)


def side_by_side(frames: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """[height, width] the frames [height, width, frames] in rows of `columns`, oldest first, with a gap of zeros."""
    height, width, count = frames.shape
    rows, gap = -(-count // columns), 2
    picture = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap), np.float32)
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        picture[top : top + height, left : left + width] = frames[..., index]
    return picture


def grey(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """[height, width, 3] a grey picture from brightness 0 … 1."""
    return (np.repeat(picture[..., None], 3, axis=2) * 255).astype(np.uint8)


def strongest(gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    """[height, width] the gradient [height, width, layers] of the layer with the largest magnitude in each cell."""
    most = np.abs(gradient).argmax(axis=2)[..., None]
    chosen: NDArray[np.float32] = np.take_along_axis(gradient, most, axis=2)[..., 0]
    return chosen


def marked(picture: NDArray[np.uint8], moves: NDArray[np.float32]) -> NDArray[np.uint8]:
    """[height, width, 3] the dimmed picture with saliency marks; `moves` is −1 … 1 for each pixel."""
    strength = np.abs(moves)[..., None]
    colours = np.where(moves[..., None] > 0, np.array(RAISES, np.float32), np.array(LOWERS, np.float32))
    ground = picture * np.float32(_DIMMED)
    mixed: NDArray[np.uint8] = (ground + (colours - ground) * strength).astype(np.uint8)
    return mixed


class ObservationView:
    """A view of an observation within `rect`. Its picture is cached until the observation changes.

    Args:
        spec: The observation kind.
        accent: Colour of the bars.
    """

    def __init__(self, spec: ObservationSpec, accent: Colour) -> None:
        self.spec, self.accent = spec, accent
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._seen: Array | None = None
        self._moves: Array | None = None
        self._room = (0, 0)  # size for which the image was made
        self._image = pygame.Surface((1, 1))
        self._colours: tuple[Colour, ...] = ()  # chosen at the first observation, so that they never change

    def draw(self, surface: pygame.Surface, theme: Theme, observation: Array, moves: Array | None = None) -> None:
        """Draw an observation.

        Args:
            surface: The surface to draw on.
            theme: Fonts and spacing.
            observation: The observation, without batch axis.
            moves: Its saliency, −1 … 1 for each number; None draws none.
        """
        if len(self.spec.shape) == 1 and not self.spec.picture:
            self._draw_bars(surface, theme, observation, moves)
            return
        room = self.rect.copy()
        if self.spec.names and moves is None:
            room.height -= theme.line(Size.SMALL) + theme.space(0.5)
        if self._seen is not observation or self._moves is not moves or self._room != room.size:
            self._seen, self._moves, self._room = observation, moves, room.size
            picture = self._picture(observation, moves)
            if self.spec.picture:
                self._image = self._with_marks(picture, room.size, observation, moves)
            else:
                self._image = _scaled(picture, room.size)
        shown = surface.blit(self._image, self._image.get_rect(midtop=self.rect.midtop))
        if self.spec.names and moves is None:
            self._draw_legend(surface, theme, shown.bottom + theme.space(0.5))

    def _picture(self, observation: Array, moves: Array | None) -> NDArray[np.uint8]:
        if self.spec.picture:
            observation = observation[: prod(self.spec.picture)].reshape(self.spec.picture)
            moves = None if moves is None else moves[: prod(self.spec.picture)].reshape(self.spec.picture)
        layers = light(observation, self.spec)
        if self.spec.kind == PIXELS:
            columns = layers.shape[2] if self.rect.width > 2.5 * self.rect.height else 2
            picture = grey(side_by_side(layers, columns))
            return picture if moves is None else marked(picture, side_by_side(moves, columns))
        self._colours = self._colours or layer_colours(layers)
        picture = overlay(layers, self._colours)
        return picture if moves is None else marked(picture, strongest(moves.reshape(layers.shape)))

    def _with_marks(
        self, picture: NDArray[np.uint8], room: tuple[int, int], observation: Array, moves: Array | None
    ) -> pygame.Surface:
        """Return the picture with the numbers that follow it as rows of small squares below."""
        begin = prod(self.spec.picture)
        strip = overlay(light(_rows(observation[begin:]), self.spec), (style.WHITE,))
        if moves is not None:
            strip = marked(strip, _rows(moves[begin:]))
        cell = max(2, min(room) // 60)
        lights = pygame.transform.scale_by(pygame.surfarray.make_surface(strip.swapaxes(0, 1)), cell)
        above = _scaled(picture, (room[0], max(1, room[1] - lights.get_height() - cell)))
        size = max(above.get_width(), lights.get_width()), above.get_height() + cell + lights.get_height()
        image = pygame.Surface(size, 0, above)
        image.fill(style.GROUND)
        image.blit(above, above.get_rect(midtop=(size[0] // 2, 0)))
        image.blit(lights, lights.get_rect(midbottom=(size[0] // 2, size[1])))
        return image

    def _draw_legend(self, surface: pygame.Surface, theme: Theme, top: int) -> None:
        """Draw the legend of the layers below the picture."""
        side, gap = theme.line(Size.SMALL) * 2 // 3, theme.space(0.5)
        widths = [side + gap + theme.width(name, Size.SMALL) + theme.space(1.5) for name in self.spec.names]
        left = max(self.rect.left, self.rect.centerx - sum(widths) // 2)
        for name, colour, width in zip(self.spec.names, self._colours, widths, strict=True):
            swatch = pygame.Rect(left, top + (theme.line(Size.SMALL) - side) // 2, side, side)
            surface.fill(colour, swatch)
            room = max(0, self.rect.right - swatch.right - gap)
            theme.text(surface, name, (swatch.right + gap, top), Size.SMALL, style.MUTED, max_width=room)
            left += width

    def _draw_bars(self, surface: pygame.Surface, theme: Theme, observation: Array, moves: Array | None) -> None:
        """Draw bars around a middle line with their numbers, in one or two columns."""
        count, line = len(observation), theme.line(Size.SMALL)
        columns = 1 if count * line <= self.rect.height else 2
        gap = theme.space(2)
        width = (self.rect.width - gap * (columns - 1)) // columns
        rows = -(-count // columns)
        for index, value in enumerate(observation):
            column, row = divmod(index, rows)
            place = pygame.Rect(self.rect.left + column * (width + gap), self.rect.top + row * line, width, line)
            if place.bottom <= self.rect.bottom:
                bar = self._draw_bar(surface, theme, place, index, float(value))
                if moves is not None:
                    _draw_move(surface, bar, float(moves[index]))

    def _draw_bar(
        self, surface: pygame.Surface, theme: Theme, row: pygame.Rect, index: int, value: float
    ) -> pygame.Rect:
        number = theme.width("-0.00", Size.SMALL)
        label = self.spec.names[index] if self.spec.names else str(index + 1)
        room = max((theme.width(name, Size.SMALL) for name in self.spec.names), default=theme.width("00", Size.SMALL))
        room = min(room, row.width * 3 // 4)
        theme.text(surface, label, row.midleft, Size.SMALL, style.MUTED, "midleft", room)
        theme.text(surface, f"{round(value, 2) + 0.0:.2f}", row.midright, Size.SMALL, style.MUTED, "midright")
        bar = pygame.Rect(row.left + room + theme.space(), 0, 0, max(4, row.height // 3))
        bar.width = max(8, row.right - number - theme.space() - bar.left)
        bar.centery = row.centery
        surface.fill(style.RAISED, bar)
        end = bar.centerx + round(min(1.0, max(-1.0, value)) * bar.width / 2)
        surface.fill(self.accent, (min(bar.centerx, end), bar.top, max(1, abs(end - bar.centerx)), bar.height))
        surface.fill(style.TEXT, (bar.centerx, bar.top - 1, 1, bar.height + 2))
        return bar


def draw_key(surface: pygame.Surface, theme: Theme, rect: pygame.Rect) -> None:
    """Draw the legend of the saliency colours in one line."""
    side, left = theme.line(Size.SMALL) * 2 // 3, rect.left
    for colour, words in ((RAISES, "raises it"), (LOWERS, "lowers it")):
        surface.fill(colour, (left, rect.top + (theme.line(Size.SMALL) - side) // 2, side, side))
        left += side + theme.space(0.5)
        room = max(0, rect.right - left)
        left = theme.text(
            surface, words, (left, rect.top), Size.SMALL, style.MUTED, max_width=room
        ).right + theme.space(2)


def _rows(marks: Array) -> Array:
    """[rows, `_MARKS_A_ROW`] the numbers in rows, the last one padded with zeros."""
    return np.pad(marks, (0, -len(marks) % _MARKS_A_ROW)).reshape(-1, _MARKS_A_ROW)


def _scaled(picture: NDArray[np.uint8], room: tuple[int, int]) -> pygame.Surface:
    image = pygame.surfarray.make_surface(picture.swapaxes(0, 1))
    scale = min(room[0] / image.get_width(), room[1] / image.get_height())
    size = max(1, int(image.get_width() * scale)), max(1, int(image.get_height() * scale))
    return pygame.transform.scale(image, size)


def _draw_move(surface: pygame.Surface, bar: pygame.Rect, move: float) -> None:
    """Draw the saliency of a number as a second bar below it, to the right if it raises the value."""
    end = bar.centerx + round(move * bar.width / 2)
    colour = RAISES if move > 0 else LOWERS
    surface.fill(colour, (min(bar.centerx, end), bar.bottom + 1, max(1, abs(end - bar.centerx)), bar.height))
