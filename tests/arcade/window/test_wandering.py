"""Somebody who presses anything anywhere: a seeded walk over all scenes and devices, with training on and off.

`make soak` walks for two hours of simulated time, `make test` for eighty seconds.
"""

import ctypes
import gc
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from agents.config import Config
from agents.training.plan import Plan, Progress
from agents.training.trainer import Trainer
from arcade.scenes.places import HomePage
from arcade.window.app import App
from arcade.window.stack import SceneStack
from games.registry import make
from tests.agents.storage.profiles import make_profile
from tests.arcade.scenes.scenery import make_context, settle

SECONDS = 7_200 if os.environ.get("DQN_ARCADE_SOAK") else 80
"""How long the walk takes, in the arcade's own time."""

STEP = 0.05  # seconds of a frame
DRAWN = 8  # every so many frames are drawn
TRAINING_SECONDS = 16  # after which a training is begun or ended
CHUNK_SECONDS = 0.02  # of rest
GROWTH = 50 * 2**20  # bytes
CLOSE_SECONDS = 300.0  # the machine may be busy with other things

KEYS = (
    *[pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN] * 3, *[pygame.K_RETURN] * 4, *[pygame.K_ESCAPE] * 2,
    pygame.K_SPACE, pygame.K_TAB, pygame.K_p, pygame.K_r, pygame.K_s, pygame.K_x, pygame.K_PLUS, pygame.K_MINUS,
    pygame.K_PERIOD, pygame.K_DELETE, pygame.K_BACKSPACE, pygame.K_F2, pygame.K_F11, pygame.K_m, pygame.K_q, pygame.K_w,
)  # fmt: skip


class Wanderer:
    """Presses keys, clicks, turns the wheel, types and uses a gamepad, all at random."""

    def __init__(self, app: App, seed: int) -> None:
        self.app, self.rng = app, random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.position = 0, 0

    def act(self) -> None:
        """One thing that a person might do."""
        acts = [self._key, self._key, self._key, self._click, self._move, self._wheel, self._type, self._pad]
        for event in self.rng.choice(acts)():
            if self.app.stack:
                self.app._take(event)
        if self.app.stack:
            self.seen[type(self.app.stack.top).__name__] += 1

    def _key(self) -> list[pygame.event.Event]:
        details = {"key": self.rng.choice(KEYS), "mod": self.rng.choice((0, 0, 0, pygame.KMOD_LSHIFT)), "unicode": ""}
        return [pygame.event.Event(kind, details) for kind in (pygame.KEYDOWN, pygame.KEYUP)]

    def _click(self) -> list[pygame.event.Event]:
        kinds = pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP
        return [*self._move(), *(pygame.event.Event(kind, pos=self.position, button=1) for kind in kinds)]

    def _move(self) -> list[pygame.event.Event]:
        self.position = self.rng.randrange(800), self.rng.randrange(600)
        return [pygame.event.Event(pygame.MOUSEMOTION, pos=self.position, rel=(1, 1), buttons=(0, 0, 0))]

    def _wheel(self) -> list[pygame.event.Event]:
        return [pygame.event.Event(pygame.MOUSEWHEEL, y=self.rng.choice((-1, 1)), x=0)]

    def _type(self) -> list[pygame.event.Event]:
        return [pygame.event.Event(pygame.TEXTINPUT, text=self.rng.choice("abz019.-"))]

    def _pad(self) -> list[pygame.event.Event]:
        button = self.rng.randrange(10)
        kinds = pygame.JOYBUTTONDOWN, pygame.JOYBUTTONUP
        return [pygame.event.Event(kind, instance_id=0, button=button) for kind in kinds]


class UnhurriedTrainer(Trainer):
    """Rests after every chunk: a training at full speed would take most of a long walk's time for itself."""

    def run(self) -> Iterator[Progress]:
        """As ever, but slower."""
        for progress in super().run():
            time.sleep(CHUNK_SECONDS)
            yield progress


def memory() -> int:
    """Bytes of memory in use, without what is free but kept by the C library for later."""
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc has it
        trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def toggle_training(context: Any) -> None:
    """Begin a small training, or end the one that runs."""
    if context.is_training:
        assert context.end_training(CLOSE_SECONDS)
        return
    game = make("catch")
    config = Config(hidden=(8,), frames=10_000_000, learning_starts=200, copies=4, compile_mode="graph")
    context.start_training(Plan(game, "features", config, name="Walker"))


def warm_up(context: Any) -> None:
    """Train twice for a moment, so that what TensorFlow needs for good is there before memory is measured."""
    for _ in range(2):
        toggle_training(context)
        end = time.monotonic() + CLOSE_SECONDS
        while not ((progress := context.training.latest.progress) and progress.updates):
            assert time.monotonic() < end, context.training.latest
            time.sleep(0.01)
        toggle_training(context)


@pytest.mark.timeout(2 * SECONDS + 600)
def test_nothing_breaks_grows_or_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # exports go to a person's home
    monkeypatch.setattr("agents.training.trainer.Trainer", UnhurriedTrainer)
    before = set(threading.enumerate())
    context = make_context(tmp_path / "agents", (800, 600))
    for game_id in ("catch", "cartpole", "snake", "flappybird", "nchain"):
        context.library.save(make_profile(f"Old {game_id}", game_id=game_id))
    pygame.display.init()
    app = App(context, [HomePage()], (800, 600))
    wanderer, memories = Wanderer(app, seed=0), []
    warm_up(context)
    for frame in range(round(SECONDS / STEP)):
        if frame % round(TRAINING_SECONDS / STEP) == 0:
            settle(context)  # in a person's time the disk keeps up
            toggle_training(context)
            memories.append(memory())
            print(f"{frame * STEP:,.0f} s: {memories[-1] / 2**20:,.0f} MiB", flush=True)
        wanderer.act()
        if not app.stack:  # the way out was found
            app.stack = SceneStack(context, [HomePage()])
            app.stack.top.enter()
        app.advance(STEP)
        if app.stack and frame % DRAWN == 0:
            app.draw()
    assert context.end_training(CLOSE_SECONDS)
    assert app.close()
    pygame.display.quit()
    assert len(wanderer.seen) >= 8, wanderer.seen
    later = memories[len(memories) // 2 :]  # a training that takes much for a while before that is no growth
    assert max(later) - later[0] <= GROWTH, memories
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    assert not left, left
