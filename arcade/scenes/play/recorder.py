"""Recording what is on screen in the play scene: begun and ended with one key, written beside the window."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from agents.storage.disk import free_path
from arcade.context import Context
from arcade.rounds.film import FRAMES_PER_SECOND, Film
from arcade.rounds.round import Round
from arcade.store import paths

MOST_SECONDS = 20
"""Longer recordings end by themselves: the writer keeps all frames in memory, and quitting waits for it."""


class FilmRecorder:
    """Films rounds while it is on.

    Args:
        context: Writes the film in the background, and tells where it lies.
    """

    def __init__(self, context: Context) -> None:
        self.film: Film | None = None  # what is being recorded now
        self._context = context

    def toggle(self, rounds: Sequence[Round]) -> None:
        """Begin to record, unless the last recording is still being written, or end it."""
        if self.film is not None:
            self.end()
            return
        if self._context.is_busy:  # films that wait to be written would pile up in memory
            self._context.notice("The last recording is still being written")
            return
        self.film = Film([each.game for each in rounds], MOST_SECONDS * FRAMES_PER_SECOND)
        self.film.take(rounds)

    def update(self, seconds: float, rounds: Sequence[Round]) -> None:
        """Time has passed."""
        if self.film is None:
            return
        self.film.watch(seconds, rounds)
        if self.film.is_full:
            self.end()

    def end(self) -> None:
        """Write what has been recorded, if anything has."""
        film, self.film = self.film, None
        if film is None:
            return
        name = f"{film.games[0].info.title} {datetime.now():%Y-%m-%d %H.%M.%S}.gif"

        def write() -> Path:
            path = free_path(paths.recordings_folder() / name)
            film.write_gif(path)
            return path

        self._context.notice("Writing the recording…")
        self._context.background(write, lambda path: self._tell(film, path), takes_seconds=True)

    def _tell(self, film: Film, path: Path) -> None:
        self._context.notice(f"Recorded {film.seconds:.0f} s to {path}")
