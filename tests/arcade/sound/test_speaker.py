"""A loudspeaker that nobody misses where there is none."""

from collections.abc import Iterator
from typing import Any

import pygame
import pytest

from arcade.sound.speaker import Speaker


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    made = Speaker()
    yield made
    made.close()


def ready(speaker: Speaker) -> None:
    """Open and wait until all sounds are there."""
    speaker.open()
    assert speaker._opening
    speaker._opening.join(30)


def test_before_it_is_open_nothing_is_heard_and_nothing_breaks(speaker: Speaker) -> None:
    speaker.set_levels(1.0, 1.0)
    speaker.play("eat")
    speaker.hush(True)
    assert not pygame.mixer.get_init()


def test_effects_and_music_are_heard_at_their_levels(speaker: Speaker) -> None:
    speaker.set_levels(1.0, 0.5)
    ready(speaker)
    assert speaker.problem == ""
    assert pygame.mixer.Channel(0).get_busy()
    speaker.play("record")
    assert speaker._effects["record"].get_num_channels() == 1
    assert speaker._music
    assert speaker._music.get_volume() == pytest.approx(0.25, abs=0.01)


def test_muted_effects_are_not_played_and_the_music_stops(speaker: Speaker) -> None:
    speaker.set_levels(1.0, 1.0)
    ready(speaker)
    speaker.set_levels(0.0, 0.0)
    speaker.play("eat")
    assert speaker._effects["eat"].get_num_channels() == 0
    assert not pygame.mixer.Channel(0).get_busy()
    speaker.set_levels(1.0, 1.0)
    assert pygame.mixer.Channel(0).get_busy()


def test_no_device_is_told_in_one_line(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **more: Any) -> None:
        raise pygame.error("ALSA: Couldn't open audio device:\nNo such file")

    monkeypatch.setattr("pygame.mixer.init", refuse)
    ready(speaker)
    speaker.play("eat")
    speaker.set_levels(1.0, 1.0)
    assert speaker.problem == "No sound: ALSA: Couldn't open audio device: No such file"
