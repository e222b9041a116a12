"""Films of games: a few states a second are kept while something is played, and drawn and written when it is over.

States are small, so filming costs the window nothing; drawing and writing need neither a window nor its thread.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pygame
from numpy.typing import NDArray

from agents.errors import system_reason
from agents.storage.disk import draft, put_new
from arcade.rounds.round import Round
from arcade.ui import style
from games.game import Game, State
from games.states import copy_state
from games.view import draw, fit

if TYPE_CHECKING:
    from PIL.Image import Image

FRAMES_PER_SECOND = 20
"""GIFs count in hundredths of a second, and browsers slow down what is faster than 50 a second."""

_PIXELS = 80_000  # of one frame: the writer keeps all frames of a GIF in memory
_GAP = 8  # pixels between two pictures
_COLOURS = 256  # of a GIF
_EXACT = 160  # colours that stay exactly as they are, the most frequent ones
_SAMPLES = 12  # frames whose colours decide on the palette

Picture = NDArray[np.uint8]
"""[height, width, 3] red, green and blue."""


@dataclass(frozen=True)
class _Shot:
    """One frame of one game."""

    state: State
    previous: State | None
    blend: float


class Film:
    """Keeps what some games look like.

    Args:
        games: The rules of each, side by side.
        max_frames: Frames kept at most.
    """

    def __init__(self, games: Sequence[Game], max_frames: int) -> None:
        self.games, self.max_frames = tuple(games), max_frames
        self._frames: list[tuple[_Shot, ...]] = []
        self._due = 0.0  # frames

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self) / FRAMES_PER_SECOND

    @property
    def is_full(self) -> bool:
        """Whether it takes no more."""
        return len(self) >= self.max_frames

    def watch(self, seconds: float, rounds: Sequence[Round]) -> None:
        """Time has passed: take a frame if one is due."""
        self._due += seconds * FRAMES_PER_SECOND
        while self._due >= 1 and not self.is_full:
            self._due -= 1
            self.take(rounds)

    def take(self, rounds: Sequence[Round]) -> None:
        """Take a frame of the rounds as they are now."""
        shots = (_Shot(copy_state(each.batch.state), each.previous, each.blend) for each in rounds)
        self._frames.append(tuple(shots))

    def frames(self, chosen: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw the frames, or some of them, one by one."""
        sizes = [_size(game.info.aspect, len(self.games)) for game in self.games]
        width = sum(size[0] for size in sizes) + _GAP * (len(sizes) - 1)
        surface = pygame.Surface((width, max(size[1] for size in sizes)), 0, 32)
        surface.fill(style.GROUND)
        for index in range(len(self)) if chosen is None else chosen:
            left = 0
            for game, size, shot in zip(self.games, sizes, self._frames[index], strict=True):
                part = surface.subsurface((left, 0, *size))
                draw(part, game, shot.state, 0, shot.previous, shot.blend)
                left += size[0] + _GAP
            yield pygame.surfarray.array3d(surface).swapaxes(0, 1)

    def write_gif(self, path: Path) -> None:
        """Write a GIF that begins again when it ends. At every instant there is the whole file or none.

        Raises:
            ValueError: There is a file already, or it cannot be written; says why.
        """
        samples = np.linspace(0, len(self) - 1, min(_SAMPLES, len(self))).round().astype(int)
        palette = palette_of(list(self.frames(samples.tolist())))
        images = (_indexed(frame, palette) for frame in self.frames())
        film = BytesIO()  # what is wrong with the disk is then told by the disk, not by Pillow
        try:
            next(images).save(
                film,
                format="GIF",
                save_all=True,
                append_images=images,
                duration=1000 // FRAMES_PER_SECOND,
                loop=0,
                palette=palette.tobytes(),
            )
            with draft(path, [film.getbuffer()]) as whole:
                put_new(whole, path)
        except OSError as error:
            raise ValueError(f"{path}: the film cannot be written: {system_reason(error)}") from error

    def write_pictures(self, folder: Path) -> None:
        """Write every frame as a PNG of its own into a folder, which is made if need be.

        Raises:
            ValueError: They cannot be written; says why.
        """
        from PIL import Image

        path = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for number, frame in enumerate(self.frames()):
                path, picture = folder / f"{number:05d}.png", BytesIO()
                Image.fromarray(frame).save(picture, format="PNG")
                path.write_bytes(picture.getbuffer())
        except OSError as error:
            if path != folder:
                with suppress(OSError):  # the error that led here is the one worth telling
                    path.unlink(missing_ok=True)
            raise ValueError(f"{path}: the film cannot be written: {system_reason(error)}") from error


def palette_of(frames: Sequence[Picture]) -> NDArray[np.uint8]:
    """[256, 3] the colours of all frames of a GIF: the most frequent ones as they are, the others by median cut."""
    from PIL import Image

    colours, counts = np.unique(np.concatenate([_packed(frame) for frame in frames]), return_counts=True)
    frequent = colours[np.argsort(-counts, kind="stable")]
    exact = _unpacked(frequent[: _COLOURS if len(frequent) <= _COLOURS else _EXACT])
    rest = _unpacked(frequent[len(exact) :])
    if len(rest):
        cut = Image.fromarray(rest[None]).quantize(_COLOURS - len(exact), Image.Quantize.MEDIANCUT).getpalette() or []
        exact = np.concatenate([exact, np.array(cut, np.uint8).reshape(-1, 3)[: _COLOURS - len(exact)]])
    palette = np.zeros((_COLOURS, 3), np.uint8)
    palette[: len(exact)] = exact
    return palette


def _indexed(frame: Picture, palette: NDArray[np.uint8]) -> "Image":
    from PIL import Image

    colours = Image.new("P", (1, 1))
    colours.putpalette(palette.tobytes())
    return Image.fromarray(frame).quantize(palette=colours, dither=Image.Dither.NONE)


def _packed(frame: Picture) -> NDArray[np.uint32]:
    red, green, blue = frame.reshape(-1, 3).astype(np.uint32).T
    packed: NDArray[np.uint32] = red * np.uint32(65536) + green * np.uint32(256) + blue
    return packed


def _unpacked(colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)


def _size(aspect: tuple[int, int], count: int) -> tuple[int, int]:
    """Size of one of `count` pictures, in whole pixels."""
    height = (_PIXELS / count * aspect[1] / aspect[0]) ** 0.5
    return fit((round(height * aspect[0] / aspect[1]), round(height)), aspect)[2:]
