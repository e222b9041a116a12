"""Synthesises every effect and the music as sample arrays, without sound files. `Speaker` plays them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
"""Samples per second."""

PEAK = 0.9
"""Largest absolute sample; 1 is full scale."""

Samples = NDArray[np.float32]

_ATTACK_SECONDS = 0.004  # a note without attack would click
_RELEASE_SECONDS = 0.012


@dataclass(frozen=True)
class Note:
    """A tone that fades.

    Attributes:
        pitch: Frequency in Hz at the start.
        seconds: Length.
        at: Start time in seconds.
        glide: Frequency in Hz at the end; 0 keeps `pitch`.
        level: Peak amplitude, 0 to 1.
        overtones: Amplitude of each overtone relative to the one below it; 0 is a pure tone.
        noise: Fraction of white noise, 0 to 1.
        attack: Seconds from silence to full amplitude.
    """

    pitch: float
    seconds: float
    at: float = 0.0
    glide: float = 0.0
    level: float = 0.5
    overtones: float = 0.2
    noise: float = 0.0
    attack: float = _ATTACK_SECONDS


C4, E4, G4, A4 = 261.63, 329.63, 392.0, 440.0
C5, D5, E5, G5, A5, C6, D6, E6, G6 = 523.25, 587.33, 659.26, 783.99, 880.0, 1046.5, 1174.66, 1318.51, 1567.98

EFFECTS: Mapping[str, tuple[Note, ...]] = MappingProxyType(
    {
        "move": (Note(E5, 0.05, level=0.16),),
        "confirm": (Note(C5, 0.09, level=0.28), Note(G5, 0.14, at=0.06, level=0.28)),
        "back": (Note(G4, 0.09, level=0.26), Note(C4, 0.14, at=0.06, level=0.26)),
        "turn": (Note(E4, 0.04, level=0.14),),
        "flap": (Note(260, 0.13, glide=540, level=0.32, noise=0.12),),
        "point": (Note(G5, 0.08, level=0.36), Note(C6, 0.18, at=0.06, level=0.36)),
        "eat": (Note(330, 0.07, glide=760, level=0.45), Note(A5, 0.12, at=0.06, level=0.32)),
        "catch": (Note(D5, 0.06, level=0.4, overtones=0.4), Note(A5, 0.2, at=0.05, level=0.34)),
        "pass": (Note(G5, 0.07, level=0.34), Note(D6, 0.24, at=0.07, level=0.34)),
        "milestone": (Note(C5, 0.1, level=0.3), Note(E5, 0.1, at=0.08, level=0.3), Note(G5, 0.25, at=0.16, level=0.3)),
        "miss": (Note(233, 0.22, glide=150, level=0.4, overtones=0.35),),
        "bump": (Note(150, 0.32, glide=48, level=0.7, overtones=0.3), Note(90, 0.16, level=0.3, noise=0.8)),
        # Starts late, so that the sound of the end of the game is heard first.
        "record": tuple(
            Note(pitch, length, at=0.45 + 0.11 * place, level=0.36)
            for place, (pitch, length) in enumerate([(C5, 0.2), (E5, 0.2), (G5, 0.2), (C6, 0.6)])
        ),
        "win": tuple(
            Note(pitch, length, at=0.2 + 0.13 * place, level=0.34, overtones=0.3)
            for place, (pitch, length) in enumerate(
                [(G4, 0.25), (C5, 0.25), (E5, 0.25), (G5, 0.4), (E5, 0.25), (G5, 0.9), (C6, 1.2)]
            )
        ),
    }
)
"""Effect name to its notes."""

_BAR_SECONDS = 4.0
_CHORDS = (
    (130.81, 196.0, 246.94, 329.63),  # C major 7
    (110.0, 164.81, 196.0, 261.63),  # A minor 7
    (87.31, 174.61, 220.0, 329.63),  # F major 7
    (98.0, 146.83, 246.94, 293.66),  # G
    (82.41, 164.81, 196.0, 293.66),  # E minor 7
    (110.0, 164.81, 220.0, 261.63),  # A minor
    (73.42, 174.61, 220.0, 261.63),  # D minor 7
    (98.0, 174.61, 246.94, 293.66),  # G 7
)
# For each bar, the notes of the melody and the beats on which they start.
_MELODY = (
    ((0, E5), (2, G5)),
    ((0, C5), (3, D5)),
    ((0, E5), (1, A5), (3, G5)),
    ((1, D5),),
    ((0, G5), (2, E5)),
    ((0, C6), (2, A5), (3, G5)),
    ((1, A4), (2, C5)),
    ((0, D5), (3, C5)),
)


def effect(name: str) -> Samples:
    """[N] the samples of an effect; the first and last ones are silent.

    Raises:
        KeyError: There is no such effect.
    """
    notes = EFFECTS[name]
    samples = np.zeros(_count(max(note.at + note.seconds for note in notes)), np.float32)
    for index, note in enumerate(notes):
        start = _count(note.at)
        samples[start : start + _count(note.seconds)] += tone(note, seed=index)[: len(samples) - start]
    return _limited(samples)


def music() -> Samples:
    """[N] half a minute of quiet music that can be looped without a gap."""
    samples = np.zeros(_count(_BAR_SECONDS * len(_CHORDS)), np.float32)
    for note in _score():
        played = tone(note)
        places = (np.arange(len(played)) + _count(note.at)) % len(samples)
        samples[places] += played
    return _limited(samples)


def _score() -> Sequence[Note]:
    beat = _BAR_SECONDS / 4
    notes = []
    for bar, (chord, melody) in enumerate(zip(_CHORDS, _MELODY, strict=True)):
        at = bar * _BAR_SECONDS
        notes += [Note(pitch, 6.0, at=at, level=0.16, overtones=0.15, attack=1.2) for pitch in chord]
        notes += [Note(pitch, 2.6, at=at + place * beat, level=0.15, attack=0.05) for place, pitch in melody]
    return notes


def tone(note: Note, seed: int = 0) -> Samples:
    """[N] the samples of one note, without its start time; `seed` seeds the noise."""
    count = _count(note.seconds)
    part = np.linspace(0.0, 1.0, count, dtype=np.float32)
    pitch = note.pitch * ((note.glide or note.pitch) / note.pitch) ** part
    turns = 2 * np.pi * np.cumsum(pitch) / RATE
    waves = [note.overtones**order * np.sin((order + 1) * turns) for order in range(3 if note.overtones else 1)]
    samples = np.sum(waves, axis=0) / sum(note.overtones**order for order in range(len(waves)))
    if note.noise:
        hiss = np.random.default_rng(seed).uniform(-1.0, 1.0, count)
        samples = (1 - note.noise) * samples + note.noise * hiss
    return np.asarray(note.level * samples * _fade(part * note.seconds, note), np.float32)


def _fade(time: Samples, note: Note) -> Samples:
    """[N] the envelope of a note: linear attack, exponential decay, silent end."""
    rise = np.minimum(time / note.attack, 1.0)
    fall = np.exp(-3.0 * time / note.seconds)
    release = np.minimum((note.seconds - time) / max(_RELEASE_SECONDS, note.seconds / 4), 1.0)
    return np.asarray(rise * fall * release, np.float32)


def _count(seconds: float) -> int:
    return round(seconds * RATE)


def _limited(samples: Samples) -> Samples:
    """Scale the samples down to `PEAK` if they exceed it."""
    return samples * min(1.0, PEAK / float(np.abs(samples).max()))
