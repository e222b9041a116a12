"""Films of games: states are kept at 20 frames per second during play, and drawn and written afterwards.

States are small, so filming does not slow the window. Drawing and writing need neither a window nor its thread.
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
"""A divisor of 100, since GIFs count in hundredths of a second. Browsers slow down more than 50 per second."""

_PIXELS = 80_000  # of one frame: all frames of a GIF are in memory while it is written
_GAP = 8  # pixels between two pictures
_COLOURS = 256  # of a GIF
_EXACT = 160  # most frequent colours, which are not quantised
_SAMPLES = 12  # frames from which the palette is made

Picture = NDArray[np.uint8]
"""[height, width, 3] red, green and blue."""


@dataclass(frozen=True)
class _Shot:
    """One frame of one game."""

    state: State
    previous: State | None
    blend: float


class Film:
    """A film of one or more games, side by side.

    Args:
        games: The rules of each.
        max_frames: Largest number of frames.
    """

    def __init__(self, games: Sequence[Game], max_frames: int) -> None:
        self.games, self.max_frames = tuple(games), max_frames
        self._frames: list[tuple[_Shot, ...]] = []
        self._due = 0.0  # frames

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return len(self) / FRAMES_PER_SECOND

    @property
    def is_full(self) -> bool:
        """Whether it has `max_frames`."""
        return len(self) >= self.max_frames

    def watch(self, seconds: float, rounds: Sequence[Round]) -> None:
        """Let time pass, and take the frames that are due."""
        self._due += seconds * FRAMES_PER_SECOND
        while self._due >= 1 and not self.is_full:
            self._due -= 1
            self.take(rounds)

    def take(self, rounds: Sequence[Round]) -> None:
        """Take a frame of the rounds in their present state."""
        shots = (_Shot(copy_state(each.batch.state), each.previous, each.blend) for each in rounds)
        self._frames.append(tuple(shots))

    def frames(self, chosen: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw all frames, or those of the indices `chosen`, one by one."""
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
        """Write a looping GIF, atomically.

        Raises:
            ValueError: The file exists already or cannot be written.
        """
        samples = np.linspace(0, len(self) - 1, min(_SAMPLES, len(self))).round().astype(int)
        palette = palette_of(list(self.frames(samples.tolist())))
        images = (_indexed(frame, palette) for frame in self.frames())
        film = BytesIO()  # in memory first, so that disk errors do not come from Pillow
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
        """Write every frame as a PNG file into a folder, which is created if it is missing.

        Raises:
            ValueError: A file cannot be written.
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
                with suppress(OSError):  # the first error is the one to report
                    path.unlink(missing_ok=True)
            raise ValueError(f"{path}: the film cannot be written: {system_reason(error)}") from error


def palette_of(frames: Sequence[Picture]) -> NDArray[np.uint8]:
    """[256, 3] the palette of all frames of a GIF: the most frequent colours exactly, the others by median cut."""
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
    """Return the size in pixels of one of `count` pictures side by side."""
    height = (_PIXELS / count * aspect[1] / aspect[0]) ** 0.5
    return fit((round(height * aspect[0] / aspect[1]), round(height)), aspect)[2:]
