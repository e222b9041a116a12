"""Sounds as numbers: as long as told, never too loud, silent at both ends."""

import numpy as np
import pytest

from arcade.sound import synth
from arcade.sound.synth import EFFECTS, PEAK, RATE, Note


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_as_long_as_its_notes_and_neither_silent_nor_too_loud(name: str) -> None:
    samples = synth.effect(name)
    assert len(samples) == round(RATE * max(note.at + note.seconds for note in EFFECTS[name]))
    assert 0.05 < np.abs(samples).max() <= PEAK + 1e-6


@pytest.mark.parametrize("name", EFFECTS)
def test_no_effect_clicks_at_its_ends(name: str) -> None:
    samples = synth.effect(name)
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01


def test_the_music_goes_round_without_a_click_or_a_gap() -> None:
    samples = synth.music()
    assert len(samples) == 32 * RATE
    assert np.abs(samples).max() <= PEAK + 1e-6
    steps = np.abs(np.diff(samples))
    assert abs(samples[0] - samples[-1]) <= steps.max()
    loudness = np.abs(samples[: len(samples) // RATE * RATE]).reshape(-1, RATE).max(axis=1)
    assert loudness.min() > 0.05


def test_a_note_has_its_pitch_and_a_glide_ends_at_another() -> None:
    samples = synth.tone(Note(440, 1.0, overtones=0.0))
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(int(spectrum.argmax()) - 440) <= 2
    gliding = synth.tone(Note(200, 1.0, glide=800, overtones=0.0))
    crossings = np.flatnonzero(np.diff(np.sign(gliding[:-200])))
    assert np.diff(crossings[:5]).mean() > 3 * np.diff(crossings[-5:]).mean()


def test_the_same_notes_give_the_same_samples() -> None:
    assert np.array_equal(synth.effect("bump"), synth.effect("bump"))
