"""Playback of effects and music. Without a sound device there is no sound and no error."""

import threading
import time

import numpy as np
import pygame

from arcade.sound import synth

_CLOSE_SECONDS = 2.0  # how long `close` waits while the device is being opened
_AGAIN_SECONDS = 0.03  # an effect repeated within this time would only be louder
_FADE_MILLISECONDS = 600
_BUFFER = 512  # samples of the output buffer: 23 ms


class Speaker:
    """A player of effects and music. Every method may be called at any time, also before `open` or without a device.

    Attributes:
        problem: Why there is no sound, in one line; "" if there is, or before `open`.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._effects: dict[str, pygame.mixer.Sound] = {}
        self._music: pygame.mixer.Sound | None = None
        self._levels = 0.0, 0.0  # of effects and music
        self._hushed = False
        self._last: dict[str, float] = {}  # effect to the time of its last playback
        self._opening: threading.Thread | None = None

    def open(self) -> None:
        """Open the device and synthesise all sounds in a thread, since a device may take long to open."""
        if self._opening is None:
            self._opening = threading.Thread(target=self._open, name="sound", daemon=True)
            self._opening.start()

    def _open(self) -> None:
        try:
            pygame.mixer.init(synth.RATE, -16, 2, _BUFFER, allowedchanges=0)
        except pygame.error as error:
            self.problem = f"No sound: {' '.join(str(error).split())}"
            return
        pygame.mixer.set_reserved(1)
        self._effects = {name: _playable(synth.effect(name)) for name in synth.EFFECTS}
        self._music = _playable(synth.music())
        self._apply()

    def set_levels(self, effects: float, music: float) -> None:
        """Set the volumes of effects and music, 0 (off) to 1."""
        self._levels = effects, music
        self._apply()

    def hush(self, on: bool) -> None:
        """Stop the music (True) or let it continue (False)."""
        self._hushed = on
        self._apply()

    def play(self, name: str) -> None:
        """Play an effect; an unknown name or "" is ignored."""
        now = time.monotonic()
        if name in self._effects and self._levels[0] and now - self._last.get(name, 0.0) > _AGAIN_SECONDS:
            self._last[name] = now
            self._effects[name].play()

    def close(self) -> None:
        """Close the device."""
        if self._opening is not None:
            self._opening.join(_CLOSE_SECONDS)
        self._effects, self._music = {}, None
        if pygame.mixer.get_init():
            pygame.mixer.quit()

    def _apply(self) -> None:
        """Apply the volumes, and start or stop the music."""
        music = self._music
        if music is None:
            return
        # Perceived loudness is roughly the square root of the amplitude.
        effects_level, music_level = (level * level for level in self._levels)
        for sound in self._effects.values():
            sound.set_volume(effects_level)
        music.set_volume(music_level)
        wanted = music_level > 0 and not self._hushed
        channel = pygame.mixer.Channel(0)
        if wanted and not channel.get_busy():
            channel.play(music, loops=-1, fade_ms=_FADE_MILLISECONDS)
        elif not wanted and channel.get_busy():
            channel.stop()


def _playable(samples: synth.Samples) -> pygame.mixer.Sound:
    """Convert mono samples to a 16-bit stereo sound."""
    whole = (samples * 32_767).astype(np.int16)
    return pygame.mixer.Sound(buffer=np.repeat(whole, 2).tobytes())
