"""The recorder of the play scene: one key starts and ends a recording, which is written in the background."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from agents.storage.disk import free_path
from arcade.context import Context
from arcade.rounds.film import FRAMES_PER_SECOND, Film
from arcade.rounds.round import Round
from arcade.store import paths

MOST_SECONDS = 20
"""Longest recording: the writer keeps all frames in memory, and quitting waits for the writer."""


class FilmRecorder:
    """A recorder that films rounds while it is on.

    Args:
        context: Writes the film in the background and shows its path.
    """

    def __init__(self, context: Context) -> None:
        self.film: Film | None = None  # the current recording
        self._context = context

    def toggle(self, rounds: Sequence[Round]) -> None:
        """Ends the recording, or starts one unless the last one is still being written."""
        if self.film is not None:
            self.end()
            return
        if self._context.is_busy:  # films waiting for the writer would pile up in memory
            self._context.notice("The last recording is still being written")
            return
        self.film = Film([each.game for each in rounds], MOST_SECONDS * FRAMES_PER_SECOND)
        self.film.take(rounds)

    def update(self, seconds: float, rounds: Sequence[Round]) -> None:
        """Adds frames for the time that has passed; ends a recording that is full."""
        if self.film is None:
            return
        self.film.watch(seconds, rounds)
        if self.film.is_full:
            self.end()

    def end(self) -> None:
        """Ends the recording, if there is one, and writes it in the background."""
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
